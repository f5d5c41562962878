"""A country that does not exist, from its law folder to the command's answer: nothing of Indonesia is hard-wired."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from satusuara.count.rules import evaluate_form, sentence_of, sort_out
from satusuara.law import available_laws, load_law
from satusuara.ops.commands import app

TOY = load_law(Path(__file__).parent / "xx-toy")
GOOD = {"came_young": 3, "came_grown": 4, "came_old": 5, "came": 12, "listed": 10, "paper": 10, "good": 12}
VOTES = {"name_7": 8, "name_9": 4}


def test_its_levels_and_codes_are_its_own() -> None:
    assert TOY.station_level == "booth"
    assert TOY.split_code("A07") == {"shire": "A", "booth": "A07"}
    assert [level.code for level in TOY.levels_between("shire", "booth")] == ["booth"]
    assert TOY.zone_of("A07") == ("Atlantic/Azores", "AZOT")
    assert TOY.choice_columns("mayor") == ("name_7", "name_9")
    assert [party.number for party in TOY.parties_at("A07", "moot")] == [1]
    assert [party.number for party in TOY.parties_at("B01", "moot")] == [1, 2]


def test_its_identities_hold_on_its_form() -> None:
    verdict = evaluate_form(TOY, "mayor", {**GOOD, **VOTES})
    assert set(verdict.outcomes) == {"T1.came", "T2.all", "T3", "T4"}
    assert all(outcome.evaluated and outcome.holds for outcome in verdict.outcomes.values())
    assert verdict.complete


def test_three_parts_contradict_their_sum_and_the_law_rounds_down() -> None:
    cells = {**GOOD, **VOTES, "came": 20, "paper": 11}
    verdict = evaluate_form(TOY, "mayor", cells)
    assert (verdict.failures, verdict.warnings) == (("T1.came", "T2.all"), ("T3",))
    written = sort_out(TOY, "mayor", cells)
    said = {code: sentence_of(TOY, "mayor", verdict.outcomes[code], written).en for code in verdict.outcomes}
    assert said["T1.came"] == "3 + 4 + 5 = 12, written 20"
    assert said["T2.all"] == "came written 20 (young+grown+old = 12), bound 2 × 10 - 1 = 19"
    assert said["T3"] == "paper 11, 10 + 0"


def test_its_party_lists_are_checked_guild_by_guild() -> None:
    votes = {"1.0": 5, "1.1": 2, "1.T": 7, "2.0": 1, "2.1": 1, "2.T": 3}
    verdict = evaluate_form(TOY, "moot", {"good": 10}, votes)
    assert verdict.failures == ("T5.2",)
    said = sentence_of(TOY, "moot", verdict.outcomes["T5.2"], sort_out(TOY, "moot", {"good": 10}, votes))
    assert said.id == "2 Guild of Clockmakers: 1 + 1 = 2, tertulis 3"


@pytest.mark.requirement(2, "2", "a foreign law folder works from its files to the command's answer")
def test_the_command_checks_a_table_of_a_foreign_country(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SATUSUARA_LAW_PATH", str(Path(__file__).parent))
    assert "xx-toy" in available_laws()
    header = ["tps_id", *GOOD, *VOTES]
    rows = [["A01", *GOOD.values(), *VOTES.values()], ["A02", *GOOD.values(), 8, 5]]
    table = tmp_path / "toy.csv"
    table.write_text("\n".join(",".join(map(str, row)) for row in [header, *rows]) + "\n")
    done = CliRunner().invoke(app, ["check", "results", str(table), "--law", "xx-toy", "--contest", "mayor", "--json"])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["identities"]["T4"] == {"kind": "exact", "evaluated": 2, "failed": 1}
    assert (answer["forms"], answer["complete"], answer["forms_with_failures"]) == (2, 2, 1)
