"""How many ballots a station needs, what a sorting must add up to, when something is late. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

Key = tuple[str, str]
"""(item, district): an item is a contest's code or a supply's; supplies have the district ""."""


def need(voters: int, percent: int, rounding: str) -> int:
    """Ballots of one contest at a station: its listed voters and the reserve of ``percent``, in whole numbers only."""
    extra = voters * percent
    return voters + (extra // 100 if rounding == "floor" else -(-extra // 100))


def printing(needs: Iterable[tuple[str, str, int]]) -> dict[Key, int]:
    """{(contest, district): ballots to print} of rows (contest, district, ballots)."""
    found: Counter[Key] = Counter()
    for contest, district, ballots in needs:
        found[contest, district] += ballots
    return dict(sorted(found.items()))


def short_of(wanted: Mapping[Key, int], there: Mapping[Key, int]) -> dict[Key, int]:
    """What is lacking, where something is: {key: wanted − there}, positive ones only."""
    gaps = {key: number - there.get(key, 0) for key, number in wanted.items()}
    return {key: gap for key, gap in sorted(gaps.items()) if gap > 0}


@dataclass(frozen=True, slots=True)
class Sorting:
    """A count of so many ballots taken from the unsorted: what they were found to be."""

    taken: int
    good: int
    damaged: int = 0
    wrong: int = 0  # of another district
    missing: int = 0  # said to be in the pack, and not there

    @property
    def adds_up(self) -> bool:
        parts = (self.good, self.damaged, self.wrong, self.missing)
        return self.taken > 0 and min(parts) >= 0 and sum(parts) == self.taken


# --- boxes ---


def box_code(station: str, number: int) -> str:
    """What a label says and a finger can type: the station's code, the box's number and a check digit.

    The digit (weights 3 and 1 by turns, as on trade codes) shows one wrong digit, whichever it is.
    """
    digits = f"{station}{number:02d}"
    return f"{station}-{number:02d}-{_check(digits)}"


def read_box_code(said: str) -> tuple[str, int] | None:
    """(station, number) of a typed or scanned code, spaces and strokes as one likes; None where it cannot be one."""
    digits = re.sub(r"[\s.\-]", "", said)
    if not (digits.isascii() and digits.isdigit() and len(digits) > 4) or _check(digits[:-1]) != digits[-1]:
        return None
    return digits[:-3], int(digits[-3:-1])


def _check(digits: str) -> str:
    total = sum(int(digit) * (3 if n % 2 == 0 else 1) for n, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def seal_number(said: str) -> str:
    """A seal's number in its one writing: without spaces, in capitals."""
    return "".join(said.split()).upper()


# --- time ---


def wanted_at(day: date, days_before: int, clock: str, zone: tzinfo) -> datetime:
    """When everything must be at the station: ``clock`` ("18:00", local) so many days before voting."""
    hour, minute = map(int, clock.split(":"))
    return datetime.combine(day - timedelta(days=days_before), time(hour, minute), zone)


def leaves_by(wanted: datetime, hours: int) -> datetime:
    """The last moment to leave the store for a way of so many hours."""
    return wanted - timedelta(hours=hours)


# --- what must be looked at ---


def stock_rules(needed: int, received: int, unsorted: int, in_use: int, missing: int) -> tuple[str, ...]:
    """``short``: good and unsorted ones do not reach the need, once a first lot came; ``missing``: packs short."""
    short = received > 0 and in_use + unsorted < needed
    return (*(("short",) if short else ()), *(("missing",) if missing > 0 else ()))


def district_rules(packed: str, read: str | None, expected: str) -> tuple[str, ...]:
    """``packed``: the code on the box's list is not the station's; ``read``: neither is the one that somebody read."""
    return (
        *(("packed",) if packed != expected else ()),
        *(("read",) if read is not None and read != expected else ()),
    )


def custody_rules(sent: str, seen: str, arrived: str, due: datetime, at: datetime) -> tuple[str, ...]:
    """Of one box on one way. ``arrived``: "" while nobody has counted it, else "whole", "broken" or "missing".

    ``late``: not counted though due; ``missing``: did not come; ``seal``: another seal, or a broken one.
    """
    if not arrived:
        return ("late",) if at > due else ()
    if arrived == "missing":
        return ("missing",)
    return ("seal",) if arrived == "broken" or seen != sent else ()
