"""What was held: shown until an officer decides, taken in when its reason is gone. Never dropped."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, WholeTree
from satusuara.pollbook.actions.ingest import Answer, commit_segments
from satusuara.pollbook.actions.prepare import Incoming, prepare
from satusuara.pollbook.choices import Outcome
from satusuara.pollbook.models import Device, Quarantined

PARDONABLE = frozenset({"device-revoked", "device-expired"})


def retry_held(*, scope: Scope, device: Device, at: datetime) -> list[Answer]:
    """Takes in what a device sent before it was enrolled."""
    rows = list(
        Quarantined.objects.filter(device=device.device, released_at=None, code="device-unknown").order_by("pk")
    )
    return [_release(scope, row, at, frozenset()) for row in rows]


def release_held(*, scope: Scope, held: Quarantined, reason: str, at: datetime) -> Answer:
    """Tries a held segment again; a revoked or expired device is pardoned for it. Its signature and chain never are.

    :raises Forbidden: without the right at its station (or over the whole tree where it names none)
    :raises Refusal: ``reason-missing``, ``held-empty`` (only its size was kept)
    """
    if held.station is not None:
        scope.require(Right.SETTINGS, held.station)
    elif not scope.is_system:
        for election in {election for election, _ in scope.reach.paths(Right.SETTINGS)} or {""}:
            scope.require(Right.SETTINGS, WholeTree(election))
    if not reason.strip():
        raise Refusal("reason-missing", Text("Alasan belum ditulis", "The reason is missing"))
    if not held.raw:
        raise Refusal(
            "held-empty",
            Text("Kiriman itu terlalu besar dan tidak disimpan", "What was sent was too large and not kept"),
            remedy=Text("Minta perangkat mengirim lagi.", "Ask the device to send again."),
        )
    with transaction.atomic():
        answer = _release(scope, held, at, PARDONABLE)
        if answer.outcome != Outcome.QUARANTINED:
            said = Seal("pollbook.release_held", "pollbook.held", held.sha256, {"code": held.code}, reason.strip())
            seal(at=at, by=scope.name, seals=[said])
    return answer


def _release(scope: Scope, row: Quarantined, at: datetime, pardoned: frozenset[str]) -> Answer:
    with transaction.atomic():
        prepared = prepare([Incoming(bytes(row.raw), carrier=row.carrier)])
        (answer,) = commit_segments(scope=Scope.system("device"), prepared=prepared, at=at, pardoned=pardoned)
        if answer.outcome != Outcome.QUARANTINED:
            row.released_at, row.released_by = at, scope.name
            row.save(update_fields=["released_at", "released_by"])
    return answer
