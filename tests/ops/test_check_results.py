"""``satusuara check results`` as scripts and commissioners use it."""

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

LUWU_UTARA = "data/sirekap2024/luwu_utara_ppwp_tps.csv"
HEADER = "tps_id,dpt_l,dpt_p,dpt,voters_l,voters_p,voters,valid,invalid,total,paslon_1,paslon_2,paslon_3"
GOOD = "7322012003001,100,100,200,60,40,100,98,2,100,50,40,8"
FAILING = "7322012003002,100,100,200,60,40,101,98,2,100,50,40,9"
EMPTY = "7322012003003,,,,,,,,,,,,"


def check(*arguments: str | Path, code: int = 0, language: str = "id") -> str:
    """What a run prints on stdout, after its exit code was found to be ``code``."""
    result = CliRunner().invoke(
        app, ["check", "results", *map(str, arguments)], env={"SATUSUARA_LANG": language, "COLUMNS": "160"}
    )
    assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr, result.exception)
    return result.stdout if code in (0, 1) or result.stdout else result.stderr


def answer(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(check(*arguments, "--contest", "ppwp", "--json", code=code))
    return loaded


def table(tmp_path: Path, *lines: str, header: str = HEADER) -> Path:
    path = tmp_path / "hasil.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.requirement(2, "5", "the real results of Luwu Utara give the figures of an independent count")
def test_luwu_utara_gives_the_figures_of_an_independent_count() -> None:
    found = answer(shared(LUWU_UTARA), "--law", "id-2024")
    assert (found["forms"], found["empty"], found["forms_with_failures"], found["rejected"]) == (1001, 463, 56, 0)
    counted = {code: (tally["failed"], tally["evaluated"]) for code, tally in found["identities"].items()}
    expected = {
        "I5": (29, 486),
        "I6": (1, 486),
        "I7": (16, 484),
        "I1.voters": (7, 488),
        "I2.j": (11, 488),
        "I9.j": (4, 488),
        "I11": (0, 488),
        "I3": (0, 0),
        "I12": (0, 0),
    }
    assert {code: counted[code] for code in expected} == expected


@pytest.mark.requirement(2, "5", "Pattimang TPS 001 is found with both of its contradictions")
def test_pattimang_is_found_with_both_of_its_contradictions(tmp_path: Path) -> None:
    out = tmp_path / "temuan.csv"
    found = answer(shared(LUWU_UTARA), "--findings", out)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(tally["failed"] for tally in found["identities"].values())
    of_form = {r["identity"]: r for r in rows if r["tps_id"] == "7322012001001"}
    assert (of_form["I5"]["left"], of_form["I5"]["right"], of_form["I5"]["difference"]) == ("210", "211", "-1")
    assert (of_form["I7"]["left"], of_form["I7"]["right"]) == ("108", "208")
    assert {r["row"] for r in of_form.values()} == {"2"}
    assert {r["contest"] for r in rows} == {"ppwp"}


def test_the_object_has_the_keys_of_the_contract_and_stands_alone(tmp_path: Path) -> None:
    found = answer(table(tmp_path, GOOD, FAILING, EMPTY))
    assert list(found) == [
        "law", "contest", "forms", "rejected", "rejects", "complete", "empty", "all_zero", "identities",
        "forms_with_failures", "forms_with_warnings",
    ]  # fmt: skip
    assert (found["forms"], found["complete"], found["empty"], found["forms_with_failures"]) == (3, 2, 1, 1)
    assert found["identities"]["I1.voters"] == {"kind": "exact", "evaluated": 2, "failed": 1}
    assert found["identities"]["I4"]["evaluated"] == 0


def test_findings_trip_the_exit_code_only_when_asked(tmp_path: Path) -> None:
    assert answer(table(tmp_path, GOOD, FAILING))["forms_with_failures"] == 1
    assert answer(table(tmp_path, GOOD, FAILING), "--fail-on-findings", code=1)["forms_with_failures"] == 1
    assert answer(table(tmp_path, GOOD), "--fail-on-findings")["forms_with_failures"] == 0


def test_a_warning_never_trips_the_exit_code(tmp_path: Path) -> None:
    path = table(tmp_path, "7322012003001,200,500", header="tps_id,dpt,ballots_received")
    found = answer(path, "--fail-on-findings")
    assert (found["identities"]["I12"]["failed"], found["forms_with_warnings"], found["forms_with_failures"]) == (
        1,
        1,
        0,
    )


@pytest.mark.requirement(2, "bad-input", "bad rows are named by file, row, column and value; the others are checked")
def test_bad_rows_are_named_and_the_others_checked(tmp_path: Path) -> None:
    rejects = tmp_path / "ditahan.csv"
    path = table(tmp_path, GOOD, FAILING.replace("101", "x1"), EMPTY, EMPTY)
    found = answer(path, "--rejects", rejects, code=2)
    assert (found["forms"], found["rejected"]) == (1, 3)
    assert [(r["file"], r["row"], r["column"], r["value"]) for r in found["rejects"]] == [
        ("hasil.csv", 3, "voters", "x1"),
        ("hasil.csv", 4, "tps_id", "7322012003003"),
        ("hasil.csv", 5, "tps_id", "7322012003003"),
    ]
    with rejects.open(encoding="utf-8", newline="") as file:
        assert [r["reason"] for r in csv.DictReader(file)] == [r["reason"] for r in found["rejects"]]


def test_the_answer_shows_a_hundred_rejects_and_the_file_all(tmp_path: Path) -> None:
    rejects = tmp_path / "ditahan.xlsx"
    path = table(tmp_path, *[f"{n},-1" for n in range(150)], header="tps_id,dpt")
    found = answer(path, "--rejects", rejects, code=2)
    assert (found["rejected"], len(found["rejects"])) == (150, 100)

    from python_calamine import CalamineWorkbook

    assert len(CalamineWorkbook.from_path(str(rejects)).get_sheet_by_index(0).to_python()) == 151


@pytest.mark.requirement(2, "bad-input", "a formula in a cell is held back, and leaves neutral where it is written")
def test_a_formula_in_a_cell_is_held_back_and_leaves_neutral(tmp_path: Path) -> None:
    rejects, findings = tmp_path / "ditahan.csv", tmp_path / "temuan.csv"
    path = table(tmp_path, GOOD.replace("200", "=1+1"), FAILING.replace("7322012003002", "=HYPERLINK(1)"))
    found = answer(path, "--rejects", rejects, "--findings", findings, code=2)
    assert [r["value"] for r in found["rejects"]] == ["=1+1"]
    assert ",'=1+1," in rejects.read_text(encoding="utf-8")
    failed = sum(tally["failed"] for tally in found["identities"].values())
    assert findings.read_text(encoding="utf-8").count("\n'=HYPERLINK(1),") == failed > 0


@pytest.mark.requirement(2, "bad-input", "unknown contest, missing key column, wrong header: exit 2 and no result")
@pytest.mark.parametrize("language", ["id", "en"])
def test_what_cannot_be_read_as_a_whole_ends_with_2_and_no_result(tmp_path: Path, language: str) -> None:
    good = table(tmp_path, GOOD)
    nameless = tmp_path / "a.csv"
    nameless.write_text("id_tps,valid\n1,2\n")
    strange = tmp_path / "b.csv"
    strange.write_text("tps_id,suara_sah\n1,2\n")
    for path, contest in ((good, "lurah"), (nameless, "ppwp"), (strange, "ppwp"), (tmp_path / "tidak-ada.csv", "ppwp")):
        result = CliRunner().invoke(
            app,
            ["check", "results", str(path), "--contest", contest, "--json"],
            env={"SATUSUARA_LANG": language},
        )
        assert (result.exit_code, result.stdout) == (2, "")
        assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.requirement(2, "bad-input", "a billion votes is a number, and caught by the identities")
def test_a_billion_votes_is_caught_by_the_identities(tmp_path: Path) -> None:
    found = answer(table(tmp_path, GOOD.replace("98,2,100,50", "1000000000,2,100,50")))
    assert (found["rejected"], found["identities"]["I6"]["failed"], found["identities"]["I7"]["failed"]) == (0, 1, 1)


LONG = "tps_id,contest,party,candidate,votes"


@pytest.mark.requirement(2, "5", "party lists: I7 from the parties' totals, I8 for each party with all its lines")
def test_party_lists_are_checked_from_the_long_table(tmp_path: Path) -> None:
    forms = table(tmp_path, "7322012003001,30", "7322012003002,9", "7322012003003,5", header="tps_id,valid")
    long = tmp_path / "suara.csv"
    lines = ["7322012003001,dpr,X,0,1", "7322012003001,dpr,X,1,9", "7322012003001,dpr,X,T,10"]
    lines += ["7322012003001,dpr,Y,0,0", "7322012003001,dpr,Y,1,20", "7322012003001,dpr,Y,T,19"]
    lines += ["7322012003002,dpr,X,0,1", "7322012003002,dpr,X,T,10"]  # a line of X and the whole of Y are missing
    lines += ["7322012003001,dpd,,7,3"]  # another contest
    long.write_text("\n".join([LONG, *lines]) + "\n")
    out = tmp_path / "temuan.csv"
    found = json.loads(check(forms, "--votes", long, "--contest", "dpr", "--json", "--findings", out))
    assert (found["forms"], found["empty"], found["forms_with_failures"]) == (3, 1, 1)
    assert found["identities"]["I7"] == {"kind": "exact", "evaluated": 1, "failed": 1}
    assert found["identities"]["I8"] == {"kind": "exact", "evaluated": 2, "failed": 1}
    with out.open() as file:
        rows = [(r["identity"], r["left"], r["right"], r["row"]) for r in csv.DictReader(file)]
    assert rows == [("I7", "30", "29", "2"), ("I8", "19", "20", "7")]


def test_single_votes_may_come_as_a_long_table(tmp_path: Path) -> None:
    forms = table(tmp_path, "7322012003001,10", "7322012003002,10", header="tps_id,valid")
    long = tmp_path / "suara.csv"
    lines = [f"732201200300{form},dpd,,{number},{5 if number < 3 else 0}" for form in (1, 2) for number in (1, 2, 3)]
    long.write_text("\n".join([LONG, *lines[:-1]]) + "\n")
    found = json.loads(check(forms, "--votes", long, "--contest", "dpd", "--json"))
    assert found["identities"]["I7"] == {"kind": "exact", "evaluated": 1, "failed": 0}


def test_people_get_a_table_in_their_language(tmp_path: Path) -> None:
    path = table(tmp_path, GOOD, FAILING, GOOD.replace("7322012003001", "7322012003009").replace("98", "-98"))
    indonesian = check(path, "--contest", "ppwp", code=2)
    assert "tidak cocok" in indonesian
    assert "bilangan negatif" in indonesian
    english = check(path, "--contest", "ppwp", code=2, language="en")
    assert "does not hold" in english
    assert "a negative number" in english


def test_the_command_does_not_import_django(tmp_path: Path) -> None:
    path = table(tmp_path, GOOD, FAILING)
    script = f"""
import sys
from satusuara.ops.commands import app
app(["check", "results", {str(path)!r}, "--contest", "ppwp", "--json"], standalone_mode=False)
loaded = {{name.split(".")[0] for name in sys.modules}}
sys.exit(f"loaded: {{loaded & {{'django', 'pandas', 'pyspark'}}}}" if loaded & {{"django", "pandas", "pyspark"}} else 0)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.slow
@pytest.mark.requirement(2, "bad-input", "a large file streams: memory does not grow with it (2 GB: ./run bench)")
def test_a_large_csv_streams(tmp_path: Path) -> None:
    path = tmp_path / "besar.csv"
    rest = GOOD.split(",", 1)[1] + "," + "x" * 250
    with path.open("w") as file:
        file.write(f"{HEADER},catatan\n")
        for start in range(0, 1_000_000, 10_000):
            file.write("".join(f"{1_000_000_000_000 + n},{rest}\n" for n in range(start, start + 10_000)))
    satusuara = Path(sys.executable).with_name("satusuara")
    command = [str(satusuara), "check", "results", str(path), "--contest", "ppwp", "--json"]
    # a small process launches it: the peak that the system reports of a child begins with its parent's
    launch = "import os, subprocess, sys; p = subprocess.Popen(sys.argv[1:]); print(os.wait4(p.pid, 0)[2].ru_maxrss)"
    run = subprocess.run([sys.executable, "-S", "-c", launch, *command], capture_output=True, text=True, check=True)
    answered, peak = run.stdout.splitlines()
    found = json.loads(answered)
    assert (found["forms"], found["complete"]) == (1_000_000, 1_000_000)
    assert path.stat().st_size > 300_000_000
    assert int(peak) < 512 * 2**10  # KiB: the process with its libraries, not the file


def test_an_unknown_engine_is_refused(tmp_path: Path) -> None:
    assert "duckdb" in check(table(tmp_path, GOOD), "--contest", "ppwp", "--engine", "oracle", "--json", code=2)
