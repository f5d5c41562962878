"""One station's gates, for a thumb: what each needs, how it stands, and two large buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from satusuara.kernel.pages.parts import Crumb, Piece
from satusuara.law.playbook import Gate
from satusuara.people.choices import Right
from satusuara.risk import queries, queries_reports
from satusuara.risk.models import Barrier, BarrierState
from satusuara.risk.pages.readiness_place import Here
from satusuara.risk.pages.readiness_words import counts, readings, words
from satusuara.risk.rules.messages import write


@dataclass(frozen=True, slots=True)
class GateCard:
    """A gate at this station, as a card shows it."""

    barrier: Barrier
    gate: Gate
    reading: str
    word: str
    due: Any
    state: BarrierState | None
    href: str
    may_verify: bool
    why_not: str


def station(request: HttpRequest, here: Here) -> HttpResponse:
    """The list of gates; each can be reported without leaving the page, also without a network."""
    gates = cards(here)
    seen = counts([[card.reading for card in gates]])
    example = write(here.area.code[-3:], [(gates[0].gate.letter, True), (gates[1].gate.letter, False)])
    context = here.context("readiness:area") | {
        "cards": gates,
        "bar": [Piece(code, word, seen[code]) for code, word in words().items() if seen[code]],
        "example": example,
        "beside": _beside(here),
    }
    return render(request, "risk/readiness_station.html", context)


def cards(here: Here) -> list[GateCard]:
    """The gates of a station in the order of their letters. Five queries."""
    grid = queries.readiness(here.scope, here.register, here.area, here.today)
    said_not = queries_reports.said_not_ready(here.scope, here.register, here.area)
    states = queries_reports.cells_of(here.scope, here.register, here.area)
    own = grid.stations[0]
    named = words()
    found = []
    for (barrier, gate), cell, reading in zip(grid.gates, own.cells, readings(own, said_not), strict=True):
        state = states.get(barrier.pk)
        may, why = verifiable(here, state)
        href = here.href("readiness:cell", "", gate.letter)
        found.append(GateCard(barrier, gate, reading, named[reading], cell.due, state, href, may, why))
    return found


def verifiable(here: Here, state: BarrierState | None) -> tuple[bool, str]:
    """Whether this person can verify it as the second one; if not, why."""
    if state is None or state.condition not in {"done", "verified"}:
        return False, _("Diperiksa setelah dilaporkan siap.")
    if state.condition == "verified":
        return False, _("Sudah diperiksa orang kedua.")
    if not here.may_report:
        return False, _("Anda hanya melihat wilayah ini.")
    if state.done_by == here.scope.name:
        return False, _("Anda yang melaporkannya: pemeriksaan harus oleh orang lain.")
    return True, ""


def _beside(here: Here) -> Sequence[Crumb]:
    """The stations of the same village where this person reports as well, to go on to."""
    rows = here.area.parent.children.order_by("code") if here.area.parent else []
    return [
        Crumb(here.name_of(each), "" if each == here.area else here.href(code=each.code))
        for each in rows
        if here.scope.allows(Right.SEE, each)
    ]
