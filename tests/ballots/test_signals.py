"""Shortage, another district's ballots, and custody are seen; each fault is seen by the judgement that it names."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from satusuara.areas.models import DistrictArea
from satusuara.ballots import queries, signals
from satusuara.ballots.actions.boxes import check
from satusuara.ballots.actions.handovers import Found, confirm
from satusuara.ballots.actions.needs import set_route
from satusuara.ballots.choices import Arrived
from satusuara.ballots.rules import custody_rules, district_rules, stock_rules
from satusuara.law import load_law
from satusuara.people.queries import Scope
from satusuara.risk import registry
from tests.ballots.conftest import AT, LEFT, RIGHT, VOTERS, Regency

Seen = set[tuple[str, str]]


def seen(regency: Regency, look: registry.Look, at: datetime = AT) -> Seen:
    codes = {area.pk: area.code for area in regency.election.areas.all()}
    found = look(Scope.system("t"), regency.election, regency.top, at)
    return {(codes[one.area_id], one.rule) for one in found}


@pytest.mark.requirement(4, "0", "a shortage is seen from the first lot on, and ballots missing from packs")
def test_shortage(regency: Regency) -> None:
    assert seen(regency, signals.stock) == set()  # nothing came yet: nothing is short
    regency.receive("ppwp", "", 868)
    assert seen(regency, signals.stock) == set()
    regency.sort("ppwp", "", 860, 7, 0, 1)
    assert seen(regency, signals.stock) == {("7322", "short"), ("7322", "missing")}
    regency.stocked("ppwp", "", 8)
    assert seen(regency, signals.stock) == {("7322", "missing")}


@pytest.mark.requirement(4, "0", "another district's ballots are seen: read in a box, or redrawn after packing")
def test_another_district(regency: Regency) -> None:
    regency.stocked("dprd_kab", "732201", 255)
    box = regency.pack(LEFT[0], {("dprd_kab", "732201"): 255})
    assert seen(regency, signals.district) == set()
    regency.to_station(box)
    kpps = regency.officer("kpps-ketua", LEFT[0])
    check(scope=kpps, box=box, item="dprd_kab", district="732202", at=AT)
    assert seen(regency, signals.district) == {(LEFT[0], "read")}
    check(scope=kpps, box=box, item="dprd_kab", district="732201", at=AT)  # changed for the right ones
    assert seen(regency, signals.district) == set()
    left, right = (DistrictArea.objects.get(area_code=code) for code in ("732201", "732202"))
    left.district = right.district
    left.save()
    assert (LEFT[0], "packed") in seen(regency, signals.district)


@pytest.mark.requirement(4, "0", "late or lost boxes, other seals; far stations named while there is time to fly")
def test_custody(regency: Regency) -> None:
    regency.stocked("ppwp", "", 868)
    far, near = regency.pack(RIGHT[0], {("ppwp", ""): 306}), regency.pack(LEFT[0], {("ppwp", ""): 255})
    assert seen(regency, signals.custody) == set()
    set_route(scope=regency.kul, area=regency.area("732202"), transport="air", hours=14 * 24, at=AT)
    assert seen(regency, signals.custody) == {(code, "leave") for code in RIGHT}
    way = regency.send(regency.kul, "7322", "732202", far)
    assert seen(regency, signals.custody, AT + timedelta(hours=7)) >= {(RIGHT[0], "late")}
    ppk = regency.officer("ppk-kul", "732202")
    confirm(scope=ppk, handover=way, found={far.pk: Found(Arrived.WHOLE, "OTHER")}, at=AT)
    assert seen(regency, signals.custody) == {(RIGHT[0], "seal"), (RIGHT[1], "leave")}
    regency.to_station(near)
    after = queries.wanted_at_station(regency.area(LEFT[0])) + timedelta(minutes=1)
    stations = {code for code, rule in seen(regency, signals.custody, after) if rule == "station"}
    assert stations == set(VOTERS) - {LEFT[0]}


DUE = 1_707_800_000_000


def rows() -> list[dict[str, Any]]:
    return [
        {
            "tps_id": code, "item": item, "district": district, "expected": district, "needed": 100, "quantity": 100,
            "missing": 0, "seal_sent": f"S{code}", "seal_seen": f"S{code}", "arrived": "whole", "due": DUE,
            "received": DUE - 1,
        }
        for code in VOTERS
        for item, district in (("ppwp", ""), ("dprd_kab", code[:6]))
    ]  # fmt: skip


def judged(row: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """What each detector's judgement says of one row, a day after it was due."""
    due = datetime.fromtimestamp(row["due"] / 1000, UTC)
    return {
        "ballots.stock": stock_rules(row["needed"], row["quantity"], 0, row["quantity"], row["missing"]),
        "ballots.dapil": district_rules(row["district"], None, row["expected"]),
        "ballots.custody": custody_rules(
            row["seal_sent"], row["seal_seen"], row["arrived"], due, due + timedelta(days=1)
        ),
    }


@pytest.mark.requirement(5, "6", "each fault of the ballots is seen by the judgement it names, and nothing else is")
@pytest.mark.parametrize("name", ["ballots.stock", "ballots.dapil", "ballots.custody"])
@pytest.mark.parametrize("chance", range(8))
def test_a_fault_is_seen_by_its_detector(name: str, chance: int) -> None:
    given = rows()
    made, truth = registry.fault(name)(
        given, law=load_law("id-2024"), contest="", chance=random.Random(chance), count=3
    )
    assert given == rows()
    assert all(not any(judged(row).values()) for row in given)
    assert len(truth) == 3
    spoken = sorted(
        (row["tps_id"], detector, rules) for row in made for detector, rules in judged(row).items() if rules
    )
    assert spoken == sorted((each.area_code, each.detector, each.rules) for each in truth)
