"""The arithmetic of a rakor: what comes first on the agenda, what a silent vote says, codes to join by. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

SCALE = (1, 2, 3, 4, 5)
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Of codes that people read aloud and type: none looks like another (no 0 O 1 I L)."""
CODE_LENGTH = 8
_SLUG_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A risk that could stand on the agenda. ``expected``: events expected in the area; None: not known."""

    code: str
    priority: bool
    gaps: int
    expected: float | None


def agenda(candidates: Iterable[Candidate], *, most: int) -> list[Candidate]:
    """What comes first: all that the commission named itself, then, up to ``most`` in all, more expected events
    (unknown ones last), more gaps, by code."""

    def rank(each: Candidate) -> tuple[bool, bool, float, int, str]:
        return (not each.priority, each.expected is None, -(each.expected or 0.0), -each.gaps, each.code)

    ordered = sorted(candidates, key=rank)
    return ordered[: max(most, sum(each.priority for each in ordered))]


@dataclass(frozen=True, slots=True)
class Spread:
    """What a vote says on one axis. ``counts``: of 1 … 5. ``agreement`` 1: all the same; 0: half at each end."""

    counts: tuple[int, int, int, int, int]

    @property
    def votes(self) -> int:
        return sum(self.counts)

    @property
    def median(self) -> Fraction | None:
        return self._quantile(Fraction(1, 2))

    @property
    def quartiles(self) -> tuple[Fraction, Fraction] | None:
        low, high = self._quantile(Fraction(1, 4)), self._quantile(Fraction(3, 4))
        return None if low is None or high is None else (low, high)

    @property
    def agreement(self) -> Fraction | None:
        """1 - (variance / the largest variance that the scale allows, 4); None without votes."""
        if not self.votes:
            return None
        mean = Fraction(sum(n * c for n, c in zip(SCALE, self.counts, strict=True)), self.votes)
        variance = sum(((n - mean) ** 2 * c for n, c in zip(SCALE, self.counts, strict=True)), Fraction(0)) / self.votes
        return 1 - variance / 4

    @property
    def divided(self) -> bool:
        """Whether the room should talk before it decides: the middle half spans two points or more."""
        quartiles = self.quartiles
        return quartiles is not None and quartiles[1] - quartiles[0] >= 2

    def _quantile(self, share: Fraction) -> Fraction | None:
        """By linear interpolation between the ordered votes (Hyndman and Fan 1996, type 7)."""
        ordered = [n for n, c in zip(SCALE, self.counts, strict=True) for _ in range(c)]
        if not ordered:
            return None
        at = share * (len(ordered) - 1)
        low = at.numerator // at.denominator
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def cells(votes: Iterable[tuple[int, int]]) -> list[int]:
    """25 counts of (probability, impact) votes: probability 1 with impact 1 … 5 first.

    :raises ValueError: a vote beyond the scale
    """
    counts = [0] * 25
    for probability, impact in votes:
        if probability not in SCALE or impact not in SCALE:
            raise ValueError(f"beyond the scale: {probability}, {impact}")
        counts[(probability - 1) * 5 + impact - 1] += 1
    return counts


def spreads(counts: Sequence[int]) -> tuple[Spread, Spread]:
    """(probability, impact) of 25 counts."""
    rows = [counts[5 * n : 5 * n + 5] for n in range(5)]
    probability = Spread((sum(rows[0]), sum(rows[1]), sum(rows[2]), sum(rows[3]), sum(rows[4])))
    columns = [sum(row[n] for row in rows) for n in range(5)]
    return probability, Spread((columns[0], columns[1], columns[2], columns[3], columns[4]))


def code_of(secret: bytes, meeting: int, area: str) -> str:
    """The code by which a sub-district's committee takes its seat: eight letters from a keyed hash, stored nowhere."""
    digest = hmac.new(secret, f"rakor\0{meeting}\0{area}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(CODE_LENGTH):
        number, rest = divmod(number, len(LETTERS))
        letters.append(LETTERS[rest])
    return "".join(letters)


def slug_of(number: int) -> str:
    """Four letters for a meeting's address, from any large number."""
    letters = []
    for _ in range(_SLUG_LENGTH):
        number, rest = divmod(number, len(LETTERS))
        letters.append(LETTERS[rest])
    return "".join(letters)


def spelled(code: str) -> str:
    """As it is printed: "K7Q2-9XWM"."""
    return f"{code[:4]}-{code[4:]}" if len(code) == CODE_LENGTH else code


def read_code(typed: str) -> str:
    """What somebody typed: without spaces and dashes, in capitals."""
    return re.sub(r"[\s-]", "", typed).upper()
