"""Readiness: stations against gates. A regency by its sub-districts, a sub-district by its stations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.kernel.pages.parts import Piece, Tab
from satusuara.lake.answer import table_answer
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import below, not_your_area
from satusuara.risk import queries, queries_reports
from satusuara.risk.pages.readiness_place import Here, election_links, here_of, place_name
from satusuara.risk.pages.readiness_rows import AreaLine, area_lines, station_rows
from satusuara.risk.pages.readiness_station import station
from satusuara.risk.pages.readiness_words import SHOWN, counts, readings, shown, words, worst
from satusuara.risk.queries import Grid, StationReadiness

MANY = 300
"""More stations than this are first shown by the areas in which they lie."""
SORTS = ("-sisa", "sisa", "kode", "-kode", "-dampak", "dampak")


@require_GET
@login_required
def home(request: HttpRequest, election: str = "") -> HttpResponse:
    """GET: to the highest area of which one sees readiness; says what to do where no register is open yet."""
    scope = scope_for(request)
    if not scope.holds(Right.SEE):
        raise not_your_area()
    registers = sorted(queries.registers(scope, election), key=lambda row: row.election.day, reverse=True)
    if not registers:
        return render(request, "risk/readiness_none.html", {"election": election})
    row = registers[0]
    if scope.allows(Right.SEE, row.area):
        return redirect("readiness:area", row.election_id, row.area.code)
    held = [path for each, path in scope.reach.paths(Right.SEE) if each == row.election_id]
    areas = list(Area.objects.filter(election=row.election_id, path__in=held).order_by("code"))
    areas = [area for area in areas if area.path.startswith(row.area.path)]
    if len(areas) == 1:
        return redirect("readiness:area", row.election_id, areas[0].code)
    law, lang = laws.load_law(row.election.law), get_language() or "id"
    context = {
        "election": row.election,
        "areas": [(area.code, place_name(law, area.level, area.name, lang)) for area in areas],
        "election_links": election_links(scope, row.election, lang),
    }
    return render(request, "risk/readiness_start.html", context)


@require_GET
@login_required
def area(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: the grid of an area; a station is its list of gates. Filter, sort and day stand in the address."""
    here = here_of(request, election, area_code)
    if here.is_station:
        return station(request, here)
    seen = _seen(here)
    asked = Asked.of(request, here, seen)
    totals = counts(seen.cells)
    context = here.context("readiness:area") | {
        "asked": asked,
        "gates": _gates(here, seen.grid),
        "bar": [Piece(code, word, totals[code], f"?keadaan={code}&per=tps") for code, word in words().items()],
        "cells": sum(totals.values()),
        "stations": len(seen.grid.stations),
        "stand": totals["done"] + totals["verified"] + totals["waived"],
        "worst": worst(seen.grid, seen.said_not, seen.names),
        "per_tabs": _per_tabs(request, here, asked),
        "worst_open": len({row.risk_left for row in seen.grid.stations}) > 1,
        "states": list(words().items()),
        "may_export": here.scope.allows(Right.EXPORT, here.area),
        "export_query": asked.query,
        "impact": impacts(here, seen.grid),
    }
    if asked.per == "tps":
        rows = chosen(here, seen, asked)
        context |= {
            "rows_html": station_rows(here, seen.grid, rows, seen.said_not, seen.names, links=len(rows) <= MANY),
            "shown": len(rows),
            "villages": sorted({row.area.village for row in seen.grid.stations}),
        }
    else:
        context["lines"] = _lines(here, seen)
    return render(request, "risk/readiness.html", context)


@require_GET
@login_required
def download(request: HttpRequest, election: str, area_code: str, ending: str) -> HttpResponseBase:
    """GET: the stations that the same query shows, as CSV or XLSX: one row a station, one column a gate."""
    here = here_of(request, election, area_code)
    here.scope.require(Right.EXPORT, here.area)
    seen = _seen(here)
    rows = chosen(here, seen, Asked.of(request, here, seen))
    letters = [gate.letter for _barrier, gate in seen.grid.gates]
    columns = ["tps_id", "tps", "desa", "hari", *letters, "berdiri", "seharusnya"]
    named = words()
    table = (
        [
            row.area.code, seen.names[row.area.pk], row.area.village, here.today.isoformat(),
            *(named[cell] for cell in readings(row, seen.said_not)), row.stand, row.should,
        ]
        for row in rows
    )  # fmt: skip
    return table_answer(columns, table, f"kesiapan-{election}-{area_code}-{here.today.isoformat()}", ending)


@dataclass(frozen=True, slots=True)
class Seen:
    """The grid as this page says it."""

    grid: Grid
    said_not: set[int]
    names: dict[int, str]  # of stations, by number
    cells: Sequence[Sequence[str]]


def _seen(here: Here) -> Seen:
    grid = queries.readiness(here.scope, here.register, here.area, here.today)
    said_not = queries_reports.said_not_ready(here.scope, here.register, here.area)
    level = here.law.station_level
    names = {row.area.pk: place_name(here.law, level, row.area.name, here.lang) for row in grid.stations}
    return Seen(grid, said_not, names, [readings(row, said_not) for row in grid.stations])


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    per: str
    gate: str
    state: str
    village: str
    sort: str
    text: str
    query: str

    @classmethod
    def of(cls, request: HttpRequest, here: Here, seen: Seen) -> Asked:
        letters = {gate.letter for _barrier, gate in seen.grid.gates}
        get = {name: request.GET.get(name, "")[:80] for name in ("per", "butir", "keadaan", "desa", "urut", "cari")}
        large = len(seen.grid.stations) > MANY
        found = {
            "butir": get["butir"] if get["butir"] in letters else "",
            "keadaan": get["keadaan"] if get["keadaan"] in SHOWN else "",
            "desa": get["desa"],
            "urut": get["urut"] if get["urut"] in SORTS else "",
            "cari": " ".join(get["cari"].split()),
            "hari": here.today.isoformat() if request.GET.get("hari") else "",
        }
        filters = any(found[name] for name in ("butir", "keadaan", "desa", "cari"))
        per = "tps" if get["per"] == "tps" or filters or not large else "wilayah"
        query = urlencode({name: value for name, value in found.items() if value} | {"per": per})
        return cls(per, found["butir"], found["keadaan"], found["desa"], found["urut"] or "-sisa", found["cari"], query)


def chosen(here: Here, seen: Seen, asked: Asked) -> list[StationReadiness]:
    """The stations that were asked for, in the order that was asked for."""
    at = next((n for n, (_b, gate) in enumerate(seen.grid.gates) if gate.letter == asked.gate), None)
    text = asked.text.casefold().split()
    kept = []
    for row, cells in zip(seen.grid.stations, seen.cells, strict=True):
        if asked.village and row.area.village != asked.village:
            continue
        if asked.state and asked.state not in (cells if at is None else cells[at : at + 1]):
            continue
        name = f"{seen.names[row.area.pk]} {row.area.village} {row.area.code}".casefold()
        if all(word in name for word in text):
            kept.append(row)
    if at is not None and not asked.state:  # a gate alone: what is missing of it comes first
        return sorted(kept, key=lambda row: (SHOWN.index(_shown(row, at, seen)), row.area.code))
    key = asked.sort.lstrip("-")
    down = asked.sort.startswith("-")
    kept.sort(key=lambda row: row.area.code, reverse=key == "kode" and down)
    if key == "dampak":
        worth = impacts(here, seen.grid)
        kept.sort(key=lambda row: _worth(row, worth), reverse=down)
    elif key == "sisa":
        kept.sort(key=lambda row: row.risk_left, reverse=down)
    return kept


def _shown(row: StationReadiness, at: int, seen: Seen) -> str:
    return shown(row.cells[at].reading, row.cells[at].state, seen.said_not)


def impacts(here: Here, grid: Grid) -> list[int | None]:
    """For each gate: how often in a million stations the problems came true that it guards against, as published;
    None where no source counts them by stations."""
    playbook = queries.playbook_of(here.register)
    unit = here.law.level(here.law.station_level).name.id.split(" (")[0]
    found: list[int | None] = []
    for _barrier, gate in grid.gates:
        problems = [playbook.problem(code) for code in dict.fromkeys(each.split(".")[0] for each in gate.serves)]
        rates = [
            next((rate.count * 1_000_000 // rate.of for rate in each.rates if rate.of and rate.unit.id == unit), None)
            for each in problems
        ]
        known = [rate for rate in rates if rate is not None]
        found.append(sum(known) if known else None)
    return found


def _worth(row: StationReadiness, worth: Sequence[int | None]) -> tuple[int, int]:
    missing = [value for value, cell in zip(worth, row.cells, strict=True) if cell.reading not in STANDING]
    return sum(value or 0 for value in missing), row.risk_left


STANDING = frozenset({"done", "verified", "waived"})


def _gates(here: Here, grid: Grid) -> list[dict[str, Any]]:
    return [
        {
            "letter": gate.letter,
            "name": gate.name.in_(here.lang),
            "due": grid.stations[0].cells[n].due if grid.stations else None,
            "owner": here.law.role(gate.owner).name.in_(here.lang),
        }
        for n, (_barrier, gate) in enumerate(grid.gates)
    ]


def _per_tabs(request: HttpRequest, here: Here, asked: Asked) -> list[Tab]:
    levels = here.law.levels_between(here.area.level, here.law.station_level)
    if len(levels) < 2:
        return []
    day = f"&hari={request.GET['hari']}" if request.GET.get("hari") else ""
    names = {"wilayah": _("Per %(level)s") % {"level": levels[0].name.in_(here.lang)}, "tps": _("Per TPS")}
    return [Tab(name, f"?per={per}{day}", current=per == asked.per) for per, name in names.items()]


def _lines(here: Here, seen: Seen) -> list[AreaLine]:
    """One line an area below this one; two queries."""
    children = list(Area.objects.filter(parent=here.area).order_by("code"))
    rows = Area.objects.filter(election=here.election, level=here.law.station_level)
    rows = rows.filter(below("path", here.area.path, rows.db))
    depth = here.area.path.count("/") - 1
    parent = {pk: path.strip("/").split("/")[depth] for pk, path in rows.values_list("pk", "path")}
    return area_lines(here, seen.grid, seen.cells, children, parent)
