"""The list of an area's voters: filtered, searched, printed for the station, exported with masked numbers.

What is searched for (a name, or a whole number) is sent in the body of a POST and stands in no address.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from satusuara.kernel.file_names import clean_name
from satusuara.lake.answer import table_answer
from satusuara.people.choices import Right
from satusuara.roll import queries
from satusuara.roll.choices import VoterState
from satusuara.roll.models import Voter
from satusuara.roll.pages.place import Place, place_of
from satusuara.roll.rules import flags

A_PAGE = 50
_LONGEST = 80
SORTS = {"line": "line", "name": "name", "-name": "-name", "born": "born", "-born": "-born"}


class Line:
    """A voter as a row of a table shows him."""

    __slots__ = ("flags", "nik", "row", "state", "station")

    def __init__(self, place: Place, row: Voter) -> None:
        self.row = row
        self.nik = queries.masked_nik(row)
        self.state = VoterState(row.state)
        self.station = place.whole_name(row.area)
        self.flags = flags.read(row.flags)


@require_http_methods(["GET", "POST"])
@login_required
def voters(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: ?kategori= ?status= ?urut= ?hal=. POST: looks for ``cari``, a name or a whole number."""
    place = place_of(request, election, area_code)
    text = request.POST.get("cari", "").strip()[:_LONGEST] if request.method == "POST" else ""
    asked = _asked(place, request)
    rows = queries.voters(place.scope, place.area, text=text, **asked)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("hal") if not text else 1)
    context = place.context("voters") | {
        "lines": [Line(place, row) for row in page.object_list],
        "page": page,
        "text": text,
        "asked": asked,
        "sort": asked["sort"],
        "filtered": bool(text or asked["category"] or asked["state"]),
        "states": VoterState.choices,
        "downloads": _downloads(place, asked) if place.exports and not text else [],
    }
    return render(request, "roll/voters.html", context)


def _asked(place: Place, request: HttpRequest) -> dict[str, str]:
    category, state = request.GET.get("kategori", ""), request.GET.get("status", "")
    return {
        "category": category if category in {code for code, _name in place.categories} else "",
        "state": state if state in VoterState.values else "",
        "sort": SORTS.get(request.GET.get("urut", ""), "line"),
    }


def _downloads(place: Place, asked: dict[str, str]) -> list[tuple[str, str]]:
    query = urlencode({k: v for k, v in (("kategori", asked["category"]), ("status", asked["state"])) if v})
    base = place.href("voters")
    return [
        (name, f"{base}unduh.{name.lower()}{'?' if query else ''}{query}") for name in ("CSV", "XLSX", "Parquet")
    ]  # fmt: skip


@require_GET
@login_required
def download(request: HttpRequest, election: str, area_code: str, ending: str) -> HttpResponseBase:
    """GET: the list as a table, numbers masked. Needs ROLL and EXPORT."""
    place = place_of(request, election, area_code, right=Right.EXPORT)
    place.scope.require(Right.ROLL, place.area)
    asked = _asked(place, request)
    rows = queries.export_rows(place.scope, place.area, category=asked["category"], state=asked["state"])
    return table_answer(queries.EXPORTED, rows, clean_name(f"daftar-{place.area.code}"), ending)


@require_GET
@login_required
def printed(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: the station's list for the wall and the table: lines in order, locked ones marked, the struck left out."""
    place = place_of(request, election, area_code)
    category = request.GET.get("kategori", place.spec.home_category)
    if category not in {code for code, _name in place.categories}:
        category = place.spec.home_category
    rows: list[Any] = []
    if place.is_station:
        found = queries.voters(place.scope, place.area, category=category).exclude(state=VoterState.STRUCK)
        rows = [Line(place, row) for row in found]
    context = place.context() | {
        "lines": rows,
        "category": place.category_name(category),
        "locked": sum(line.state == VoterState.LOCKED for line in rows),
        "watch": list(queries.watch_list(place.scope, place.area)) if place.is_station else [],
    }
    return render(request, "roll/printed.html", context)
