"""Faults in the events of desks: pure, as many as asked for, and named for the detector that must see them."""

from __future__ import annotations

import random
from typing import Any

import pytest

from satusuara.law import load_law
from satusuara.pollbook.faults import FAULTS, MINUTE
from satusuara.pollbook.rules.events import Kind
from satusuara.risk import registry
from satusuara.risk.registry import Injected
from tests.count.regency import station

LAW = load_law("id-2024")
SEVEN = 1_707_865_200_000  # 14 February 2024, 07:00 in Luwu Utara
STATIONS = [station(n) for n in range(1, 6)]
PEOPLE = 12


def day() -> list[dict[str, Any]]:
    """Five stations, each with one device, twelve voters of whom the last is unlisted and comes after noon."""
    rows = []
    for code in STATIONS:

        def event(kind: Kind, minute: int, voter: object = None, category: str = "dpt", detail: object = None) -> None:
            rows.append(
                {
                    "tps_id": code, "device": f"d{code}", "seq": len(rows), "ms": SEVEN + minute * MINUTE,  # noqa: B023
                    "kind": kind, "voter": voter, "category": category, "mask": 31, "detail": detail,
                }
            )  # fmt: skip

        event(Kind.OPEN, 0, detail=[[200] * 5, 2])
        for n in range(PEOPLE):
            last = n == PEOPLE - 1
            minute, category = (310, "dpk") if last else (n + 1, "dpt")
            event(Kind.CHECK_IN, minute, f"{code}/{n}", category, [n % 2, None])
            event(Kind.INK_APPLIED, minute + 1, f"{code}/{n}", category, 1)
        event(Kind.CLOSE, 360, detail=[[[6, 5], [0, 0], [0, 1]], [[200, 12, 0, 188]] * 5, [0, 0]])
    return rows


def injected(name: str, count: int = 2) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Injected]]:
    rows = day()
    made, truth = registry.fault(name)(rows, law=LAW, contest="", chance=random.Random(4), count=count)
    assert rows == day()  # the given rows stay
    return rows, made, truth


@pytest.mark.requirement(5, "6", "each fault of the pollbook alters as many stations as asked for and no other one")
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_fault_alters_the_stations_that_it_names(name: str) -> None:
    rows, made, truth = injected(name)
    assert [each.detector for each in truth] == [name, name]
    named = {each.area_code for each in truth}
    for code in set(STATIONS) - named:
        before = [row for row in rows if row["tps_id"] == code]
        after = [row for row in made if row["tps_id"] == code]
        extra = [row for row in after if row not in before]
        assert [row for row in after if row in before] == before
        assert not extra or name == "pollbook.double"  # the second station of a double
    for code in named:
        there = [row for row in made if row["tps_id"] == code]
        assert name == "pollbook.double" or there != [row for row in rows if row["tps_id"] == code]


def test_what_each_fault_does() -> None:
    _, made, truth = injected("pollbook.double", 1)
    voters = [row["voter"] for row in made if row["kind"] == Kind.CHECK_IN]
    assert len(voters) - len(set(voters)) == 1
    _, made, truth = injected("pollbook.dpk_early", 1)
    opens = next(category.opens for category in LAW.categories if category.code == "dpk")
    noon = SEVEN + (int(opens[:2]) - 7) * 60 * MINUTE
    early = {row["tps_id"] for row in made if row["category"] == "dpk" and row["ms"] < noon}
    assert early == {truth[0].area_code}
    _, made, truth = injected("pollbook.ink", 1)
    inked = sum(row["kind"] == Kind.INK_APPLIED for row in made)
    assert inked == PEOPLE * len(STATIONS) - 1
    _, made, truth = injected("pollbook.late_open", 1)
    late = {row["tps_id"] for row in made if row["kind"] == Kind.OPEN and row["ms"] > SEVEN + 15 * MINUTE}
    assert late == {truth[0].area_code}
    _, made, truth = injected("pollbook.closing", 1)
    (close,) = [r for r in made if r["kind"] == Kind.CLOSE and r["tps_id"] == truth[0].area_code]
    assert sum(map(sum, close["detail"][0])) in {PEOPLE - 1, PEOPLE + 1}
    assert truth[0].rules == ("a",)
