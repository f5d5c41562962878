"""Boxes on their way: two signatures, a scan, seals; loans between stations; what the day and the count start from."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from satusuara.ballots import queries
from satusuara.ballots.actions.boxes import check, open_box, reseal
from satusuara.ballots.actions.handovers import Found, confirm, send
from satusuara.ballots.actions.loans import lend, take_loan
from satusuara.ballots.choices import Arrived
from satusuara.ballots.models import Box
from satusuara.ballots.rules import box_code
from satusuara.kernel.errors import Forbidden, NotFound, Refusal
from satusuara.people.queries import Scope
from tests.ballots.conftest import AT, LEFT, RIGHT, Regency, wrong_in_the_log
from tests.ballots.test_stock import refused

WHOLE = Arrived.WHOLE


@pytest.fixture
def box(regency: Regency) -> Box:
    regency.stocked("ppwp", "", 868)
    return regency.pack(LEFT[0], {("ppwp", ""): 255})


@pytest.mark.requirement(4, "0", "hand-over from regency to station and back: two signatures, a scan, a seal")
def test_a_box_goes_down_and_comes_back(regency: Regency, box: Box) -> None:
    chain = (("7322", "kpu-kul"), ("732201", "ppk-kul"), ("7322012001", "pps-ketua"), (LEFT[0], "kpps-ketua"))
    for (sender, role), (receiver, other) in pairwise(chain):
        way = regency.send(regency.officer(role, sender), sender, receiver, box)
        box.refresh_from_db()
        assert box.holder.code == sender  # until the second signature
        confirm(scope=regency.officer(other, receiver), handover=way, found={box.pk: Found(WHOLE, box.seal)}, at=AT)
        box.refresh_from_db()
        assert box.holder.code == receiver
    kpps = regency.officer("kpps-ketua", LEFT[0])
    assert queries.opening_stock(kpps, regency.area(LEFT[0])) == {"ppwp": 255}
    open_box(scope=kpps, box=box, seal_seen=box.seal, reference="BA-1", client_id="open", at=AT)
    box.refresh_from_db()
    reseal(scope=kpps, box=box, seal_no="R1", contents={("ppwp", ""): 40}, reference="BA-2", client_id="re", at=AT)
    box.refresh_from_db()
    way = regency.send(kpps, LEFT[0], "7322012001", box)
    pps = regency.officer("pps-ketua", "7322012001")
    confirm(scope=pps, handover=way, found={box.pk: Found(WHOLE, "r 1")}, at=AT)
    assert not queries.wrong_seals(regency.kul, regency.top).exists()
    assert queries.opening_stock(kpps, regency.area(LEFT[0])) == {"ppwp": 255}  # what was received stays so
    assert wrong_in_the_log() == []


def test_one_person_or_one_side_does_not_sign_twice(regency: Regency, box: Box) -> None:
    way = regency.send(regency.kul, "7322", "732201", box)
    found = {box.pk: Found(WHOLE, box.seal)}
    with refused("same-signature"):
        confirm(scope=regency.kul, handover=way, found=found, at=AT)
    with refused("signatures-of-one-side"):
        confirm(scope=regency.officer("kpu-ketua", "7322"), handover=way, found=found, at=AT)
    with pytest.raises(Forbidden):
        confirm(scope=regency.officer("ppk-kul", "732202"), handover=way, found=found, at=AT)
    ppk = regency.officer("ppk-kul", "732201")
    done = confirm(scope=ppk, handover=way, found=found, at=AT)
    assert confirm(scope=ppk, handover=way, found=found, at=AT) == done
    with refused("signed-already"):
        confirm(scope=regency.officer("ppk-ketua", "732201"), handover=way, found=found, at=AT)


@pytest.mark.requirement(4, "0", "the second person counts: a missing box stays with the sender, a seal is noted")
def test_what_differs_is_written_down(regency: Regency, box: Box) -> None:
    lost = regency.pack(LEFT[1], {("ppwp", ""): 206})
    way = regency.send(regency.kul, "7322", "732201", box, lost)
    ppk = regency.officer("ppk-kul", "732201")
    with refused("boxes-uncounted"):
        confirm(scope=ppk, handover=way, found={box.pk: Found(WHOLE, "x")}, at=AT)
    with refused("seal-unread"):
        confirm(scope=ppk, handover=way, found={box.pk: Found(WHOLE), lost.pk: Found(Arrived.MISSING)}, at=AT)
    found = {box.pk: Found(WHOLE, "OTHER"), lost.pk: Found(Arrived.MISSING)}
    confirm(scope=ppk, handover=way, found=found, at=AT, note="satu kotak tertinggal")
    seen = {row.box_id: (row.arrived, row.seal_seen) for row in queries.wrong_seals(regency.kul, regency.top)}
    assert seen == {box.pk: ("whole", "OTHER"), lost.pk: ("missing", "")}
    lost.refresh_from_db()
    assert lost.holder == regency.top
    regency.send(regency.kul, "7322", "732201", lost)  # found later, sent again
    assert wrong_in_the_log() == []


def test_what_cannot_be_sent(regency: Regency, box: Box) -> None:
    def attempt(
        sender: str, receiver: str, *, hours: int = 5, transport: str = "air", scope: Scope | None = None
    ) -> None:
        send(
            scope=scope or regency.kul, sender=regency.area(sender), receiver=regency.area(receiver), boxes=[box],
            transport=transport, due=AT + timedelta(hours=hours), client_id=regency.client_id(), at=AT,
        )  # fmt: skip

    for code, sender, receiver in (
        ("box-of-another-place", "7322", "732202"),
        ("receiver-elsewhere", "732201", "732202"),
        ("box-not-here", "732201", LEFT[0]),
    ):
        with refused(code):
            attempt(sender, receiver)
    with refused("due-past"):
        attempt("7322", "732201", hours=-1)
    with refused("transport-unknown"):
        attempt("7322", "732201", transport="roket")
    with pytest.raises(Forbidden):
        attempt("7322", "732201", scope=regency.officer("ppk-kul", "732201"))
    attempt("7322", "732201")
    with refused("box-not-here"):  # on its way already
        attempt("7322", "732201")
    with refused("box-on-the-way"):
        open_box(scope=regency.kul, box=box, seal_seen="x", reference="BA", client_id="o", at=AT)


def test_a_label_leads_to_its_box(regency: Regency, box: Box) -> None:
    code = box_code(LEFT[0], 1)
    assert queries.box_of("id-2024", code.replace("-", " ")) == box
    with refused("box-code-unread"):
        queries.box_of("id-2024", code[:-1] + str((int(code[-1]) + 1) % 10))
    with pytest.raises(NotFound):
        queries.box_of("id-2024", box_code(LEFT[1], 1))


@pytest.mark.requirement(4, "0", "a loan between stations of one district, with minutes and two signatures")
def test_a_station_borrows_from_its_neighbour(regency: Regency, box: Box) -> None:
    regency.to_station(box)
    lender, borrower = regency.area(LEFT[0]), regency.area(LEFT[1])
    kpps, other = regency.officer("kpps-ketua", LEFT[0]), regency.officer("kpps-ketua", LEFT[1])

    def offer(quantity: int, item: str = "ppwp", to: str = LEFT[1]) -> None:
        lend(
            scope=kpps, lender=lender, borrower=regency.area(to), item=item, quantity=quantity, minutes="BA-3",
            client_id=regency.client_id(), at=AT,
        )  # fmt: skip

    with refused("stock-short"):  # the box is still sealed
        offer(5)
    open_box(scope=kpps, box=box, seal_seen=box.seal, reference="BA", client_id="o", at=AT)
    with refused("district-differs"):
        offer(5, item="dprd_kab", to=RIGHT[0])
    offer(250)
    with refused("stock-short"):  # what is promised is not there twice
        offer(6)
    (loan,) = queries.loans(regency.kul, regency.top)
    with pytest.raises(Forbidden):
        take_loan(scope=kpps, loan=loan, at=AT)
    assert queries.opening_stock(kpps, lender) == {"ppwp": 255}
    assert take_loan(scope=other, loan=loan, at=AT) == take_loan(scope=other, loan=loan, at=AT)
    assert queries.opening_stock(kpps, lender) == {"ppwp": 5}
    assert queries.opening_stock(other, borrower) == {"ppwp": 250}
    assert wrong_in_the_log() == []


def test_the_district_that_somebody_reads_is_kept_and_a_wrong_one_is_not_refused(regency: Regency, box: Box) -> None:
    regency.to_station(box)
    kpps = regency.officer("kpps-ketua", LEFT[0])
    one = check(scope=kpps, box=box, item="dprd_kab", district="732202", at=AT)
    assert (one.district, one.expected) == ("732202", "732201")
    assert check(scope=kpps, box=box, item="dprd_kab", district="732202", at=AT) == one
    assert wrong_in_the_log() == []


def test_a_refusal_leaves_nothing_behind(regency: Regency, box: Box) -> None:
    with pytest.raises(Refusal):
        regency.pack(LEFT[1], {("ppwp", ""): 207})
    assert Box.objects.count() == 1
    assert wrong_in_the_log() == []
