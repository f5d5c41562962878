"""What one device tells another through a QR code: who is marked, how far its chain reaches, signed.

A snapshot is ``[body, signature]``; body ``[1, station, public key, last seq, head hash, bitmap, extra keys]``. Bit
n-1 of the bitmap (bit ``n mod 8`` of byte ``n // 8``, as in the filter) is line n of the roll; extra keys are the voter
keys, 16 bytes each, joined and sorted. With 300 lines and three more voters it fits one QR code 12-M (287 bytes).

A whole segment travels as frames ``[1, hash (8), index, total, part]``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from msgspec import Struct

from satusuara.pollbook.rules import cbor, keys
from satusuara.pollbook.rules.events import VOTER_KEY_SIZE, Kind
from satusuara.pollbook.rules.manifests import open_signed
from satusuara.pollbook.rules.merge import State

VERSION = 1
FRAME_PART = 256
MAX_FRAMES = 64


class Snapshot(Struct, frozen=True):
    station: str
    public_key: bytes
    last: int
    head: bytes
    lines: frozenset[int]
    extra: tuple[bytes, ...]


class SnapshotError(ValueError):
    """Not a snapshot, not signed by its key, or a frame that fits no other."""


def marked(state: State, station: str) -> tuple[frozenset[int], tuple[bytes, ...]]:
    """Roll lines and voter keys with a live check-in at the station."""
    voters = [e.event.voter for e in state.live if e.station == station and e.event.kind is Kind.CHECK_IN]
    lines = frozenset(voter for voter in voters if isinstance(voter, int))
    return lines, tuple(sorted({voter for voter in voters if isinstance(voter, bytes)}))


def sign_snapshot(
    seed: bytes, *, station: str, size: int, last: int, head: bytes, lines: Iterable[int], extra: Iterable[bytes]
) -> bytes:
    """``size``: lines of the roll. :raises ValueError: a line beyond it"""
    bitmap = bytearray((size + 7) // 8)
    for line in lines:
        if not 1 <= line <= size:
            raise ValueError(f"no line {line} on a roll of {size}")
        bitmap[(line - 1) >> 3] |= 1 << ((line - 1) & 7)
    joined = b"".join(sorted(extra))
    body = cbor.encode([VERSION, station, keys.public_of(seed), last, head, bytes(bitmap), joined])
    return cbor.encode([body, keys.sign(seed, keys.SNAPSHOT, body)])


def open_snapshot(raw: bytes) -> Snapshot:
    """:raises SnapshotError: malformed, or not signed by the key it names"""
    try:
        outer = cbor.decode(raw)
        inner = cbor.decode(outer[0]) if isinstance(outer, list) and isinstance(outer[0], bytes) else None
    except (cbor.CborError, IndexError) as error:
        raise SnapshotError(str(error)) from None
    public_key = inner[2] if isinstance(inner, list) and len(inner) == 7 else None
    if not isinstance(public_key, bytes):
        raise SnapshotError("not the seven parts of a snapshot")
    _, value = open_signed(raw, public_key, keys.SNAPSHOT, SnapshotError)
    version, station, _, last, head, bitmap, extra = value
    if version != VERSION or not (type(station) is str and type(last) is int and type(head) is bytes):
        raise SnapshotError("a part of the snapshot")
    if not (type(bitmap) is bytes and type(extra) is bytes and len(extra) % VOTER_KEY_SIZE == 0):
        raise SnapshotError("a part of the snapshot")
    lines = frozenset(n + 1 for n in range(len(bitmap) * 8) if bitmap[n >> 3] >> (n & 7) & 1)
    parts = tuple(extra[n : n + VOTER_KEY_SIZE] for n in range(0, len(extra), VOTER_KEY_SIZE))
    return Snapshot(station, public_key, last, head, lines, parts)


def frames(raw: bytes, size: int = FRAME_PART) -> list[bytes]:
    """``raw`` cut into QR frames, to be shown one after another until the other side has them all."""
    parts = [raw[n : n + size] for n in range(0, len(raw), size)] or [b""]
    if len(parts) > MAX_FRAMES:
        raise SnapshotError("too large for QR codes")
    digest = hashlib.sha256(raw).digest()[:8]
    return [cbor.encode([VERSION, digest, n, len(parts), part]) for n, part in enumerate(parts)]


def join_frames(read: Iterable[bytes]) -> bytes | None:
    """The bytes of one set of frames, in any order, repeated or not; None while one is missing.

    :raises SnapshotError: a frame of another set, or bytes that are none
    """
    found: dict[int, bytes] = {}
    known: tuple[bytes, int] | None = None
    for raw in read:
        try:
            value = cbor.decode(raw)
        except cbor.CborError as error:
            raise SnapshotError(str(error)) from None
        if not isinstance(value, list) or len(value) != 5 or value[0] != VERSION:
            raise SnapshotError("not a frame")
        _, digest, n, total, part = value
        if not (
            isinstance(digest, bytes) and isinstance(n, int) and isinstance(total, int) and isinstance(part, bytes)
            and n < total <= MAX_FRAMES
        ):  # fmt: skip
            raise SnapshotError("not a frame")
        if known not in (None, (digest, total)):
            raise SnapshotError("a frame of another set")
        known = (digest, total)
        found[n] = part
    if known is None or len(found) < known[1]:
        return None
    whole = b"".join(found[n] for n in range(known[1]))
    if hashlib.sha256(whole).digest()[:8] != known[0]:
        raise SnapshotError("the frames do not fit together")
    return whole
