"""Soft flags of a line, found while its list is read, when its number is at hand anyway. Pure.

They are signals to a person and never more: a number is lifelong, people move, and dates are corrected (DOMAIN b.5).
"""

from __future__ import annotations

from typing import Final

from satusuara.roll.rules.identity import flags_of
from satusuara.roll.rules.lists import ListLine, normal
from satusuara.roll.rules.spec import Identity

CROSSED: Final = "village.crossed"


def flags_of_line(line: ListLine, *, identity: Identity, woman: str, village: tuple[str, str]) -> tuple[str, ...]:
    """Codes of ``rules.checks.TITLES``. ``woman``: the law's code of that sex; ``village``: name and code of the
    station's own, compared with the one that the list writes beside the voter."""
    found: list[str] = []
    if line.nik:
        sex = None if not line.sex else line.sex == woman
        found += [
            f"nik.{flag}" for flag in flags_of(line.nik, born=line.birth_date, woman=sex, regions=None, spec=identity)
        ]
    written = line.place[1]
    if written and written != village[1] and normal(written) != normal(village[0]):
        found.append(CROSSED)
    return tuple(found)


def stored(flags: tuple[str, ...]) -> str:
    """As a column holds them: ",nik.date,nik.sex,", so that one is found by ",nik.sex,"."""
    return f",{','.join(flags)}," if flags else ""


def read(column: str) -> tuple[str, ...]:
    return tuple(filter(None, column.split(",")))
