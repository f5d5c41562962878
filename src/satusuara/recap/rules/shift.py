"""Where votes moved, from the cells that differ: inside a party, between parties, added or lost. Pure.

A difference is taken apart so that every vote is counted once: what the lines of a party gave each other, then what
parties gave each other, then what is more or fewer on the whole. No cell says from whom to whom a single vote went; a
movement names who gave and who took, and how many at least.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from satusuara.recap.rules.pairs import TOTAL, Figures, line_of

ShiftKind = Literal["to_candidate", "to_party", "among_candidates", "inside", "between", "added", "lost"]
"""``to_candidate``: from a party's own line to its candidates; ``to_party``: the other way; ``inside``: both lines and
candidates on one side; ``between``: from parties (or choices) to others; ``added``, ``lost``: the sum is another."""

OWN_LINE = "0"  # the votes for a party itself


@dataclass(frozen=True, slots=True)
class Shift:
    """``votes`` moved at least. ``party``: inside which one; empty between parties. ``given``, ``taken``: {column or
    party: votes} on each side. ``exact``: they are all that changed there, so that the sum above says nothing of it."""

    kind: ShiftKind
    votes: int
    given: Mapping[str, int]
    taken: Mapping[str, int]
    party: str = ""
    exact: bool = False


def shifts_of(moved: Mapping[str, int]) -> list[Shift]:
    """The movements in a difference ({column: B - A}), inside parties first, each party in order of its number.

    The votes of all movements together are the size of the difference: max(gained, lost). Totals of parties (row B)
    say nothing new and are left out.
    """
    lines: dict[str, dict[str, int]] = {}
    for name, votes in moved.items():
        party, candidate = line_of(name)
        if votes and not (party and candidate == TOTAL):
            lines.setdefault(party or name, {})[name] = votes
    found = [shift for party in sorted(lines, key=_order) if (shift := _inside(party, lines[party]))]
    return found + _between({party: sum(cells.values()) for party, cells in lines.items()})


def _inside(party: str, cells: Mapping[str, int]) -> Shift | None:
    given, taken = _sides(cells)
    votes = min(sum(given.values()), sum(taken.values()))
    if not votes:
        return None
    kind: ShiftKind = "inside"
    givers, takers = ({line_of(name)[1] == OWN_LINE for name in side} for side in (given, taken))
    if givers == {True}:
        kind = "to_candidate"
    elif takers == {True}:
        kind = "to_party"
    elif givers == takers == {False}:
        kind = "among_candidates"
    return Shift(kind, votes, given, taken, party, exact=sum(cells.values()) == 0)


def _between(nets: Mapping[str, int]) -> list[Shift]:
    given, taken = _sides(nets)
    lost, gained = sum(given.values()), sum(taken.values())
    found = []
    if min(lost, gained):
        found.append(Shift("between", min(lost, gained), given, taken, exact=lost == gained))
    if gained > lost:
        found.append(Shift("added", gained - lost, {}, taken))
    elif lost > gained:
        found.append(Shift("lost", lost - gained, given, {}))
    return found


def _sides(moved: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Who gave how many, and who took how many."""
    return {n: -v for n, v in moved.items() if v < 0}, {n: v for n, v in moved.items() if v > 0}


def _order(party: str) -> tuple[int, str]:
    return (int(party), party) if party.isdigit() else (0, party)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a difference does to the order of choices. ``first``, ``second``: the two with most votes in A; ``margin``:
    between them in A; ``swing``: by how much the second gains on the first in B (negative: falls back)."""

    first: str
    second: str
    margin: int
    swing: int
    order_changes: bool

    @property
    def share(self) -> Fraction:
        """The swing, either way, as a part of the margin; of a tie it is all."""
        return Fraction(abs(self.swing), self.margin) if self.margin else Fraction(1 if self.swing else 0)


def effect_of(a: Figures, b: Figures) -> Effect | None:
    """Where both give every choice of A and there are two: who leads, by how many, and whether B has another first.

    A tie is ordered by name; ``order_changes`` wants a first that is strictly ahead in A and not ahead in B.
    """
    known = {name: value for name, value in a.items() if value is not None}
    if len(known) < 2 or len(known) < len(a) or any(b.get(name) is None for name in known):
        return None
    other = {name: b[name] or 0 for name in known}
    first, second = sorted(known, key=lambda name: (-known[name], name))[:2]
    margin = known[first] - known[second]
    swing = margin - (other[first] - other[second])
    best_other = max(value for name, value in other.items() if name != first)
    return Effect(first, second, margin, swing, margin > 0 and other[first] <= best_other)
