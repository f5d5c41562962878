"""Hypothesis: whole mornings at three desks of two stations, as scripts that play the same every time."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from satusuara.pollbook.rules.events import Event, EventId
from satusuara.pollbook.rules.segments import Segment, open_segment
from tests.pollbook.make import DAY_MS, HERE, THERE, Desk, check_in, inked, issued, refused, undo

PLACES = ((HERE, 0), (HERE, 1), (THERE, 0))
PEOPLE: tuple[int | bytes, ...] = (1, 2, 3, b"\x01" * 16, b"\x02" * 16)
WORDS = ("door", "exit", "there")


COPY = 3
"""A fourth desk: a copy of the first one's key and past, as they were when it was first used."""


def deeds(*, copies: bool = False) -> st.SearchStrategy[Any]:
    """(desk, what, about whom, which earlier id, minute, cut the segment here)"""
    one = st.tuples(
        st.integers(0, COPY if copies else 2),
        st.sampled_from(["in", "in", "in", "undo", "undo", "ink", "issue", "refuse"]),
        st.integers(0, len(PEOPLE) - 1),
        st.tuples(st.integers(0, 2), st.integers(1, 12)),
        st.integers(-600, 60 * 24 * 365 * 80),
        st.booleans(),
    )
    return st.lists(one, min_size=1, max_size=30)


def play(script: Any) -> list[Segment]:
    """Each desk's segments, as they were signed."""
    desks = [Desk(word, station, ix) for word, (station, ix) in zip(WORDS, PLACES, strict=True)]
    waiting: list[list[Event]] = [[], [], [], []]
    segments: list[Segment] = []
    for desk, what, who, earlier, minute, cut in script:
        if desk == COPY and len(desks) == COPY:
            desks.append(desks[0].copied())
        waiting[desk].append(_draft(what, PEOPLE[who], desks[earlier[0]].id(earlier[1]), DAY_MS + minute * 60_000))
        if cut or len(waiting[desk]) == 12:
            segments.append(open_segment(desks[desk].write(*waiting[desk])))
            waiting[desk] = []
    segments += [open_segment(desks[n].write(*rest)) for n, rest in enumerate(waiting) if rest]
    return segments


def _draft(what: str, who: int | bytes, earlier: EventId, ms: int) -> Event:
    match what:
        case "in":
            return check_in(who, ms=ms)
        case "undo":
            return undo(earlier, ms=ms)
        case "ink":
            return inked(who, ms=ms)
        case "issue":
            return issued(who, ms=ms)
        case _:
            return refused(0, who, ms=ms)
