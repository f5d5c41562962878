"""The real case of 2019: recapitulations that differ although both independent readings of every form agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from satusuara.count.models import Source
from satusuara.ledger.verify import verify
from satusuara.recap import queries
from satusuara.recap.actions import Compared, compare_sources
from tests.recap.real import AT, ROOT, agreed_and_different, build_2019, stations_2019
from tests.shared import shared

STATIONS, VILLAGES = "data/kp2019/luwu_utara_kp2019_tps.csv", "data/kp2019/luwu_utara_kp2019_rekap_vs_tps.csv"


@pytest.fixture
def sources(db: None, tmp_path: Path) -> dict[str, Source]:
    found = build_2019(tmp_path, shared(STATIONS), shared(VILLAGES))
    for a, b in (("situng", "relawan"), ("situng", "rekap"), ("relawan", "rekap")):
        compare(found, a, b)
    return found


def compare(sources: dict[str, Source], a: str, b: str) -> Compared:
    return compare_sources(
        election=sources[a].election, contest="ppwp", a=sources[a], b=sources[b], at=AT, by="system:test"
    )


@pytest.mark.requirement(
    2, "5", "2019: the eleven villages of Luwu Utara whose recapitulation differs from agreed forms"
)
def test_the_eleven_villages_of_luwu_utara_are_found(sources: dict[str, Source]) -> None:
    found = queries.recap_differs_from_agreed(ROOT, (sources["situng"], sources["relawan"]), sources["rekap"])
    expected = set(agreed_and_different(stations_2019(shared(STATIONS)), stations_2019(shared(VILLAGES))))
    assert {row.area.code for row in found} == expected
    assert len(expected) == 11
    assert [row.votes for row in found] == sorted((row.votes for row in found), reverse=True)
    sabbang = next(row for row in found if row.area.name == "SABBANG")
    assert sabbang.cells == {"paslon_1": [327, 412], "paslon_2": [996, 877]}
    assert queries.sentence(sabbang).id == (
        "Sabbang (Sabbang): paslon 01 berjumlah 327 menurut formulir Situng, tertulis 412 pada Rekap; "
        "paslon 02 berjumlah 996 menurut formulir Situng, tertulis 877 pada Rekap; "
        "jumlah pada Rekap lebih sedikit 34 suara"
    )
    assert verify().problems == []
