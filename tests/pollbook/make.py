"""Made-up devices, voters and days for tests: everything follows from a word, so that bytes are the same every time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from satusuara.pollbook.rules import keys, segments
from satusuara.pollbook.rules.events import Event, EventId, Kind, Stamp, encode_event, event_hash, genesis
from satusuara.pollbook.rules.segments import Segment

ELECTION = "id-2024"
HERE, THERE, FAR = "7322012001001", "7322992001001", "7401012001001"
DAY_MS = 1_707_865_200_000  # 14 February 2024, 07:00 in Makassar


def seed_of(word: str) -> bytes:
    return hashlib.sha256(f"satusuara test vector: {word}".encode()).digest()


def draft(kind: Kind, voter: int | bytes | None = None, *, ms: int = DAY_MS, **parts: Any) -> Event:
    """An event that is not numbered or linked yet."""
    return Event(0, 0, b"", Stamp(ms, parts.pop("ctr", 0)), kind, voter, **parts)


def check_in(voter: int | bytes, *, ms: int = DAY_MS, category: int = 0, mask: int = 31, part: int = 0) -> Event:
    return draft(Kind.CHECK_IN, voter, ms=ms, category=category, mask=mask, officer=4, detail=[part, None])


def issued(voter: int | bytes, *, ms: int = DAY_MS, mask: int = 31) -> Event:
    return draft(Kind.BALLOTS_ISSUED, voter, ms=ms, mask=mask, officer=1)


def inked(voter: int | bytes | None = None, *, ms: int = DAY_MS) -> Event:
    return draft(Kind.INK_APPLIED, voter, ms=ms, officer=7, detail=1)


def refused(reason: int, voter: int | bytes | None = None, *, ms: int = DAY_MS) -> Event:
    return draft(Kind.REFUSED, voter, ms=ms, officer=4, detail=reason)


def undo(*named: EventId, ms: int = DAY_MS, returned: int = 31) -> Event:
    ids = [[one.device, one.seq] for one in named]
    return draft(Kind.UNDO, ms=ms, mask=returned, officer=4, detail=[ids, 0, 1])


@dataclass
class Desk:
    """A device with its key and its chain."""

    word: str
    station: str = HERE
    dev_ix: int = 0
    election: str = ELECTION
    events: list[Event] = field(default_factory=list)

    @property
    def seed(self) -> bytes:
        return seed_of(self.word)

    @property
    def public_key(self) -> bytes:
        return keys.public_of(self.seed)

    @property
    def device(self) -> bytes:
        return keys.device_id(self.public_key)

    @property
    def head(self) -> tuple[int, bytes]:
        """Number and hash of the last event."""
        if not self.events:
            return 0, genesis(self.device, self.election, self.station)
        return self.events[-1].seq, event_hash(encode_event(self.events[-1]))

    def id(self, seq: int) -> EventId:
        return EventId(self.device, seq)

    def write(self, *drafts: Event) -> bytes:
        """One segment of the next events."""
        linked = segments.chain(self.dev_ix, *self.head, drafts)
        self.events += linked
        return segments.seal_segment(self.seed, self.election, self.station, linked)

    def write_all(self, drafts: Sequence[Event]) -> list[bytes]:
        """As many segments as it takes."""
        return [self.write(*drafts[n : n + 12]) for n in range(0, len(drafts), 12)]

    def opened(self, *drafts: Event) -> Segment:
        return segments.open_segment(self.write(*drafts))

    def copied(self) -> Desk:
        """The same key with the same past: what a cloned phone is."""
        return Desk(self.word, self.station, self.dev_ix, self.election, list(self.events))
