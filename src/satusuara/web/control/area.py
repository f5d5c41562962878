"""An area in the control room: its figures, where in it not to trust them, and what the sources say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from satusuara.count import queries as count
from satusuara.count.pages.beside import side_by_side, voices_of
from satusuara.count.pages.listing import closing_columns
from satusuara.kernel.pages.parts import Tab
from satusuara.people.choices import Right
from satusuara.recap import queries as recap
from satusuara.recap.pages.differing import differences_at, differing_in
from satusuara.web.control.figures import status_bar, tiles
from satusuara.web.control.map import map_of
from satusuara.web.control.place import Place, only_list, place_of
from satusuara.web.control.rows import FIRST, SHOWN, AreaRow, area_rows, chosen_rows, chosen_stations, station_rows
from satusuara.web.control.station import station

A_PAGE = 100


@require_safe
@login_required
def area(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """GET: the area; a station is its form. Filters, sort and level of the list are in the address."""
    place = place_of(request, election, contest, area_code)
    if place.is_station:
        return station(request, place)
    context = place.context() | _list(request, place)
    if only_list(request):
        return render(request, "control/_list.html", context)
    summaries = {row.source_id: row for row in count.summaries(place.scope, place.area, contest)}
    comparisons = recap.comparisons(place.scope, place.area, contest) if len(place.sources) > 1 else []
    forms = count.forms_at(place.scope, place.area, contest) if place.is_spoken_of else {}
    voices = voices_of(place.sources, summaries, forms, place.lang)
    summary = summaries.get(place.source.pk) if place.source else None
    context |= _map(place, context) | {
        "sections": place.sections(""),
        "source_tabs": place.source_tabs(),
        "tiles": tiles(place, summaries, comparisons),
        "status_bar": status_bar(place, summary),
        "expected": summary.expected if summary else 0,
        "beside": side_by_side(place.law, contest, voices, place.lang, parts=False),
        "differences": _differences(place),
        "rules": _rules(place),
    }
    return render(request, "control/area.html", context)


def _differences(place: Place) -> list[str]:
    """Where sources, or a source and the sum of another's forms, differ about this very area."""
    if not place.is_spoken_of:
        return []
    rows = differences_at(place.scope, [place.area], place.contest).get(place.area.pk, [])
    return [recap.sentence(row).in_(place.lang) for row in rows]


def _list(request: HttpRequest, place: Place) -> dict[str, Any]:
    """The areas below: of one level; villages list their stations with what every source shows."""
    below = _levels(place)
    asked = {
        "text": " ".join(request.GET.get("cari", "")[:80].split()),
        "shown": request.GET.get("saring", "") if request.GET.get("saring", "") in SHOWN else "",
        "sort": request.GET.get("urut", ""),
    }
    if below[:1] == [place.law.station_level]:
        return _stations(place, asked)
    wanted = request.GET.get("tingkat", "")
    level = wanted if wanted in below and wanted != place.law.station_level else below[0]
    rows = _area_rows(place, level, differing=True)
    kept = chosen_rows(rows, **{**asked, "sort": asked["sort"] or FIRST})
    page = Paginator(kept, A_PAGE).get_page(request.GET.get("hal"))
    return {
        "rows": page.object_list,
        "page": page,
        "all_rows": rows,
        "asked": asked,
        "sort": asked["sort"] or FIRST,
        "list_level": level,
        "first_level": below[0],
        "list_level_name": place.level_name(level),
        "level_tabs": [
            Tab(place.level_name(each), place.href(place.area.code, sumber=place.chosen, tingkat=each), each == level)
            for each in below
            if each != place.law.station_level
        ],
        "compares": any(row.compared for row in rows),
    }


def _map(place: Place, context: Mapping[str, Any]) -> dict[str, Any]:
    """The map of the lowest level of areas that a click below leads to; a village has none."""
    levels = [level for level in _levels(place) if level != place.law.station_level]
    if not levels:
        return {}
    level = levels[-1]
    rows = context["all_rows"] if level == context["list_level"] else _area_rows(place, level)
    drawing = map_of(place, level, rows)
    return {"map": drawing.outline, "map_own": drawing.own, "map_level": level} if drawing else {}


def _levels(place: Place) -> list[str]:
    """The two levels below the area."""
    return [level.code for level in place.law.levels_between(place.area.level, place.law.station_level)][:2]


def _area_rows(place: Place, level: str, *, differing: bool = False) -> list[AreaRow]:
    """The areas of a level with what the chosen source shows there; what is not asked for costs no query."""
    further = "" if level == _levels(place)[0] else level
    children = count.children(
        place.scope, place.area, place.contest, level=further, source=place.source, figures=False, right=Right.SEE
    )
    found = {}
    if differing and place.source and place.has_rivals:
        found = differing_in(place.scope, place.area, place.source, level=further)
    return area_rows(place, children, found)


def _stations(place: Place, asked: Mapping[str, str]) -> dict[str, Any]:
    children = count.children(place.scope, place.area, place.contest, right=Right.SEE)
    closing = closing_columns(place.law.form(place.contest), place.lang)
    differences = differences_at(place.scope, [child.area for child in children], place.contest)
    rows = station_rows(place, children, differences)
    return {
        "stations": chosen_stations(rows, shown=asked["shown"], sort=asked["sort"]),
        "all_stations": rows,
        "asked": asked,
        "sort": asked["sort"] or "nama",
        "list_level": place.law.station_level,
        "list_level_name": place.level_name(place.law.station_level),
        "station_sources": [said.source for said in rows[0].said] if rows else [],
        "figure_names": [(each.mark, each.label) for each in closing],
        "compares": any(row.differences for row in rows),
    }


@dataclass(frozen=True, slots=True)
class RuleRow:
    """An identity and on how many forms it does not hold."""

    code: str
    title: str
    kind: str
    forms: int
    href: str


def _rules(place: Place) -> Sequence[RuleRow]:
    """The identities that fail below, the most frequent first."""
    if place.source is None:
        return []
    found = count.finding_counts(place.scope, place.source, place.area)
    rows = [
        RuleRow(
            identity.code,
            identity.title.in_(place.lang),
            identity.kind,
            forms,
            place.href(place.area.code, "formulir/", sumber=place.chosen, aturan=identity.code),
        )
        for identity, forms in found
        if forms
    ]
    return sorted(rows, key=lambda row: -row.forms)
