"""Tables out: nothing a spreadsheet would run, numbers untouched, the three endings alike."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from satusuara.kernel.errors import Refusal
from satusuara.lake import write
from satusuara.lake.engine import connected, rows

COLUMNS = ("nama", "selisih", "kosong")
ROWS: list[tuple[Any, ...]] = [("Seko", -1, None), ("=HYPERLINK(0)", 2, None), ("@x", 0, None), ("-3", 7, None)]
NEUTRAL = ["Seko", "'=HYPERLINK(0)", "'@x", "'-3"]
ENDINGS = ("csv", "parquet", "xlsx")


@pytest.mark.requirement(2, "bad-input", "a formula in a cell leaves as text that no spreadsheet runs")
@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_leaves_neutral(tmp_path: Path, start: str) -> None:
    path = tmp_path / "keluar.csv"
    write.write_table(path, ["nama", "n"], [(start, -1)])
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["nama", "n"], [f"'{start}", "-1"]]


@pytest.mark.requirement(2, "bad-input", "an XLSX holds a formula as a string, numbers as numbers")
def test_a_sheet_holds_strings_and_numbers_but_no_formula(tmp_path: Path) -> None:
    import zipfile

    from python_calamine import CalamineWorkbook

    path = tmp_path / "keluar.xlsx"
    assert write.write_table(path, COLUMNS, ROWS) == 4
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert [row[:2] for row in sheet[1:]] == [["Seko", -1.0], ["=HYPERLINK(0)", 2.0], ["@x", 0.0], ["-3", 7.0]]
    with zipfile.ZipFile(path) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_python_and_the_engine_write_the_same(tmp_path: Path, ending: str) -> None:
    by_python, by_engine = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    with connected() as connection:
        source = tmp_path / "source.parquet"
        write.write_table(source, COLUMNS[:2], [row[:2] for row in ROWS])
        table: Any = connection
        write.write_table(by_python, COLUMNS[:2], [row[:2] for row in ROWS])
        write.write_from(connection, table.read_parquet(str(source)), by_engine)
        if ending == "csv":
            assert by_python.read_bytes() == by_engine.read_bytes()
            assert [line.split(",")[0] for line in by_engine.read_text().splitlines()[1:]] == NEUTRAL
        else:
            one, other = (rows(connection, table.read_parquet(str(path))) for path in (by_python, by_engine))
            assert one == other == [row[:2] for row in ROWS]


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_empty_table_still_has_its_header(tmp_path: Path, ending: str) -> None:
    from satusuara.lake.files import read_table

    path = tmp_path / f"kosong.{ending}"
    assert write.write_table(path, ["tps_id", "valid"], []) == 0
    with connected() as connection:
        reading = read_table(connection, path, key=["tps_id"], integers=["valid"], required=["valid"])
        assert (reading.rows, reading.header) == (0, ("tps_id", "valid"))


def test_an_unknown_ending_and_a_missing_folder_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="file-ending"):
        write.writer_of(tmp_path / "keluar.ods")
    with pytest.raises(Refusal, match="folder-missing"):
        write.writer_of(tmp_path / "tidak-ada" / "keluar.csv")
