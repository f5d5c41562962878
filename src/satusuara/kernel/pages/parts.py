"""The parts of which pages are made, as data: what a template needs to draw them and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

TONES = {
    "failing": ("bad", "octagon-alert"),
    "bad": ("bad", "octagon-alert"),
    "exact": ("bad", "octagon-alert"),
    "bound": ("bad", "octagon-alert"),
    "incomplete": ("warn", "circle-dashed"),
    "warning": ("warn", "triangle-alert"),
    "warn": ("warn", "triangle-alert"),
    "differs": ("warn", "equal-not"),
    "empty": ("none", "square-dashed"),
    "missing": ("none", "file-clock"),
    "none": ("none", "minus"),
    "consistent": ("good", "circle-check"),
    "good": ("good", "circle-check"),
    "equal": ("good", "equal"),
    "locked": ("good", "lock"),
    "waiting": ("none", "clock"),
    "not_due": ("none", "minus"),
    "due": ("warn", "clock"),
    "overdue": ("bad", "octagon-alert"),
    "said_not": ("warn", "circle-dashed"),
    "done": ("good", "check"),
    "verified": ("good", "check-check"),
    "degraded": ("warn", "triangle-alert"),
    "failed": ("bad", "circle-x"),
    "waived": ("none", "shield-check"),
    "info": ("none", "info"),
}
"""Code of a state or a severity -> (tone, icon). Each icon differs in shape, so it holds without colour."""


def tone_of(code: str) -> tuple[str, str]:
    """Tone and icon of a state; an unknown one is neutral."""
    return TONES.get(code, TONES["none"])


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a bar: so many things in one state. ``href`` leads to them."""

    code: str
    label: str
    count: int
    href: str = ""

    @property
    def tone(self) -> str:
        return "missing" if self.code == "missing" else tone_of(self.code)[0]

    @property
    def icon(self) -> str:
        return tone_of(self.code)[1]


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece with its place on a bar a thousand units wide."""

    piece: Piece
    x: int
    width: int


def strips(pieces: Sequence[Piece], total: int | None = None) -> list[Strip]:
    """Pieces beside each other on 0 … 1000. What is there is seen: a count above 0 is at least 4 units wide."""
    whole = max(total or 0, sum(piece.count for piece in pieces), 1)
    found: list[Strip] = []
    at = 0
    for piece in pieces:
        width = max(4, round(1000 * piece.count / whole)) if piece.count else 0
        width = min(width, 1000 - at)
        found.append(Strip(piece, at, width))
        at += width
    return found


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way down: an area above this one."""

    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    href: str
    current: bool = False
    count: int | None = None
