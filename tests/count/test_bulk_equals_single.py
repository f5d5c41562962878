"""The two evaluators of the law agree: form by form in Python, a whole table on an engine.

Random tables with blanks, zeros and columns left out, wide and long. The evaluator of one form is the meaning; every
engine must say the same, in counts and in findings.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from satusuara.count.lake import BulkCheck, LongVotes, choice_columns
from satusuara.count.rules import evaluate_form
from satusuara.lake.engine import record, rows
from satusuara.law import load_law
from tests.count.engines import duckdb, on_engine, spark  # noqa: F401

LAW = load_law("id-2024")
CONTESTS = ("ppwp", "dpd", "dpr", "dprd_kab")
COUNTS = ("forms", "complete", "empty", "all_zero", "forms_with_failures", "forms_with_warnings")
DISTRICT = {"ppwp": 0, "dpd": 2, "dpr": 4, "dprd_kab": 4}  # digits of the code that name the ballot's district
PROPERTY = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass
class Case:
    """A table of forms, and a long table where ``lines`` is not None."""

    contest: str
    columns: list[str]
    forms: list[dict[str, Any]]
    lines: list[dict[str, Any]] | None


def make(contest: str, long: bool, chance: random.Random, size: int) -> Case:
    """A random case. Figures are small, so that identities hold as often as they fail."""
    blank = chance.choice([0.0, 0.02, 0.3])
    top = chance.choice([1, 3, 400])

    def figure() -> int | None:
        return None if chance.random() < blank else chance.randint(0, top)

    left_out = chance.choice([0.0, 0.1, 0.6])
    columns = [name for name in LAW.columns(contest) if chance.random() >= left_out]
    prefix = LAW.contest(contest).choices.prefix
    if not long or chance.random() < 0.2:
        columns += [f"{prefix}{n}" for n in (1, 2, 3) if chance.random() >= left_out / 3]
    villages = ["7322012001", "7322022001", "7373012001", "3171012001"]
    forms = [{"tps_id": f"{chance.choice(villages)}{n:03}"} | {name: figure() for name in columns} for n in range(size)]
    return Case(contest, columns, forms, _lines(contest, forms, chance, figure) if long else None)


def _lines(
    contest: str, forms: Sequence[Mapping[str, Any]], chance: random.Random, figure: Any
) -> list[dict[str, Any]]:
    is_list = LAW.contest(contest).choices.kind == "party-list"
    found = []
    skip = chance.choice([0.0, 0.05, 0.5])
    for form in [*forms, {"tps_id": "7322012001999"}]:  # the last is in no table of forms
        for party in ("4", "X") if is_list else ("",):
            for candidate in ("0", "1", "2", "T") if is_list else ("1", "2", "3"):
                if chance.random() >= skip:
                    line = {"tps_id": form["tps_id"], "party": party, "candidate": candidate, "votes": figure()}
                    found.append(line)
    chance.shuffle(found)
    return found


def by_form(case: Case) -> Any:
    """Counts and findings from the evaluator of one form."""
    counts: Counter[str] = Counter(dict.fromkeys(COUNTS, 0), forms=len(case.forms))
    findings = []
    for row, form, verdict, totals in verdicts(case):
        for name in ("complete", "empty", "all_zero"):
            counts[name] += getattr(verdict, name)
        counts["forms_with_failures"] += bool(verdict.failures)
        counts["forms_with_warnings"] += bool(verdict.warnings)
        for outcome in verdict.outcomes.values():
            counts[f"{outcome.identity} evaluated"] += outcome.evaluated
            if outcome.evaluated and not outcome.holds:
                counts[f"{outcome.identity} failed"] += 1
                found = (outcome.identity, outcome.kind, outcome.left, outcome.right, outcome.difference)
                findings.append((form["tps_id"], case.contest, *found, totals.get(outcome.party, row)))
    return +counts, sorted(findings)


def verdicts(case: Case) -> Iterator[tuple[int, Mapping[str, Any], Any, Mapping[str, int]]]:
    """Row, form, verdict, and the rows of the parties' totals in the long table."""
    ballots: dict[str, dict[str, set[str]]] = {}
    width = DISTRICT[case.contest]
    for line in case.lines or []:
        ballots.setdefault(line["tps_id"][:width], {}).setdefault(line["party"], set()).add(line["candidate"])
    for row, form in enumerate(case.forms, 2):
        cells = {name: form[name] for name in case.columns}
        if case.lines is None:
            wide = choice_columns(LAW, case.contest, case.columns)
            fields = {name: value for name, value in cells.items() if name not in wide}
            yield row, form, evaluate_form(LAW, case.contest, fields | {name: cells[name] for name in wide}), {}
            continue
        cells = {name: value for name, value in cells.items() if name in LAW.columns(case.contest)}
        mine = [(n, line) for n, line in enumerate(case.lines, 2) if line["tps_id"] == form["tps_id"]]
        votes = {(line["party"], line["candidate"]): line["votes"] for _, line in mine}
        totals = {line["party"]: n for n, line in mine if line["candidate"] == "T"}
        ballot = ballots.get(form["tps_id"][:width], {})
        yield row, form, evaluate_form(LAW, case.contest, cells, votes, ballot=ballot), totals


def on(connection: Any, folder: Path, case: Case) -> Any:
    """The same from an engine."""
    fields = case.columns if case.lines is None else [n for n in case.columns if n in LAW.columns(case.contest)]
    forms = on_engine(connection, folder, ["tps_id", *fields], case.forms)
    votes = None
    if case.lines is not None:
        lines = on_engine(connection, folder, ["tps_id", "party", "candidate", "votes"], case.lines)
        votes = LongVotes(LAW, case.contest, lines)
    check = BulkCheck(LAW, case.contest, forms, votes)
    totals = check.answer(record(connection, check.totals()))
    counts = Counter({name: getattr(totals, name) for name in COUNTS})
    for code, tally in totals.identities.items():
        counts |= Counter({f"{code} evaluated": tally.evaluated, f"{code} failed": tally.failed})
    return +counts, sorted(rows(connection, check.findings()))


@pytest.mark.requirement(2, "5", "the evaluator of a form and that of a table agree on DuckDB, on random tables")
@PROPERTY
@given(
    contest=st.sampled_from(CONTESTS),
    long=st.booleans(),
    seed=st.integers(0, 2**32),
    size=st.integers(0, 40),
)
def test_both_evaluators_agree_on_duckdb(
    contest: str,
    long: bool,
    seed: int,
    size: int,
    duckdb: Any,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    case = make(contest, long, random.Random(seed), size)
    assert on(duckdb, tmp_path_factory.getbasetemp(), case) == by_form(case)


@pytest.mark.requirement(2, "5", "the evaluator of a form and that of a table agree on Spark (--spark)")
@pytest.mark.filterwarnings("default")  # Spark's own libraries warn
@pytest.mark.parametrize("long", [False, True], ids=["wide", "long"])
@pytest.mark.parametrize("contest", CONTESTS)
def test_both_evaluators_agree_on_spark(contest: str, long: bool, spark: Any, tmp_path: Path) -> None:  # noqa: F811
    for seed in (1, 2):
        case = make(contest, long, random.Random(f"{contest} {long} {seed}"), 300)
        expected = by_form(case)
        assert on(spark, tmp_path, case) == expected
        assert expected[0]["forms"] == 300


def test_the_random_tables_show_something() -> None:
    """Every identity of every contest is evaluated, holds and fails somewhere in the tables the property draws."""
    seen: Counter[str] = Counter()
    for contest in CONTESTS:
        for long in (False, True):
            for seed in range(40):
                seen += by_form(make(contest, long, random.Random(seed), 12))[0]
    for identity in LAW.identities:
        if identity.kind != "cross":
            failed, evaluated = seen[f"{identity.code} failed"], seen[f"{identity.code} evaluated"]
            assert 0 < failed < evaluated, identity.code
