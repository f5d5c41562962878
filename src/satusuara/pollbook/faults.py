"""Faults that a rehearsal puts into the events of desks, each with the truth about what must be noticed. Pure.

A row is one event: ``tps_id``, ``device``, ``seq``, ``ms`` (1970 UTC), ``kind`` (``rules.events.Kind`` as a number),
``voter`` (a made-up person, the same at every station), ``category`` (code of the law), ``mask``, ``detail`` as in
``rules.events.Event``. Rows are in the order in which a device wrote them; lines, keys and chains are made by whoever
turns rows into segments.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from satusuara.law.model import Law
from satusuara.pollbook.rules.events import Kind, Refused
from satusuara.risk.registry import Fault, Injected, Row, code_of

MINUTE = 60_000
Events = list[dict[str, Any]]

Deed = Callable[[Events, str, Law, random.Random], tuple[Events, tuple[str, ...]] | None]
"""(all events, a station, …) → (events with the fault, rules it breaks), or None where there is nothing to alter."""


def _at_stations(detector: str, deed: Deed, words: str) -> Fault:
    def fault(
        rows: Sequence[Row],
        *,
        law: Law,
        contest: str,  # noqa: ARG001
        chance: random.Random,
        count: int,
    ) -> tuple[list[dict[str, Any]], list[Injected]]:
        made = [dict(row) for row in rows]
        truth: list[Injected] = []
        stations = sorted({code_of(row) for row in made})
        for station in chance.sample(stations, len(stations)):
            if len(truth) < count and (done := deed(made, station, law, chance)) is not None:
                made, rules = done
                truth.append(Injected(station, detector, rules, words))
        return made, truth

    return fault


def _of(events: Events, station: str, kind: Kind) -> list[int]:
    return [n for n, row in enumerate(events) if code_of(row) == station and row["kind"] == kind]


def _again(events: Events, station: str, _law: Law, chance: random.Random) -> tuple[Events, tuple[str, ...]] | None:
    """A person let in at the station is let in at another one too."""
    others = sorted({code_of(row) for row in events} - {station})
    admitted = [n for n in _of(events, station, Kind.CHECK_IN) if events[n]["voter"] is not None]
    if not others or not admitted:
        return None
    row = events[chance.choice(admitted)]
    there = chance.choice(others)
    device = next(each["device"] for each in events if code_of(each) == there)
    return [*events, {**row, "tps_id": there, "device": device, "ms": row["ms"] + 30 * MINUTE}], ("double",)


def _copied(events: Events, station: str, _law: Law, chance: random.Random) -> tuple[Events, tuple[str, ...]] | None:
    """Two events under one number of one device: its key was copied."""
    own = _of(events, station, Kind.CHECK_IN)
    if not own:
        return None
    row = events[chance.choice(own)]
    return [*events, {**row, "ms": row["ms"] + MINUTE}], ("fork",)


def _no_ink(events: Events, station: str, _law: Law, chance: random.Random) -> tuple[Events, tuple[str, ...]] | None:
    """Some voters leave without ink."""
    inked = _of(events, station, Kind.INK_APPLIED)
    if not inked:
        return None
    gone = set(chance.sample(inked, max(1, len(inked) // 10)))
    return [row for n, row in enumerate(events) if n not in gone], ("ink",)


def _refused(events: Events, station: str, _law: Law, chance: random.Random) -> tuple[Events, tuple[str, ...]] | None:
    """People come with ink on a finger, more often than once."""
    own = _of(events, station, Kind.CHECK_IN)
    if not own:
        return None
    row = events[chance.choice(own)]
    made = [
        {**row, "kind": Kind.REFUSED, "voter": None, "detail": Refused.INKED, "ms": row["ms"] + n} for n in (1, 2, 3)
    ]
    return [*events, *made], ("inked",)


def _silent(events: Events, station: str, _law: Law, chance: random.Random) -> tuple[Events, tuple[str, ...]] | None:
    """From some moment on the open station says nothing."""
    own = _of(events, station, Kind.CHECK_IN)
    if len(own) < 2:
        return None
    until = events[chance.choice(own[: len(own) // 2 or 1])]["ms"]
    return [row for row in events if code_of(row) != station or row["ms"] <= until], ("silence",)


def _gap(events: Events, station: str, _law: Law, chance: random.Random) -> tuple[Events, tuple[str, ...]] | None:
    """An event in the middle of a device's record never arrives."""
    own = _of(events, station, Kind.CHECK_IN)[:-1]
    if not own:
        return None
    gone = chance.choice(own)
    return [row for n, row in enumerate(events) if n != gone], ("gap",)


def _ahead(events: Events, station: str, _law: Law, _chance: random.Random) -> tuple[Events, tuple[str, ...]] | None:
    """The clock of the station's devices runs a day ahead."""
    return [{**r, "ms": r["ms"] + 24 * 60 * MINUTE} if code_of(r) == station else r for r in events], ("clock",)


def _late(events: Events, station: str, _law: Law, chance: random.Random) -> tuple[Events, tuple[str, ...]] | None:
    """The station opens half an hour to an hour late, and everything after it is late too."""
    if not _of(events, station, Kind.OPEN):
        return None
    shift = chance.randint(30, 60) * MINUTE
    return [{**row, "ms": row["ms"] + shift} if code_of(row) == station else row for row in events], ("late_open",)


def _early(events: Events, station: str, law: Law, chance: random.Random) -> tuple[Events, tuple[str, ...]] | None:
    """A voter of the last hour is served in the first one."""
    opened = _of(events, station, Kind.OPEN)
    latest = max(law.categories, key=lambda category: category.opens)
    own = [n for n in _of(events, station, Kind.CHECK_IN) if events[n]["category"] == latest.code]
    if not opened or not own:
        return None
    chosen = chance.choice(own)
    early = events[opened[0]]["ms"] + chance.randint(5, 55) * MINUTE
    return [{**row, "ms": early} if n == chosen else row for n, row in enumerate(events)], ("dpk_early",)


def _miscounted(
    events: Events, station: str, _law: Law, chance: random.Random
) -> tuple[Events, tuple[str, ...]] | None:  # fmt: skip
    """The attendance list is counted with one row too many or too few at the close."""
    closed = _of(events, station, Kind.CLOSE)
    if not closed:
        return None
    rows, *rest = events[closed[-1]]["detail"]
    rows = [list(parts) for parts in rows]
    category = chance.randrange(len(rows))
    part = chance.randrange(len(rows[category]))
    rows[category][part] += 1 if rows[category][part] == 0 else chance.choice((-1, 1))
    made = [{**row, "detail": [rows, *rest]} if n == closed[-1] else row for n, row in enumerate(events)]
    return made, ("a",)


FAULTS: dict[str, Fault] = {
    f"pollbook.{name}": _at_stations(f"pollbook.{name}", deed, words)
    for name, deed, words in (
        ("double", _again, "let in at two stations"),
        ("fork", _copied, "one number twice"),
        ("ink", _no_ink, "voters left without ink"),
        ("inked_finger", _refused, "inked fingers"),
        ("silence", _silent, "no word"),
        ("gap", _gap, "an event is missing"),
        ("clock", _ahead, "a day ahead"),
        ("late_open", _late, "opened late"),
        ("dpk_early", _early, "served before the hour"),
        ("closing", _miscounted, "attendance miscounted"),
    )
}
