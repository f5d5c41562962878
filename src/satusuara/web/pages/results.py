"""Public results: the figure first, then how sure it is. Nobody signs in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from django.views.decorators.http import require_GET

from satusuara import law as laws
from satusuara.areas.models import Area, Boundary, Election
from satusuara.count import queries
from satusuara.count.choices import FormStatus, SourceKind
from satusuara.count.models import AreaSummary, FormVersion, ImportBatch, Source
from satusuara.count.pages.beside import Beside, Voice, side_by_side
from satusuara.count.pages.sheet import draw as draw_sheet
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.outline import Outline, Place, band_of, draw
from satusuara.kernel.pages.parts import Tab
from satusuara.kernel.pages.words import number
from satusuara.lake.write import csv_lines
from satusuara.law.model import Law
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.web.pages import public

TEXT_LIMIT = 80
BANDS = (25, 50, 75)
"""Percent of forms that hold together, at which the map takes its next colour."""


def _lang() -> str:
    return get_language() or "id"


@dataclass(frozen=True, slots=True)
class Opening:
    """One contest of one election on the front page."""

    election: Election
    contest: str
    title: Text
    area: Area
    source: Source
    votes: public.Votes
    sure: tuple[int, str] | None
    href: str


@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """GET: every contest that has figures, newest election first, at the area where they all lie."""
    openings = list(_openings())
    return render(request, "web/front.html", {"openings": openings, "first": openings[0] if openings else None})


def _openings() -> Iterator[Opening]:
    scope = Scope.public()
    pairs = Source.objects.order_by("-election__day", "contest").values_list("election", "contest").distinct()
    for code, contest in dict.fromkeys(pairs):
        election = queries.election(code)
        law = laws.load_law(election.law)
        area = public.home_area(election, contest)
        if area is None:
            continue
        here = {one.source_id: one for one in queries.summaries(scope, area, contest)}
        sources = list(queries.sources(scope, code, contest))
        source = public.choose(sources, "", here)
        voices = {v.source.pk: v for v in public.voices_at(sources, list(here.values()), {}, _lang())}
        yield Opening(
            election, contest, law.contest(contest).name, area, source,
            public.votes_of(law, contest, voices.get(source.pk), _lang()),
            public.sure_of(law, here.get(source.pk), source, _lang()),
            reverse("web:results", args=[code, contest, area.code]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Here:
    """The place that an address names, and who says what about it."""

    law: Law
    area: Area
    contest: str
    sources: Sequence[Source]
    source: Source
    summaries: dict[int, AreaSummary]
    forms: dict[int, Any]
    voices: tuple[Voice, ...]

    @property
    def voice(self) -> Voice | None:
        return next((voice for voice in self.voices if voice.source.pk == self.source.pk), None)


def _here(election: str, contest: str, area_code: str, source: str) -> Here:
    """:raises NotFound: ``no-results`` for an area, a contest or an election without figures"""
    scope = Scope.public()
    area = (
        Area.objects.filter(election=election, code=area_code)
        .select_related("election", "parent__parent__parent__parent")
        .first()
    )
    sources = list(queries.sources(scope, election, contest))
    if area is None or not sources:
        raise NotFound(
            "no-results",
            Text("Belum ada hasil di alamat ini", "There are no results at this address"),
            remedy=Text("Cari wilayahnya menurut nama.", "Look the area up by its name."),
        )
    summaries = {one.source_id: one for one in queries.summaries(scope, area, contest)}
    forms = queries.forms_at(scope, area, contest, right=Right.PUBLIC)
    chosen = public.choose(sources, source, {**summaries, **forms})
    voices = public.voices_at(sources, list(summaries.values()), forms, _lang())
    return Here(laws.load_law(area.election.law), area, contest, sources, chosen, summaries, forms, voices)


@require_GET
def at_area(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """GET ?sumber=&cari=&status=&urut=: an area's results, or at a station its form as every source shows it."""
    here = _here(election, contest, area_code, request.GET.get("sumber", ""))
    context = _common(request, here)
    station = here.area.level == here.law.station_level
    context |= _station(here) if station else _below(request, here)
    return render(request, "web/station.html" if station else "web/results.html", context)


def _common(request: HttpRequest, here: Here) -> dict[str, Any]:
    law, area, contest = here.law, here.area, here.contest
    own = reverse("web:results", args=[area.election_id, contest, area.code])
    votes = public.votes_of(law, contest, here.voice, _lang())
    summary = here.summaries.get(here.source.pk)
    zone = law.zone_of(area.code) if area.code and _has_zone(law, area) else ("Etc/UTC", "UTC")
    return {
        "here": here,
        "area": area,
        "title": public.name_of(law, area),
        "level": law.level(area.level).name if area.level in {one.code for one in law.levels} else None,
        "contest": law.contest(contest),
        "election": area.election,
        "way": public.way_to(law, area, contest),
        "contest_tabs": _contest_tabs(here),
        "election_links": _election_links(here),
        "source": here.source,
        "source_tabs": _source_tabs(here, own),
        "votes": votes,
        "summary": summary,
        "pieces": public.pieces_of(summary, here.source, law, f"{own}?{urlencode({'sumber': here.source.name})}"),
        "official": here.source.kind == SourceKind.RECAP,
        "beside": _beside(here) if len(here.voices) > 1 else None,
        "status_words": {status.value: status.label for status in FormStatus},
        "sure": public.sure_of(law, summary, here.source, _lang()),
        "batch": ImportBatch.objects.filter(source=here.source).first(),
        "zone": zone,
        "own": own,
        "query": request.GET.urlencode(),
    }


def _beside(here: Here) -> Beside:
    """What every source says of an area: the choices only; a station's page shows all of the form."""
    every = side_by_side(here.law, here.contest, here.voices, _lang())
    return Beside(every.voices, tuple(line for line in every.lines if line.choice))


def _has_zone(law: Law, area: Area) -> bool:
    try:
        law.zone_of(area.code)
    except NotFound:
        return False
    return True


def _contest_tabs(here: Here) -> list[Tab]:
    pairs = set(Source.objects.filter(election=here.area.election_id).values_list("contest", flat=True))
    found = [contest for contest in here.law.contests if contest.code in pairs]
    return [
        Tab(
            one.name.in_(_lang()),
            reverse("web:results", args=[here.area.election_id, one.code, here.area.code]),
            one.code == here.contest,
        )
        for one in found
    ]


def _election_links(here: Here) -> list[dict[str, Any]]:
    """Other elections with figures. Codes of one mean nothing in another: each leads to its own beginning."""
    found: list[dict[str, Any]] = []
    elections = Election.objects.filter(sources__isnull=False).distinct()
    for one in elections:
        current = one.code == here.area.election_id
        contests = list(dict.fromkeys(one.sources.values_list("contest", flat=True)))
        contest = here.contest if here.contest in contests else contests[0]
        area = here.area if current else public.home_area(one, contest)
        if area is not None:
            label = one.name_en if _lang().startswith("en") else one.name_id
            href = reverse("web:results", args=[one.code, contest, area.code])
            found.append({"label": label, "href": href, "current": current})
    return found if len(found) > 1 else []


def _source_tabs(here: Here, own: str) -> list[Tab]:
    if len(here.sources) < 2:
        return []
    english = _lang().startswith("en")
    return [
        Tab(one.title_en if english else one.title_id, f"{own}?sumber={one.name}", one.pk == here.source.pk)
        for one in here.sources
    ]


def _below(request: HttpRequest, here: Here) -> dict[str, Any]:
    """The table of areas one step down, filtered and sorted as the address says."""
    text, status = request.GET.get("cari", "")[:TEXT_LIMIT], request.GET.get("status", "")
    sort = request.GET.get("urut", "area")
    votes = public.votes_of(here.law, here.contest, here.voice, _lang())
    shown = votes.lines if len(votes.lines) <= 4 else ()
    columns = [line.column for line in shown]
    every = _children(here, columns)
    rows = public.sort_children(public.filter_children(every, text, status), sort, columns)
    lower = here.law.levels_between(here.area.level, here.law.station_level) if every else ()
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
        "map": _map(here, every),
        "form_here": here.forms.get(here.source.pk),
        "judged": here.source.level == here.law.station_level,
        "stops": bool(every) and not any(row.forms for row in every) and here.source.level == here.area.level,
        "going_on": [one for one in here.sources if one.level == here.law.station_level],
        "stations_below": bool(every) and every[0].area.level == here.law.station_level,
    }


def _map(here: Here, every: Sequence[public.Child]) -> Outline | None:
    """The areas below as a drawing, by how much of what should come in holds together."""
    bounds = dict(Boundary.objects.filter(area__parent=here.area).values_list("area__code", "coordinates"))
    if not bounds:
        return None
    places = [
        Place(
            code=row.area.code, name=row.name, href=row.href,
            said=_("%(name)s: %(good)s dari %(all)s formulir cocok")
            % {"name": row.name, "good": number(row.consistent, _lang()), "all": number(row.expected, _lang())},
            band=band_of(row.consistent, row.expected if row.forms else 0, BANDS),
            coordinates=bounds.get(row.area.code),
            marker=_marker(row.area),
        )
        for row in every
    ]  # fmt: skip
    bands = [_("belum masuk"), "< 25 %", "25–49 %", "50–74 %", "≥ 75 %"]
    source = Boundary.objects.filter(area__parent=here.area).values_list("source", flat=True).first() or ""
    return draw(places, bands=bands, title=_("Bagian formulir yang cocok, dari semua yang seharusnya ada"), source=source)


def _marker(area: Area) -> tuple[float, float] | None:
    return (area.lon_e6 / 1e6, area.lat_e6 / 1e6) if area.lon_e6 is not None and area.lat_e6 is not None else None


def _children(here: Here, columns: Sequence[str]) -> list[public.Child]:
    rows = queries.children(Scope.public(), here.area, here.contest)
    href = reverse("web:results", args=[here.area.election_id, here.contest, "{code}"]).replace("%7Bcode%7D", "{code}")
    return public.children_of(rows, here.source, here.law, columns, f"{href}?sumber={here.source.name}")


def _station(here: Here) -> dict[str, Any]:
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
        "beside": side_by_side(here.law, here.contest, here.voices, _lang()) if len(here.voices) > 1 else None,
        "sheet": draw_sheet(here.law, here.contest, view.cells, view.findings, _lang()),
    }


def _versions(here: Here, versions: Sequence[FormVersion]) -> list[dict[str, Any]]:
    """Versions with their votes, and what each changed from the one before it."""
    found: list[dict[str, Any]] = []
    for version, older in zip(versions, [*versions[1:], None], strict=True):
        voice = Voice(here.source, "", version.cells, own=True)
        lines = public.votes_of(here.law, here.contest, voice, _lang()).lines
        before = older.cells if older else {}
        marked = [replace(line, changed=older is not None and line.votes != before.get(line.column)) for line in lines]
        found.append({"version": version, "lines": marked})
    return found


@require_GET
def download(request: HttpRequest, election: str, contest: str, area_code: str) -> StreamingHttpResponse:
    """GET ?sumber=: the areas one step down as CSV: figures, forms by status, and which file they were read from."""
    here = _here(election, contest, area_code, request.GET.get("sumber", ""))
    votes = public.votes_of(here.law, here.contest, here.voice, _lang())
    columns = [line.column for line in votes.lines]
    batch = ImportBatch.objects.filter(source=here.source).first()
    head = [
        "area_code", "level", "area_name", *columns, "status", "forms_expected", "forms",
        *(f"forms_{status.value}" for status in FormStatus), "source", "source_kind", "file_sha256",
    ]  # fmt: skip
    rows = (
        (
            row.area.code, row.area.level, row.name, *row.figures, row.status, row.expected, row.forms,
            *(row.counts.get(status.value, 0) for status in FormStatus),
            here.source.name, here.source.kind, batch.file_sha256 if batch else "",
        )  # fmt: skip
        for row in _children(here, columns)
    )
    answer = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    name = f"{here.area.election_id}-{here.contest}-{here.area.code}-{here.source.name}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


