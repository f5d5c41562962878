"""Where votes moved: every vote counted once, inside parties first; chance is asked before a pattern is named."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satusuara.lake.engine import rows
from satusuara.law import load_law
from satusuara.recap.lake import movements
from satusuara.recap.rules import Effect, Observed, Shift, effect_of, operator_rates, patterns, shifts_of
from satusuara.recap.rules.operators import binomial_tail, hypergeometric_tail
from tests.count.engines import duckdb, on_engine, spark  # noqa: F401

PROPERTY = settings(max_examples=200, deadline=None)
LINES = st.sampled_from([f"{party}.{line}" for party in "123" for line in ("0", "1", "2", "3", "T")])
MOVED = st.dictionaries(LINES, st.integers(-400, 400))


@pytest.mark.requirement(6, "4", "inside a party, between parties, more or fewer: each movement is named with its kind")
@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({"4.0": -17, "4.2": 17}, [("to_candidate", "4", 17, True)]),
        ({"4.0": 17, "4.2": -17}, [("to_party", "4", 17, True)]),
        ({"4.1": -9, "4.2": 9}, [("among_candidates", "4", 9, True)]),
        ({"4.0": -5, "4.1": -5, "4.2": 10}, [("inside", "4", 10, True)]),
        ({"4.1": -9, "5.2": 9}, [("between", "", 9, True)]),
        ({"4.0": -17, "4.2": 17, "5.0": -3, "6.1": 3}, [("to_candidate", "4", 17, True), ("between", "", 3, True)]),
        ({"4.0": -17, "4.2": 20}, [("to_candidate", "4", 17, False), ("added", "", 3, False)]),
        ({"paslon_1": 85, "paslon_2": -119}, [("between", "", 85, False), ("lost", "", 34, False)]),
        ({".3": 2, ".7": -2}, [("between", "", 2, True)]),
        ({"4.T": 40}, []),
        ({}, []),
    ],
)  # fmt: skip
def test_a_difference_is_taken_apart(moved: dict[str, int], expected: list[Any]) -> None:
    assert [(one.kind, one.party, one.votes, one.exact) for one in shifts_of(moved)] == expected


def test_who_gave_and_who_took_is_said_with_votes() -> None:
    assert shifts_of({"4.0": -17, "4.2": 12, "4.5": 5}) == [
        Shift("to_candidate", 17, {"4.0": 17}, {"4.2": 12, "4.5": 5}, "4", exact=True)
    ]


@pytest.mark.requirement(6, "4", "every vote of a difference belongs to exactly one movement")
@PROPERTY
@given(MOVED)
def test_every_vote_belongs_to_one_movement(moved: dict[str, int]) -> None:
    lines = {name: votes for name, votes in moved.items() if not name.endswith(".T")}
    gained, lost = (sum(max(sign * votes, 0) for votes in lines.values()) for sign in (1, -1))
    found = shifts_of(moved)
    assert sum(one.votes for one in found) == max(gained, lost)
    assert sum(one.votes for one in found if one.kind != "lost") == gained
    assert sum(one.votes for one in found if one.kind != "added") == lost


@PROPERTY
@given(MOVED)
def test_a_movement_read_backwards_is_the_same_one(moved: dict[str, int]) -> None:
    other = {"to_candidate": "to_party", "to_party": "to_candidate", "added": "lost", "lost": "added"}
    back = shifts_of({name: -votes for name, votes in moved.items()})
    assert [(other.get(one.kind, one.kind), one.votes) for one in shifts_of(moved)] == [
        (one.kind, one.votes) for one in back
    ]


@pytest.mark.requirement(6, "4", "whole tables and single differences say the same movements")
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_tables_say_what_the_rules_say(duckdb: Any, tmp_path: Path, seed: int) -> None:  # noqa: F811
    chance = random.Random(seed)
    table, expected = [], set()
    for form in range(12):
        moved: dict[str, int] = {}
        for party in ("1", "2", "10"):
            for line in ("0", "1", "2", "T"):
                a = chance.randint(0, 9)
                b = a + chance.choice([0, 0, chance.randint(-a, 9)])
                blank = chance.random() < 0.1
                table.append({"form": f"f{form}", "party": party, "candidate": line, "a": a, "b": None if blank else b})
                moved[f"{party}.{line}"] = 0 if blank else b - a
        expected |= {(f"f{form}", one.party, one.kind, one.votes, one.exact) for one in shifts_of(moved)}
    named = [{"tps_id": one["form"], **one} for one in table]
    pairs = on_engine(duckdb, tmp_path, ["tps_id", "party", "candidate", "a", "b"], named).rename(form="tps_id")
    found = rows(duckdb, movements(pairs))
    assert {tuple(row) for row in found} == expected
    assert len(found) == len(expected)


@pytest.mark.requirement(6, "4", "what a shift could change is said: the margin, the swing, and whether another leads")
@pytest.mark.parametrize(
    ("a", "b", "effect"),
    [
        ({"x": 50, "y": 40}, {"x": 44, "y": 46}, Effect("x", "y", 10, 12, order_changes=True)),
        ({"x": 50, "y": 40}, {"x": 45, "y": 45}, Effect("x", "y", 10, 10, order_changes=True)),
        ({"x": 50, "y": 40}, {"x": 55, "y": 35}, Effect("x", "y", 10, -10, order_changes=False)),
        ({"x": 50, "y": 40, "z": 1}, {"x": 50, "y": 0, "z": 60}, Effect("x", "y", 10, -40, order_changes=True)),
        ({"x": 5, "y": 5}, {"x": 4, "y": 6}, Effect("x", "y", 0, 2, order_changes=False)),
        ({"x": 50, "y": None}, {"x": 50, "y": 1}, None),
        ({"x": 50}, {"x": 51}, None),
    ],
)
def test_the_effect_of_a_difference(a: dict[str, int | None], b: dict[str, int | None], effect: Effect | None) -> None:
    assert effect_of(a, b) == effect


def test_the_share_of_a_margin_is_exact() -> None:
    assert Effect("x", "y", 9, -3, order_changes=False).share == Fraction(1, 3)
    assert Effect("x", "y", 0, 1, order_changes=False).share == 1


# --- operators ---


def honest(chance: random.Random, operator: str, forms: int, rate: float = 0.02) -> list[Observed]:
    """Forms with slips of the kinds that volunteers' reports name: another digit, a digit too many or too few."""
    made = []
    for form in range(forms):
        for column in ("paslon_1", "paslon_2", "paslon_3"):
            paper = chance.randint(5, 250)
            slip = chance.random() < rate
            wrong = chance.choice([paper + 1, paper + chance.randint(2, 9), paper * 10, paper // 10, abs(paper - 7)])
            made.append(Observed(operator, f"{operator}-{form}", column, paper, wrong if slip else paper))
    return made


def regency(seed: int) -> list[Observed]:
    chance = random.Random(seed)
    return [one for n in range(12) for one in honest(chance, f"op{n}", 80)]


@pytest.mark.requirement(6, "4", "honest slips of twelve operators are no pattern: 200 regencies, at most one named")
def test_honest_slips_are_no_pattern() -> None:
    assert sum(bool(patterns(regency(seed))) for seed in range(200)) <= 1


@pytest.mark.requirement(6, "4", "one operator's error rate, one offset, one direction, rounded figures are each named")
@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("errors", lambda n, paper: paper + (n % 3 + 1) * (-1) ** n if n < 40 else paper),
        ("same_offset", lambda n, paper: paper + 5 if n < 16 else paper),
        ("same_direction", lambda n, paper: paper + n + 1 if n < 24 else paper),
        ("rounded", lambda n, paper: paper + 10 - paper % 10 if n < 20 else paper),
    ],
)
def test_a_pattern_of_one_operator_is_named(kind: str, change: Any) -> None:
    made = regency(7)
    bent = [
        Observed(one.operator, one.form, one.column, one.paper, change(int(one.form.split("-")[1]), one.paper))
        if one.operator == "op3" and one.column == "paslon_2"
        else one
        for one in made
    ]
    found = patterns(bent)
    assert (kind, "op3") in {(one.kind, one.operator) for one in found}
    assert {one.operator for one in found} == {"op3"}


def test_rates_count_cells_and_errors() -> None:
    seen = [Observed("a", "1", "x", 5, 5), Observed("a", "2", "x", 5, 6), Observed("b", "3", "x", 1, 1)]
    assert [(one.operator, one.cells, one.wrong) for one in operator_rates(seen)] == [("a", 2, 1), ("b", 1, 0)]


def test_tails_are_those_of_the_textbook() -> None:
    """Fisher's tea: all four cups of eight right by chance once in seventy; ten heads of ten once in 1,024."""
    assert hypergeometric_tail(4, 4, 4, 8) == pytest.approx(1 / 70)
    assert hypergeometric_tail(3, 4, 4, 8) == pytest.approx(17 / 70)
    assert binomial_tail(10, 10, 0.5) == pytest.approx(1 / 1024)
    assert binomial_tail(0, 10, 0.5) == hypergeometric_tail(0, 3, 4, 8) == 1.0


def test_each_rule_of_a_difference_has_its_paper_in_both_laws() -> None:
    for law in ("id-2019", "id-2024"):
        papers = [load_law(law).settling_paper(rule) for rule in ("X7", "X8", "X9")]
        assert all(paper and paper.id and paper.en for paper in papers)
    assert load_law("id-2024").settling_paper("X1") is None
