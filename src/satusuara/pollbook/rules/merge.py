"""The union of everything heard. A check-in is a claim, never a field that somebody overwrites.

State = a grow-only set of events; merging is set union, so order, repetition and delay cannot matter. A claim is live
while no undo names it; 0 live claims of a person = not voted, 1 = voted, 2 or more = a conflict that no clock settles.

An undo counts where its device stands at the same station as what it names, and names something that can be taken
back; one device's undo reaches back, never forward. Whatever does not count is kept and shown.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from satusuara.pollbook.rules.events import Event, EventId, Kind, genesis, undone_by
from satusuara.pollbook.rules.segments import Segment

UNDOABLE = frozenset({Kind.CHECK_IN, Kind.BALLOTS_ISSUED, Kind.INK_APPLIED, Kind.SPOILT})
MAX_PAIRED = 16
"""Of one person's live claims so many are paired into cases: enough for any real voter, no bomb for a hostile key."""

PersonOf = Callable[[str, "int | bytes"], bytes]


class Entry(NamedTuple):
    """An event with where it stands and what it hashes to. Two entries of one id are a fork."""

    device: bytes
    seq: int
    hash: bytes
    station: str
    election: str
    event: Event

    @property
    def key(self) -> tuple[bytes, int, bytes, str, str]:
        """What makes it this entry: all but the decoded event, which the hash stands for."""
        return self[:5]

    @property
    def id(self) -> EventId:
        return EventId(self.device, self.seq)


class Fork(NamedTuple):
    """Two signed hashes where there can be one: the key was copied, or the device went back in time.

    ``seq``: the number that occurs twice; both signed segments are the proof.
    """

    device: bytes
    seq: int
    hashes: tuple[bytes, bytes]


def line_person(station: str, voter: int | bytes) -> bytes:
    """Who is meant, where no roll is at hand: a key as it is, a roll line by station and number."""
    if isinstance(voter, bytes):
        return voter
    return hashlib.sha256(f"satusuara/line/1\n{station}\n{voter}".encode()).digest()[:16]


def case_id(one: EventId, other: EventId) -> bytes:
    """The name of a conflict, the same on every replica: SHA-256 of the two claim ids in order."""
    first, second = sorted((one.to_bytes(), other.to_bytes()))
    return hashlib.sha256(first + second).digest()


def cases(claims: Iterable[EventId]) -> dict[bytes, tuple[EventId, EventId]]:
    """{case id: its two claims, in order} of one person's live claims."""
    known = sorted(set(claims))[:MAX_PAIRED]
    return {case_id(a, b): (a, b) for n, a in enumerate(known) for b in known[n + 1 :]}


@dataclass(slots=True)
class DeviceLog:
    """What is known of one device: events by number, and how far they reach without a gap."""

    device: bytes
    events: dict[int, dict[tuple[bytes, str, str], Entry]] = field(default_factory=lambda: defaultdict(dict))
    head: int = 0

    def add(self, entry: Entry) -> bool:
        """Whether it was new. Events behind a gap wait in the same set: they count, the head does not pass them."""
        here = self.events[entry.seq]
        key = (entry.hash, entry.station, entry.election)
        if key in here:
            return False
        here[key] = entry
        while self.head + 1 in self.events:
            self.head += 1
        return True

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """Numbers that are missing before something that is there, as (first, last)."""
        known = sorted(self.events)
        starts = [0, *known]
        return [(a + 1, b - 1) for a, b in zip(starts, known, strict=False) if b - a > 1]

    @property
    def waiting(self) -> int:
        """Events behind the first gap."""
        return sum(seq > self.head for seq in self.events)

    def forks(self) -> Iterator[Fork]:
        """Numbers with two events, and links that lead to an event that is not there."""
        for seq, here in self.events.items():
            if len(here) > 1:
                first, second = sorted(here)[:2]
                yield Fork(self.device, seq, (first[0], second[0]))
            for entry in here.values():
                before = self._before(entry)
                if before and entry.event.prev not in before:
                    found, meant = sorted((min(before), entry.event.prev))
                    yield Fork(self.device, seq - 1, (found, meant))

    def _before(self, entry: Entry) -> set[bytes]:
        """What the event before may hash to; empty while it is not here."""
        if entry.seq == 1:
            return {genesis(self.device, entry.election, entry.station)}
        return {hashed for hashed, _, _ in self.events.get(entry.seq - 1, ())}


class Replica:
    """Everything one tier has heard. Equal sets of segments give equal replicas, however they came."""

    def __init__(self, person_of: PersonOf = line_person) -> None:
        self.person_of = person_of
        self.logs: dict[bytes, DeviceLog] = {}

    def add(self, segment: Segment) -> int:
        """Adds an opened segment's events; how many were new."""
        log = self.logs.setdefault(segment.device, DeviceLog(segment.device))
        return sum(
            log.add(Entry(segment.device, event.seq, hashed, segment.station, segment.election, event))
            for event, hashed in zip(segment.events, segment.hashes, strict=True)
        )

    def have(self) -> dict[bytes, int]:
        """{device: highest number without a gap before it}: what another replica need not send."""
        return {device: log.head for device, log in sorted(self.logs.items())}

    def entries(self) -> Iterator[Entry]:
        """Every event there is, by device, number and hash."""
        for _, log in sorted(self.logs.items()):
            for _, here in sorted(log.events.items()):
                for _, entry in sorted(here.items()):
                    yield entry

    def state(self) -> State:
        return resolve(self.entries(), self.person_of, forks=[f for log in self.logs.values() for f in log.forks()])


@dataclass(frozen=True, slots=True)
class State:
    """What a set of events means."""

    claims: dict[bytes, tuple[EventId, ...]]  # person: live claims
    cancelled: frozenset[EventId]
    idle_undos: dict[EventId, tuple[EventId, ...]]  # an undo: what it names without effect (so far)
    conflicts: dict[bytes, tuple[EventId, EventId]]  # case id: the two claims
    forks: tuple[Fork, ...]
    entries: tuple[Entry, ...]  # every event, by id
    live: tuple[Entry, ...]  # those that no undo cancelled

    def votes_of(self, person: bytes) -> int:
        """0: not voted, 1: voted, 2 and more: a conflict."""
        return len(self.claims.get(person, ()))


def resolve(entries: Iterable[Entry], person_of: PersonOf = line_person, *, forks: Iterable[Fork] = ()) -> State:
    """The meaning of a set of events: a function of the set alone."""
    known = [entry for _, entry in sorted({entry.key: entry for entry in entries}.items())]
    by_id: dict[EventId, list[Entry]] = defaultdict(list)
    for entry in known:
        by_id[entry.id].append(entry)
    cancelled: set[EventId] = set()
    idle: dict[EventId, tuple[EventId, ...]] = {}
    for entry in known:
        if entry.event.kind is Kind.UNDO:
            named = undone_by(entry.event)
            hit = {one for one in named if any(undo_counts(entry, target) for target in by_id.get(one, ()))}
            cancelled |= hit
            if len(hit) < len(named):
                idle[entry.id] = tuple(one for one in named if one not in hit)
    claims: dict[bytes, set[EventId]] = defaultdict(set)
    live = tuple(entry for entry in known if entry.id not in cancelled)
    for entry in live:
        if entry.event.kind is Kind.CHECK_IN and entry.event.voter is not None:
            claims[person_of(entry.station, entry.event.voter)].add(entry.id)
    sorted_claims = {person: tuple(sorted(ids)) for person, ids in sorted(claims.items())}
    conflicts: dict[bytes, tuple[EventId, EventId]] = {}
    for ids in sorted_claims.values():
        if len(ids) > 1:
            conflicts |= cases(ids)
    return State(
        sorted_claims, frozenset(cancelled), idle, dict(sorted(conflicts.items())), tuple(sorted(set(forks))),
        tuple(known), live,
    )  # fmt: skip


def undo_counts(undo: Entry, target: Entry) -> bool:
    """Whether an undo takes this event back: same station, something that can be taken back, not the future."""
    return (
        undo.station == target.station
        and target.event.kind in UNDOABLE
        and (undo.device != target.device or target.seq < undo.seq)
    )
