"""Voting elsewhere: the letter and the strike-out at home are one act (PKPU 7/2022 article 119(3))."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.ledger.actions import Seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.roll.actions.striking import change_state, sealed
from satusuara.roll.choices import LetterState, VoterState
from satusuara.roll.models import MovingLetter, Voter
from satusuara.roll.payloads import letter_payload
from satusuara.roll.queries import ballots_of_move

MOVED = "moved-vote"
CANCELLED = "letter-cancelled"


def issue_letter(*, scope: Scope, voter: Voter, to: Area, reason: str, at: datetime) -> MovingLetter:
    """Issues a moving letter: locks the voter's line at home and writes one, with its ballots, at ``to`` (a station).

    May be done where he comes from or where he goes (ROLL_MANAGE at either).

    :raises Forbidden: without ROLL_MANAGE at either station
    :raises Refusal: ``move-too-late``, ``line-not-active``, ``not-a-station``, ``move-nowhere``, ``not-on-the-roll``
    :raises NotFound: ``no-move-reason``
    """
    if not scope.allows(Right.ROLL_MANAGE, voter.area):
        scope.require(Right.ROLL_MANAGE, to)
    law = laws.load_law(voter.election.law)
    spec = law.roll
    if spec is None or voter.category != spec.home_category:
        raise Refusal(
            "not-on-the-roll",
            Text("Hanya pemilih dalam daftar tetap yang dapat pindah memilih", "Only who is on the roll can move"),
        )
    if to.election_id != voter.election_id or to.level != law.station_level:
        raise Refusal("not-a-station", Text("Tujuan harus sebuah TPS", "The destination must be a station"))
    if to.pk == voter.area_id:
        raise Refusal("move-nowhere", Text("Tujuannya TPS yang sama", "The destination is the same station"))
    _in_time(law, reason, voter, at)
    contests = [contest for contest, given in ballots_of_move(law, voter.area, to).items() if given]
    with transaction.atomic():
        change_state(voter, VoterState.LOCKED, MOVED, note="", by=scope.name, at=at)
        destination = _line_at(voter, to, spec.moved_category)
        letter = MovingLetter.objects.create(
            number=_number(law, to, destination), origin=voter, destination=destination, reason=reason,
            contests=contests, code=secrets.token_hex(12), at=at, by=scope.name,
        )  # fmt: skip
        made = Seal("roll.issue_letter", "roll.letter", str(letter.pk), letter_payload(letter), reason)
        sealed(scope=scope, at=at, areas=[voter.area_id, to.pk], action="roll.issue_letter", reason=reason, also=[made])
    return letter


def cancel_letter(*, scope: Scope, letter: MovingLetter, note: str, at: datetime) -> MovingLetter:
    """Takes a letter back: the line where he would have voted is struck, that at home is his again. One act.

    :raises Forbidden: without ROLL_MANAGE at either station
    :raises Refusal: ``letter-cancelled``
    """
    if not scope.allows(Right.ROLL_MANAGE, letter.origin.area):
        scope.require(Right.ROLL_MANAGE, letter.destination.area)
    with transaction.atomic():
        row = MovingLetter.objects.select_for_update().get(pk=letter.pk)
        if row.state != LetterState.ISSUED:
            raise Refusal("letter-cancelled", Text("Surat ini sudah dibatalkan", "This letter is cancelled already"))
        change_state(row.destination, VoterState.STRUCK, CANCELLED, note=note, by=scope.name, at=at)
        change_state(row.origin, VoterState.ACTIVE, "", note=note, by=scope.name, at=at, was=VoterState.LOCKED)
        row.state, row.cancelled_at, row.cancelled_by, row.cancel_reason = (
            LetterState.CANCELLED, at, scope.name, note,
        )  # fmt: skip
        row.save(update_fields=["state", "cancelled_at", "cancelled_by", "cancel_reason"])
        done = Seal("roll.cancel_letter", "roll.letter", str(row.pk), letter_payload(row), note)
        places = [row.origin.area_id, row.destination.area_id]
        sealed(scope=scope, at=at, areas=places, action="roll.cancel_letter", reason=note, also=[done])
    return row


def _in_time(law: Law, reason: str, voter: Voter, at: datetime) -> None:
    """:raises Refusal: ``move-too-late`` after the last day of the reason's deadline, local time of the station"""
    assert law.roll is not None  # noqa: S101 (asked by the caller)
    found = law.roll.move_reason(reason)
    if found is None:
        known = ", ".join(each.code for each in law.roll.move_reasons)
        raise NotFound(
            "no-move-reason",
            Text(f"Alasan pindah memilih {reason} tidak dikenal", f"The reason {reason} is unknown"),
            remedy=Text(f"Yang dikenal: {known}.", f"Known: {known}."),
        )
    deadline = next(each for each in law.deadlines if each.code == found.deadline)
    last = deadline.until or law.election_day - timedelta(days=deadline.limit)
    zone, _label = law.zone_of(voter.area.code)
    if at.astimezone(ZoneInfo(zone)).date() > last:
        raise Refusal(
            "move-too-late",
            Text(
                f"Batas waktu untuk alasan ini sudah lewat: {last:%d-%m-%Y}",
                f"The deadline for this reason has passed: {last:%d-%m-%Y}",
            ),
            remedy=Text(
                "Alasan lain mungkin masih terbuka; lihat daftar alasan.",
                "Another reason may still be open; see the list.",
            ),
        )


def _line_at(voter: Voter, to: Area, category: str) -> Voter:
    """The voter's line where he goes, as the last of its list."""
    lines = Voter.objects.filter(area=to, category=category).count()
    moves = Voter.objects.filter(election=voter.election_id, category=category, rec_id__startswith=f"{voter.rec_id}>")
    copied = (
        "nik_sealed", "nik_token", "nkk_sealed", "nkk_token", "name", "name_key", "birth_place", "birth_date", "sex",
        "marital", "address", "rt", "rw", "disability", "digest", "made_up",
    )  # fmt: skip
    return Voter.objects.create(
        election_id=voter.election_id, area=to, category=category, rec_id=f"{voter.rec_id[:56]}>{moves.count() + 1}",
        line=lines + 1, **{name: getattr(voter, name) for name in copied},
    )  # fmt: skip


def _number(law: Law, to: Area, destination: Voter) -> str:
    return f"{destination.pk}/{law.roll.moved_category.upper() if law.roll else ''}/{to.code}"
