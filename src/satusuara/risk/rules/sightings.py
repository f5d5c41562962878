"""What becomes of one sighting of a detector: new, repeated, put off, or only counted."""

from __future__ import annotations

import datetime as dt

ARMED = frozenset({"shadow", "active", "snoozed"})
"""Modes in which a sighting is kept at all."""


def mode_at(mode: str, snoozed_until: dt.datetime | None, at: dt.datetime) -> str:
    """The mode as it works at a moment: a snooze that has run out is active again."""
    return "active" if mode == "snoozed" and snoozed_until is not None and at >= snoozed_until else mode


def disposition(mode: str, *, repeats: bool) -> str:
    """Of a sighting under a definition that works in ``mode``; ``repeats``: the same matter was seen in the window."""
    if repeats:
        return "deduped"
    return {"shadow": "shadow", "snoozed": "snoozed"}.get(mode, "new")


def excess(seen: int, stations: int, expected_per_thousand: int | None) -> int | None:
    """Sightings beyond what was expected of so many stations, rounded half up; None where nothing was expected."""
    if expected_per_thousand is None:
        return None
    return seen - (expected_per_thousand * stations + 500) // 1000
