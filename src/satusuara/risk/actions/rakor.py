"""Rakor: calling a meeting, its agenda, and its close, by which what was said comes into force."""

from __future__ import annotations

import datetime as dt
import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from satusuara.areas.models import Area
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.risk import minutes, queries_rakor
from satusuara.risk.actions.barriers import assign_barrier
from satusuara.risk.actions.common import require_inside, require_named, require_text
from satusuara.risk.actions.register import move_risk
from satusuara.risk.choices import ItemPhase, MeetingState, RiskState
from satusuara.risk.models import AgendaItem, Meeting, Register, Risk
from satusuara.risk.payloads import sealed
from satusuara.risk.queries_rakor import Expected
from satusuara.risk.rules import rakor

AGENDA = 15
"""Risks of an agenda that the system proposes: what a day's meeting can talk through."""


def call_meeting(
    *, scope: Scope, register: Register, area: Area, title: str, day: dt.date, place: str, at: datetime
) -> Meeting:
    """A meeting with an agenda built from what the commission named, expected numbers and gaps. The same again is one.

    :raises Forbidden: without RISK at ``area``
    :raises Refusal: ``area-outside-register``, ``title-missing``, ``place-missing``, ``title-long``
    """
    scope.require(Right.RISK, area)
    require_inside(register, area)
    title = require_text(title, "title", Text("Nama rapat", "The name of the meeting"))
    place = require_text(place, "place", Text("Tempat", "The place"))
    if max(len(title), len(place)) > 200:
        raise Refusal("title-long", Text("Nama atau tempat lebih dari 200 huruf", "Name or place over 200 characters"))
    with transaction.atomic():
        register = Register.objects.select_for_update().get(pk=register.pk)
        known = register.meetings.filter(area=area, title=title, day=day, place=place, by=scope.name)
        if (same := known.exclude(state=MeetingState.CLOSED).first()) is not None:
            return same
        meeting = Meeting.objects.create(
            register=register, area=area, title=title, day=day, place=place, slug=_fresh_slug(), at=at, by=scope.name
        )
        made = [meeting, *_propose(scope, meeting, at)]
        seal(at=at, by=scope.name, seals=[sealed("call_meeting", row) for row in made])
    return meeting


def _fresh_slug() -> str:
    while True:
        slug = rakor.slug_of(secrets.randbits(64))
        if not Meeting.objects.filter(slug=slug).exists():
            return slug


def _propose(scope: Scope, meeting: Meeting, at: datetime) -> list[AgendaItem]:
    known = {
        view.risk.code: (view, said) for view, said in queries_rakor.candidates(scope, meeting.register, meeting.area)
    }
    chosen = rakor.agenda(
        (
            rakor.Candidate(
                code, bool(view.problem and view.problem.priority), len(view.gaps), said.number if said else None
            )
            for code, (view, said) in known.items()
        ),
        most=AGENDA,
    )
    return AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting, risk=known[each.code][0].risk, position=number, at=at, by=scope.name,
            why=_why(each, known[each.code][1]),
        )
        for number, each in enumerate(chosen, 1)
    )  # fmt: skip


def _why(chosen: rakor.Candidate, said: Expected | None) -> list[dict[str, str]]:
    found = []
    if chosen.priority:
        found.append(Text("dibahas dalam rakor komisi sendiri", "named in the commission's own meeting"))
    if said is not None:
        low, number, high = (round(each) for each in (said.low, said.number, said.high))
        found.append(
            Text(
                f"perkiraan {number} ({low}–{high}) dari {said.stations} TPS",
                f"expected {number} ({low}–{high}) of {said.stations} stations",
            )
        )
    if chosen.gaps:
        found.append(Text(f"{chosen.gaps} hal belum ada", f"{chosen.gaps} things are missing"))
    return [{"id": each.id, "en": each.en} for each in found]


def locked(scope: Scope, meeting: Meeting, *, opened: bool = False) -> Meeting:
    """The meeting's row, held; of somebody who leads it, and that is not closed (``opened``: that is running).

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-closed``, ``meeting-not-open``
    """
    scope.require(Right.RISK, meeting.area)
    row = (
        Meeting.objects.select_for_update(of=("self",)).select_related("area", "register__election").get(pk=meeting.pk)
    )
    if row.state == MeetingState.CLOSED:
        raise Refusal("meeting-closed", Text("Rakor sudah ditutup", "The meeting is closed"))
    if opened and row.state != MeetingState.OPEN:
        raise Refusal(
            "meeting-not-open",
            Text("Rakor belum dibuka", "The meeting has not been opened"),
            remedy=Text("Bukalah rakor dahulu.", "Open the meeting first."),
        )
    return row


def changed(meeting: Meeting) -> None:
    """What everybody sees is another thing now."""
    Meeting.objects.filter(pk=meeting.pk).update(stage=F("stage") + 1, pulse=F("pulse") + 1)


def add_item(*, scope: Scope, meeting: Meeting, risk: Risk, at: datetime) -> AgendaItem:
    """A risk onto the end of the agenda; one that was taken off comes back.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-closed``, ``risk-of-another-register``
    """
    with transaction.atomic():
        row = locked(scope, meeting)
        if risk.register_id != row.register_id:
            raise Refusal("risk-of-another-register", Text("Masalah dari daftar lain", "A risk of another register"))
        last = row.items.aggregate(last=Max("position"))["last"] or 0
        item = row.items.filter(risk=risk).first()
        if item is not None and not item.removed:
            return item
        item = item or AgendaItem(meeting=row, risk=risk, at=at, by=scope.name)
        item.position, item.removed = last + 1, False
        item.save()
        seal(at=at, by=scope.name, seals=[sealed("add_item", item)])
        changed(row)
    return item


def remove_item(*, scope: Scope, item: AgendaItem, at: datetime) -> AgendaItem:
    """Off the agenda; its votes and decisions stay. ``add_item`` brings it back.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-closed``, ``item-is-shown``
    """
    with transaction.atomic():
        meeting = locked(scope, item.meeting)
        item = AgendaItem.objects.select_related("meeting__area").get(pk=item.pk)
        if meeting.current_id == item.pk:
            raise Refusal(
                "item-is-shown",
                Text("Masalah ini sedang ditayangkan", "This problem is on the screen"),
                remedy=Text("Tayangkan yang lain dahulu.", "Show another one first."),
            )
        if not item.removed:
            item.removed = True
            item.save(update_fields=["removed"])
            seal(at=at, by=scope.name, seals=[sealed("remove_item", item)])
            changed(meeting)
    return item


def move_item(*, scope: Scope, item: AgendaItem, by: int, at: datetime) -> AgendaItem:
    """One place up (-1) or down (1); at either end nothing changes.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-closed``
    """
    with transaction.atomic():
        meeting = locked(scope, item.meeting)
        order = queries_rakor.items(meeting)
        here = next((n for n, each in enumerate(order) if each.pk == item.pk), None)
        if here is None or not 0 <= here + by < len(order):
            return item
        order[here], order[here + by] = order[here + by], order[here]
        moved = []
        for position, each in enumerate(order, 1):
            if each.position != position:
                each.position = position
                each.save(update_fields=["position"])
                moved.append(sealed("move_item", each))
        seal(at=at, by=scope.name, seals=moved)
        changed(meeting)
    return AgendaItem.objects.select_related("meeting__area").get(pk=item.pk)


def open_meeting(*, scope: Scope, meeting: Meeting, at: datetime) -> Meeting:
    """The meeting begins with the first risk of its agenda. Again: nothing changes.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-closed``, ``agenda-empty``
    """
    with transaction.atomic():
        row = locked(scope, meeting)
        if row.state == MeetingState.OPEN:
            return row
        first = next(iter(queries_rakor.items(row)), None)
        if first is None:
            raise Refusal("agenda-empty", Text("Agenda masih kosong", "The agenda is empty"))
        row.state, row.current = MeetingState.OPEN, first
        row.save(update_fields=["state", "current"])
        seal(at=at, by=scope.name, seals=[sealed("open_meeting", row)])
        changed(row)
    return row


def close_meeting(*, scope: Scope, meeting: Meeting, number: str, office: str, at: datetime) -> Meeting:
    """The meeting ends: what was handed out is in force, what was decided is agreed under the number of the minutes,
    and the minutes' hash stands in the ledger. Again: nothing changes.

    :raises Forbidden: without RISK at the meeting's area, ``office-not-held``
    :raises Refusal: ``meeting-not-open``, ``minutes-missing``, ``vote-still-open``, ``decider-unnamed``
    """
    scope.require(Right.RISK, meeting.area)
    with transaction.atomic():
        done = Meeting.objects.select_for_update(of=("self",)).select_related("area").get(pk=meeting.pk)
        if done.state == MeetingState.CLOSED:
            return done
        row = locked(scope, meeting, opened=True)
        require_named(scope, office, row.area)
        number = require_text(number, "minutes", Text("Nomor notulen", "The minutes' number"))
        items = queries_rakor.items(row)
        if any(each.phase == ItemPhase.VOTING for each in items):
            raise Refusal(
                "vote-still-open",
                Text("Pemungutan pendapat masih dibuka", "A vote is still open"),
                remedy=Text("Tutuplah dahulu.", "Close it first."),
            )
        for given in queries_rakor.handouts(row):
            assign_barrier(
                scope=scope, barrier=given.barrier, area=given.area, owner_role=given.owner_role, due=given.due, at=at
            )
        for item in items:
            if item.decision_id and item.risk.state == RiskState.DRAFT:
                move_risk(scope=scope, risk=item.risk, to=RiskState.AGREED, minutes=number, at=at)
        row.state, row.number, row.office = MeetingState.CLOSED, number, office
        row.closed_at, row.closed_by = at, scope.name
        row.minutes_sha256 = minutes.keep(minutes.minutes_pdf(row))
        row.save()
        seal(at=at, by=scope.name, seals=[sealed("close_meeting", row)])
        changed(row)
    return row
