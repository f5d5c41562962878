"""``satusuara recap`` as scripts and commissioners use it."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from satusuara.ops.commands import app
from tests.shared import shared

HEADER = "tps_id,valid,invalid,total,paslon_1,paslon_2,paslon_3"


def recap(*arguments: str | Path, code: int = 0, language: str = "id") -> str:
    result = CliRunner().invoke(app, ["recap", *map(str, arguments)], env={"SATUSUARA_LANG": language})
    assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr, result.exception)
    return result.stdout or result.stderr


def answer(file: Path, level: str, out: Path, *more: str, code: int = 0) -> dict[str, Any]:
    said = recap(file, "--contest", "ppwp", "--level", level, "--out", out, "--json", *more, code=code)
    found: dict[str, Any] = json.loads(said)
    return found


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "hasil.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.requirement(
    2, "5", "recap: the real forms of Luwu Utara summed by sub-district, checked against plain Python"
)
def test_luwu_utara_by_sub_district(tmp_path: Path) -> None:
    source, out = shared("data/sirekap2024/luwu_utara_ppwp_tps.csv"), tmp_path / "rekap.csv"
    found = answer(source, "kecamatan", out)
    assert found["levels"]["kecamatan"] == {"areas": 15, "forms": 1001, "forms_counted": 538, "forms_failing": 56}
    forms = lines(source)
    by_code = {line["area_code"]: line for line in lines(out)}
    assert len(by_code) == 15
    for code, line in by_code.items():
        inside = [form for form in forms if form["tps_id"].startswith(code)]
        given = [int(float(form["paslon_2"])) for form in inside if form["paslon_2"]]
        assert (line["forms"], line["n_paslon_2"]) == (str(len(inside)), str(len(given)))
        assert line["paslon_2"] == (str(sum(given)) if given else "")


def test_a_blank_is_no_zero(tmp_path: Path) -> None:
    out = tmp_path / "rekap.csv"
    source = table(
        tmp_path, "7322012001001,3,0,3,1,2,0", "7322012001002,,,,,,", "7322012001003,3,0,4,1,1,1", "7322012002001,,,,,,"
    )
    answer(source, "desa,nasional", out)
    first, second, nation = lines(out)
    assert list(first)[:5] == ["area_code", "level", "forms", "forms_counted", "forms_failing"]
    assert (first["forms"], first["forms_counted"], first["forms_failing"]) == ("3", "2", "1")
    assert (first["paslon_2"], first["n_paslon_2"]) == ("3", "2")
    assert (second["paslon_2"], second["n_paslon_2"]) == ("", "0")
    assert (nation["area_code"], nation["level"], nation["paslon_2"]) == ("0", "nasional", "3")


@pytest.mark.requirement(2, "bad-input", "recap: bad rows are held back and named, the others summed")
def test_bad_rows_are_held_back(tmp_path: Path) -> None:
    out, rejects = tmp_path / "rekap.csv", tmp_path / "ditahan.csv"
    source = table(
        tmp_path, "7322012001001,3,0,3,1,2,0", "7322012001002,x,0,3,1,-2,0", "7322012001003,3,0,3,1,2,0",
        "7322012001003,3,0,3,1,2,0", "7322012001004,1000000000,0,3,1,2,0",
    )  # fmt: skip
    found = answer(source, "kabupaten", out, "--rejects", str(rejects), code=2)
    assert (found["forms"], found["rejected"]) == (2, 3)
    assert [(r["row"], r["column"]) for r in found["rejects"]] == [
        (3, "valid"), (3, "paslon_2"), (4, "tps_id"), (5, "tps_id"),
    ]  # fmt: skip
    assert len(lines(rejects)) == 4
    (line,) = lines(out)
    assert (line["valid"], line["forms_failing"]) == ("1000000003", "1")


@pytest.mark.requirement(
    2, "bad-input", "recap: wrong header, unknown level or contest, malformed code, cut file: exit 2"
)
def test_what_cannot_be_summed_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "rekap.csv"
    good = table(tmp_path, "7322012001001,3,0,3,1,2,0")
    wrong = tmp_path / "judul.csv"
    wrong.write_text("tps_id,suara\n1,2\n")
    short = tmp_path / "pendek.csv"
    short.write_text("tps_id,valid\n732201,2\n")
    cut = tmp_path / "potong.parquet"
    cut.write_bytes(b"PAR1")
    for file, contest, level in (
        (good, "lurah", "desa"), (good, "ppwp", "rukun"), (good, "ppwp", ""), (wrong, "ppwp", "desa"),
        (short, "ppwp", "desa"), (cut, "ppwp", "desa"), (tmp_path / "tidak-ada.csv", "ppwp", "desa"),
    ):  # fmt: skip
        assert recap(file, "--contest", contest, "--level", level, "--out", out, "--json", code=2)
        assert not out.exists()
    assert recap(good, "--contest", "ppwp", "--level", "desa", "--out", tmp_path / "a.doc", code=2)


def test_people_get_a_line_a_level(tmp_path: Path) -> None:
    good = table(tmp_path, "7322012001001,3,0,3,1,2,0")
    said = recap(good, "--contest", "ppwp", "--level", "desa", "--out", tmp_path / "r.xlsx", language="en")
    assert "desa: 1 areas, 1 forms, 1 with votes, 0 with a failing identity" in said
    recap(
        table(tmp_path, "7322012001001,3,0,4,1,2,0"), "--contest", "ppwp", "--level", "desa", "--out",
        tmp_path / "r.parquet", "--fail-on-findings", code=1,
    )  # fmt: skip
