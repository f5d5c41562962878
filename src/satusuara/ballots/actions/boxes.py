"""Packing by station and seal, opening, sealing again, and reading the district on what lies inside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from satusuara.areas.models import Area
from satusuara.ballots.actions.common import Line, known_deed, lock_stores, require_quantity, require_words, write
from satusuara.ballots.choices import BoxState, Condition, DeedKind
from satusuara.ballots.models import Box, Check, Deed, Movement, Need
from satusuara.ballots.payloads import sealed
from satusuara.ballots.queries import PACKING, in_box, need_list_of, on_the_way
from satusuara.ballots.rules import Key, seal_number
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope

_SEAL = Text("Nomor segel", "The seal's number")


def pack(
    *, scope: Scope, store: Area, station: Area, number: int, seal_no: str, contents: Mapping[Key, int],
    client_id: str, at: datetime,
) -> Box:  # fmt: skip
    """Packs {(item, district): so many} good ones of a store into box ``number`` of a station and seals it.

    :raises Forbidden: without READY at the store
    :raises Refusal: ``station-elsewhere``; ``box-empty``; ``box-number-unfit``; ``box-packed``; ``seal-used``;
        ``no-need``; ``wrong-district``; ``more-than-needed``; ``stock-short``
    """
    scope.require(Right.READY, store)
    seal_no = _seal(seal_no)
    if not station.path.startswith(store.path) or station.election_id != store.election_id:
        raise Refusal(
            "station-elsewhere",
            Text("TPS itu bukan di wilayah gudang ini", "That station is not in the area of this store"),
        )
    if not 1 <= number <= 99:
        raise Refusal("box-number-unfit", Text("Nomor kotak antara 1 dan 99", "The box's number is 1 to 99"))
    if not contents:
        raise Refusal("box-empty", Text("Kotak belum diisi", "The box has nothing in it"))
    for quantity in contents.values():
        require_quantity(quantity)
    with transaction.atomic():
        lock_stores(store, station)
        if known := known_deed(scope, client_id, store, DeedKind.PACK):
            return Box.objects.filter(movements__deed=known).select_related("station", "holder").distinct().get()
        _require_needed(station, contents)
        if Box.objects.filter(station=station, number=number).exclude(state=BoxState.VOID).exists():
            raise Refusal(
                "box-packed",
                Text(f"Kotak {number} TPS itu sudah dikemas", f"Box {number} of that station is packed already"),
            )
        _require_fresh(seal_no, store)
        box = Box.objects.create(station=station, number=number, seal=seal_no, holder=store)
        lines = [
            line
            for (item, district), n in contents.items()
            for line in (
                Line(store, item, district, Condition.GOOD, -n),
                Line(store, item, district, Condition.GOOD, n, box),
            )
        ]
        deed = write(scope=scope, area=store, kind=DeedKind.PACK, client_id=client_id, lines=lines, at=at, seal=seal_no)
        seal(at=at, by=scope.name, seals=[sealed("pack", deed), sealed("pack", box)])
    return box


def _seal(said: str) -> str:
    return seal_number(require_words(said, "seal", _SEAL, longest=32))


def _require_fresh(seal_no: str, store: Area) -> None:
    """A seal is used once: none of this election carried its number before."""
    sealing = (DeedKind.PACK, DeedKind.RESEAL)
    if Deed.objects.filter(area__election=store.election_id, seal=seal_no, kind__in=sealing).exists():
        raise Refusal(
            "seal-used",
            Text(f"Segel {seal_no} sudah pernah dipakai", f"Seal {seal_no} has been used before"),
            remedy=Text("Periksa nomornya. Satu segel untuk satu kotak.", "Check the number. One seal, one box."),
        )


def _require_needed(station: Area, contents: Mapping[Key, int]) -> None:
    found = need_list_of(station)
    wanted = {row.item: row for row in found.rows.filter(area=station)} if found else {}
    for (item, district), n in contents.items():
        row: Need | None = wanted.get(item)
        if row is None:
            raise Refusal(
                "no-need",
                Text(
                    f"Kebutuhan {item} TPS {station.code} belum ditetapkan",
                    f"No need of {item} at {station.code} is set",
                ),
                remedy=Text("Tetapkan dahulu kebutuhannya.", "Set the needs first."),
            )
        if district != row.district:
            raise Refusal(
                "wrong-district",
                Text(
                    f"Surat suara {item} dapil {district} bukan untuk TPS {station.code}: dapilnya {row.district}",
                    f"{item} ballots of {district} are not for station {station.code}: its district is {row.district}",
                ),
                remedy=Text(
                    "Kembalikan ke gudang dan ambil dapil yang benar.", "Put them back and take the right ones."
                ),
            )
        there = Movement.objects.filter(box__station=station, item=item, deed__kind__in=PACKING)
        packed = there.aggregate(n=Sum("quantity"))["n"] or 0
        if packed + n > row.quantity:
            raise Refusal(
                "more-than-needed",
                Text(
                    f"{item}: {packed + n} melebihi kebutuhan TPS {station.code}, yaitu {row.quantity}",
                    f"{item}: {packed + n} is more than station {station.code} needs, which is {row.quantity}",
                ),
            )


def open_box(*, scope: Scope, box: Box, seal_seen: str, reference: str, client_id: str, at: datetime) -> Deed:
    """Opens a box where it lies: what was in it lies loose there. The seal is read before it is broken.

    :raises Forbidden: without READY at the box's holder
    :raises Refusal: ``box-on-the-way``, ``box-open``, ``reference-missing``
    """
    scope.require(Right.READY, box.holder)
    seal_seen = _seal(seal_seen)
    reference = require_words(reference, "reference", Text("Nomor berita acara", "The number of the minutes"))
    with transaction.atomic():
        lock_stores(box.holder)
        if known := known_deed(scope, client_id, box.holder, DeedKind.OPEN):
            return known
        box = _lying(box)
        if box.state != BoxState.SEALED:
            raise Refusal("box-open", Text("Kotak itu tidak tersegel", "That box is not sealed"))
        lines = [
            line
            for (item, district), n in in_box(box).items()
            for line in (
                Line(box.holder, item, district, Condition.GOOD, -n, box),
                Line(box.holder, item, district, Condition.GOOD, n),
            )
        ]
        deed = write(
            scope=scope, area=box.holder, kind=DeedKind.OPEN, client_id=client_id, lines=lines, at=at,
            reference=reference, seal=seal_seen,
        )  # fmt: skip
        box.state = BoxState.OPENED
        box.save(update_fields=["state"])
        seal(at=at, by=scope.name, seals=[sealed("open", deed), sealed("open", box)])
    return deed


def reseal(
    *, scope: Scope, box: Box, seal_no: str, contents: Mapping[Key, int], reference: str, client_id: str, at: datetime
) -> Deed:
    """Puts unused ones back (or nothing: used ballots are the count's) and seals the box anew for its way back.

    :raises Forbidden: without READY at the box's holder
    :raises Refusal: ``box-on-the-way``, ``box-not-open``, ``seal-used``, ``stock-short``, ``reference-missing``
    """
    scope.require(Right.READY, box.holder)
    seal_no = _seal(seal_no)
    reference = require_words(reference, "reference", Text("Nomor berita acara", "The number of the minutes"))
    with transaction.atomic():
        lock_stores(box.holder)
        if known := known_deed(scope, client_id, box.holder, DeedKind.RESEAL):
            return known
        box = _lying(box)
        if box.state != BoxState.OPENED:
            raise Refusal("box-not-open", Text("Kotak itu tidak terbuka", "That box is not open"))
        _require_fresh(seal_no, box.holder)
        lines = [
            line
            for (item, district), n in contents.items()
            for line in (
                Line(box.holder, item, district, Condition.GOOD, -n),
                Line(box.holder, item, district, Condition.GOOD, n, box),
            )
        ]
        deed = write(
            scope=scope, area=box.holder, kind=DeedKind.RESEAL, client_id=client_id, lines=lines, at=at,
            reference=reference, seal=seal_no,
        )  # fmt: skip
        box.state, box.seal = BoxState.SEALED, seal_no
        box.save(update_fields=["state", "seal"])
        seal(at=at, by=scope.name, seals=[sealed("reseal", deed), sealed("reseal", box)])
    return deed


def _lying(box: Box) -> Box:
    """The box as it stands now, held until the transaction ends."""
    fresh = Box.objects.select_for_update().get(pk=box.pk)
    fresh.holder, fresh.station = box.holder, box.station
    if fresh.holder_id != box.holder_id or on_the_way().filter(box=fresh).exists():
        raise Refusal(
            "box-on-the-way",
            Text("Kotak itu sedang dikirim atau sudah di tempat lain", "That box is on its way or elsewhere by now"),
            remedy=Text("Terima dahulu kotaknya.", "Receive the box first."),
        )
    return fresh


def check(*, scope: Scope, box: Box, item: str, district: str, at: datetime) -> Check:
    """Which district somebody reads on a box's ballots before they are used. The same reading again is one.

    A wrong one is not refused: it is what must be known (``ballots.dapil``).

    :raises Forbidden: without READY at the box's holder
    :raises Refusal: ``no-need``
    """
    scope.require(Right.READY, box.holder)
    found = need_list_of(box.station)
    row = found.rows.filter(area=box.station, item=item).first() if found else None
    if row is None:
        raise Refusal("no-need", Text("Kebutuhan TPS itu belum ditetapkan", "The needs of that station are not set"))
    with transaction.atomic():
        lock_stores(box.holder)
        said = district.strip()[:16]
        last = Check.objects.filter(box=box, item=item).first()
        if last is not None and (last.district, last.expected, last.by) == (said, row.district, scope.name):
            return last
        made = Check.objects.create(box=box, item=item, district=said, expected=row.district, by=scope.name, at=at)
        seal(at=at, by=scope.name, seals=[sealed("check", made)])
    return made
