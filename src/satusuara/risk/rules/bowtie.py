"""What a problem still lacks before it can be called handled: gaps, and the elements its barriers leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ELEMENTS = ("detect", "decide", "act")
GAPS = ("no_preventer", "no_signal", "no_responder", "no_legal_basis")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one problem in a register."""

    preventers: int  # preventions with somebody who owns them
    armed_signals: int  # signal definitions in mode "active"
    responders: int  # response steps with somebody who owns them
    legal_bases: int


def gaps(facts: Facts) -> tuple[str, ...]:
    """Codes of ``choices.GapKind``: no preventer, no armed signal, no responder, no legal basis; in this order."""
    counts = (facts.preventers, facts.armed_signals, facts.responders, facts.legal_bases)
    return tuple(code for code, count in zip(GAPS, counts, strict=True) if count < 1)


def completeness(facts: Facts) -> tuple[int, int]:
    """(sides of the bow-tie that stand, sides there are)."""
    return len(GAPS) - len(gaps(facts)), len(GAPS)


def missing_elements(barriers: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Which of detect, decide, act no barrier of a problem does: without all three nothing is prevented."""
    done = {element for elements in barriers for element in elements}
    return tuple(element for element in ELEMENTS if element not in done)
