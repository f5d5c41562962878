"""How far votes lie apart, as a drawing: a dot for each vote on a scale of five, and a box over the middle half."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from satusuara.risk.models import Tally
from satusuara.risk.rules.rakor import SCALE, Spread, spreads

WIDTH, STEP, LEFT, BASE = 640, 120, 80, 150
_TALLEST = 120


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Strip:
    """One axis of one vote. Coordinates of an SVG 640 wide and 200 high; ``words``: of the scale's five points."""

    name: str
    words: tuple[str, ...]
    counts: tuple[int, ...]
    dots: tuple[Dot, ...]
    radius: float
    box: tuple[float, float] | None  # x, width
    middle: float | None  # x of the median
    median: str
    agreement: int | None  # percent
    divided: bool
    votes: int
    marks: tuple[tuple[float, int, str, int], ...]  # x, value, word, count


def strips(tally: Tally, names: Sequence[str], words: Sequence[Sequence[str]], lang: str) -> list[Strip]:
    """Probability and impact of a counted vote."""
    pairs = zip(spreads(tally.cells), names, words, strict=True)
    return [_strip(spread, name, tuple(said), lang) for spread, name, said in pairs]


def _at(value: float) -> float:
    return LEFT + (value - 1) * STEP


def _strip(spread: Spread, name: str, words: tuple[str, ...], lang: str) -> Strip:
    tallest = max(spread.counts)
    radius = min(9.0, _TALLEST / (2.2 * tallest)) if tallest else 9.0
    dots = tuple(
        Dot(_at(value), round(BASE - radius - 2 - n * 2.2 * radius, 1))
        for value, count in zip(SCALE, spread.counts, strict=True)
        for n in range(count)
    )
    box = None
    if spread.quartiles is not None:
        low, high = (float(each) for each in spread.quartiles)
        box = (_at(low) - radius - 3, (high - low) * STEP + 2 * radius + 6)
    median = "" if spread.median is None else f"{float(spread.median):g}"
    return Strip(
        name, words, spread.counts, dots, radius, box, None if spread.median is None else _at(float(spread.median)),
        median if lang.startswith("en") else median.replace(".", ","),
        None if spread.agreement is None else round(100 * spread.agreement), spread.divided, spread.votes,
        tuple((_at(v), v, w, c) for v, w, c in zip(SCALE, words, spread.counts, strict=True)),
    )  # fmt: skip
