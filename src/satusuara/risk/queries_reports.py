"""Reads of what was reported of readiness: one cell with its history, messages from phones, and who may send them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below, scope_of
from satusuara.risk.models import Barrier, BarrierReport, BarrierState, Message, Register, Sender

UNDO_WITHIN = dt.timedelta(minutes=30)
"""How long one's own last deed can be taken back; afterwards one reports anew."""


@dataclass(frozen=True, slots=True)
class CellView:
    """A gate at a station: what was reported, by whom, and every deed before, newest first."""

    state: BarrierState | None
    history: Sequence[BarrierReport]


def cell_view(scope: Scope, barrier: Barrier, area: Area) -> CellView:
    """:raises Forbidden: outside the area"""
    scope.require(Right.SEE, area)
    state = BarrierState.objects.filter(barrier=barrier, area=area).select_related("area").first()
    return CellView(state, list(state.reports.all()) if state else [])


def undoable(scope: Scope, state: BarrierState, at: datetime) -> BarrierReport | None:
    """The deed that ``actions.undo_gate`` would take back now: one's own, the last, and fresh."""
    last = BarrierReport.objects.filter(state=state).order_by("-pk").first()
    if last is None or last.by != scope.name or last.deed == "undo" or at - last.at > UNDO_WITHIN:
        return None
    return last


def cells_of(scope: Scope, row: Register, area: Area) -> dict[int, BarrierState]:
    """{gate: what is reported of it} at one station.

    :raises Forbidden: outside the area
    """
    scope.require(Right.SEE, area)
    return {each.barrier_id: each for each in BarrierState.objects.filter(barrier__register=row, area=area)}


def said_not_ready(scope: Scope, row: Register, area: Area) -> set[int]:
    """Numbers of the states at and below an area of which somebody said "not yet": no silence, though nothing stands.

    :raises Forbidden: outside the area
    """
    scope.require(Right.SEE, area)
    rows = BarrierState.objects.filter(barrier__register=row, condition="planned").exclude(reported_at=None)
    return set(rows.filter(below("area__path", area.path, rows.db)).values_list("pk", flat=True))


def messages(scope: Scope, row: Register, area: Area, status: str = "") -> QuerySet[Message]:
    """Messages about stations at and below an area, newest first; those of numbers that are nobody's at the top only.

    :raises Forbidden: outside the area
    """
    scope.require(Right.SEE, area)
    rows = Message.objects.select_related("area__parent", "sender__user")
    inside = Q(register=row) & below("area__path", area.path, rows.db) & Q(area__election=row.election_id)
    rows = rows.filter(inside | Q(area=None) if area.pk == row.area_id else inside)
    return rows.filter(status=status) if status else rows


def senders(scope: Scope, area: Area, *, at: datetime) -> list[Sender]:
    """Numbers in force of officers who are appointed at or below an area, where one decides; else one's own."""
    rows = Sender.objects.filter(ended_at=None).select_related("user").order_by("user__username", "pk")
    if not scope.allows(Right.RISK, area):
        return list(rows.filter(user__username=scope.name))
    now = Q(user__appointments__ends=None) | Q(user__appointments__ends__gt=at)
    rows = rows.filter(now, user__appointments__election=area.election_id)
    return list(rows.filter(below("user__appointments__area__path", area.path, rows.db)).distinct())


def sender_of(number: str) -> Sender | None:
    """Who sends from a number, as written by a gateway. Unguarded: for receiving a message."""
    return Sender.objects.filter(ended_at=None, number_hash=number_hash(number)).select_related("user").first()


def number_hash(number: str) -> str:
    """The keyed hash of a number. "+62 812-3456-789", "0812 3456 789" and "628123456789" are one."""
    digits = "".join(c for c in number if c.isascii() and c.isdigit())
    if digits.startswith("0"):
        digits = settings.SMS_COUNTRY + digits.lstrip("0")
    return salted_hmac("satusuara.risk.sender", digits, algorithm="sha256").hexdigest()


def stations_for(sender: Sender, number: str, *, at: datetime) -> list[Area]:
    """The stations that a sender may mean by a number ("012", or a whole code): where he reports by his appointments.

    Newest election first. Unguarded: for receiving a message.
    """
    scope = scope_of(sender.user, at=at)
    elections = Register.objects.order_by("-election__day").select_related("election")
    for election in dict.fromkeys(row.election for row in elections):
        level = laws.load_law(election.law).station_level
        rows = scope.filter(Area.objects.filter(election=election, level=level), Right.READY, area_field="")
        wanted = Q(code=number) if len(number) > 3 else Q(code__endswith=number)
        if found := list(rows.filter(wanted).select_related("parent", "election").order_by("code")[:20]):
            return found
    return []
