"""Votes that moved, ranked by how many and by what they could change, each with the paper that settles it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from satusuara.count.models import Source
from satusuara.kernel.pages.parts import Tab
from satusuara.people.choices import Right
from satusuara.recap import queries as recap
from satusuara.recap import queries_shift
from satusuara.recap.models import ComparedArea
from satusuara.recap.pages.rows import DifferenceRow, difference_rows
from satusuara.recap.queries_shift import Ranked
from satusuara.recap.rules import patterns
from satusuara.recap.sentences_shift import effect_text, pattern_text, shift_text
from satusuara.web.control.differences import readings_of
from satusuara.web.control.place import Place, place_of, title_of

A_PAGE = 50
ORDERS = ("votes", "effect")


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A ranked difference in words."""

    number: int
    row: DifferenceRow
    shifts: tuple[str, ...]
    effect: str
    order_changes: bool
    paper: str


@dataclass(frozen=True, slots=True)
class PatternRow:
    operator: str
    source: str
    said: str


@require_GET
@login_required
def shift(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """GET: where recapitulations differ from agreed forms, or where any two sources do; ``?lihat=&urut=&hal=``."""
    place = place_of(request, election, contest, area_code)
    compared = recap.comparisons(place.scope, place.area, contest)
    asked = {
        "lihat": "semua" if request.GET.get("lihat") == "semua" else "",
        "urut": request.GET["urut"] if request.GET.get("urut") in ORDERS else "votes",
    }
    found = _found(place, compared, everything=bool(asked["lihat"]), by=asked["urut"])
    page = Paginator(found, A_PAGE).get_page(request.GET.get("hal"))
    context = place.context() | {
        "sections": place.sections("pergeseran"),
        "asked": asked,
        "tabs": _tabs(place, asked),
        "orders": _orders(place, asked),
        "page": page,
        "rows": _rows(place, list(page.object_list), page.start_index()),
        "order_changes": sum(bool(one.effect and one.effect.order_changes) for one in found),
        "votes": sum(one.difference.votes for one in found),
        "patterns": _patterns(place, compared),
        "sees_patterns": place.scope.allows(Right.PEOPLE, place.area),
    }
    return render(request, "control/shift.html", context)


def _found(place: Place, compared: list[ComparedArea], *, everything: bool, by: str) -> list[Ranked]:
    if everything:
        rows = recap.differences(place.scope, place.election.code, place.contest, place.area)
        return queries_shift.ranked(rows, by=by)
    found: list[Ranked] = []
    for one, readings in readings_of(place.sources, compared):
        rows = recap.recap_differs_from_agreed(place.scope, readings, one, place.area)
        found += queries_shift.ranked(rows, by=by)
    return found


def _tabs(place: Place, asked: dict[str, str]) -> list[Tab]:
    names = {"": _("Rekapitulasi berbeda dari formulir yang disepakati"), "semua": _("Semua selisih")}
    return [
        Tab(label, place.href(place.area.code, "pergeseran/", lihat=name, urut=asked["urut"]),
            current=name == asked["lihat"])
        for name, label in names.items()
    ]  # fmt: skip


def _orders(place: Place, asked: dict[str, str]) -> list[Tab]:
    names = {"votes": _("menurut banyaknya suara"), "effect": _("menurut yang dapat berubah")}
    return [
        Tab(label, place.href(place.area.code, "pergeseran/", lihat=asked["lihat"], urut=name),
            current=name == asked["urut"])
        for name, label in names.items()
    ]  # fmt: skip


def _rows(place: Place, found: list[Ranked], first: int) -> list[ShiftRow]:
    law, contest, lang = place.law, place.contest, place.lang
    lines = difference_rows(law, [one.difference for one in found], lang, place.href)
    return [
        ShiftRow(
            number=number,
            row=line,
            shifts=tuple(shift_text(law, contest, each).in_(lang) for each in one.shifts),
            effect=effect_text(law, contest, one.effect).in_(lang) if one.effect else "",
            order_changes=bool(one.effect and one.effect.order_changes),
            paper=one.paper.in_(lang) if one.paper else "",
        )
        for number, (one, line) in enumerate(zip(found, lines, strict=True), start=first)
    ]


def _patterns(place: Place, compared: list[ComparedArea]) -> list[PatternRow]:
    """What the forms of one operator have in common; only for whoever may know who wrote them."""
    if not place.scope.allows(Right.PEOPLE, place.area):
        return []
    made: list[PatternRow] = []
    for row in compared:
        if row.a.level == row.b.level:
            seen: list[Any] = list(queries_shift.observed(place.scope, row.a, row.b, place.area))
            made += _said(place, row.b, patterns(seen))
    for source in place.sources:
        made += _said(place, source, patterns(list(queries_shift.entered(place.scope, source, place.area))))
    return made


def _said(place: Place, source: Source, found: list[Any]) -> list[PatternRow]:
    title = title_of(source, place.lang)
    return [
        PatternRow(one.operator, title, pattern_text(place.law, place.contest, one).in_(place.lang)) for one in found
    ]
