"""The structure of an identity number. A mismatch is a soft flag: the number is lifelong, people move and dates are
corrected (PP 40/2019 pasal 30(2); DOMAIN b.5). Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from satusuara.roll.rules.spec import Identity

Flag = Literal["length", "region", "date", "birth-date", "sex", "serial"]


@dataclass(frozen=True, slots=True)
class Parts:
    region: str
    day: int  # as written for a man
    month: int
    year: int  # two digits
    woman: bool
    serial: str


def parts_of(number: str, spec: Identity) -> Parts | None:
    """The parts of a number of the right length, else None."""
    if len(number) != spec.digits or not number.isdigit():
        return None
    at = spec.date_at
    day, month, year = (int(number[at + n : at + n + 2]) for n in (0, 2, 4))
    woman = day > spec.woman_day
    return Parts(number[: spec.region], day - spec.woman_day if woman else day, month, year, woman, number[at + 6 :])


def flags_of(
    number: str, *, born: dt.date | None, woman: bool | None, regions: frozenset[str] | None, spec: Identity
) -> tuple[Flag, ...]:
    """What does not fit, in a fixed order; what is not known (None) is not judged."""
    parts = parts_of(number, spec)
    if parts is None:
        return ("length",)
    found: list[Flag] = []
    if regions is not None and parts.region not in regions:
        found.append("region")
    if not _is_date(parts):
        found.append("date")
    elif born is not None and (parts.day, parts.month, parts.year) != (born.day, born.month, born.year % 100):
        found.append("birth-date")
    if woman is not None and parts.woman != woman:
        found.append("sex")
    if not parts.serial.strip("0"):
        found.append("serial")
    return tuple(found)


def _is_date(parts: Parts) -> bool:
    """Whether the day exists in some year that ends so (2000 was a leap year)."""
    try:
        dt.date(2000 + parts.year, parts.month, parts.day)
    except ValueError:
        return False
    return True


def is_masked(number: str, spec: Identity) -> bool:
    """Whether digits were replaced by stars or the like: such a number identifies nobody."""
    return any(letter in number.upper() for letter in spec.mask)
