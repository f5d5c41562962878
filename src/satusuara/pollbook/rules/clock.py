"""Order for the eye: a hybrid logical clock that no wrong clock can drag along (Kulkarni et al. 2014, bounded).

Nothing is ever decided by time. A clock set to 2100 keeps its events, is named, and moves nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable

from satusuara.pollbook.rules.events import Event, Stamp

MAX_AHEAD_MS = 15 * 60 * 1000


def tick(last: Stamp, now_ms: int) -> Stamp:
    """The stamp of the device's next event. A ``last`` far ahead of the clock (it was wrong once) is let go: on one
    device the sequence number keeps the order."""
    if now_ms > last.ms or last.ms - now_ms > MAX_AHEAD_MS:
        return Stamp(now_ms, 0)
    return Stamp(last.ms, last.ctr + 1)


def receive(last: Stamp, remote: Stamp, now_ms: int) -> tuple[Stamp, bool]:
    """The clock after hearing ``remote``, and whether that one is suspect: then the clock does not move."""
    if is_suspect(remote, now_ms):
        return last, True
    return (remote if remote > last else last), False


def is_suspect(stamp: Stamp, now_ms: int) -> bool:
    """Whether a stamp lies more than 15 minutes ahead of the time at which it was heard."""
    return stamp.ms - now_ms > MAX_AHEAD_MS


def display_times(events: Iterable[Event], heard_ms: int) -> list[int]:
    """Where each event of one device, in order, stands in time: its own stamp, or where that is suspect the last good
    one before it (none: when it was heard). So a wrong clock reorders nothing of others."""
    times: list[int] = []
    good: int | None = None
    for event in events:
        if not is_suspect(event.stamp, heard_ms):
            good = event.stamp.ms
        times.append(heard_ms if good is None else good)
    return times
