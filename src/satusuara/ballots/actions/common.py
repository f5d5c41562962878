"""What every deed does alike: ask for rights and words, know a repeated one, move without going below zero, seal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.ballots.choices import Condition
from satusuara.ballots.models import Box, Deed, Movement
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.people.queries import Scope


@dataclass(frozen=True, slots=True)
class Line:
    """So many more (or fewer) of something in a store, loose or in a box."""

    area: Area
    item: str
    district: str
    condition: Condition
    quantity: int
    box: Box | None = None


def require_words(text: str, code: str, name: Text, *, longest: int = 100) -> str:
    """The text without outer spaces.

    :raises Refusal: ``<code>-missing``, ``<code>-too-long``
    """
    text = text.strip()
    if not text:
        raise Refusal(f"{code}-missing", Text(f"{name.id} belum diisi", f"{name.en} is missing"))
    if len(text) > longest:
        raise Refusal(
            f"{code}-too-long",
            Text(f"{name.id} lebih dari {longest} huruf", f"{name.en} has more than {longest} letters"),
        )
    return text


def require_client_id(client_id: str) -> str:
    """:raises Refusal: ``client-id-missing``, ``client-id-too-long``"""
    return require_words(client_id, "client-id", Text("Nomor pengiriman", "The sender's number"), longest=64)


def require_quantity(quantity: int) -> None:
    """:raises Refusal: ``quantity-unfit``"""
    if not 0 < quantity < 10_000_000:
        raise Refusal(
            "quantity-unfit", Text("Jumlah harus lebih dari nol", "The number must be above zero"),
        )  # fmt: skip


def require_item(area: Area, item: str) -> None:
    """:raises Refusal: ``item-unknown``"""
    law = laws.load_law(area.election.law)
    known = {contest.code for contest in law.contests} | {supply.code for supply in law.station.supplies}
    if item not in known:
        raise Refusal(
            "item-unknown",
            Text(f'Barang "{item[:32]}" tidak dikenal', f'The item "{item[:32]}" is unknown'),
            remedy=Text(f"Yang dikenal: {', '.join(sorted(known))}.", f"Known: {', '.join(sorted(known))}."),
        )


def lock_stores(*areas: Area) -> None:
    """Holds the stores until the transaction ends, always in the same order: nobody takes the same ballots twice."""
    list(Area.objects.select_for_update().filter(pk__in=[area.pk for area in areas]).order_by("pk"))


def known_deed(scope: Scope, client_id: str, area: Area, kind: str) -> Deed | None:
    """The same deed, sent before.

    :raises Refusal: ``client-id-elsewhere``
    """
    row = Deed.objects.filter(by=scope.name, client_id=require_client_id(client_id)).first()
    if row is not None and (row.area_id, row.kind) != (area.pk, kind):
        raise elsewhere()
    return row


def elsewhere() -> Refusal:
    return Refusal(
        "client-id-elsewhere", Text("Nomor pengiriman itu milik catatan lain", "That number belongs to another record")
    )


def write(
    *, scope: Scope, area: Area, kind: str, client_id: str, lines: Sequence[Line], at: datetime,
    reference: str = "", seal: str = "", reverses: Deed | None = None,
) -> Deed:  # fmt: skip
    """Writes a deed and its movements; the caller holds the stores' locks and seals.

    :raises Refusal: ``stock-short`` when anything would fall below zero
    """
    deed = Deed.objects.create(
        area=area,
        kind=kind,
        client_id=client_id,
        reference=reference,
        seal=seal,
        reverses=reverses,
        by=scope.name,
        at=at,
    )
    Movement.objects.bulk_create(
        Movement(
            deed=deed, area=line.area, box=line.box, item=line.item, district=line.district, condition=line.condition,
            quantity=line.quantity,
        )
        for line in lines
        if line.quantity
    )  # fmt: skip
    _nothing_below_zero(lines)
    return deed


def _nothing_below_zero(lines: Sequence[Line]) -> None:
    taken: Counter[tuple[int, int | None, str, str, str]] = Counter()
    for line in lines:
        if line.quantity < 0:
            key = (line.area.pk, line.box.pk if line.box else None, line.item, line.district, str(line.condition))
            taken[key] -= line.quantity
    for (area, box, item, district, condition), wanted in taken.items():
        rows = Movement.objects.filter(item=item, district=district, condition=condition, box=box)
        rows = rows if box else rows.filter(area=area)
        left = rows.aggregate(n=Sum("quantity"))["n"] or 0
        if left < 0:
            raise Refusal(
                "stock-short",
                Text(
                    f"Persediaan {item} {district} ({condition}) hanya {left + wanted}, diminta {wanted}",
                    f"The stock of {item} {district} ({condition}) is {left + wanted}, asked for {wanted}",
                ),
                remedy=Text(
                    "Catat dahulu penerimaan atau sortirnya, atau kurangi jumlahnya.",
                    "Record its receipt or sorting first, or ask for fewer.",
                ),
            )
