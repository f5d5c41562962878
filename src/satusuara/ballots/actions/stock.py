"""Order, receipt, sorting and destruction in a store; and taking one of them back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.ballots.actions.common import (
    Line,
    known_deed,
    lock_stores,
    require_client_id,
    require_item,
    require_quantity,
    require_words,
    write,
)  # fmt: skip
from satusuara.ballots.choices import BoxState, Condition, DeedKind
from satusuara.ballots.models import Box, Deed
from satusuara.ballots.payloads import sealed
from satusuara.ballots.queries import loose
from satusuara.ballots.rules import Sorting
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope

_REFERENCE = Text("Nomor surat atau berita acara", "The number of the letter or minutes")


def _do(
    *, scope: Scope, area: Area, kind: DeedKind, client_id: str, lines: list[Line], at: datetime, reference: str
) -> Deed:
    deed = write(scope=scope, area=area, kind=kind, client_id=client_id, lines=lines, at=at, reference=reference)
    seal(at=at, by=scope.name, seals=[sealed(kind.value, deed)])
    return deed


def order(
    *, scope: Scope, area: Area, item: str, district: str, quantity: int, reference: str, client_id: str, at: datetime
) -> Deed:
    """Orders so many to be printed.

    :raises Forbidden: without READY at the store
    :raises Refusal: ``item-unknown``, ``quantity-unfit``, ``reference-missing``, ``client-id-elsewhere``
    """
    scope.require(Right.READY, area)
    require_item(area, item)
    require_quantity(quantity)
    reference = require_words(reference, "reference", _REFERENCE)
    with transaction.atomic():
        lock_stores(area)
        if known := known_deed(scope, client_id, area, DeedKind.ORDER):
            return known
        lines = [Line(area, item, district, Condition.ORDERED, quantity)]
        return _do(
            scope=scope, area=area, kind=DeedKind.ORDER, client_id=client_id, lines=lines, at=at, reference=reference
        )


def receive(
    *, scope: Scope, area: Area, item: str, district: str, quantity: int, reference: str, client_id: str, at: datetime
) -> Deed:
    """A lot arrives, as its delivery note says. Ballots wait to be sorted, supplies are good at once.

    What was ordered is owed no longer; more than was ordered is recorded all the same: it is there.

    :raises Forbidden: without READY at the store
    :raises Refusal: as ``order``
    """
    scope.require(Right.READY, area)
    require_item(area, item)
    require_quantity(quantity)
    reference = require_words(reference, "reference", _REFERENCE)
    with transaction.atomic():
        lock_stores(area)
        if known := known_deed(scope, client_id, area, DeedKind.RECEIPT):
            return known
        owed = loose(area).get((item, district, Condition.ORDERED), 0)
        there = Condition.UNSORTED if _is_ballot(area, item) else Condition.GOOD
        lines = [
            Line(area, item, district, Condition.ORDERED, -min(owed, quantity)),
            Line(area, item, district, there, quantity),
        ]
        return _do(
            scope=scope, area=area, kind=DeedKind.RECEIPT, client_id=client_id, lines=lines, at=at, reference=reference
        )


def sort(
    *, scope: Scope, area: Area, item: str, district: str, sorting: Sorting, reference: str, client_id: str,
    at: datetime,
) -> Deed:  # fmt: skip
    """So many of the unsorted were counted and found good, damaged, of another district, or missing from the pack.

    :raises Forbidden: without READY at the store
    :raises Refusal: ``sorting-does-not-add-up``, ``stock-short``, and as ``order``
    """
    scope.require(Right.READY, area)
    require_item(area, item)
    reference = require_words(reference, "reference", _REFERENCE)
    if not sorting.adds_up:
        parts = (sorting.good, sorting.damaged, sorting.wrong, sorting.missing)
        said = " + ".join(map(str, parts))
        raise Refusal(
            "sorting-does-not-add-up",
            Text(
                f"Baik + rusak + dapil lain + kurang ({said}) tidak sama dengan yang disortir ({sorting.taken})",
                f"Good + damaged + other district + missing ({said}) is not what was sorted ({sorting.taken})",
            ),
            remedy=Text(
                "Hitung kembali. Lembar yang lebih dicatat sebagai penerimaan baru.",
                "Count again. Extra ballots are recorded as a new receipt.",
            ),
        )
    with transaction.atomic():
        lock_stores(area)
        if known := known_deed(scope, client_id, area, DeedKind.SORT):
            return known
        lines = [
            Line(area, item, district, Condition.UNSORTED, -sorting.taken),
            Line(area, item, district, Condition.GOOD, sorting.good),
            Line(area, item, district, Condition.DAMAGED, sorting.damaged),
            Line(area, item, district, Condition.WRONG, sorting.wrong),
            Line(area, item, district, Condition.MISSING, sorting.missing),
        ]
        return _do(
            scope=scope, area=area, kind=DeedKind.SORT, client_id=client_id, lines=lines, at=at, reference=reference
        )


def destroy(
    *, scope: Scope, area: Area, item: str, district: str, condition: str, quantity: int, reference: str,
    client_id: str, at: datetime,
) -> Deed:  # fmt: skip
    """Excess or damaged ones are destroyed under minutes.

    :raises Forbidden: without READY at the store
    :raises Refusal: ``condition-not-destroyed``, ``stock-short``, and as ``order``
    """
    scope.require(Right.READY, area)
    require_item(area, item)
    require_quantity(quantity)
    reference = require_words(reference, "reference", _REFERENCE)
    if condition not in {Condition.GOOD, Condition.DAMAGED, Condition.WRONG}:
        raise Refusal(
            "condition-not-destroyed",
            Text("Hanya yang sudah disortir dapat dimusnahkan", "Only what was sorted can be destroyed"),
        )
    with transaction.atomic():
        lock_stores(area)
        if known := known_deed(scope, client_id, area, DeedKind.DESTROY):
            return known
        lines = [Line(area, item, district, Condition(condition), -quantity)]
        return _do(
            scope=scope, area=area, kind=DeedKind.DESTROY, client_id=client_id, lines=lines, at=at, reference=reference
        )


_REVERSIBLE = {DeedKind.ORDER, DeedKind.RECEIPT, DeedKind.SORT, DeedKind.PACK}


def reverse(*, scope: Scope, deed: Deed, reason: str, client_id: str, at: datetime) -> Deed:
    """Takes a deed back by an opposite one; both stay. A packed box that is taken back is void.

    :raises Forbidden: without READY at the store
    :raises Refusal: ``reason-missing``; ``not-reversible``; ``stock-short`` when what it brought was used since
    """
    scope.require(Right.READY, deed.area)
    require_client_id(client_id)
    reason = require_words(reason, "reason", Text("Alasan", "The reason"))
    with transaction.atomic():
        lock_stores(deed.area)
        if known := known_deed(scope, client_id, deed.area, DeedKind.REVERSE):
            return known
        boxes = {move.box for move in deed.movements.select_related("box") if move.box}
        gone = any(box.holder_id != deed.area_id or box.state != BoxState.SEALED or _travels(box) for box in boxes)
        if deed.kind not in _REVERSIBLE or gone or Deed.objects.filter(reverses=deed).exists():
            raise Refusal(
                "not-reversible",
                Text("Catatan itu tidak dapat dibatalkan lagi", "That record can no longer be taken back"),
                remedy=Text("Catat keadaan yang sekarang.", "Record how it stands now."),
            )
        lines = [
            Line(move.area, move.item, move.district, Condition(move.condition), -move.quantity, move.box)
            for move in deed.movements.select_related("area", "box")
        ]
        made = write(
            scope=scope, area=deed.area, kind=DeedKind.REVERSE, client_id=client_id, lines=lines, at=at,
            reference=reason, reverses=deed,
        )  # fmt: skip
        seals = [sealed("reverse", made, reason)]
        for box in boxes:
            box.state = BoxState.VOID
            box.save(update_fields=["state"])
            seals.append(sealed("reverse", box, reason))
        seal(at=at, by=scope.name, seals=seals)
    return made


def _travels(box: Box) -> bool:
    return box.handovers.filter(arrived="").exists()


def _is_ballot(area: Area, item: str) -> bool:
    return any(contest.code == item for contest in laws.load_law(area.election.law).contests)
