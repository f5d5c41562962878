"""A line struck, and the way back. Both name who, why and when; the number of an identity is opened only as a deed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from satusuara import law as laws
from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.hashing import canonical_json
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.roll.actions.sealing import seals_of_lists
from satusuara.roll.choices import ChangeKind, VoterState
from satusuara.roll.models import RollChange, Voter
from satusuara.roll.payloads import look_payload
from satusuara.roll.vault import vault


def strike_voter(*, scope: Scope, voter: Voter, reason: str, note: str, at: datetime) -> RollChange:
    """Strikes a line for a reason of the law. It stays on the list, marked; nothing is deleted.

    :raises Forbidden: without ROLL_MANAGE at the station
    :raises NotFound: ``no-strike-reason``
    :raises Refusal: ``line-not-active``
    """
    scope.require(Right.ROLL_MANAGE, voter.area)
    spec = laws.load_law(voter.election.law).roll
    if spec is None or spec.strike_reason(reason) is None:
        raise NotFound("no-strike-reason", Text(f"Alasan {reason} tidak dikenal", f"The reason {reason} is unknown"))
    with transaction.atomic():
        change = change_state(voter, VoterState.STRUCK, reason, note=note, by=scope.name, at=at)
        sealed(scope=scope, at=at, areas=[voter.area_id], action="roll.strike", reason=note)
    return change


def restore_voter(*, scope: Scope, voter: Voter, note: str, at: datetime) -> RollChange:
    """Takes a strike back.

    :raises Forbidden: without ROLL_MANAGE at the station
    :raises Refusal: ``line-not-struck``
    """
    scope.require(Right.ROLL_MANAGE, voter.area)
    with transaction.atomic():
        change = change_state(voter, VoterState.ACTIVE, "", note=note, by=scope.name, at=at)
        sealed(scope=scope, at=at, areas=[voter.area_id], action="roll.restore", reason=note)
    return change


def change_state(
    voter: Voter, state: VoterState, reason: str, *, note: str, by: str, at: datetime, was: str = ""
) -> RollChange:
    """The one place where a line changes its state; inside the caller's transaction, which seals.

    :raises Refusal: ``line-not-active``, ``line-not-struck``
    """
    row = Voter.objects.select_for_update().get(pk=voter.pk)
    wanted = was or (VoterState.STRUCK if state == VoterState.ACTIVE else VoterState.ACTIVE)
    if row.state != wanted:
        raise Refusal(
            "line-not-struck" if state == VoterState.ACTIVE else "line-not-active",
            Text(
                f"Baris ini berstatus {VoterState(row.state).label}",
                f"This line is {row.state} already",
            ),
            remedy=Text("Muat ulang halaman.", "Reload the page."),
        )
    before = canonical_json({"state": row.state, "reason": row.reason}).decode()
    kind = ChangeKind.RESTORED if state == VoterState.ACTIVE else ChangeKind.STRUCK
    row.state, row.reason = state, reason
    row.save(update_fields=["state", "reason"])
    voter.state, voter.reason = row.state, row.reason
    return RollChange.objects.create(
        voter=row, kind=kind, reason=reason, note=note, from_area_id=row.area_id, fields=["state"],
        before=vault().seal(before), at=at, by=by,
    )  # fmt: skip


def sealed(
    *, scope: Scope, at: datetime, areas: Sequence[int], action: str, reason: str = "", also: Sequence[Seal] = ()
) -> None:
    """The lists of the stations concerned and whatever else the deed made, sealed together."""
    seal(at=at, by=scope.name, seals=[*seals_of_lists(areas, action=action, reason=reason), *also])


def reveal_nik(*, scope: Scope, voter: Voter, reason: str, at: datetime) -> str:
    """The whole identity number of one voter; that somebody looked, and why, stands in the ledger.

    :raises Forbidden: without ROLL_MANAGE at the station
    """
    scope.require(Right.ROLL_MANAGE, voter.area)
    if not reason.strip():
        raise Refusal("reason-missing", Text("Tulis alasannya", "Say why"))
    number = vault().open(voter.nik_sealed) if voter.nik_sealed else ""
    with transaction.atomic():
        subject = f"{voter.pk}@{at.timestamp():.0f}"
        looked = Seal("roll.reveal", "roll.look", subject, look_payload(subject), reason)
        seal(at=at, by=scope.name, seals=[looked])
    return number
