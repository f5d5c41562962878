"""Two sources on the same figures. Pure: whole numbers in, a verdict out; None is a blank, 0 is a written zero.

A pair is comparable when both sides give every figure. Where they differ and the sum of the figures is the same, votes
moved between choices: a *net-zero shift*, the trace that arithmetic on one form cannot show. This module is the
meaning; the comparison of whole tables (``recap.lake``) is tested against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Figures: TypeAlias = Mapping[str, int | None]
Outcome = Literal["equal", "net_zero", "net_nonzero", "not_comparable"]
TOTAL = "T"  # a party's total as it is written on the form (row B)


@dataclass(frozen=True, slots=True)
class Pair:
    """How A and B fare on one key. ``moved``: {column: B - A} where they differ; empty unless they do."""

    outcome: Outcome
    moved: Mapping[str, int] = field(default_factory=dict)

    @property
    def differs(self) -> bool:
        return bool(self.moved)

    @property
    def net(self) -> int:
        """How many votes B has more than A (negative: fewer)."""
        return sum(self.moved.values())

    @property
    def gained(self) -> int:
        """Votes that choices have in B and not in A."""
        return sum(max(each, 0) for each in self.moved.values())

    @property
    def lost(self) -> int:
        """Votes that choices have in A and not in B."""
        return sum(max(-each, 0) for each in self.moved.values())

    @property
    def votes(self) -> int:
        """The size of the difference: at least so many votes must be wrong in A or in B."""
        return max(self.gained, self.lost)


def compare_pair(a: Figures, b: Figures, columns: Sequence[str]) -> Pair:
    """The verdict on one key; ``columns`` are the figures that count, a missing one is a blank."""
    if not columns:
        return Pair("not_comparable")
    moved: dict[str, int] = {}
    for name in columns:
        left, right = a.get(name), b.get(name)
        if left is None or right is None:
            return Pair("not_comparable")
        if left != right:
            moved[name] = right - left
    if not moved:
        return Pair("equal")
    return Pair("net_nonzero" if sum(moved.values()) else "net_zero", moved)


@dataclass(slots=True)
class Change:
    """Votes of one column, direction A to B."""

    gained: int = 0
    lost: int = 0


@dataclass(slots=True)
class Comparison:
    """Two tables as a whole (CLI, ``compare --json``). All counts are of keys, those of ``by_value`` are votes."""

    by_value: dict[str, Change]
    both: int = 0
    only_a: int = 0
    only_b: int = 0
    equal: int = 0
    net_zero: int = 0
    net_nonzero: int = 0
    not_comparable: int = 0

    @property
    def different(self) -> int:
        return self.net_zero + self.net_nonzero

    def add(self, pair: Pair) -> None:
        self.both += 1
        setattr(self, pair.outcome, getattr(self, pair.outcome) + 1)
        for name, votes in pair.moved.items():
            self.by_value[name].gained += max(votes, 0)
            self.by_value[name].lost += max(-votes, 0)

    def as_dict(self) -> dict[str, Any]:
        """The object of the contract."""
        return {
            "rows": {"both": self.both, "only_a": self.only_a, "only_b": self.only_b},
            "equal": self.equal,
            "different": self.different,
            "not_comparable": self.not_comparable,
            "shift": {"net_zero": self.net_zero, "net_nonzero": self.net_nonzero},
            "by_value": {name: {"gained": c.gained, "lost": c.lost} for name, c in self.by_value.items()},
        }


def compare_tables(a: Mapping[str, Figures], b: Mapping[str, Figures], columns: Sequence[str]) -> Comparison:
    """Key by key; what a key of only one table says is counted apart."""
    found = Comparison({name: Change() for name in columns})
    for key, figures in a.items():
        if key in b:
            found.add(compare_pair(figures, b[key], columns))
    found.only_a = len(a) - found.both
    found.only_b = len(b) - found.both
    return found


def compare_sums(
    a: Mapping[str, Figures], b: Mapping[str, Figures], columns: Sequence[str], areas: Mapping[str, str]
) -> Comparison:
    """The sums of the comparable keys in every area; ``areas`` leads from a key to its area."""
    comparable = [key for key in a if key in b and compare_pair(a[key], b[key], columns).outcome != "not_comparable"]
    sums = [add_up(((areas[key], table[key]) for key in comparable), columns) for table in (a, b)]
    return compare_tables(sums[0], sums[1], columns)


def add_up(rows: Iterable[tuple[str, Figures]], columns: Sequence[str]) -> dict[str, dict[str, int]]:
    """{area: sum of every column}; a blank adds nothing."""
    found: dict[str, dict[str, int]] = {}
    for area, figures in rows:
        into = found.setdefault(area, dict.fromkeys(columns, 0))
        for name in columns:
            into[name] += figures.get(name) or 0
    return found


def choice_names(known: Sequence[str], prefix: str, a: Iterable[str], b: Iterable[str]) -> tuple[str, ...]:
    """The columns of two sources that hold votes for choices and that both of them have, sorted.

    ``known``: those of the law, which then are the answer. A line of a long table is "party.candidate"; a party's total
    ("party.T") counts only where a source gives the party no candidates, else each vote would count twice.
    """
    if known:
        return tuple(known)
    common = {name for name in set(a) & set(b) if _is_choice(name, prefix)}
    split = {party for party, candidate in map(line_of, common) if candidate != TOTAL}
    return tuple(sorted(name for name in common if line_of(name)[1] != TOTAL or line_of(name)[0] not in split))


def _is_choice(name: str, prefix: str) -> bool:
    return "." in name or (bool(prefix) and name.startswith(prefix) and name[len(prefix) :].isdigit())


def line_of(name: str) -> tuple[str, str]:
    """(party, candidate) of a line of a long table; a wide column has no party."""
    party, _, candidate = name.rpartition(".")
    return party, candidate


def within_parties(moved: Mapping[str, int]) -> list[str]:
    """Parties inside which votes moved, sorted: lines of a long table differ and the party's sum is the same.

    ``moved``: {"party.candidate": B - A}.
    """
    lines: dict[str, list[int]] = {}
    for name, votes in moved.items():
        party, candidate = line_of(name)
        if party and candidate != TOTAL and votes:
            lines.setdefault(party, []).append(votes)
    return sorted(party for party, votes in lines.items() if len(votes) > 1 and sum(votes) == 0)
