"""The levels of a comparison, by number and name, and the four groups into which pairs fall. One vocabulary, here."""

from __future__ import annotations

from typing import Final

FEATURES: Final = ("nik", "nkk", "name", "dob", "place", "sex", "addr")
"""In the order in which a pair is told. Level 0 of each: one side is absent."""

LEVELS: Final[dict[str, tuple[str, ...]]] = {
    "nik": ("absent", "different", "different-unfit", "near-unfit", "same"),
    "nkk": ("absent", "different", "near", "same"),
    "name": ("absent", "different", "word", "words", "part", "close", "sounds", "same"),
    "dob": ("absent", "different", "year", "two-parts", "swapped", "same"),
    "place": ("absent", "different", "near", "same"),
    "sex": ("absent", "different", "same"),
    "addr": ("absent", "elsewhere", "district", "village", "neighbours", "house"),
}

STRANGERS, HOUSEHOLD, NUMBER, BIRTHDAY = 0, 1, 2, 3
"""Groups of pairs: nothing in common so far; one family card or house; one identity number; one household and one
birth date, as twins have."""

STRATA: Final = ("strangers", "household", "number", "birthday")
