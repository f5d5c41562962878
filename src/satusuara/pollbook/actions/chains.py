"""How new segments join what is known of a device: in order (nearly always), behind a gap, into one, over another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from satusuara.pollbook.models import Segment as Row
from satusuara.pollbook.rules.events import genesis
from satusuara.pollbook.rules.segments import Segment, open_segment


class FoundFork(NamedTuple):
    device_pk: int
    device: bytes
    seq: int
    hashes: tuple[str, str]


class Piece(NamedTuple):
    """A stored segment as far as its neighbours need it."""

    first: int
    last: int
    prev: bytes
    last_hash: bytes


@dataclass(slots=True)
class Chain:
    """A device's chain as stored: ``head`` without a gap, and whether something waits behind one."""

    pk: int
    device: bytes
    head: int
    head_hash: bytes
    waiting: bool
    _pieces: list[Piece] | None = field(default=None)  # those behind the head, once they are needed
    _new: list[Segment] = field(default_factory=list)  # joined in this batch, not stored yet

    def join(self, segment: Segment) -> tuple[list[FoundFork], set[int]]:
        """Puts a segment in its place: forks that this proves, and numbers that stood in an earlier segment too."""
        if self.head == 0:
            start = genesis(self.device, segment.election, segment.station)
            self.head_hash = self.head_hash or start
        if not self.waiting and segment.first == self.head + 1:
            forks = [self._fork(self.head, self.head_hash, segment.prev)] if segment.prev != self.head_hash else []
            self.head, self.head_hash = segment.last, segment.hashes[-1]
            found: tuple[list[FoundFork], set[int]] = forks, set()
        else:
            found = self._join_slowly(segment)
        self._new.append(segment)
        return found

    def _fork(self, seq: int, one: bytes, other: bytes) -> FoundFork:
        first, second = sorted((one.hex(), other.hex()))
        return FoundFork(self.pk, self.device, seq, (first, second))

    def _join_slowly(self, segment: Segment) -> tuple[list[FoundFork], set[int]]:
        pieces = self._behind()
        forks: list[FoundFork] = []
        again: set[int] = set()
        if segment.first <= self.head or any(p.first <= segment.last and segment.first <= p.last for p in pieces):
            forks, again = self._compare(segment)
        if segment.first == self.head + 1 and segment.prev != self.head_hash:
            forks.append(self._fork(self.head, self.head_hash, segment.prev))
        for piece in pieces:
            if piece.last == segment.first - 1 and piece.last_hash != segment.prev:
                forks.append(self._fork(piece.last, piece.last_hash, segment.prev))
            if piece.first == segment.last + 1 and piece.prev != segment.hashes[-1]:
                forks.append(self._fork(segment.last, segment.hashes[-1], piece.prev))
        pieces.append(Piece(segment.first, segment.last, segment.prev, segment.hashes[-1]))
        self._advance(pieces)
        return forks, again

    def _behind(self) -> list[Piece]:
        if self._pieces is None:
            rows = Row.objects.filter(device=self.pk, last__gt=self.head)
            values = rows.values_list("first", "last", "prev_hash", "last_hash")
            self._pieces = [Piece(first, last, bytes(prev), bytes(end)) for first, last, prev, end in values]
        return self._pieces

    def _advance(self, pieces: list[Piece]) -> None:
        for piece in sorted(pieces):
            if piece.first > self.head + 1:
                break
            if piece.last > self.head:
                self.head, self.head_hash = piece.last, piece.last_hash
        self._pieces = [piece for piece in pieces if piece.last > self.head]
        self.waiting = bool(self._pieces)

    def _compare(self, segment: Segment) -> tuple[list[FoundFork], set[int]]:
        """Against every earlier segment that shares a number: equal events are the same, others prove a fork."""
        forks: list[FoundFork] = []
        again: set[int] = set()
        rows = Row.objects.filter(device=self.pk, first__lte=segment.last, last__gte=segment.first)
        others = [open_segment(bytes(raw), checked=True) for raw in rows.values_list("raw", flat=True)]
        for other in [*others, *self._new]:
            theirs = dict(zip(range(other.first, other.last + 1), other.hashes, strict=True))
            for seq, hashed in zip(range(segment.first, segment.last + 1), segment.hashes, strict=True):
                if seq not in theirs:
                    continue
                again.add(seq)
                if theirs[seq] != hashed or other.station != segment.station:
                    forks.append(self._fork(seq, theirs[seq], hashed))
                    break  # the first difference is the proof; what follows differs of itself
        return forks, again
