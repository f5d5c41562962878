"""Two lines beside each other, what differs lit letter by letter. Pure.

Of two identity numbers only the digits that differ are shown, and only where they are few: enough to see a slip of the
keyboard, too little to learn a number.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final, NamedTuple

HIDDEN: Final = "•"
FEW: Final = 4  # more differing digits than this are no slip


class Piece(NamedTuple):
    """A run of letters, and whether the other side says something else there."""

    text: str
    differs: bool


Lit = tuple[Piece, ...]


def lit(one: str, other: str) -> tuple[Lit, Lit]:
    """Both texts in pieces. Where one side is blank nothing is lit: what nobody wrote does not differ."""
    if not one or not other:
        return (Piece(one, False),) if one else (), (Piece(other, False),) if other else ()
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a0, a1, b0, b1 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        differs = kind != "equal"
        if a1 > a0:
            left.append(Piece(one[a0:a1], differs))
        if b1 > b0:
            right.append(Piece(other[b0:b1], differs))
    return tuple(left), tuple(right)


def lit_numbers(one: str, other: str, *, shown: int = 4) -> tuple[Lit, Lit]:
    """Two identity numbers, masked but for their last ``shown`` digits and for what differs by a slip."""
    if not one or not other or len(one) != len(other):
        return _masked(one, shown, differs=bool(one and other)), _masked(other, shown, differs=bool(one and other))
    apart = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(apart) > FEW:
        return _masked(one, shown, differs=True), _masked(other, shown, differs=True)
    return _digits(one, set(apart), shown), _digits(other, set(apart), shown)


def _masked(number: str, shown: int, *, differs: bool) -> Lit:
    if not number:
        return ()
    hidden = max(len(number) - shown, 0)
    return (Piece(HIDDEN * hidden, False), Piece(number[hidden:], differs))


def _digits(number: str, apart: set[int], shown: int) -> Lit:
    pieces: list[Piece] = []
    for n, digit in enumerate(number):
        said = digit if n in apart or n >= len(number) - shown else HIDDEN
        if pieces and pieces[-1].differs == (n in apart):
            pieces[-1] = Piece(pieces[-1].text + said, n in apart)
        else:
            pieces.append(Piece(said, n in apart))
    return tuple(pieces)
