"""In the room: who sits where, what is on the screen, silent votes, decisions, and who answers for what by when."""

from __future__ import annotations

import datetime as dt
from datetime import datetime

from django.db import transaction
from django.db.models import F

from satusuara.areas.models import Area
from satusuara.kernel.errors import Forbidden, Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import seal
from satusuara.people.choices import Right
from satusuara.people.models import User
from satusuara.people.queries import Scope
from satusuara.risk import queries, queries_rakor
from satusuara.risk.actions.barriers import require_owner
from satusuara.risk.actions.common import require_inside, require_text
from satusuara.risk.actions.rakor import changed, locked
from satusuara.risk.actions.register import decide
from satusuara.risk.choices import ItemPhase, MeetingState, SeatKind
from satusuara.risk.models import AgendaItem, Barrier, Comment, Handout, Meeting, Seat, Tally, Vote
from satusuara.risk.payloads import sealed
from satusuara.risk.rules import rakor
from satusuara.risk.rules.readiness import due_date

_NAME = Text("Nama", "The name")


def _joinable(meeting: Meeting) -> Meeting:
    row = (
        Meeting.objects.select_for_update(of=("self",)).select_related("area", "register__election").get(pk=meeting.pk)
    )
    if row.state == MeetingState.CLOSED:
        raise Refusal("meeting-closed", Text("Rakor sudah ditutup", "The meeting is closed"))
    return row


def _arrived(meeting: Meeting) -> None:
    """Somebody came, went or voted: only who counts heads need look again."""
    Meeting.objects.filter(pk=meeting.pk).update(pulse=F("pulse") + 1)


def take_seat(*, scope: Scope, user: User, meeting: Meeting, at: datetime) -> Seat:
    """A seat for an account: one, however often it is asked for.

    :raises Forbidden: without READY somewhere in the register's area
    :raises Refusal: ``meeting-closed``; ``seat-taken-by-code`` where the sub-district came in by its code
    """
    queries.require_member(scope, meeting.register)
    with transaction.atomic():
        row = _joinable(meeting)
        area, office = _own_place(scope, row)
        known = row.seats.filter(account=user.get_username()).first()
        if known is not None and known.present:
            return known
        if row.seats.filter(kind=SeatKind.CODE, area=area, present=True).exists():
            raise Refusal(
                "seat-taken-by-code",
                Text("Kecamatan Anda sudah hadir dengan kodenya", "Your sub-district is here by its code"),
                remedy=Text(
                    "Satu kecamatan masuk dengan kode atau dengan akun; mintalah pimpinan melepas kursi kode.",
                    "A sub-district comes in by code or by accounts; ask the chair to free the code's seat.",
                ),
            )
        seat = known or Seat(meeting=row, kind=SeatKind.ACCOUNT, account=user.get_username())
        seat.area, seat.office, seat.name, seat.present, seat.at = area, office, user.get_full_name(), True, at
        seat.save()
        seal(at=at, by=scope.name, seals=[sealed("take_seat", seat)])
        _arrived(row)
    return seat


def _own_place(scope: Scope, meeting: Meeting) -> tuple[Area, str]:
    """The area and the role for which somebody speaks: his highest appointment inside the register, else its own."""
    inside = [
        grant
        for grant in scope.reach.grants
        if Right.READY.value in grant.rights
        and grant.election == meeting.register.election_id
        and (grant.path.startswith(meeting.area.path) or meeting.area.path.startswith(grant.path))
    ]
    if not inside:
        raise Forbidden("not-your-area", Text("Anda tidak bertugas di wilayah rakor ini", "You hold no office here"))
    grant = min(inside, key=lambda each: (len(each.path), each.role))
    area = Area.objects.filter(election=grant.election, path=grant.path).first() or meeting.area
    return (area if area.path.startswith(meeting.area.path) else meeting.area), grant.role


def take_seat_by_code(*, meeting: Meeting, code: str, name: str, at: datetime) -> Seat:
    """The seat of a sub-district by the code that the chair gave out. On another phone: the seat moves there.

    :raises Refusal: ``meeting-closed``, ``code-unknown``, ``name-missing``, ``number-of-a-person``,
        ``seat-taken-by-account`` where somebody of that sub-district came in by account
    """
    typed = rakor.read_code(code)
    area = next(
        (each for each in queries_rakor.places(meeting) if queries_rakor.code_for(meeting, each) == typed), None
    )
    if area is None:
        raise Refusal(
            "code-unknown",
            Text("Kode kecamatan itu tidak dikenal", "That code is unknown"),
            remedy=Text("Periksa kode pada lembar dari pimpinan rapat.", "Check the code on the chair's sheet."),
        )
    name = require_text(name, "name", _NAME)[:150]
    with transaction.atomic():
        row = _joinable(meeting)
        if row.seats.filter(kind=SeatKind.ACCOUNT, area=area, present=True).exists():
            raise Refusal(
                "seat-taken-by-account",
                Text("Kecamatan itu sudah hadir dengan akun", "That sub-district is here by an account"),
                remedy=Text("Masuklah dengan akun Anda.", "Sign in with your account."),
            )
        seat = row.seats.filter(kind=SeatKind.CODE, area=area).first()
        if seat is None:
            seat = Seat(meeting=row, kind=SeatKind.CODE, area=area)
        else:
            seat.serial += 1
        seat.name, seat.present, seat.at = name, True, at
        seat.save()
        seal(at=at, by=f"rakor:{row.slug}/{area.code}", seals=[sealed("take_seat_by_code", seat)])
        _arrived(row)
    return seat


def list_present(*, scope: Scope, meeting: Meeting, area: Area, name: str, at: datetime) -> Seat:
    """The chair notes somebody who is here without a phone: present, without a vote. The same name once.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-closed``, ``name-missing``, ``number-of-a-person``, ``area-outside-register``
    """
    name = require_text(name, "name", _NAME)[:150]
    with transaction.atomic():
        row = locked(scope, meeting)
        require_inside(row.register, area)
        seat = row.seats.filter(kind=SeatKind.LISTED, area=area, name=name).first()
        if seat is not None and seat.present:
            return seat
        seat = seat or Seat(meeting=row, kind=SeatKind.LISTED, area=area, name=name)
        seat.present, seat.at = True, at
        seat.save()
        seal(at=at, by=scope.name, seals=[sealed("list_present", seat)])
        _arrived(row)
    return seat


def free_seat(*, scope: Scope, seat: Seat, at: datetime) -> Seat:
    """Somebody is not here after all, or has gone: the seat no longer votes; what it voted in closed rounds stays.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-closed``
    """
    with transaction.atomic():
        row = locked(scope, seat.meeting)
        seat = Seat.objects.select_for_update(of=("self",)).select_related("area", "meeting").get(pk=seat.pk)
        if seat.present:
            seat.present, seat.serial = False, seat.serial + 1
            seat.save(update_fields=["present", "serial"])
            seal(at=at, by=scope.name, seals=[sealed("free_seat", seat)])
            _arrived(row)
    return seat


def show_item(*, scope: Scope, item: AgendaItem, at: datetime) -> AgendaItem:  # noqa: ARG001 (no deed for the log)
    """Puts a risk of the agenda on the screen. What is looked at is no deed: nothing is sealed.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-not-open``
    """
    with transaction.atomic():
        meeting = locked(scope, item.meeting, opened=True)
        if meeting.current_id != item.pk:
            meeting.current = item
            meeting.save(update_fields=["current"])
            changed(meeting)
    return item


def open_vote(*, scope: Scope, item: AgendaItem, at: datetime) -> AgendaItem:  # noqa: ARG001 (sealed when it is closed)
    """Phones may vote on a risk. One that was counted goes on; after the figures were seen it is a new round.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-not-open``
    """
    with transaction.atomic():
        meeting = locked(scope, item.meeting, opened=True)
        item = AgendaItem.objects.select_for_update(of=("self",)).select_related("meeting__area").get(pk=item.pk)
        if item.phase == ItemPhase.VOTING:
            return item
        if item.phase == ItemPhase.REVEALED and item.tallies.filter(round=item.round).exists():
            item.round += 1
        item.phase = ItemPhase.VOTING
        item.save(update_fields=["phase", "round"])
        changed(meeting)
    return item


def close_vote(*, scope: Scope, item: AgendaItem, at: datetime) -> AgendaItem:
    """The vote is counted: its sums are kept and sealed, whose vote was which is not. Again: nothing changes.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-not-open``
    """
    with transaction.atomic():
        meeting = locked(scope, item.meeting, opened=True)
        item = AgendaItem.objects.select_for_update(of=("self",)).select_related("meeting__area").get(pk=item.pk)
        if item.phase == ItemPhase.VOTING:
            _count(scope, meeting, item, at)
            item.phase = ItemPhase.COUNTED
            item.save(update_fields=["phase"])
            changed(meeting)
    return item


def _count(scope: Scope, meeting: Meeting, item: AgendaItem, at: datetime) -> None:
    """The votes of who is present, as sums."""
    votes = list(item.votes.filter(round=item.round, seat__present=True).values_list("probability", "impact"))
    row, _ = Tally.objects.update_or_create(
        item=item, round=item.round,
        defaults={
            "seats": queries_rakor.voting_seats(meeting), "votes": len(votes), "cells": rakor.cells(votes), "at": at,
        },
    )  # fmt: skip
    seal(at=at, by=scope.name, seals=[sealed("close_vote", row)])


def reveal(*, scope: Scope, item: AgendaItem, at: datetime) -> AgendaItem:
    """Everybody sees how far the votes lie apart, and the figures. A vote that is still open is counted first.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-not-open``
    """
    with transaction.atomic():
        meeting = locked(scope, item.meeting, opened=True)
        item = AgendaItem.objects.select_for_update(of=("self",)).select_related("meeting__area").get(pk=item.pk)
        if item.phase == ItemPhase.REVEALED:
            return item
        if item.phase == ItemPhase.VOTING:
            _count(scope, meeting, item, at)
        item.phase = ItemPhase.REVEALED
        item.save(update_fields=["phase"])
        changed(meeting)
    return item


def cast_vote(*, seat: Seat, serial: int, item: AgendaItem, round_: int, probability: int, impact: int) -> Vote:
    """One seat's vote on one risk; the last one before the close is the one that counts.

    ``serial``: of the phone that holds the seat. ``round_``: the round that its page showed.

    :raises Refusal: ``seat-gone``, ``seat-without-vote``, ``vote-beyond-scale``, ``vote-closed``
    """
    if probability not in rakor.SCALE or impact not in rakor.SCALE:
        raise Refusal(
            "vote-beyond-scale",
            Text("Pilih satu angka 1–5 untuk keduanya", "Choose one of 1–5 for both"),
            remedy=Text("Pilih kemungkinan dan akibat, lalu kirim.", "Choose likelihood and impact, then send."),
        )
    with transaction.atomic():
        Meeting.objects.filter(pk=item.meeting_id).update(pulse=F("pulse") + 1)  # first: the order of every deed here
        item = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        seat = Seat.objects.select_for_update(of=("self",)).get(pk=seat.pk)
        if not seat.present or seat.serial != serial or seat.meeting_id != item.meeting_id:
            raise Refusal(
                "seat-gone",
                Text("Kursi ini dipakai di ponsel lain atau dilepas", "This seat is on another phone or was freed"),
                remedy=Text("Masuklah lagi dengan kode.", "Come in again with the code."),
            )
        if seat.kind == SeatKind.LISTED:
            raise Refusal("seat-without-vote", Text("Kursi ini tanpa suara", "This seat has no vote"))
        if item.phase != ItemPhase.VOTING or item.round != round_ or item.removed:
            raise Refusal(
                "vote-closed",
                Text("Pemungutan pendapat tidak sedang dibuka", "The vote is not open"),
                remedy=Text("Tunggulah layar.", "Wait for the screen."),
            )
        vote, _ = Vote.objects.update_or_create(
            item=item, round=item.round, seat=seat, defaults={"probability": probability, "impact": impact}
        )
    return vote


def decide_item(
    *,
    scope: Scope,
    item: AgendaItem,
    office: str,
    text: str,
    reason: str,
    at: datetime,
    proposal: Comment | None = None,
) -> AgendaItem:
    """A named officer decides in the meeting (see ``decide``); a later decision takes its place in the minutes.

    :raises Forbidden: without RISK, ``office-not-held``
    :raises Refusal: ``meeting-not-open`` and what ``decide`` refuses
    """
    with transaction.atomic():
        meeting = locked(scope, item.meeting, opened=True)
        decision = decide(
            scope=scope, risk=item.risk, office=office, text=text, reason=reason, proposal=proposal, at=at
        )
        item = AgendaItem.objects.select_for_update(of=("self",)).select_related("meeting__area").get(pk=item.pk)
        if item.decision_id != decision.pk:
            item.decision = decision
            item.save(update_fields=["decision"])
            seal(at=at, by=scope.name, seals=[sealed("decide_item", item)])
            changed(meeting)
    return item


def hand_out(
    *,
    scope: Scope,
    item: AgendaItem,
    barrier: Barrier,
    area: Area,
    at: datetime,
    owner_role: str = "",
    due: dt.date | None = None,
) -> Handout:
    """A committee is put on a barrier: it answers for it at its area by a day. In force when the meeting is closed.

    The same barrier and area again with another role or day takes the place of the earlier one.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-not-open``, ``area-outside-register``, ``barrier-of-another-risk``, ``owner-unknown``
    """
    with transaction.atomic():
        meeting = locked(scope, item.meeting, opened=True)
        require_inside(meeting.register, area)
        if barrier.risk_id != item.risk_id:
            raise Refusal("barrier-of-another-risk", Text("Bukan pencegahan masalah ini", "Of another risk"))
        role = owner_role or barrier.owner_role
        require_owner(risk=item.risk, role=role)
        day = due or due_date(meeting.register.election.day, barrier.days)
        known = item.handouts.filter(barrier=barrier, area=area, undone=False).first()
        if known is not None and (known.owner_role, known.due) == (role, day):
            return known
        seals = []
        if known is not None:
            known.undone = True
            known.save(update_fields=["undone"])
            seals.append(sealed("take_back", known))
        row = Handout.objects.create(
            item=item, barrier=barrier, area=area, owner_role=role, due=day, at=at, by=scope.name
        )
        seal(at=at, by=scope.name, seals=[*seals, sealed("hand_out", row)])
        changed(meeting)
    return row


def take_back(*, scope: Scope, handout: Handout, at: datetime, again: bool = False) -> Handout:
    """Undoes a handout before the meeting is closed; ``again`` brings it back.

    :raises Forbidden: without RISK at the meeting's area
    :raises Refusal: ``meeting-not-open``, ``handout-replaced`` when another stands in its place
    """
    with transaction.atomic():
        meeting = locked(scope, handout.item.meeting, opened=True)
        row = Handout.objects.select_for_update(of=("self",)).select_related("item__meeting").get(pk=handout.pk)
        if row.undone != again:
            return row
        others = row.item.handouts.filter(barrier=row.barrier_id, area=row.area_id, undone=False)
        if again and others.exists():
            raise Refusal("handout-replaced", Text("Sudah ada penggantinya", "Another one stands in its place"))
        row.undone = not again
        row.save(update_fields=["undone"])
        seal(at=at, by=scope.name, seals=[sealed("hand_out" if again else "take_back", row)])
        changed(meeting)
    return row
