"""How a cell of the readiness grid is said and drawn: a word and a sign of its own shape for each reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from satusuara.risk.queries import Grid, StationReadiness
from satusuara.risk.rules.readiness import (
    DEGRADED,
    DONE,
    DUE,
    FAILED,
    NOT_DUE,
    OVERDUE,
    VERIFIED,
    WAIVED,
)

SAID_NOT = "said_not"
"""Nothing stands, but somebody said so: not the same as silence."""

SHOWN = (FAILED, OVERDUE, DEGRADED, SAID_NOT, DUE, WAIVED, DONE, VERIFIED, NOT_DUE)
"""Every way in which a cell is shown, what wants hands first."""
WANTS = (FAILED, OVERDUE, DEGRADED, SAID_NOT, DUE)


def words() -> dict[str, str]:
    """What each reading is called in full."""
    return {
        FAILED: _("gagal"),
        OVERDUE: _("lewat tenggat, belum dilaporkan"),
        DEGRADED: _("melemah"),
        SAID_NOT: _("dilaporkan belum siap"),
        DUE: _("jatuh tempo, belum dilaporkan"),
        WAIVED: _("dikecualikan"),
        DONE: _("dilaporkan siap"),
        VERIFIED: _("diperiksa orang kedua"),
        NOT_DUE: _("belum waktunya"),
    }


def short_words() -> dict[str, str]:
    """What stands in a cell."""
    return {
        FAILED: pgettext("cell", "gagal"),
        OVERDUE: pgettext("cell", "lewat"),
        DEGRADED: pgettext("cell", "lemah"),
        SAID_NOT: pgettext("cell", "belum"),
        DUE: pgettext("cell", "tenggat"),
        WAIVED: pgettext("cell", "kecuali"),
        DONE: pgettext("cell", "siap"),
        VERIFIED: pgettext("cell", "diperiksa"),
        NOT_DUE: pgettext("cell", "nanti"),
    }


def shown(reading: str, state: int | None, said_not: Set[int]) -> str:
    """How a cell is shown: its reading, or that somebody said "not yet"."""
    return SAID_NOT if state in said_not and reading in {DUE, OVERDUE, NOT_DUE} else reading


def readings(station: StationReadiness, said_not: Set[int]) -> list[str]:
    """A station's cells as shown, in the order of the gates."""
    if not said_not:
        return [cell.reading for cell in station.cells]
    return [shown(cell.reading, cell.state, said_not) for cell in station.cells]


@dataclass(frozen=True, slots=True)
class Worst:
    """A station of the ten that most is missing of, and why."""

    code: str
    name: str
    village: str
    missing: int
    why: Sequence[tuple[str, str, str]]  # (reading, its word, the gates)


def worst(grid: Grid, said_not: Set[int], names: Mapping[int, str], most: int = 10) -> list[Worst]:
    """The stations with most left to do, and which gates make them so; none of which everything stands."""
    rows = sorted((row for row in grid.stations if row.risk_left), key=lambda row: (-row.risk_left, row.area.code))
    letters = [(gate.letter, gate.name) for _barrier, gate in grid.gates]
    named = words()
    found = []
    for row in rows[:most]:
        cells = readings(row, said_not)
        why = []
        for reading in WANTS:
            gates = [letter for (letter, _name), cell in zip(letters, cells, strict=True) if cell == reading]
            if gates:
                why.append((reading, named[reading], " ".join(gates)))
        if why:
            missing = sum(cell in WANTS for cell in cells)
            found.append(Worst(row.area.code, names[row.area.pk], row.area.village, missing, why))
    return found


def counts(rows: Iterable[Sequence[str]]) -> dict[str, int]:
    """{reading: how many cells}, every reading named."""
    found = dict.fromkeys(SHOWN, 0)
    for cells in rows:
        for cell in cells:
            found[cell] += 1
    return found
