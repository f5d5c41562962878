"""Results in and out by command: the same figures come out as went in, and no cell becomes a spreadsheet's command."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from satusuara.areas.models import Area, Election
from satusuara.count import queries
from satusuara.ops.commands import app
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.people.rules import Grant, Reach
from tests.count.regency import HEADER, ROOT, build_tree, file_of, station

ROWS = (f"{station(1)},1,2,3,2,1,3,1,1,0", f"{station(2)},,,,0,1,1,0,0,0")


@pytest.fixture
def election(db: None) -> Election:
    return build_tree([station(1), station(2), station(1, "7322022001")])


def satusuara(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def imported(path: Path, *more: str) -> tuple[int, dict[str, object]]:
    code, said, _ = satusuara("import", "results", str(path), "--source", "sirekap", "--json", *more)
    return code, json.loads(said)


@pytest.mark.requirement(2, "4", "satusuara import results: one JSON object, the same file again is reported unchanged")
def test_import_answers_with_one_object(election: Election, tmp_path: Path) -> None:
    path = file_of(tmp_path, *ROWS)
    code, said = imported(path)
    assert (code, said["rows"], said["added"], said["rejected"], said["repeated"]) == (0, 2, 2, 0, False)
    code, said = imported(path)
    assert (code, said["added"], said["unchanged"], said["repeated"]) == (0, 0, 2, True)


def test_rows_held_back_are_named_and_the_exit_code_says_so(election: Election, tmp_path: Path) -> None:
    out = tmp_path / "tertahan.csv"
    path = file_of(
        tmp_path, *ROWS, "7322012001999,1,2,3,2,1,3,1,1,0", f"{station(1, '7322022001')},=1+1,2,3,2,1,3,1,1,0"
    )
    code, said = imported(path, "--rejects", str(out))
    assert (code, said["rejected"]) == (2, 2)
    assert said["rejects"] == [
        {"file": "hasil.csv", "row": 4, "column": "tps_id", "value": "7322012001999",
         "reason": "tidak ada dalam pohon wilayah (tingkat tps)"},
        {"file": "hasil.csv", "row": 5, "column": "voters_l", "value": "=1+1", "reason": "bukan angka"},
    ]  # fmt: skip
    with out.open() as file:
        assert [row["value"] for row in csv.DictReader(file)] == ["7322012001999", "'=1+1"]
    code, _, errors = satusuara("import", "results", str(path), "--source", "sirekap")
    assert (code, "bukan angka" in errors) == (2, True)


@pytest.mark.parametrize(
    "wrong", [("--election", "id-1955"), ("--contest", "walikota"), ("--rejects", "x.doc"), ("--kind", "rumor")]
)
def test_bad_use_ends_with_2_and_nothing_on_stdout(election: Election, tmp_path: Path, wrong: tuple[str, str]) -> None:
    path = file_of(tmp_path, *ROWS)
    code, said, errors = satusuara("import", "results", str(path), "--source", "sirekap", "--json", *wrong)
    assert (code, said) == (2, "")
    assert errors


@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_what_went_in_comes_out_and_goes_in_again_unchanged(election: Election, tmp_path: Path, kind: str) -> None:
    imported(file_of(tmp_path, *ROWS))
    out = tmp_path / f"keluar.{kind}"
    code, said, _ = satusuara("export", "results", "--format", kind, "--out", str(out), "--source", "sirekap", "--json")
    assert (code, json.loads(said)["rows"]) == (0, 2)
    code, again = imported(out)
    assert (code, again["rows"], again["unchanged"], again["rejected"]) == (0, 2, 2, 0)


@pytest.mark.requirement(2, "bad-input", "a formula in a name leaves an export as text")
def test_a_formula_in_a_name_leaves_as_text(election: Election, tmp_path: Path) -> None:
    Area.objects.filter(code=station(1)).update(name='=HYPERLINK("http://x","x")')
    imported(file_of(tmp_path, *ROWS))
    satusuara("export", "results", "--out", str(tmp_path / "keluar"), "--source", "sirekap", "--area", "732201")
    with (tmp_path / "keluar.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["area_name"][0] for row in rows] == ["'", "t"]
    assert list(rows[0])[3:-4] == sorted(HEADER.split(",")[1:], key=lambda name: list(rows[0]).index(name))
    assert satusuara("export", "results", "--source", "sirekap", "--area", "99")[0] == 2


@pytest.mark.requirement(2, "7", "an export holds only rows of the areas where the right to export is held")
def test_an_export_is_cut_to_the_area(election: Election, tmp_path: Path) -> None:
    imported(file_of(tmp_path, *ROWS, f"{station(1, '7322022001')},1,2,3,2,1,3,1,1,0"))
    source = queries.source(ROOT, "id-2024", "ppwp", "sirekap")
    officer = Scope("ppk", Reach((Grant("id-2024", "/73/7322/732202/", frozenset({Right.EXPORT.value})),)))
    assert [row[0] for row in queries.result_table(officer, source)[1]] == [station(1, "7322022001")]
    assert list(queries.result_table(Scope.public(), source)[1]) == []
