"""One form in the control room: drawn, with what does not hold, its versions, and what other sources show of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from satusuara.areas.models import Area
from satusuara.count import queries as count
from satusuara.count.models import Form, FormVersion, Source
from satusuara.count.pages.beside import side_by_side, voices_of
from satusuara.count.pages.listing import Asked
from satusuara.count.pages.sheet import draw
from satusuara.count.pages.versions import version_rows
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.parts import Tab
from satusuara.ledger.queries import entries_of
from satusuara.people.choices import Right
from satusuara.recap import queries as recap
from satusuara.recap.choices import DifferenceKind
from satusuara.recap.models import Difference
from satusuara.recap.pages.differing import areas_differing, differences_at
from satusuara.web.control.place import Place, ancestors, title_of

SUBJECT = "count.form_version"


def station(request: HttpRequest, place: Place) -> HttpResponse:
    """The form of the chosen source; where that has none, of the first that has one; else an empty place."""
    forms = count.forms_at(place.scope, place.area, place.contest)
    source = _shown(place, forms)
    context = place.context() | {"source_tabs": _tabs(place, forms, source), "source": source}
    above = next(ancestors(place.area), None)
    context["village"] = place.name_of(above) if above else ""
    asked = Asked.of(request.GET.dict(), place.law)
    context |= _walk(place, source, asked, request.GET.get("dari", ""))
    if source is None:
        return render(request, "control/form.html", context)
    view = count.form_view(place.scope, source, place.area)
    voices = voices_of(place.sources, {}, forms, place.lang)
    context |= {
        "form": view.form,
        "sheet": draw(place.law, place.contest, view.cells, view.findings, place.lang),
        "versions": version_rows(place.law, place.contest, view.versions, _sealed(view.versions), place.lang),
        "beside": side_by_side(place.law, place.contest, voices, place.lang),
        "differences": _differences(place),
        "source_title": title_of(source, place.lang),
        "receipt_href": f"{place.href(place.area.code, 'bukti.json', sumber=source.name)}&versi=",
        "zone": place.zone,
    }
    return render(request, "control/form.html", context)


def _shown(place: Place, forms: Mapping[int, Form]) -> Source | None:
    if place.source and place.source.pk in forms:
        return place.source
    return next((source for source in place.sources if source.pk in forms), None)


def _tabs(place: Place, forms: Mapping[int, Form], shown: Source | None) -> list[Tab]:
    return [
        Tab(title_of(each, place.lang), place.href(place.area.code, sumber=each.name), current=each == shown)
        for each in place.sources
        if each.pk in forms
    ]


def _sealed(versions: Sequence[FormVersion]) -> dict[str, tuple[int, str]]:
    """{version id: (its number in the log, the hash that was sealed)}. One query."""
    found = entries_of(SUBJECT, [str(version.pk) for version in versions])
    return {pk: (leaves[-1].index, leaves[-1].payload_hash) for pk, leaves in found.items()}


@dataclass(frozen=True, slots=True)
class DifferenceNote:
    """A difference in words, of this form or, between levels, of the village it lies in."""

    sentence: str
    net_zero: bool
    votes: int


def difference_note(row: Difference, lang: str) -> DifferenceNote:
    return DifferenceNote(recap.sentence(row).in_(lang), row.kind == DifferenceKind.NET_ZERO, row.votes)


def _differences(place: Place) -> list[DifferenceNote]:
    """Of this form first, then of the area above it where a source speaks of that."""
    above = next(ancestors(place.area), None)
    here = [place.area, *([above] if above and place.scope.allows(Right.SEE, above) else [])]
    found = differences_at(place.scope, here, place.contest)
    return [difference_note(row, place.lang) for area in here for row in found.get(area.pk, [])]


@dataclass(frozen=True, slots=True)
class Step:
    """The form before or after this one."""

    href: str
    name: str


def _walk(place: Place, source: Source | None, asked: Asked, within: str) -> dict[str, Any]:
    """The neighbouring forms: of the list from which one came (``dari``: its area), else of the whole area."""
    if source is None:
        return {}
    top = _top(place, within)
    rows = listed(place, source, asked, top)
    query = _query(asked, within)
    before, after = count.neighbours(rows, place.area)
    walk: dict[str, Any] = {
        "before": _step(place, before, query),
        "after": _step(place, after, query),
        "list_href": f"{place.href(top.code if top else place.area.code, 'formulir/')}{query}"
        if asked.filtered
        else "",
    }
    if asked.filtered:
        path = place.area.path
        walk["position"] = rows.filter(area__path__lte=path).count()
        walk["of"] = rows.count()
    return walk


def _top(place: Place, within: str) -> Area | None:
    """The area whose list is walked; only one above this one, and only where one may look."""
    for area in ancestors(place.area):
        if area.code == within and place.scope.allows(Right.SEE, area):
            return area
    return None


def listed(place: Place, source: Source, asked: Asked, area: Area | None) -> QuerySet[Form]:
    """The forms of a list as it was asked for; unlike ``count.queries.forms`` it knows other sources."""
    differs = asked.status == "differs"
    rows = count.forms(
        place.scope, source, area, status="" if differs else asked.status, identity=asked.identity, text=asked.text,
        sort=asked.sort,
    )  # fmt: skip
    return rows.filter(area__in=areas_differing(source)) if differs else rows


def _query(asked: Asked, within: str) -> str:
    parts = [asked.query, f"dari={within}" if within else ""]
    joined = "&".join(part for part in parts if part)
    return f"?{joined}" if joined else ""


def _step(place: Place, form: Form | None, query: str) -> Step | None:
    if form is None:
        return None
    parent = form.area.parent
    name = f"{place.name_of(form.area)} {place.name_of(parent) if parent else ''}".strip()
    return Step(f"{place.href(form.area.code)}{query}", name)


def version_at(place: Place, source: Source | None, number: str) -> FormVersion:
    """A version of this form by its number.

    :raises NotFound: ``no-version``
    """
    if source is not None and number.isdigit():
        view = count.form_view(place.scope, source, place.area)
        for version in view.versions:
            if version.number == int(number):
                return version
    raise NotFound("no-version", Text("Versi formulir ini tidak ada", "There is no such version of this form"))
