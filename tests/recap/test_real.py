"""The real case of 2019: recapitulations that differ although both independent readings of every form agree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from satusuara.count.models import Source
from satusuara.lake.engine import connected, rows
from satusuara.law import load_law
from satusuara.ledger.verify import verify
from satusuara.recap import queries
from satusuara.recap.actions import Compared, compare_sources
from satusuara.recap.lake import recap_differs_from_agreed, with_effect
from satusuara.recap.queries_shift import ranked
from satusuara.recap.rules import Effect, effect_of
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


@pytest.mark.requirement(
    6, "5", "2019: Luwu Utara's eleven ranked by votes and by what they could change, each with the paper for it"
)
def test_the_eleven_villages_are_ranked(sources: dict[str, Source]) -> None:
    rows = queries.recap_differs_from_agreed(ROOT, (sources["situng"], sources["relawan"]), sources["rekap"])
    by_votes = ranked(rows)
    assert [one.difference.votes for one in by_votes] == sorted((row.votes for row in rows), reverse=True)
    sabbang = next(one for one in by_votes if one.difference.area.name == "SABBANG")
    assert sabbang.effect == Effect("paslon_2", "paslon_1", 996 - 327, 669 - (877 - 412), order_changes=False)
    assert [(one.kind, one.votes) for one in sabbang.shifts] == [("between", 85), ("lost", 34)]
    assert all(one.paper and "DA1" in one.paper.id for one in by_votes)
    shares = [(not one.effect.order_changes, -one.effect.share) for one in ranked(rows, by="effect") if one.effect]
    assert len(shares) == 11
    assert shares == sorted(shares)


@pytest.mark.requirement(
    6, "5", "six provinces of 2019: exactly the villages whose recapitulation differs from agreed forms"
)
def test_the_villages_of_six_provinces_are_found(tmp_path: Path) -> None:
    """58,409 stations, 10,567 villages. A reading of 0 and 0 is a form or page that was not read, as in the demo."""
    stations, villages = (shared(f"data/kp2019/sulawesi_kp2019_{name}.parquet") for name in ("tps", "kelurahan_rekap"))
    expected = stations_2019(shared("data/kp2019/sulawesi_rekap_differs_from_agreed_c1.csv"))
    with connected() as connection:
        engine: Any = connection
        station = "kel_id || printf('%03d', CAST(tps AS INTEGER)) AS tps_id"
        files = {name: _written(tmp_path, stations, station, name) for name in ("kpu", "kp")}
        first, second = (engine.read_parquet(str(files[name])) for name in ("kpu", "kp"))
        recap = engine.read_parquet(str(_written(tmp_path, villages, "kel_id AS area_code", "rekap")))
        table = recap_differs_from_agreed(load_law("id-2019"), "desa", (first, second), recap, ["paslon_1", "paslon_2"])
        found = rows(connection, table)
        moved = rows(connection, with_effect(table, ["paslon_1", "paslon_2"]))
    assert table.columns == (
        "area_code", "forms", "votes", "paslon_1", "paslon_1_recap", "paslon_2", "paslon_2_recap",
    )  # fmt: skip
    assert sorted((code, forms, *figures) for code, forms, _, *figures in found) == sorted(
        (row["kel_id"], int(row["ntps"]), *(int(row[name]) for name in ("k1", "r1", "k2", "r2"))) for row in expected
    )
    assert len(found) == 544
    assert [row[2] for row in moved] == sorted((row[2] for row in found), reverse=True)
    for _, _, _, one, recap_one, two, recap_two, margin, swing, changes in moved:
        effect = effect_of({"1": one, "2": two}, {"1": recap_one, "2": recap_two})
        assert effect is not None
        assert (effect.margin, effect.swing, effect.order_changes) == (margin, swing, changes)
    assert [row[2] for row in found] == sorted((row[2] for row in found), reverse=True)


def _written(folder: Path, source: Path, key: str, name: str) -> Path:
    """Both pairs' votes of one reading as a table, 0 and 0 as blanks."""
    import duckdb

    unread = f"coalesce({name}_pas1, 0) = 0 AND coalesce({name}_pas2, 0) = 0"
    votes = ", ".join(f"CASE WHEN {unread} THEN NULL ELSE {name}_pas{n} END AS paslon_{n}" for n in (1, 2))
    path = folder / f"{name}.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {key}, {votes} FROM '{source}') TO '{path}' (FORMAT parquet)")
    return path
