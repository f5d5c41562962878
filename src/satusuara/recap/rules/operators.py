"""What the differences of one operator's forms have in common: how often, always for the same, always as many. Pure.

Chance is asked each time: a pattern is named only where it would hardly come about by itself, however many operators
and choices were looked at (Bonferroni). It is a reason to open papers, and says nothing of anybody's intent.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

PatternKind = Literal["errors", "same_offset", "same_direction", "rounded"]
ALPHA = 0.001
"""How often one of all the patterns looked at may be named although it is chance."""
FEWEST = 4  # forms that show it; fewer are no pattern


@dataclass(frozen=True, slots=True)
class Observed:
    """One cell of one form: who entered it, where, which column, what the paper or the other reading says, what he
    wrote."""

    operator: str
    form: str
    column: str
    paper: int
    written: int


@dataclass(frozen=True, slots=True)
class OperatorRate:
    """Of ``cells`` cells so many are ``wrong``. ``chance``: how probable that many or more are, were the wrong cells of
    all operators dealt among them at random."""

    operator: str
    cells: int
    wrong: int
    chance: float


@dataclass(frozen=True, slots=True)
class Pattern:
    """``forms`` of an operator's ``of`` show it. ``column``: the choice; ``offset``: B - A, or 0 where it varies."""

    kind: PatternKind
    operator: str
    column: str
    offset: int
    forms: int
    of: int
    chance: float


def operator_rates(observed: Iterable[Observed]) -> list[OperatorRate]:
    """Every operator, the least probable first (Fisher's exact test, one side; hypergeometric)."""
    cells: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for one in observed:
        cells[one.operator] += 1
        wrong[one.operator] += one.written != one.paper
    every, bad = sum(cells.values()), sum(wrong.values())
    rates = [
        OperatorRate(name, count, wrong[name], hypergeometric_tail(wrong[name], bad, count, every))
        for name, count in cells.items()
    ]
    return sorted(rates, key=lambda rate: (rate.chance, rate.operator))


def patterns(observed: Sequence[Observed], alpha: float = ALPHA) -> list[Pattern]:
    """What is hardly chance, the least probable first. The share of each test in ``alpha`` is the same."""
    rates = operator_rates(observed)
    made = [*_errors(rates), *_among_differences(observed)]
    limit = alpha / max(1, len(made))
    named = [one for one in made if one.forms >= FEWEST and one.chance <= limit]
    return sorted(named, key=lambda one: (one.chance, one.kind, one.operator, one.column))


def _errors(rates: Sequence[OperatorRate]) -> list[Pattern]:
    return [Pattern("errors", rate.operator, "", 0, rate.wrong, rate.cells, rate.chance) for rate in rates]


def _among_differences(observed: Sequence[Observed]) -> list[Pattern]:
    """For each operator and column: one direction, one offset, round figures where the paper's are not."""
    differing: dict[tuple[str, str], list[Observed]] = {}
    offsets: Counter[int] = Counter()
    for one in observed:
        if one.written != one.paper:
            differing.setdefault((one.operator, one.column), []).append(one)
            offsets[one.written - one.paper] += 1
    every = sum(offsets.values())
    found = []
    for (operator, column), cells in differing.items():
        of = len(cells)
        up = sum(one.written > one.paper for one in cells)
        most = max(up, of - up)
        chance = min(1.0, 2 * binomial_tail(most, of, 0.5))
        found.append(Pattern("same_direction", operator, column, 1 if up == most else -1, most, of, chance))
        mine = Counter(one.written - one.paper for one in cells)
        offset, times = max(mine.items(), key=lambda item: (item[1], -abs(item[0])))
        found.append(
            Pattern("same_offset", operator, column, offset, times, of,
                    hypergeometric_tail(times, offsets[offset], of, every))
        )  # fmt: skip
        uneven = [one for one in cells if one.paper % 10]
        rounded = sum(one.written % 10 == 0 for one in uneven)
        found.append(
            Pattern("rounded", operator, column, 0, rounded, len(uneven), binomial_tail(rounded, len(uneven), 0.1))
        )
    return found


def binomial_tail(k: int, n: int, p: float) -> float:
    """P(X >= k) of n independent trials."""
    if k <= 0:
        return 1.0
    terms = (
        math.exp(_choose(n, i) + i * math.log(p) + (n - i) * math.log1p(-p)) for i in range(k, n + 1)
    )  # fmt: skip
    return min(1.0, math.fsum(terms))


def hypergeometric_tail(k: int, good: int, drawn: int, every: int) -> float:
    """P(X >= k) where ``drawn`` of ``every`` are drawn and ``good`` of them are what one looks for."""
    lowest = max(0, drawn + good - every)
    if k <= lowest:
        return 1.0
    whole = _choose(every, drawn)
    terms = (
        math.exp(_choose(good, i) + _choose(every - good, drawn - i) - whole)
        for i in range(k, min(good, drawn) + 1)
    )  # fmt: skip
    return min(1.0, math.fsum(terms))


def _choose(n: int, k: int) -> float:
    """The logarithm of n over k."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
