"""Faults between two tables: votes that change owner, figures read differently, sums that do not add up. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from satusuara.law.model import Law
from satusuara.recap.rules import TOTAL, choice_names
from satusuara.risk.registry import Fault, Injected, Row, code_of

Columns = Callable[[Row, Law, str], list[list[str]]]


def _choices(row: Row, law: Law, contest: str) -> list[list[str]]:
    """One group: every choice of the form."""
    names = choice_names(law.choice_columns(contest), law.contest(contest).choices.prefix, row, row)
    return [[name for name in names if row.get(name) is not None]]


def _of_one_party(row: Row, _law: Law, _contest: str) -> list[list[str]]:
    """One group a party: its own line and its candidates' of a long table."""
    parties: dict[str, list[str]] = {}
    for name, votes in row.items():
        party, _, line = name.rpartition(".")
        if party and line != TOTAL and votes is not None:
            parties.setdefault(party, []).append(name)
    return list(parties.values())


def _moving(columns: Columns, *detectors: str) -> Fault:
    """Votes go from one choice of a group to another one; the sum stays."""

    def fault(
        rows: Sequence[Row], *, law: Law, contest: str, chance: random.Random, count: int
    ) -> tuple[list[dict[str, Any]], list[Injected]]:
        made = [dict(row) for row in rows]
        truth: list[Injected] = []
        for number in chance.sample(range(len(made)), len(made)):
            row = made[number]
            groups = [names for names in columns(row, law, contest) if len(names) > 1 and any(row[n] for n in names)]
            if len(truth) >= count * len(detectors) or not groups:
                continue
            names = chance.choice(groups)
            giver = chance.choice([name for name in names if row[name]])
            taker = chance.choice([name for name in names if name != giver])
            votes = chance.randint(1, row[giver])
            row[giver] -= votes
            row[taker] += votes
            truth += [Injected(code_of(row), each, (), f"{votes}: {giver} -> {taker}") for each in detectors]
        return made, truth

    return fault


def copy(
    rows: Sequence[Row], *, law: Law, contest: str, chance: random.Random, count: int
) -> tuple[list[dict[str, Any]], list[Injected]]:
    """A choice is written differently in the other table; the sum changes with it."""
    made = [dict(row) for row in rows]
    truth: list[Injected] = []
    for number in chance.sample(range(len(made)), len(made)):
        row = made[number]
        (names,) = _choices(row, law, contest)
        if len(truth) == count or not names:
            continue
        name = chance.choice(names)
        old = row[name]
        row[name] = old + chance.choice((1, 10, 100)) if old < 10 else old - chance.randint(1, old)
        truth.append(Injected(code_of(row), "recap.difference", (), f"{name}: {old} -> {row[name]}"))
    return made, truth


def across_contests(
    rows: Sequence[Row],
    *,
    law: Law,
    contest: str,  # noqa: ARG001
    chance: random.Random,
    count: int,
) -> tuple[list[dict[str, Any]], list[Injected]]:
    """A figure that all forms of a station share differs on one of them. Rows of several contests (``contest``)."""
    made = [dict(row) for row in rows]
    truth: list[Injected] = []
    shared = [(rule.code, name) for rule in law.cross_rules for name in rule.columns]
    stations: dict[str, list[int]] = {}
    for number, row in enumerate(made):
        stations.setdefault(code_of(row), []).append(number)
    several = [numbers for numbers in stations.values() if len(numbers) > 1]
    for numbers in chance.sample(several, min(count, len(several))):
        code, name = chance.choice(shared)
        row = made[chance.choice(numbers)]
        if row.get(name) is not None:
            row[name] += chance.randint(1, 9)
            truth.append(Injected(code_of(row), "recap.across_contests", (code,), name))
    return made, truth


shift: Fault = _moving(_choices, "recap.shift", "recap.difference")
candidate_shift: Fault = _moving(_of_one_party, "recap.candidate_shift")
addition: Fault = copy
"""A level's figure is not the sum of the level below: the same change, on a table of sums."""
