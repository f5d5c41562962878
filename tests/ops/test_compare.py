"""``satusuara compare`` as scripts and commissioners use it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from satusuara.ops.commands import app
from tests.shared import shared

HEADER = "tps_id,paslon_1,paslon_2"
A = ("7322012001001,10,20", "7322012001002,1,2", "7322012001003,,2", "7322012002001,7,8", "7322022002001,7,8")
B = ("7322012001001,12,18", "7322012001002,1,3", "7322012001003,1,2", "7322012002001,7,8", "7322012002009,7,8")
COLUMNS = ("--key", "tps_id", "--values", "paslon_1,paslon_2")


def compare(*arguments: str | Path, code: int = 0, language: str = "id") -> str:
    """What a run prints, after its exit code was found to be ``code``."""
    result = CliRunner().invoke(
        app, ["compare", *map(str, arguments)], env={"SATUSUARA_LANG": language, "COLUMNS": "160"}
    )
    assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr, result.exception)
    return result.stdout or result.stderr


def answer(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(compare(*arguments, *COLUMNS, "--json", code=code))
    return found


def table(folder: Path, name: str, *lines: str, header: str = HEADER) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return table(tmp_path, "a.csv", *A), table(tmp_path, "b.csv", *B)


@pytest.mark.requirement(2, "5", "compare: counts, net-zero shifts, votes gained and lost from A to B, sums of levels")
def test_the_object_is_that_of_the_contract(files: tuple[Path, Path]) -> None:
    found = answer(*files, "--levels", "desa,kabupaten")
    assert list(found) == [
        "rows", "equal", "different", "not_comparable", "shift", "by_value", "levels", "rejected", "rejects",
    ]  # fmt: skip
    assert found["rows"] == {"both": 4, "only_a": 1, "only_b": 1}
    assert (found["equal"], found["different"], found["not_comparable"]) == (1, 2, 1)
    assert found["shift"] == {"net_zero": 1, "net_nonzero": 1}
    assert found["by_value"] == {"paslon_1": {"gained": 2, "lost": 0}, "paslon_2": {"gained": 1, "lost": 2}}
    assert list(found["levels"]) == ["desa", "kabupaten"]
    assert found["levels"]["desa"] == {
        "rows": {"both": 2, "only_a": 0, "only_b": 0},
        "equal": 1,
        "different": 1,
        "not_comparable": 0,
        "shift": {"net_zero": 0, "net_nonzero": 1},
        "by_value": {"paslon_1": {"gained": 2, "lost": 0}, "paslon_2": {"gained": 0, "lost": 1}},
    }
    assert found["levels"]["kabupaten"]["rows"]["both"] == 1


@pytest.mark.requirement(2, "5", "compare: the two independent readings of 2019 over six provinces, and their villages")
def test_the_two_readings_of_2019(tmp_path: Path) -> None:
    """58,409 stations under the commission's own ids; every count is that of plain Python over the same file."""
    import duckdb

    source = shared("data/kp2019/sulawesi_kp2019_tps.parquet")
    paths = {}
    key = "kel_id || printf('%03d', CAST(tps AS INTEGER))"
    with duckdb.connect() as connection:
        for name in ("kp", "kpu"):
            paths[name] = tmp_path / f"{name}.parquet"
            connection.execute(
                f"COPY (SELECT {key} AS tps_id, {name}_pas1 AS paslon_1, {name}_pas2 AS paslon_2 FROM '{source}') "
                f"TO '{paths[name]}' (FORMAT parquet)"
            )
        rows = connection.execute(f"SELECT kel_id, kp_pas1, kp_pas2, kpu_pas1, kpu_pas2 FROM '{source}'").fetchall()
    found = answer(paths["kp"], paths["kpu"], "--law", "id-2019", "--levels", "desa")
    given = [row for row in rows if None not in row]
    different = [row for row in given if row[1:3] != row[3:5]]
    assert found["rows"] == {"both": len(rows), "only_a": 0, "only_b": 0}
    assert (found["different"], found["not_comparable"]) == (len(different), len(rows) - len(given))
    assert found["shift"]["net_zero"] == sum(row[1] + row[2] == row[3] + row[4] for row in different) > 0
    villages: dict[str, list[int]] = {}
    for village, *figures in given:
        sums = villages.setdefault(village, [0] * 4)
        villages[village] = [total + figure for total, figure in zip(sums, figures, strict=True)]
    assert found["levels"]["desa"]["rows"]["both"] == len(villages)
    assert found["levels"]["desa"]["different"] == sum(each[:2] != each[2:] for each in villages.values())


def test_findings_name_the_cells(files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "beda.csv"
    answer(*files, "--findings", out)
    with out.open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["tps_id"], first["kind"], first["net"], first["votes"]) == ("7322012001001", "net_zero", "0", "2")
    assert (first["paslon_1_a"], first["paslon_1_b"], first["paslon_1_difference"]) == ("10", "12", "2")
    assert (second["kind"], second["row_a"], second["row_b"]) == ("net_nonzero", "3", "3")


def test_findings_trip_the_exit_code_only_when_asked(files: tuple[Path, Path]) -> None:
    answer(*files, "--fail-on-findings", code=1)
    assert answer(files[0], files[0], "--fail-on-findings")["equal"] == 4


@pytest.mark.requirement(2, "bad-input", "compare: a key that occurs twice is held back in that file; bad cells too")
def test_bad_rows_are_held_back_on_their_side(tmp_path: Path) -> None:
    a = table(tmp_path, "a.csv", "1,1,1", "2,-3,1", "3,x,1", "4,1000000000,1", "5,3000000000,0")
    b = table(tmp_path, "b.csv", "1,1,1", "1,1,1", "2,1,1", "3,1,1", "4,1000000000,2", "5,1,1")
    rejects = tmp_path / "ditahan.csv"
    found = answer(a, b, "--rejects", rejects, code=2)
    assert found["rows"] == {"both": 1, "only_a": 1, "only_b": 3}
    assert found["by_value"]["paslon_2"] == {"gained": 1, "lost": 0}
    assert found["rejected"] == 5
    assert [(r["file"], r["row"], r["column"]) for r in found["rejects"]] == [
        ("a.csv", 3, "paslon_1"), ("a.csv", 4, "paslon_1"), ("a.csv", 6, "paslon_1"), ("b.csv", 2, "tps_id"),
        ("b.csv", 3, "tps_id"),
    ]  # fmt: skip
    with rejects.open(encoding="utf-8", newline="") as file:
        assert [r["reason"] for r in csv.DictReader(file)] == [r["reason"] for r in found["rejects"]]


@pytest.mark.requirement(2, "bad-input", "compare: two files of one name are told apart")
def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    a = table(tmp_path / "satu", "hasil.csv", "1,-1,1")
    b = table(tmp_path / "dua", "hasil.csv", "1,1,x")
    assert [r["file"] for r in answer(a, b, code=2)["rejects"]] == [str(a), str(b)]


def _broken(folder: Path) -> dict[str, Path]:
    parquet = folder / "potong.parquet"
    parquet.write_bytes(b"PAR1" + b"\0" * 40)
    latin = folder / "latin.csv"
    latin.write_bytes(f"{HEADER}\nDesa Kaf\xe9,1,2\n".encode("latin-1"))
    return {
        "wrong header": table(folder, "judul.csv", "1,2,3", header="id_tps,a,b"),
        "missing column": table(folder, "kurang.csv", "1,2", header="tps_id,paslon_1"),
        "column twice": table(folder, "dua.csv", "1,2,3", header="tps_id,paslon_1,PASLON_1"),
        "empty": table(folder, "kosong.csv", header=""),
        "cut off": table(folder, "ragged.csv", "1,2,3", "2,1"),
        "cut off Parquet": parquet,
        "wrong encoding": latin,
        "absent": folder / "tidak-ada.csv",
        "ending": table(folder, "hasil.txt", "1,2,3"),
    }


@pytest.mark.requirement(2, "bad-input", "compare: what cannot be read as a whole ends with 2, one sentence, no result")
@pytest.mark.parametrize("language", ["id", "en"])
def test_what_cannot_be_read_ends_with_2_and_no_result(tmp_path: Path, language: str) -> None:
    good = table(tmp_path, "baik.csv", "1,2,3")
    for what, path in _broken(tmp_path).items():
        for pair in ((good, path), (path, good)):
            result = CliRunner().invoke(
                app, ["compare", *map(str, pair), *COLUMNS, "--json"], env={"SATUSUARA_LANG": language}
            )
            assert (result.exit_code, result.stdout) == (2, ""), what
            assert len(result.stderr.strip().splitlines()) == 1, what


@pytest.mark.parametrize(
    "arguments",
    [
        ("--key", "", "--values", "paslon_1"),
        ("--key", "tps_id", "--values", ","),
        ("--key", "tps_id,paslon_1", "--values", "paslon_1"),
        (*COLUMNS, "--levels", "rukun"),
        ("--key", "paslon_1,paslon_2", "--values", "tps_id", "--levels", "desa"),
        (*COLUMNS, "--law", "id-1955"),
        (*COLUMNS, "--law", "id-2019", "--levels", "kecamatan"),
        (*COLUMNS, "--engine", "oracle"),
        (*COLUMNS, "--findings", "temuan.doc"),
    ],
)
def test_bad_use_is_refused(files: tuple[Path, Path], arguments: tuple[str, ...]) -> None:
    assert compare(*files, *arguments, "--json", code=2)


def test_a_code_that_names_no_area_refuses_the_levels(tmp_path: Path) -> None:
    a = table(tmp_path, "a.csv", "73220120010,1,2")
    assert "73220120010" in compare(a, a, *COLUMNS, "--levels", "desa", code=2)


def test_a_formula_leaves_neutral(tmp_path: Path) -> None:
    a = table(tmp_path, "a.csv", "=HYPERLINK(1),1,2")
    b = table(tmp_path, "b.csv", "=HYPERLINK(1),2,2")
    out = tmp_path / "beda.csv"
    answer(a, b, "--findings", out)
    assert "\n'=HYPERLINK(1)," in out.read_text()


def test_keys_may_have_several_columns_and_files_other_formats(tmp_path: Path) -> None:
    from satusuara.lake.write import write_table

    columns = ["desa", "tps", "sah"]
    a, b = tmp_path / "a.xlsx", tmp_path / "b.parquet"
    write_table(a, columns, [["X", "1", 5], ["X", "2", 6]])
    write_table(b, columns, [["X", "1", 5], ["Y", "2", 6]])
    found = json.loads(compare(a, b, "--key", "desa, tps", "--values", "SAH", "--json"))
    assert (found["rows"], found["equal"]) == ({"both": 1, "only_a": 1, "only_b": 1}, 1)


def test_people_get_a_table_in_their_language(files: tuple[Path, Path]) -> None:
    indonesian = compare(*files, *COLUMNS, "--levels", "desa")
    assert "bergeser, jumlah tetap" in indonesian
    assert "Desa/Kelurahan" in indonesian
    assert "shifted, the sum is the same" in compare(*files, *COLUMNS, language="en")


def test_the_command_does_not_import_django(files: tuple[Path, Path]) -> None:
    script = f"""
import sys
from satusuara.ops.commands import app
asked = ["compare", {str(files[0])!r}, {str(files[1])!r}, *{COLUMNS!r}, "--levels", "desa", "--json"]
app(asked, standalone_mode=False)
loaded = {{name.split(".")[0] for name in sys.modules}} & {{"django", "pandas", "pyspark"}}
sys.exit(f"loaded: {{loaded}}" if loaded else 0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
