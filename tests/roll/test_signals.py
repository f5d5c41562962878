"""Each detector of the roll speaks of what its fault did, at the station where it did it; a clean roll is silent."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from satusuara.areas.models import Area, Election
from satusuara.law import load_law
from satusuara.risk import registry
from satusuara.roll.actions import put_on_duty, report_station
from satusuara.roll.faults import FAULTS
from satusuara.roll.models import Voter
from tests.roll.lists import AT, ROOT, list_of, nik, read, regency

pytestmark = pytest.mark.django_db
COLUMNS = ("rec_id", "nik", "nkk", "nama", "tgl_lahir", "status_kawin", "jk", "tps_id")


def clean(area: Area) -> list[dict[str, Any]]:
    """Three families of two at each of four stations; nobody on it exists."""
    stations = sorted(Area.objects.filter(election=area.election, level="tps").values_list("code", flat=True))
    return [
        {
            "rec_id": f"c{station}-{n}", "nik": nik(1000 * at + n),
            "nkk": f"99999900{at:04d}{n // 2:04d}", "nama": f"Contoh {at} {n}", "tgl_lahir": "1980-05-17",
            "status_kawin": "S", "jk": "L", "tps_id": station,
        }
        for at, station in enumerate(stations)
        for n in range(6)
    ]  # fmt: skip


def load(folder: Path, rows: list[dict[str, Any]], election: Election, area: Area) -> None:
    """The rows as lists, reports and duties of the database."""
    for category in ("", "dptb"):
        lines = [row for row in rows if row.get("category", "") == category]
        if lines:
            table = [",".join(str(row.get(name, "")) for name in COLUMNS) for row in lines]
            header = ",".join(COLUMNS).replace("tps_id", "tps")
            path = list_of(folder, *table, name=f"{category or 'dpt'}.csv", header=header)
            assert read(path, election, area, category=category or "dpt").version.rejected == 0
    for row in rows:
        if "possible_unlisted" in row:
            station = Area.objects.get(election=election, code=row["tps_id"])
            report_station(
                scope=ROOT, station=station, possible_unlisted=row["possible_unlisted"], undelivered={}, at=AT
            )  # fmt: skip
        if "duty_at" in row:
            voter = Voter.objects.select_related("area", "election").get(rec_id=row["rec_id"])
            there = Area.objects.get(election=election, code=row["duty_at"])
            put_on_duty(scope=ROOT, voter=voter, station=there, role="kpps", at=AT)


def seen(name: str, election: Election, area: Area) -> set[tuple[str, str]]:
    look = registry.detector(name).look
    assert look is not None
    codes = dict(Area.objects.values_list("pk", "code"))
    return {(codes[each.area_id], each.rule) for each in look(ROOT, election, area, AT)}


@pytest.mark.requirement(
    3, "2", "each check is a detector of the playbook: silent on a clean roll, it names what its fault did"
)
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_detector_names_what_its_fault_did(name: str, tmp_path: Path) -> None:
    election, area = regency()
    rows = clean(area)
    before = [dict(row) for row in rows]
    made, truth = registry.fault(name)(
        rows, law=load_law("id-2024"), contest="", chance=random.Random(5), count=1
    )  # fmt: skip
    assert rows == before
    assert len(truth) == 1
    load(tmp_path, made, election, area)
    found = seen(name, election, area)
    assert {(truth[0].area_code, rule) for rule in truth[0].rules} <= found
    for other in set(FAULTS) - {name}:
        assert not seen(other, election, area), other


@pytest.mark.requirement(3, "2", "a clean roll makes no check speak")
def test_a_clean_roll_is_silent(tmp_path: Path) -> None:
    election, area = regency()
    load(tmp_path, clean(area), election, area)
    assert not [name for name in FAULTS if seen(name, election, area)]
