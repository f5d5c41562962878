"""How one cell of the readiness grid reads on a day: "not due" differs from "not reported"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

NOT_DUE, DUE, OVERDUE = "not_due", "due", "overdue"
DONE, VERIFIED, DEGRADED, FAILED, WAIVED = "done", "verified", "degraded", "failed", "waived"
CELLS = (NOT_DUE, DUE, OVERDUE, DONE, VERIFIED, DEGRADED, FAILED, WAIVED)
"""Every way in which a cell can read."""

OPEN = frozenset({DUE, OVERDUE, DEGRADED, FAILED})
_AHEAD = dt.timedelta(days=3)  # a barrier is "due" from three days before its date

_RISK_LEFT = {
    NOT_DUE: 0, VERIFIED: 0, DONE: 2, WAIVED: 5, DUE: 10, DEGRADED: 10, OVERDUE: 20, FAILED: 20,
}  # fmt: skip
"""How much of a barrier is still missing, in twentieths. An ordering for the list of the ten worst, no probability."""


def due_date(election_day: dt.date, days: int | None) -> dt.date:
    """The date of a barrier: ``days`` from voting day; voting day itself where it has no day of its own."""
    return election_day + dt.timedelta(days=days or 0)


def cell(condition: str, *, due: dt.date, today: dt.date, waived_until: dt.date | None = None) -> str:
    """One of ``CELLS``. ``condition`` "" or "planned": nothing was reported; an expired waiver is none."""
    if condition == WAIVED and waived_until is not None and today <= waived_until:
        return WAIVED
    if condition in {DONE, VERIFIED, DEGRADED, FAILED}:
        return condition
    if today > due:
        return OVERDUE
    return DUE if today >= due - _AHEAD else NOT_DUE


def risk_left(cells: Iterable[str]) -> int:
    """How much of a station's barriers is missing, in twentieths of one: what the list of the worst is sorted by."""
    return sum(_RISK_LEFT[each] for each in cells)


def due_share(cells: Iterable[str]) -> tuple[int, int]:
    """(cells that stand, cells that should by now)."""
    counted = [each for each in cells if each != NOT_DUE]
    return sum(each in {DONE, VERIFIED, WAIVED} for each in counted), len(counted)


def not_ready(condition: str) -> str:
    """What "not ready" makes of a condition: what was verified is lost, what failed stays so, else nothing is done."""
    if condition in {DEGRADED, FAILED}:
        return condition
    return DEGRADED if condition == VERIFIED else "planned"
