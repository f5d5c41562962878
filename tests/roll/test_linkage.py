"""Duplicates found, on rolls whose truth is known: the product's own generator, and one that is not."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from satusuara.ops.commands import app
from satusuara.roll.generator import generate, load_settings
from satusuara.roll.rules.clusters import pairs_within
from tests.roll.other import make, write

Dedupe = Callable[..., Any]
ON = dt.date(2024, 2, 14)


@pytest.fixture(scope="module")
def roll(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """20,000 made-up voters and the truth about them."""
    folder = tmp_path_factory.mktemp("roll")
    out, truth = folder / "roll.parquet", folder / "truth.csv"
    generate(out, rows=20_000, seed=7, law="id-2024", settings=load_settings(), on=ON, area="7322", truth=truth)
    return out, truth


def cli(*words: object) -> Any:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def found_in(path: Path) -> Any:
    from satusuara.ops.commands.roll import Job, run

    return run(
        Job((path,), path.with_suffix(".out.csv"), None, None, None, None, "id-2024", "duckdb"), lambda _text: None
    ).found


def f1(found: Any, truth: set[tuple[str, str]]) -> float:
    pairs = pairs_within(found.clusters)
    return 2 * len(pairs & truth) / (len(pairs) + len(truth))


@pytest.mark.slow
@pytest.mark.requirement(
    3, "3", "clusters and strike list on a roll with known truth; pairs, clusters and counts as CLI.md says"
)
def test_duplicates_are_found_and_told_in_words(roll: tuple[Path, Path], tmp_path: Path) -> None:
    source, truth_file = roll
    out, pairs = tmp_path / "clusters.csv", tmp_path / "pairs.csv"
    answer = cli("roll", "dedupe", source, "--out", out, "--pairs", pairs, "--json")
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    truth = {(row["rec_id_a"], row["rec_id_b"]) for row in rows_of(truth_file)}
    listed = rows_of(pairs)
    keys = [(row["rec_id_a"], row["rec_id_b"]) for row in listed]
    assert keys == sorted(keys)
    assert all(a < b for a, b in keys)
    strike = {key for key, row in zip(keys, listed, strict=True) if row["decision"] == "strike"}
    assert len(strike & truth) / len(strike) >= 0.99
    assert len(strike & truth) / len(truth) >= 0.75
    assert told["records"] == 20_000
    assert told["strike_list"] + told["review"] == told["pairs"] == len(listed)
    assert len({row["cluster_id"] for row in rows_of(out)}) == told["clusters"]
    assert all(row["reasons"] and 0 <= float(row["score"]) <= 1 for row in listed)
    assert "NIK sama +" in listed[0]["reasons"] + listed[1]["reasons"] + "".join(row["reasons"] for row in listed)
    again, pairs_again = tmp_path / "again.csv", tmp_path / "pairs-again.csv"
    cli("roll", "dedupe", source, "--out", again, "--pairs", pairs_again)
    assert (again.read_bytes(), pairs_again.read_bytes()) == (out.read_bytes(), pairs.read_bytes())


@pytest.mark.slow
@pytest.mark.requirement(
    3, "3", "the matching is not fitted to its generator: another one, and rolls without NIK, card, address, date"
)
@pytest.mark.parametrize(
    ("without", "least"),
    [
        ((), 0.95),
        (("nik",), 0.93),
        (("nkk", "alamat", "tempat_lahir"), 0.88),
        (("tgl_lahir",), 0.88),
        (("nik", "nkk"), 0.88),
    ],
)
def test_another_generator_with_absent_columns(without: tuple[str, ...], least: float, tmp_path: Path) -> None:
    rows, truth = make(8_000, seed=3)
    found = found_in(write(tmp_path / "other.csv", rows, without=without))
    assert f1(found, truth) >= least
    strike = {(pair.a, pair.b) for pair in found.pairs if pair.decision == "strike"}
    assert len(strike & truth) / len(strike) >= 0.97


@pytest.mark.requirement(3, "3", "a roll of a handful of records, or without any duplicate, gives an answer")
def test_tiny_rolls(tmp_path: Path) -> None:
    rows, _truth = make(3, seed=1, duplicates=0)
    assert found_in(write(tmp_path / "three.csv", rows)).clusters == []
    (tmp_path / "one.csv").write_text("rec_id,nama\nA,AMIR\n")
    assert found_in(tmp_path / "one.csv").pairs == []
    (tmp_path / "blank.csv").write_text(
        "rec_id,nik,nama\nA,7399012404909001,H.\nB,7399012404909001,SUKARDI WIBOWO\nC,7399012404909002,RATNA\n"
    )
    (pair,) = found_in(tmp_path / "blank.csv").pairs  # a number is shared, a missing name says nothing
    assert "nama" not in "; ".join(one.text.id for one in pair.evidence(found_in(tmp_path / "blank.csv").shares))
    (tmp_path / "names.csv").write_text("rec_id,nama\nA,AMIR\nB,BUDI\nC,\n")
    assert found_in(tmp_path / "names.csv").clusters == []


@pytest.mark.slow
@pytest.mark.requirement(
    3,
    "3",
    "a day's changes against the whole roll: the same pairs as a run over everything, a line replaced is no duplicate",
)
def test_a_days_changes_meet_the_prepared_roll(roll: tuple[Path, Path], tmp_path: Path) -> None:
    import duckdb

    source, truth_file = roll
    whole, day = tmp_path / "whole.parquet", tmp_path / "day.csv"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM '{source}' WHERE rec_id < 'BUATAN-000019501') TO '{whole}'")
        connection.execute(f"COPY (SELECT * FROM '{source}' WHERE rec_id >= 'BUATAN-000019450') TO '{day}' (HEADER)")
    prepared, out, pairs = tmp_path / "roll.prepared", tmp_path / "c.csv", tmp_path / "p.csv"
    assert cli("roll", "dedupe", whole, "--out", out, "--save", prepared).exit_code == 0
    assert oct(prepared.stat().st_mode)[-3:] == "600"
    answer = cli("roll", "dedupe", day, "--against", prepared, "--out", out, "--pairs", pairs, "--json")
    assert answer.exit_code == 0, answer.output
    found = {(row["rec_id_a"], row["rec_id_b"]) for row in rows_of(pairs)}
    true = [row for row in rows_of(truth_file) if row["rec_id_b"] >= "BUATAN-000019450"]
    hits = sum((row["rec_id_a"], row["rec_id_b"]) in found for row in true)
    assert hits / len(true) >= 0.8
    assert all(a != b for a, b in found)
    assert len(found) <= 2 * len(true)


@pytest.mark.requirement(3, "3", "masked identity numbers are refused with the reason (LINKAGE 1.5)")
def test_masked_numbers_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "masked.csv"
    path.write_text("rec_id,nik,nama\nA,732201240490****,AMIR\nB,732201240490****,BUDI\n")
    answer = cli("roll", "dedupe", path, "--out", tmp_path / "c.csv")
    assert answer.exit_code == 2
    assert "2 NIK disamarkan" in answer.stderr
    assert not (tmp_path / "c.csv").exists()


@pytest.mark.requirement(3, "bad-input", "a missing column, a record twice, a row that occurs twice, an unknown engine")
def test_what_cannot_be_matched_is_named(tmp_path: Path) -> None:
    out = tmp_path / "c.csv"
    path = tmp_path / "r.csv"
    path.write_text("rec_id,nik\nA,1\n")
    assert 'kolom "nama" tidak ada' in cli("roll", "dedupe", path, "--out", out).stderr
    path.write_text("rec_id,nama\nA,AMIR\nA,BUDI\nB,CICI\n")
    answer = cli("roll", "dedupe", path, "--out", out, "--json")
    assert answer.exit_code == 2
    assert json.loads(answer.stdout)["rejected"] == 2
    other = tmp_path / "s.csv"
    other.write_text("rec_id,nama\nB,DEDI\n")
    assert "lebih dari satu berkas" in cli("roll", "dedupe", path, other, "--out", out).stderr
    assert cli("roll", "dedupe", other, "--out", out, "--engine", "abacus").exit_code == 2


@pytest.mark.requirement(
    3, "6", "a made-up roll: the same seed, the same bytes; marked as made up in every row; shares as set"
)
def test_a_made_up_roll_is_reproducible_and_marked(tmp_path: Path) -> None:
    settings = load_settings()
    files = [tmp_path / f"{n}.parquet" for n in range(2)]
    for file in files:
        counts = generate(file, rows=5_000, seed=4, law="id-2024", settings=settings, on=ON, area="7322")
    assert files[0].read_bytes() == files[1].read_bytes()
    assert counts["duplicates"] == 60
    plain = tmp_path / "roll.csv"
    generate(plain, rows=2_000, seed=4, law="id-2024", settings=settings, on=ON, area="7322", truth=tmp_path / "t.csv")
    rows = rows_of(plain)
    assert all(row["sumber"] == "buatan" and row["rec_id"].startswith("BUATAN-") for row in rows)
    assert sum(row["nik"][-4:] >= "9001" for row in rows) / len(rows) > 0.99
    born = [dt.date.fromisoformat(row["tgl_lahir"]) for row in rows]
    assert max(born) <= dt.date(2007, 12, 31)
    assert 0.6 < sum(bool(row["nkk"]) for row in rows) / len(rows) < 0.8
    by_id = {row["rec_id"]: row for row in rows}
    for pair in rows_of(tmp_path / "t.csv"):
        a, b = by_id[pair["rec_id_a"]], by_id[pair["rec_id_b"]]
        assert a["jk"] == b["jk"]
        if pair["kind"] == "same_nik":
            assert a["tgl_lahir"] == b["tgl_lahir"]


@pytest.mark.requirement(3, "2", "roll check over a file: findings with their row, soft flags apart")
def test_a_roll_is_checked_from_file_to_file(tmp_path: Path) -> None:
    head = "rec_id,nik,nkk,nama,status_kawin,tgl_lahir,jk,kec,desa,tps,keterangan,pemberitahuan\n"
    lines = [
        "A,7322016404909001,1111111111111111,SITI,S,1990-04-24,P,K,D,001,,",
        "B,7322012404909002,1111111111111111,AMIR,B,2008-04-24,L,K,D,002,,TIDAK DIKENAL",
        "C,7322012404909002,,BUDI,S,1990-04-24,L,K,D,001,TNI,",
        "D,,,CICI,S,1990-04-24,P,K,D,001,,",
    ]
    path, out, more = tmp_path / "r.csv", tmp_path / "f.csv", tmp_path / "u.csv"
    path.write_text(head + "\n".join(lines) + "\n")
    more.write_text("kec,desa,tps,potensi_dpk\nK,D,001,2\nK,D,002,1\n")
    answer = cli("roll", "check", path, "--findings", out, "--unlisted", more, "--json", "--fail-on-findings")
    assert answer.exit_code == 1, answer.output
    told = json.loads(answer.stdout)
    some = {code: n for code, n in told["findings"].items() if n}
    assert some == {
        "age.under": 1,
        "mark.ineligible": 1,
        "nik.missing": 1,
        "nik.shared": 2,
        "family.split": 2,
        "notice.undelivered": 1,
        "dpk.reserve": 1,
    }
    assert {code for code, n in told["soft"].items() if n} == {"nik.birth-date"}
    assert ("B", "age.under", "3") in {(row["rec_id"], row["code"], row["row"]) for row in rows_of(out)}


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)  # py4j sockets
@pytest.mark.requirement(3, "8", "Spark gives the same pairs and clusters as DuckDB, byte for byte")
def test_spark_gives_the_same_pairs(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if not request.config.getoption("--spark"):
        pytest.skip("Spark was not asked for (--spark): nothing was shown")
    rows, _truth = make(1_500, seed=9)
    rows[0]["nama"], rows[7]["nama"] = "H.", ""  # no name is left of these
    path = write(tmp_path / "r.csv", rows)
    made = {}
    for engine in ("duckdb", "spark"):
        out, pairs = tmp_path / f"{engine}-c.csv", tmp_path / f"{engine}-p.csv"
        answer = cli("roll", "dedupe", path, "--engine", engine, "--out", out, "--pairs", pairs)
        assert answer.exit_code == 0, answer.output
        made[engine] = (out.read_bytes(), pairs.read_bytes())
    assert made["duckdb"] == made["spark"]
