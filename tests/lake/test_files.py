"""Files as they arrive: what is read, what is held back, what is refused, and in which words."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import pytest

from satusuara.kernel.errors import Refusal
from satusuara.lake import files
from satusuara.lake.engine import connected, rows

HEADER = "tps_id,valid,invalid,total"
BAD_INPUT = "bad-input"


def read(path: Path, **options: Any) -> tuple[files.Reading, list[tuple[Any, ...]], list[tuple[int, str, str, str]]]:
    """The reading, its accepted rows in file order and its rejects as (row, column, value, reason)."""
    options = {"key": ["tps_id"], "integers": ["valid", "invalid", "total"]} | options
    with connected() as connection:
        reading = files.read_table(connection, path, **options)
        accepted = rows(connection, reading.table.order_by("_row"))
        rejects = [(r.row, r.column, r.value, r.reason.id) for r in reading.rejects(None)]
    return reading, accepted, rejects


def csv(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    path = tmp_path / "hasil.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def refused(path: Path, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(path, **options)
    assert caught.value.in_("id") != caught.value.in_("en")
    return caught.value


def as_parquet(tmp_path: Path, columns: dict[str, Any]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "hasil.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def as_xlsx(tmp_path: Path, *lines: list[Any]) -> Path:
    import xlsxwriter

    path = tmp_path / "hasil.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            for column, cell in enumerate(line):
                (sheet.write_string if isinstance(cell, str) else sheet.write)(number, column, cell)
    return path


def test_a_blank_is_null_and_a_zero_is_a_value(tmp_path: Path) -> None:
    _, accepted, rejects = read(csv(tmp_path, "1,,0,210.0", "2, ,0012, 7 "))
    assert accepted == [(2, "1", None, 0, 210), (3, "2", None, 12, 7)]
    assert rejects == []


def test_the_three_kinds_of_file_give_the_same_table(tmp_path: Path) -> None:
    expected = [(2, "7322012001001", 1, None, 0), (3, "7322012001002", None, 3, 2147483647)]
    a = csv(tmp_path, "7322012001001,1,,0", "7322012001002,,3,2147483647")
    b = as_parquet(
        tmp_path,
        {
            "tps_id": [7322012001001, 7322012001002],
            "valid": [1.0, float("nan")],
            "invalid": [None, 3],
            "total": ["0", "2147483647"],
        },
    )
    c = as_xlsx(tmp_path, HEADER.split(","), [7322012001001, 1, None, 0], ["7322012001002", "", 3, "2147483647"])
    for path in (a, b, c):
        _, accepted, rejects = read(path)
        assert (accepted, rejects) == (expected, []), path.suffix


def test_semicolons_a_bom_and_capitals_in_the_header_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "hasil.csv"
    path.write_bytes(codecs.BOM_UTF8 + b"TPS_ID; Valid ;invalid;total\r\n1;2;3;5\r\n")
    assert read(path)[1] == [(2, "1", 2, 3, 5)]


@pytest.mark.requirement(2, BAD_INPUT, "text in a number is held back by file, row, column and value")
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("dua ratus", "bukan angka"),
        ("=1+1", "bukan angka"),
        ("1_000", "bukan angka"),
        ("0x1F", "bukan angka"),
        ("+5", "bukan angka"),
        ("NaN", "bukan angka"),
        ("１２", "bukan angka"),
        ("1.000", "bukan bilangan bulat"),
        ("210.5", "bukan bilangan bulat"),
        ("1e3", "bukan bilangan bulat"),
        ("-3", "bilangan negatif"),
        ("-0.5", "bilangan negatif"),
        ("2147483648", "lebih dari 2.147.483.647 (2^31-1)"),
        ("9" * 30, "lebih dari 2.147.483.647 (2^31-1)"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_bad_cell_holds_its_row_back_and_no_other(tmp_path: Path, cell: str, reason: str, kind: str) -> None:
    lines = [HEADER.split(","), ["1", "2", "3", "5"], ["2", cell, "3", "5"], ["3", "", "", ""]]
    path = csv(tmp_path, *[",".join(line) for line in lines[1:]]) if kind == "csv" else as_xlsx(tmp_path, *lines)
    reading, accepted, rejects = read(path)
    assert rejects == [(3, "valid", cell, reason)]
    assert [row[0] for row in accepted] == [2, 4]
    assert (reading.rows, reading.accepted, reading.rejected) == (3, 2, 1)


@pytest.mark.requirement(
    2, BAD_INPUT, "negative numbers, fractions and numbers over 2^31-1 of a typed file are held back"
)
@pytest.mark.parametrize(
    ("values", "held"),
    [
        ([1, -1, 2**31 - 1, 2**31], {3: "bilangan negatif", 5: "lebih dari 2.147.483.647 (2^31-1)"}),
        ([1.0, 2.5, None, float("inf")], {3: "bukan bilangan bulat", 5: "bukan angka"}),
        ([True, None, False, None], {2: "bukan angka", 4: "bukan angka"}),
    ],
)
def test_bad_cells_of_a_parquet(tmp_path: Path, values: list[Any], held: dict[int, str]) -> None:
    path = as_parquet(tmp_path, {"tps_id": ["1", "2", "3", "4"], "valid": values})
    _, accepted, rejects = read(path)
    assert {row: reason for row, _, _, reason in rejects} == held
    assert [row[0] for row in accepted] == [row for row in range(2, 6) if row not in held]


@pytest.mark.requirement(2, BAD_INPUT, "a billion votes is a number: held for no bad cell, left to the identities")
def test_a_billion_is_a_number(tmp_path: Path) -> None:
    assert read(csv(tmp_path, "1,1000000000,0,5"))[1] == [(2, "1", 1_000_000_000, 0, 5)]


@pytest.mark.requirement(2, BAD_INPUT, "every row of a polling station that occurs twice is held back")
def test_every_row_of_a_key_that_occurs_twice_is_held_back(tmp_path: Path) -> None:
    reading, accepted, rejects = read(csv(tmp_path, "7,1,2,3", "8,1,2,3", " 7 ,4,x,6", ",1,2,3"))
    twice = "kunci muncul lebih dari sekali"
    assert rejects == [
        (2, "tps_id", "7", twice),
        (4, "tps_id", "7", twice),
        (4, "invalid", "x", "bukan angka"),
        (5, "tps_id", "", "kunci kosong"),
    ]
    assert [row[1] for row in accepted] == ["8"]
    assert reading.rejected == 3


def test_a_key_of_several_columns_may_have_a_blank_part(tmp_path: Path) -> None:
    path = csv(tmp_path, "7,,1,5", "7,,2,6", "7,,2,6", "8,,2,6", header="tps_id,party,candidate,votes")
    options: dict[str, Any] = {"key": ["tps_id", "party", "candidate"], "integers": ["votes"]}
    _, accepted, rejects = read(path, **options, may_be_blank=["party"])
    assert [row[1:] for row in accepted] == [("7", "", "1", 5), ("8", "", "2", 6)]
    assert [(row, value) for row, _, value, _ in rejects] == [(3, "7 /  / 2"), (4, "7 /  / 2")]


@pytest.mark.requirement(2, BAD_INPUT, "a wrong header is refused with the columns that were found")
def test_a_wrong_header_is_refused_with_the_columns_that_were_found(tmp_path: Path) -> None:
    refusal = refused(csv(tmp_path, "1,2,3,5", header="id_tps,sah,tidak,jumlah"))
    assert refusal.code == "column-missing"
    assert "id_tps, sah, tidak, jumlah" in refusal.in_("id")


@pytest.mark.requirement(2, BAD_INPUT, "a missing column is named")
def test_a_missing_column_is_named(tmp_path: Path) -> None:
    refusal = refused(csv(tmp_path, "1,2,3,5"), required=["valid", "paslon_1"])
    assert refusal.code == "column-missing"
    assert refusal.place
    assert refusal.place.column == "paslon_1"


@pytest.mark.parametrize("header", ["tps_id,valid,valid,total", "tps_id,valid,VALID ,total"])
def test_a_name_that_stands_twice_in_the_header_is_refused(tmp_path: Path, header: str) -> None:
    assert refused(csv(tmp_path, "1,2,3,5", header=header)).code == "column-twice"


@pytest.mark.requirement(2, BAD_INPUT, "an empty file is refused")
@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_an_empty_file_is_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"hasil.{ending}"
    path.write_bytes(b"")
    assert refused(path).code == "file-empty"


@pytest.mark.requirement(2, BAD_INPUT, "a truncated CSV is refused with its row")
def test_a_csv_cut_off_in_a_row_is_refused_with_the_row(tmp_path: Path) -> None:
    path = csv(tmp_path, "1,2,3,5", "2,2,3,5")
    path.write_bytes(path.read_bytes()[:-5])
    refusal = refused(path)
    assert (refusal.code, refusal.place and refusal.place.row) == ("file-ragged", 3)
    path.write_text(f'{HEADER}\n1,2,3,"5\n')
    assert refused(path).code == "file-quote"


@pytest.mark.requirement(2, BAD_INPUT, "a truncated Parquet is refused")
def test_a_parquet_cut_off_is_refused(tmp_path: Path) -> None:
    path = as_parquet(tmp_path, {"tps_id": [str(n) for n in range(5000)], "valid": list(range(5000))})
    whole = path.read_bytes()
    for part in (whole[:-100], whole[: len(whole) // 2], whole[:3], whole[:1000] + b"\xff" * 5000 + whole[6000:]):
        path.write_bytes(part)
        assert refused(path).code == "file-unreadable"


@pytest.mark.requirement(2, BAD_INPUT, "a truncated XLSX is refused")
def test_an_xlsx_cut_off_is_refused(tmp_path: Path) -> None:
    path = as_xlsx(tmp_path, HEADER.split(","), [1, 2, 3, 5])
    path.write_bytes(path.read_bytes()[:-200])
    assert refused(path).code == "file-unreadable"


@pytest.mark.requirement(2, BAD_INPUT, "a wrong encoding is refused with the row and the byte")
def test_a_csv_that_is_not_utf8_is_refused_with_row_and_byte(tmp_path: Path) -> None:
    path = tmp_path / "hasil.csv"
    start = b"tps_id,valid,nama\n1,2,Seko\n"
    path.write_bytes(start + "2,3,Séko\n".encode("latin-1"))
    refusal = refused(path)
    assert (refusal.code, refusal.place and refusal.place.row) == ("file-encoding", 3)
    assert refusal.details["byte"] == len(start) + len("2,3,S") + 1
    path.write_text("tps_id,valid\n1,2\n", encoding="utf-16")
    assert refused(path).code == "file-encoding"
    path.write_bytes(b"tps_id,valid\n1,2\n2,\x003\n")
    assert refused(path).details["byte"] == 20


def test_a_character_across_two_pieces_of_the_file_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "hasil.csv"
    path.write_text("tps_id,nama\n" + "".join(f"{n},é\n" for n in range(200_000)), encoding="utf-8")
    assert read(path, integers=[])[0].rows == 200_000


def test_an_unknown_ending_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "hasil.ods"
    path.write_bytes(b"x")
    assert refused(path).code == "file-ending"
    assert refused(tmp_path / "tidak-ada.csv").code == "file-missing"


def test_a_name_with_stars_and_brackets_is_one_file(tmp_path: Path) -> None:
    path = csv(tmp_path, "1,2,3,5").rename(tmp_path / "hasil[1]*?.csv")
    csv(tmp_path, "9,2,3,5").rename(tmp_path / "hasil1x.csv")
    assert [row[1] for row in read(path)[1]] == ["1"]


def test_rows_of_a_long_csv_keep_their_numbers(tmp_path: Path) -> None:
    path = csv(tmp_path, *[f"{n},{n % 7},,{'x' * 40}" for n in range(300_000)])
    _, accepted, rejects = read(path, integers=["valid", "invalid"])
    assert rejects == []
    assert all(row[0] == int(row[1]) + 2 for row in accepted)
