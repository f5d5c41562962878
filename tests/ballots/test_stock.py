"""Needs, order, receipt, sorting, packing: stock is the sum of movements and nothing falls below zero."""

from __future__ import annotations

from typing import Any

import pytest

from satusuara.areas.models import DistrictArea
from satusuara.ballots import queries
from satusuara.ballots.actions.needs import set_needs, set_route
from satusuara.ballots.actions.stock import destroy, order, receive, reverse
from satusuara.ballots.choices import BoxState, Condition, DeedKind
from satusuara.ballots.models import Box, Deed, Movement
from satusuara.kernel.errors import Forbidden, Refusal
from satusuara.people.queries import Scope
from tests.ballots.conftest import AT, LEFT, RIGHT, VOTERS, Regency, wrong_in_the_log


def refused(code: str) -> Any:
    """A refusal of this code and no other."""
    return pytest.raises(Refusal, match=rf"^{code}: ")


@pytest.mark.requirement(4, "0", "need per station, contest and constituency; ink and forms beside them")
def test_needs_follow_from_voters_and_districts(regency: Regency) -> None:
    sums = queries.need_sums(regency.kul, regency.top)
    assert sums["ppwp", ""] == 255 + 206 + 306 + 101
    assert sums["dpd", "73"] == sums["dpr", "7303"] == sums["ppwp", ""]
    assert (sums["dprd_kab", "732201"], sums["dprd_kab", "732202"]) == (255 + 206, 306 + 101)
    assert (sums["tinta", ""], sums["formulir", ""]) == (8, 4)
    ppk = regency.officer("ppk-kul", "732202")
    assert queries.need_sums(ppk, regency.area("732202"))["ppwp", ""] == 407
    with pytest.raises(Forbidden):
        queries.need_sums(ppk, regency.top)
    assert wrong_in_the_log() == []


def test_the_same_needs_again_are_no_new_list_and_others_are(regency: Regency) -> None:
    def again(**more: int) -> int:
        made = set_needs(scope=regency.kul, area=regency.top, voters={**VOTERS, **more}, source="DPT buatan", at=AT)
        return made.number

    assert again() == 1
    assert again(**{LEFT[0]: 260}) == 2
    assert queries.need_sums(regency.kul, regency.area(LEFT[0]))["ppwp", ""] == 266


def test_needs_are_refused_with_the_stations_that_are_wrong(bare: Regency) -> None:
    def needs(voters: dict[str, int], source: str = "x", scope: Scope = bare.kul) -> None:
        set_needs(scope=scope, area=bare.top, voters=voters, source=source, at=AT)

    with refused("stations-missing"):
        needs({LEFT[0]: 1})
    with refused("station-unknown"):
        needs({**VOTERS, "7322999999999": 1})
    with refused("voters-unfit"):
        needs({**VOTERS, LEFT[0]: -1})
    with refused("source-missing"):
        needs(VOTERS, source=" ")
    with pytest.raises(Forbidden):
        needs(VOTERS, scope=bare.officer("ppk-kul", "732201"))
    DistrictArea.objects.filter(area_code="732202").delete()
    with refused("district-unknown") as error:
        needs(VOTERS)
    assert RIGHT[0] in str(error.value)


@pytest.mark.requirement(4, "0", "order, receipt and sorting: good, damaged, other district, short, and their sum")
def test_a_lot_from_the_order_to_the_shelf(regency: Regency) -> None:
    order(
        scope=regency.kul, area=regency.top, item="ppwp", district="", quantity=868, reference="SP-1",
        client_id="o", at=AT,
    )  # fmt: skip
    regency.receive("ppwp", "", 800)
    assert queries.loose(regency.top) == {("ppwp", "", "ordered"): 68, ("ppwp", "", "unsorted"): 800}
    regency.sort("ppwp", "", 780, 15, 3, 2)
    assert queries.loose(regency.top) == {
        ("ppwp", "", "ordered"): 68, ("ppwp", "", "good"): 780, ("ppwp", "", "damaged"): 15,
        ("ppwp", "", "wrong"): 3, ("ppwp", "", "missing"): 2,
    }  # fmt: skip
    (line,) = [each for each in queries.accounts(regency.kul, regency.top) if each.item == "ppwp"]
    assert (line.needed, line.received, line.lacking) == (868, 798, 88)
    regency.receive("ppwp", "", 100)  # more than is owed is there all the same
    assert queries.loose(regency.top).get(("ppwp", "", "ordered")) is None
    assert wrong_in_the_log() == []


def test_a_sorting_that_does_not_add_up_or_takes_too_many_is_refused(regency: Regency) -> None:
    regency.receive("dpr", "7303", 10)
    with refused("stock-short"):
        regency.sort("dpr", "7303", 11)
    with refused("sorting-does-not-add-up"):
        regency.sort("dpr", "7303", 11, -1)
    assert queries.loose(regency.top) == {("dpr", "7303", "unsorted"): 10}


def test_a_deed_sent_twice_is_done_once(regency: Regency) -> None:
    def take(item: str = "ppwp") -> Deed:
        return receive(
            scope=regency.kul, area=regency.top, item=item, district="", quantity=5, reference="SJ", client_id="same",
            at=AT,
        )  # fmt: skip

    assert take() == take()
    assert Movement.objects.count() == 1
    with refused("client-id-elsewhere"):
        destroy(
            scope=regency.kul, area=regency.top, item="ppwp", district="", condition="good", quantity=1,
            reference="BA", client_id="same", at=AT,
        )  # fmt: skip
    with refused("item-unknown"):
        receive(
            scope=regency.kul, area=regency.top, item="kertas", district="", quantity=5, reference="SJ",
            client_id="other", at=AT,
        )  # fmt: skip


def test_only_a_store_s_own_officers_touch_it(regency: Regency) -> None:
    with pytest.raises(Forbidden):
        receive(
            scope=regency.officer("ppk-kul", "732201"), area=regency.top, item="ppwp", district="", quantity=5,
            reference="SJ", client_id="x", at=AT,
        )  # fmt: skip
    with pytest.raises(Forbidden):
        receive(
            scope=regency.officer("bawaslu", "7322"), area=regency.top, item="ppwp", district="", quantity=5,
            reference="SJ", client_id="x", at=AT,
        )  # fmt: skip


@pytest.mark.requirement(4, "0", "packing by box and seal: never another district's, never more than needed or there")
def test_packing(regency: Regency) -> None:
    regency.stocked("ppwp", "", 300)
    regency.stocked("dprd_kab", "732201", 255)
    regency.stocked("dprd_kab", "732202", 50)
    regency.receive("tinta", "", 8)
    box = regency.pack(LEFT[0], {("ppwp", ""): 255, ("dprd_kab", "732201"): 255, ("tinta", ""): 2}, seal="a 1")
    assert box.seal == "A1"
    assert queries.in_box(box) == {("ppwp", ""): 255, ("dprd_kab", "732201"): 255, ("tinta", ""): 2}
    assert queries.loose(regency.top)["ppwp", "", "good"] == 45
    for code, code_of_station, contents, number, seal in (
        ("wrong-district", LEFT[1], {("dprd_kab", "732202"): 10}, 1, "B1"),
        ("more-than-needed", LEFT[0], {("tinta", ""): 1}, 2, "B2"),
        ("stock-short", LEFT[1], {("ppwp", ""): 46}, 1, "B3"),
        ("box-packed", LEFT[0], {("formulir", ""): 1}, 1, "B4"),
        ("seal-used", LEFT[1], {("ppwp", ""): 1}, 1, "A 1"),
        ("box-empty", LEFT[1], {}, 1, "B5"),
        ("box-number-unfit", LEFT[1], {("ppwp", ""): 1}, 100, "B6"),
        ("quantity-unfit", LEFT[1], {("ppwp", ""): 0}, 1, "B7"),
    ):
        with refused(code):
            regency.pack(code_of_station, contents, number, seal)
    assert Box.objects.count() == 1
    assert wrong_in_the_log() == []


def test_what_was_done_wrongly_is_taken_back_by_an_opposite_deed(regency: Regency) -> None:
    regency.stocked("ppwp", "", 300)
    before = queries.loose(regency.top)
    box = regency.pack(LEFT[0], {("ppwp", ""): 100})
    deed = Deed.objects.get(kind=DeedKind.PACK)
    made = reverse(scope=regency.kul, deed=deed, reason="salah kotak", client_id="r", at=AT)
    assert made == reverse(scope=regency.kul, deed=deed, reason="salah kotak", client_id="r", at=AT)
    box.refresh_from_db()
    assert (box.state, queries.in_box(box), queries.loose(regency.top)) == (BoxState.VOID, {}, before)
    with refused("not-reversible"):
        reverse(scope=regency.kul, deed=deed, reason="lagi", client_id="r2", at=AT)
    again = regency.pack(LEFT[0], {("ppwp", ""): 255}, seal="NEW")
    receipt = Deed.objects.get(kind=DeedKind.RECEIPT)
    with refused("stock-short"):  # its ballots were sorted since
        reverse(scope=regency.kul, deed=receipt, reason="salah", client_id="r3", at=AT)
    regency.to_station(again)
    with refused("not-reversible"):  # the box has left
        packed = Deed.objects.filter(kind=DeedKind.PACK).latest("pk")
        reverse(scope=regency.kul, deed=packed, reason="salah", client_id="r4", at=AT)
    assert wrong_in_the_log() == []


def test_only_sorted_ones_are_destroyed_under_minutes(regency: Regency) -> None:
    regency.receive("ppwp", "", 10)
    regency.sort("ppwp", "", 6, 2)

    def gone(condition: str, quantity: int) -> None:
        destroy(
            scope=regency.kul, area=regency.top, item="ppwp", district="", condition=condition, quantity=quantity,
            reference="BA-9", client_id=regency.client_id(), at=AT,
        )  # fmt: skip

    gone("damaged", 2)
    assert queries.loose(regency.top) == {("ppwp", "", "unsorted"): 2, ("ppwp", "", "good"): 6}
    for condition, code in ((Condition.UNSORTED, "condition-not-destroyed"), (Condition.GOOD, "stock-short")):
        with refused(code):
            gone(condition, 7)


def test_a_route_is_kept_once_and_the_newest_holds(regency: Regency) -> None:
    area = regency.area("732202")
    one = set_route(scope=regency.kul, area=area, transport="air", hours=48, at=AT)
    assert set_route(scope=regency.kul, area=area, transport="air", hours=48, at=AT) == one
    set_route(scope=regency.kul, area=area, transport="land", hours=72, at=AT)
    assert queries.routes([area])[area.pk].hours == 72
    with refused("hours-unfit"):
        set_route(scope=regency.kul, area=area, transport="air", hours=0, at=AT)
