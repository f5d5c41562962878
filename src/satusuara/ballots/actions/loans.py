"""A station that runs out borrows from a neighbour, under minutes and two signatures."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.ballots.actions.common import (
    Line,
    elsewhere,
    lock_stores,
    require_client_id,
    require_item,
    require_quantity,
    require_words,
    write,
)  # fmt: skip
from satusuara.ballots.actions.handovers import require_other_side
from satusuara.ballots.choices import Condition, DeedKind
from satusuara.ballots.models import Loan
from satusuara.ballots.payloads import sealed
from satusuara.ballots.queries import districts_of, loose
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope


def lend(
    *, scope: Scope, lender: Area, borrower: Area, item: str, quantity: int, minutes: str, client_id: str, at: datetime
) -> Loan:
    """Offers so many of a station's loose ballots to another one; they move when somebody there has counted them.

    :raises Forbidden: without READY at the lender
    :raises Refusal: ``not-stations``, ``minutes-missing``, ``district-differs``, ``stock-short``,
        ``client-id-elsewhere``
    """
    scope.require(Right.READY, lender)
    require_client_id(client_id)
    require_item(lender, item)
    require_quantity(quantity)
    minutes = require_words(minutes, "minutes", Text("Nomor berita acara", "The number of the minutes"))
    law = laws.load_law(lender.election.law)
    same = lender.pk == borrower.pk or lender.election_id != borrower.election_id
    if same or {lender.level, borrower.level} != {law.station_level}:
        raise Refusal("not-stations", Text("Pinjaman antara dua TPS", "A loan is between two stations"))
    districts = districts_of(law, [lender, borrower])
    district = districts.get((lender.pk, item), "")
    if district != districts.get((borrower.pk, item), ""):
        raise Refusal(
            "district-differs",
            Text(
                f"Dapil {item} kedua TPS berbeda: {district} dan {districts.get((borrower.pk, item), '–')}",
                f"The {item} districts differ: {district} and {districts.get((borrower.pk, item), '–')}",
            ),
            remedy=Text("Pinjamlah dari TPS sedapil.", "Borrow from a station of the same district."),
        )
    with transaction.atomic():
        lock_stores(lender, borrower)
        known = Loan.objects.filter(lent_by=scope.name, client_id=client_id).first()
        if known is not None:
            if (known.lender_id, known.borrower_id, known.item) != (lender.pk, borrower.pk, item):
                raise elsewhere()
            return known
        offered = Loan.objects.filter(lender=lender, item=item, deed=None)
        left = loose(lender).get((item, district, Condition.GOOD), 0) - sum(offered.values_list("quantity", flat=True))
        if quantity > left:
            raise Refusal(
                "stock-short",
                Text(f"Sisa {item} di TPS itu {max(0, left)}", f"{max(0, left)} of {item} are left at that station"),
                remedy=Text("Kotak dibuka dahulu, atau kurangi jumlahnya.", "Open the box first, or lend fewer."),
            )
        row = Loan.objects.create(
            lender=lender, borrower=borrower, client_id=client_id, item=item, district=district, quantity=quantity,
            minutes=minutes, lent_by=scope.name, lent_at=at, lent_over_both=scope.allows(Right.READY, borrower),
        )  # fmt: skip
        seal(at=at, by=scope.name, seals=[sealed("lend", row)])
    return row


def take_loan(*, scope: Scope, loan: Loan, at: datetime) -> Loan:
    """The borrower's signature: now the ballots are there. The same person again changes nothing.

    :raises Forbidden: without READY at the borrower
    :raises Refusal: ``signed-already``, ``same-signature``, ``signatures-of-one-side``, ``stock-short``
    """
    scope.require(Right.READY, loan.borrower)
    with transaction.atomic():
        lock_stores(loan.lender, loan.borrower)
        row = Loan.objects.select_for_update().get(pk=loan.pk)
        if row.received_at is not None:
            if row.received_by == scope.name:
                return row
            raise Refusal("signed-already", Text("Pinjaman itu sudah diterima", "That loan was received already"))
        require_other_side(scope, row.lent_by, row.lent_over_both, loan.lender)
        lines = [
            Line(loan.lender, row.item, row.district, Condition.GOOD, -row.quantity),
            Line(loan.borrower, row.item, row.district, Condition.GOOD, row.quantity),
        ]
        deed = write(
            scope=scope, area=loan.borrower, kind=DeedKind.LOAN, client_id=f"loan-{row.pk}", lines=lines, at=at,
            reference=row.minutes,
        )  # fmt: skip
        row.received_by, row.received_at, row.deed = scope.name, at, deed
        row.save(update_fields=["received_by", "received_at", "deed"])
        seal(at=at, by=scope.name, seals=[sealed("take_loan", row), sealed("take_loan", deed)])
    return row
