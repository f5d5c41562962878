"""Boxes go from store to store under two signatures: the second person counts, and what differs is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from satusuara.areas.models import Area
from satusuara.ballots.actions.common import elsewhere, lock_stores, require_client_id
from satusuara.ballots.choices import Arrived, BoxState, Transport
from satusuara.ballots.models import Box, Handover, HandoverBox
from satusuara.ballots.payloads import sealed
from satusuara.ballots.queries import on_the_way
from satusuara.ballots.rules import seal_number
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope


@dataclass(frozen=True, slots=True)
class Found:
    """How a box was found on arrival. ``seal``: as read from it."""

    arrived: Arrived
    seal: str = ""


def send(
    *, scope: Scope, sender: Area, receiver: Area, boxes: Sequence[Box], transport: str, due: datetime,
    client_id: str, at: datetime,
) -> Handover:  # fmt: skip
    """Sends sealed boxes to a store below or above. They are held by the sender until somebody there has counted them.

    :raises Forbidden: without READY where they are sent from
    :raises Refusal: ``transport-unknown``; ``due-past``; ``receiver-elsewhere``; ``boxes-missing``;
        ``box-not-here`` (with the code of the box); ``box-of-another-place``; ``client-id-elsewhere``
    """
    scope.require(Right.READY, sender)
    require_client_id(client_id)
    if transport not in Transport.values:
        raise Refusal("transport-unknown", Text("Angkutan itu tidak dikenal", "That transport is unknown"))
    down = receiver.path.startswith(sender.path)
    up = sender.path.startswith(receiver.path)
    if sender.election_id != receiver.election_id or down == up:
        raise Refusal(
            "receiver-elsewhere",
            Text("Penerima harus di atas atau di bawah pengirim", "The receiver must lie above or below the sender"),
        )
    if not boxes:
        raise Refusal("boxes-missing", Text("Belum ada kotak yang dipilih", "No box has been chosen"))
    with transaction.atomic():
        lock_stores(sender, receiver)
        known = Handover.objects.filter(sent_by=scope.name, client_id=client_id).first()
        if known is not None:
            if (known.sender_id, known.receiver_id) != (sender.pk, receiver.pk):
                raise elsewhere()
            return known
        if due <= at:
            raise Refusal("due-past", Text("Waktu tiba sudah lewat", "The time of arrival has passed"))
        keys = sorted({box.pk for box in boxes})
        held = list(Box.objects.select_for_update().filter(pk__in=keys).order_by("pk").select_related("station"))
        travelling = set(on_the_way().filter(box__in=keys).values_list("box", flat=True))
        for box in held:
            if box.holder_id != sender.pk or box.pk in travelling or box.state != BoxState.SEALED:
                raise _not_here(box)
            if down and not box.station.path.startswith(receiver.path):
                raise _of_another_place(box, receiver)
        row = Handover.objects.create(
            sender=sender, receiver=receiver, client_id=client_id, transport=transport, due=due, sent_by=scope.name,
            sent_at=at, sent_over_both=scope.allows(Right.READY, receiver),
        )  # fmt: skip
        HandoverBox.objects.bulk_create(HandoverBox(handover=row, box=box, seal_sent=box.seal) for box in held)
        seal(at=at, by=scope.name, seals=[sealed("send", row)])
    return row


def confirm(*, scope: Scope, handover: Handover, found: Mapping[int, Found], at: datetime, note: str = "") -> Handover:
    """The second signature: {box: how it was found}, every box of the hand-over. A whole or broken box now lies here; a
    missing one stays with the sender. The same answer of the same person again changes nothing.

    :raises Forbidden: without READY where they arrive
    :raises Refusal: ``signed-already``; ``same-signature``; ``signatures-of-one-side``; ``boxes-uncounted``;
        ``seal-unread``
    """
    scope.require(Right.READY, handover.receiver)
    with transaction.atomic():
        lock_stores(handover.sender, handover.receiver)
        row = Handover.objects.select_for_update().get(pk=handover.pk)
        if row.received_at is not None:
            if row.received_by == scope.name:
                return row
            raise Refusal("signed-already", Text("Kotak itu sudah diterima", "Those boxes were received already"))
        require_other_side(scope, row.sent_by, row.sent_over_both, handover.sender)
        rows = list(row.boxes.select_related("box"))
        if {each.box_id for each in rows} != set(found):
            raise Refusal(
                "boxes-uncounted",
                Text("Keadaan setiap kotak harus diisi", "The state of every box must be given"),
                remedy=Text('Kotak yang tidak datang ditandai "tidak ada".', 'A box that did not come is "missing".'),
            )
        seals = []
        for each in rows:
            seen = found[each.box_id]
            read = seal_number(seen.seal)[:32]
            if seen.arrived == Arrived.WHOLE and not read:
                raise Refusal(
                    "seal-unread",
                    Text("Nomor segel setiap kotak yang utuh harus dibaca", "The seal of every whole box must be read"),
                )
            each.arrived, each.seal_seen = seen.arrived, read
            each.save(update_fields=["arrived", "seal_seen"])
            if seen.arrived != Arrived.MISSING:
                each.box.holder = handover.receiver
                each.box.save(update_fields=["holder"])
                seals.append(sealed("confirm", Box.objects.select_related("station", "holder").get(pk=each.box_id)))
        row.received_by, row.received_at, row.note = scope.name, at, note.strip()[:500]
        row.save(update_fields=["received_by", "received_at", "note"])
        seal(at=at, by=scope.name, seals=[sealed("confirm", row), *seals])
    return row


def require_other_side(scope: Scope, first: str, first_over_both: bool, giver: Area) -> None:
    """Two signatures are of two people, and not both of people who have a say at both ends.

    :raises Refusal: ``same-signature``, ``signatures-of-one-side``
    """
    if scope.name == first:
        raise Refusal(
            "same-signature",
            Text("Yang menyerahkan tidak dapat menerima", "Whoever hands over cannot receive"),
            remedy=Text("Penerima masuk dengan akunnya sendiri.", "The receiver signs in with his own account."),
        )
    if first_over_both and scope.allows(Right.READY, giver):
        raise Refusal(
            "signatures-of-one-side",
            Text(
                "Kedua tanda tangan dari pihak yang membawahi kedua tempat",
                "Both signatures are of people set over both places",
            ),
            remedy=Text(
                "Penerima harus petugas di tempat tujuan.", "The receiver must be an officer of the place itself."
            ),
        )


def _not_here(box: Box) -> Refusal:
    return Refusal(
        "box-not-here",
        Text(
            f"Kotak {box.number} TPS {box.station.code} tidak tersegel di sini, atau sudah dikirim",
            f"Box {box.number} of station {box.station.code} is not here under seal, or was sent already",
        ),
        details={"box": box.pk},
    )


def _of_another_place(box: Box, receiver: Area) -> Refusal:
    return Refusal(
        "box-of-another-place",
        Text(
            f"Kotak {box.number} TPS {box.station.code} bukan untuk {receiver.name}",
            f"Box {box.number} of station {box.station.code} is not for {receiver.name}",
        ),
        remedy=Text("Keluarkan kotak itu dari kiriman ini.", "Take that box out of this delivery."),
        details={"box": box.pk},
    )
