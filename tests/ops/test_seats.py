"""``satusuara seats`` as scripts and commissioners use it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from satusuara.ops.commands import app

TEACHING = ("A,30000", "B,20000", "C,15000", "D,7000", "E,5000")


def seats(*arguments: str | Path, code: int = 0, language: str = "id") -> str:
    result = CliRunner().invoke(
        app, ["seats", *map(str, arguments)], env={"SATUSUARA_LANG": language, "COLUMNS": "120"}
    )
    assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr, result.exception)
    return result.stdout or result.stderr


def answer(file: Path, number: int, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(seats(file, "--seats", str(number), "--json", code=code))
    return found


def table(folder: Path, *lines: str, header: str = "party,votes", name: str = "suara.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.requirement(2, "5", "seats: the object of the contract, on the contract's own example")
def test_the_contract_s_own_example(tmp_path: Path) -> None:
    found = answer(table(tmp_path, *TEACHING), 6)
    assert list(found) == ["seats", "allocation", "ties", "order", "margins", "rejected", "rejects"]
    assert found["allocation"] == {"A": 2, "B": 2, "C": 1, "D": 1, "E": 0}
    assert found["order"][0] == ["A", 30000, 1]
    assert found["order"][-1] == ["B", 20000, 3]
    assert found["margins"] == {
        "altered": {"votes": 834, "from": "D", "to": "A", "seat_lost_by": "D", "seat_gained_by": "A", "also": []},
        "added": {"votes": 1667, "to": "E", "seat_lost_by": "B", "seat_gained_by": "E", "also": []},
        "removed": {"votes": 1001, "from": "D", "seat_lost_by": "D", "seat_gained_by": "A", "also": []},
    }
    assert (found["seats"], found["ties"], found["rejected"]) == (6, [], 0)


def test_a_tie_is_left_open(tmp_path: Path) -> None:
    found = answer(table(tmp_path, "B,10", "A,10"), 1)
    assert found["allocation"] == {"B": 0, "A": 0}
    assert found["ties"] == [{"seats_open": 1, "parties": ["A", "B"]}]
    assert (found["order"], found["margins"]) == ([], None)
    assert "1 kursi terbuka" in seats(table(tmp_path, "B,10", "A,10"), "--seats", "1")


def test_equal_minima_stand_beside(tmp_path: Path) -> None:
    found = answer(table(tmp_path, "B,100", "A,100", "C,99"), 2)
    altered = found["margins"]["altered"]
    assert (altered["votes"], altered["from"], altered["to"]) == (1, "A", "C")
    assert altered["also"] == [{"from": "B", "to": "C", "seat_lost_by": "B", "seat_gained_by": "C"}]


def test_a_party_alone_has_no_margin(tmp_path: Path) -> None:
    assert answer(table(tmp_path, "A,5"), 3)["margins"] == {"altered": None, "added": None, "removed": None}


@pytest.mark.requirement(2, "bad-input", "seats: bad rows are held back and named, a party without a figure too")
def test_bad_rows_are_held_back(tmp_path: Path) -> None:
    found = answer(table(tmp_path, "A,5", "B,-1", "C,x", "D,", "E,3", "E,4", "F,3000000000"), 2, code=2)
    assert found["allocation"] == {"A": 2}
    assert [(r["row"], r["column"]) for r in found["rejects"]] == [
        (3, "votes"), (4, "votes"), (5, "votes"), (6, "party"), (7, "party"), (8, "votes"),
    ]  # fmt: skip
    assert found["rejected"] == 6


@pytest.mark.requirement(
    2, "bad-input", "seats: wrong header, empty or cut file, no votes, no seats: exit 2, no result"
)
def test_what_is_no_election_is_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes("party,votes\nCaf\xe9,2\n".encode("latin-1"))
    for file in (
        table(tmp_path, "A,1", header="partai,suara", name="a.csv"),
        table(tmp_path, "A", header="party", name="b.csv"),
        table(tmp_path, header="", name="c.csv"),
        table(tmp_path, "A,0", "B,0", name="d.csv"),
        table(tmp_path, name="e.csv"),
        latin,
        tmp_path / "tidak-ada.csv",
    ):
        assert seats(file, "--seats", "3", "--json", code=2)
    good = table(tmp_path, *TEACHING)
    assert seats(good, "--seats", "0", code=2)
    assert "sainte-lague" in seats(good, "--seats", "3", "--method", "dhondt", code=2)


def test_people_read_who_would_lose_what(tmp_path: Path) -> None:
    good = table(tmp_path, *TEACHING)
    assert "834 suara berpindah dari D ke A: kursi D menjadi kursi A." in seats(good, "--seats", "6")
    assert "834 votes moved from D to A: a seat goes from D to A." in seats(good, "--seats", "6", language="en")
