"""Faults that a rehearsal puts into forms, each with the truth about what must be noticed. Pure.

A fault does not know columns: it takes an identity of the law that holds on a form and changes a figure that the
identity names until it does not hold.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from satusuara.count.rules import apart, evaluate_form
from satusuara.law.model import Identity, Law
from satusuara.risk.registry import Fault, Injected, Row, code_of

_TRIES = 25
_KEYS = frozenset({"tps_id", "area_code", "contest"})

Change = Callable[[int, random.Random], int]


def breaking(*rules: str) -> Fault:
    """Forms on which one of ``rules`` no longer holds: a figure is too large or too small."""
    return _altering(rules, lambda figure, chance: max(0, figure + chance.choice((-1, 1)) * chance.randint(1, 400)))


def digit(
    rows: Sequence[Row], *, law: Law, contest: str, chance: random.Random, count: int
) -> tuple[list[dict[str, Any]], list[Injected]]:
    """One digit of a figure is another one: the commonest error of people and machines who read forms."""
    return _altering((), _other_digit)(rows, law=law, contest=contest, chance=chance, count=count)


def withhold(
    rows: Sequence[Row],
    *,
    law: Law,  # noqa: ARG001
    contest: str,  # noqa: ARG001
    chance: random.Random,
    count: int,
) -> tuple[list[dict[str, Any]], list[Injected]]:
    """Forms that never arrive."""
    gone = set(chance.sample(range(len(rows)), min(count, len(rows))))
    truth = [Injected(code_of(rows[n]), "count.missing", (), "withheld") for n in sorted(gone)]
    return [dict(row) for n, row in enumerate(rows) if n not in gone], truth


def _other_digit(figure: int, chance: random.Random) -> int:
    digits = list(str(figure))
    place = chance.randrange(len(digits))
    digits[place] = chance.choice([each for each in "0123456789" if each != digits[place]])
    return int("".join(digits))


def _altering(rules: tuple[str, ...], change: Change) -> Fault:
    def fault(
        rows: Sequence[Row], *, law: Law, contest: str, chance: random.Random, count: int
    ) -> tuple[list[dict[str, Any]], list[Injected]]:
        made = [dict(row) for row in rows]
        truth: list[Injected] = []
        for number in chance.sample(range(len(made)), len(made)):
            if len(truth) == count:
                break
            altered = _alter(made[number], rules, change, law=law, contest=contest, chance=chance)
            if altered:
                truth.append(Injected(code_of(made[number]), "count.identity", *altered))
        return made, truth

    return fault


def _alter(
    row: dict[str, Any], rules: tuple[str, ...], change: Change, *, law: Law, contest: str, chance: random.Random,
) -> tuple[tuple[str, ...], str] | None:  # fmt: skip
    """Changes one figure of the row; (identities that hold no longer, words), or None where nothing could be broken."""
    before = _failing(row, law, contest)
    targets = [each for each in law.identities_of(contest) if not rules or {each.code, each.rule} & set(rules)]
    for _ in range(_TRIES):
        identity = chance.choice(targets) if targets else None
        columns = [name for name in _columns(identity, row, law, contest) if row.get(name) is not None]
        if not columns:
            continue
        column = chance.choice(columns)
        old = row[column]
        row[column] = change(old, chance)
        broken = _failing(row, law, contest) - before
        if row[column] != old and any(_is_of(code, rules) for code in broken):
            return tuple(sorted(broken)), f"{column}: {old} -> {row[column]}"
        row[column] = old
    return None


def _columns(identity: Identity | None, row: Row, law: Law, contest: str) -> list[str]:
    if identity is None:
        return []
    names = sorted(identity.columns)
    if identity.uses_choices:
        prefix = law.contest(contest).choices.prefix
        names += [name for name in row if "." in name or (prefix and name.startswith(prefix))]
    return names


def _failing(row: Row, law: Law, contest: str) -> set[str]:
    """Identities that do not hold, warnings too."""
    fields, lines = apart({name: value for name, value in row.items() if name not in _KEYS})
    verdict = evaluate_form(law, contest, fields, lines)
    return {*verdict.failures, *verdict.warnings}


def _is_of(code: str, rules: tuple[str, ...]) -> bool:
    return not rules or any(code == rule or code.startswith(f"{rule}.") for rule in rules)
