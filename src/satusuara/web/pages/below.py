"""What lies below an area on its public page: the table, the map, the file; and of a station its form's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from satusuara.areas.models import Area, Boundary
from satusuara.count import queries
from satusuara.count.choices import FormStatus
from satusuara.count.models import FormVersion, ImportBatch
from satusuara.count.pages.beside import Voice
from satusuara.count.pages.sheet import draw as draw_sheet
from satusuara.kernel.pages.outline import Outline, Place, band_of, draw
from satusuara.kernel.pages.words import number
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.web.pages import public
from satusuara.web.pages.place import Here, lang

TEXT_LIMIT = 80
BANDS = (25, 50, 75)
"""Percent of forms that hold together, at which the map takes its next colour."""


def below(request: HttpRequest, here: Here) -> dict[str, Any]:
    """The table of areas one step down, filtered and sorted as the address says."""
    text, status = request.GET.get("cari", "")[:TEXT_LIMIT], request.GET.get("status", "")
    sort = request.GET.get("urut", "area")
    lines = here.votes.lines
    shown = lines if len(lines) <= 4 else ()
    columns = [line.column for line in shown]
    every = _children(here, columns)
    rows = public.sort_children(public.filter_children(every, text, status), sort, columns)
    lower = here.law.levels if every else ()
    return {
        "rows": rows,
        "of": len(every),
        "columns": shown,
        "text": text,
        "status": status,
        "sort": sort,
        "filtered": bool(text or status),
        "statuses": [(one.value, one.label) for one in FormStatus],
        "child_level": next((one.name for one in lower if every and one.code == every[0].area.level), None),
        "map": _map(every),
        "form_here": here.forms.get(here.source.pk),
        "stops": bool(every) and not any(row.forms for row in every) and here.source.level == here.area.level,
        "going_on": [one for one in here.sources if one.level == here.law.station_level],
        "stations_below": bool(every) and every[0].area.level == here.law.station_level,
    }


def _map(every: Sequence[public.Child]) -> Outline | None:
    """The areas below as a drawing, by how much of what should come in holds together."""
    bounds = dict(
        Boundary.objects.filter(area__in=[row.area for row in every]).values_list("area__code", "coordinates")
    )
    if not bounds:
        return None
    places = [
        Place(
            code=row.area.code, name=row.name, href=row.href,
            said=_("%(name)s: %(good)s dari %(all)s formulir cocok")
            % {"name": row.name, "good": number(row.consistent, lang()), "all": number(row.expected, lang())},
            band=band_of(row.consistent, row.expected if row.forms else 0, BANDS),
            coordinates=bounds.get(row.area.code),
            marker=_marker(row.area),
        )
        for row in every
    ]  # fmt: skip
    bands = [_("belum masuk"), "< 25 %", "25–49 %", "50–74 %", "≥ 75 %"]
    source = Boundary.objects.filter(area=every[0].area).values_list("source", flat=True).first() or ""
    return draw(
        places, bands=bands, title=_("Bagian formulir yang cocok, dari semua yang seharusnya ada"), source=source
    )


def _marker(area: Area) -> tuple[float, float] | None:
    return (area.lon_e6 / 1e6, area.lat_e6 / 1e6) if area.lon_e6 is not None and area.lat_e6 is not None else None


def _children(here: Here, columns: Sequence[str]) -> list[public.Child]:
    level = "" if here.area.pk else here.law.levels[0].code
    rows = queries.children(Scope.public(), here.area, here.contest, level=level)
    href = reverse("web:results", args=[here.area.election_id, here.contest, "{code}"]).replace("%7Bcode%7D", "{code}")
    return public.children_of(rows, here.source, here.law, columns, f"{href}?sumber={here.source.name}")


def station(here: Here) -> dict[str, Any]:
    """One form: its findings in words, and every version of it, newest first."""
    form = here.forms.get(here.source.pk)
    if form is None:
        return {"form": None, "place": here.area.parent and public.name_of(here.law, here.area.parent)}
    view = queries.form_view(Scope.public(), here.source, here.area, right=Right.PUBLIC)
    return {
        "form": form,
        "view": view,
        "place": here.area.parent and public.name_of(here.law, here.area.parent),
        "meaning": public.meaning_of(form.status),
        "versions": _versions(here, view.versions),
        "sheet": draw_sheet(here.law, here.contest, view.cells, view.findings, lang()),
    }


def _versions(here: Here, versions: Sequence[FormVersion]) -> list[dict[str, Any]]:
    """Versions with their votes, and what each changed from the one before it."""
    found: list[dict[str, Any]] = []
    for version, older in zip(versions, [*versions[1:], None], strict=True):
        voice = Voice(here.source, "", version.cells, own=True)
        lines = public.votes_of(here.law, here.contest, voice, lang()).lines
        before = older.cells if older else {}
        marked = [replace(line, changed=older is not None and line.votes != before.get(line.column)) for line in lines]
        found.append({"version": version, "lines": marked})
    return found


def table(here: Here) -> tuple[list[str], Iterator[tuple[str | int | None, ...]]]:
    """The areas one step down as columns and rows: figures, forms by status, and the file they were read from."""
    columns = [line.column for line in here.votes.lines]
    batch = ImportBatch.objects.filter(source=here.source).first()
    counted = [f"forms_{status.value}" for status in FormStatus]
    origin = (here.source.name, here.source.kind, batch.file_sha256 if batch else "")
    head = ["area_code", "level", "area_name", *columns, "status", "forms_expected", "forms", *counted]
    rows = (
        (
            *(row.area.code, row.area.level, row.name, *row.figures, row.status, row.expected, row.forms),
            *(row.counts.get(status.value, 0) for status in FormStatus),
            *origin,
        )
        for row in _children(here, columns)
    )
    return [*head, "source", "source_kind", "file_sha256"], rows
