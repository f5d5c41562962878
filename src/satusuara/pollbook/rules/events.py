"""One deed at a desk: who (device, officer), when (a hybrid clock), what, about whom. Written once, never changed.

An event is the deterministic CBOR array
``[1, dev_ix, seq, prev, [ms, ctr], kind, voter, category, mask, officer, detail]`` and its hash is the SHA-256 of it.
``prev`` is the hash of the device's event before; of the first one, ``genesis``: a chain belongs to one station.
Categories and contests are named by their place in the law folder, so that nothing here belongs to one country.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from enum import IntEnum
from typing import Any, NamedTuple

from msgspec import Struct

from satusuara.pollbook.rules import cbor

VERSION = 1
MAX_EVENT = 512  # bytes; the longest lawful event (an undo of eight ids, a note) has fewer
MAX_LINE = 4095
VOTER_KEY_SIZE = 16
MAX_UNDONE = 8
MAX_NOTE = 160  # bytes of UTF-8
HASH_SIZE = 32


class Kind(IntEnum):
    OPEN = 0
    FINGER_CHECKED = 1
    CHECK_IN = 2
    BALLOTS_ISSUED = 3
    REFUSED = 4
    UNDO = 5
    INK_APPLIED = 6
    SPOILT = 7
    NOTE = 8
    CLOSE = 9


class Finger(IntEnum):
    CLEAR = 0
    STAINED = 1  # by work or dye, not ink: asked, and let in
    UNCLEAR = 2
    SUBSTITUTE = 3  # no such finger: another part of the hand was looked at


class Refused(IntEnum):
    INKED = 0
    ALREADY_IN = 1
    NOT_LISTED = 2
    WRONG_HOUR = 3
    MOVED_AWAY = 4  # the line is locked: a moving letter was issued
    NO_BALLOTS = 5
    PAPERS = 6
    ELSEWHERE = 7  # on the roll of another station


class UndoReason(IntEnum):
    WRONG_PERSON = 0
    LEFT_WITHOUT_BALLOT = 1
    WRONG_CATEGORY = 2
    WRONG_BALLOT = 3
    OTHER = 4


class EventId(NamedTuple):
    """A device and a number on it. Two different events under one id prove a copied key."""

    device: bytes
    seq: int

    def to_bytes(self) -> bytes:
        """20 bytes: device, then the number (big endian). Sorted as bytes, ids sort as pairs."""
        return self.device + self.seq.to_bytes(4, "big")


class Stamp(NamedTuple):
    """A hybrid logical clock: milliseconds since 1970 UTC, and a counter within one. For display order only."""

    ms: int
    ctr: int


class Event(Struct, frozen=True):
    """A deed, decoded. ``voter``: line of the station's roll (1 …), or 16 bytes of a key, or nobody.

    ``mask``: bit n = contest n of the law; check-in: what he is entitled to; ballots issued, spoilt, undo: what was
    handed out, replaced, taken back. ``detail`` by kind:

    open ``[[received per contest], ink bottles]`` · finger_checked ``Finger`` ·
    check_in ``[part, sealed NIK | null]`` · ballots_issued null · refused ``Refused`` ·
    undo ``[[[device, seq] …], reason, second officer]`` · ink_applied bottle · spoilt null · note text ·
    close ``[[[rows per part] per category], [[received, used, spoilt, unused] per contest], [disabled per part]]``
    """

    dev_ix: int
    seq: int
    prev: bytes
    stamp: Stamp
    kind: Kind
    voter: int | bytes | None = None
    category: int | None = None
    mask: int = 0
    officer: int = 0
    detail: Any = None


class EventError(ValueError):
    """Bytes that are no event; the words say which part."""


def genesis(device: bytes, election: str, station: str) -> bytes:
    """What the first event of a device holds as ``prev``."""
    return hashlib.sha256(b"satusuara/genesis/1\n" + device + f"{election}\n{station}".encode()).digest()


def event_hash(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def encode_event(event: Event) -> bytes:
    """:raises EventError: an event that breaks a rule of its kind"""
    raw = cbor.encode(
        [
            VERSION, event.dev_ix, event.seq, event.prev, list(event.stamp), int(event.kind), event.voter,
            event.category, event.mask, event.officer, event.detail,
        ]
    )  # fmt: skip
    decode_event(raw)
    return raw


def decode_event(raw: bytes) -> Event:  # noqa: PLR0912  one check a part, in order
    """:raises EventError: anything but a lawful event"""
    if len(raw) > MAX_EVENT:
        raise EventError(f"an event has at most {MAX_EVENT} bytes")
    try:
        value: Any = cbor.decode(raw)
    except cbor.CborError as error:
        raise EventError(str(error)) from None
    if type(value) is not list or len(value) != 11:
        raise EventError("an event has eleven parts")
    version, dev_ix, seq, prev, stamp, kind, voter, category, mask, officer, detail = value
    if version != VERSION:
        raise EventError("an unknown version")
    if not (
        type(dev_ix) is int and dev_ix < 1000 and type(seq) is int and 1 <= seq < 2**32
        and type(mask) is int and mask < 65536 and type(officer) is int and officer < 1000
    ):  # fmt: skip
        raise EventError("dev_ix, seq, mask or officer")
    if type(prev) is not bytes or len(prev) != HASH_SIZE:
        raise EventError("prev")
    if type(stamp) is not list or len(stamp) != 2 or type(stamp[0]) is not int or type(stamp[1]) is not int:
        raise EventError("stamp")
    if type(kind) is not int or kind >= len(_KINDS):
        raise EventError("kind")
    if type(voter) is int:
        if not 1 <= voter <= MAX_LINE:
            raise EventError("voter")
    elif voter is not None and (type(voter) is not bytes or len(voter) != VOTER_KEY_SIZE):
        raise EventError("voter")
    if category is not None and (type(category) is not int or category > 15):
        raise EventError("category")
    found, rule = _KINDS[kind]
    if not rule(voter, category, mask, detail):
        raise EventError(f"what a {found.name.lower()} must say")
    return Event(dev_ix, seq, prev, Stamp(stamp[0], stamp[1]), found, voter, category, mask, officer, detail)


def undone_by(event: Event) -> list[EventId]:
    """The exact events that an undo names."""
    return [EventId(device, seq) for device, seq in event.detail[0]]


def _is_uint(value: Any, below: int) -> bool:
    return type(value) is int and value < below


def _uints(value: Any, most: int) -> bool:
    return type(value) is list and len(value) <= most and all(_is_uint(item, 10_000_000) for item in value)


def _rows(value: Any, most: int, width: int) -> bool:
    return type(value) is list and len(value) <= most and all(_uints(row, width) for row in value)


def _open(voter: Any, category: Any, mask: int, detail: Any) -> bool:
    return (
        voter is None and category is None and mask == 0
        and type(detail) is list and len(detail) == 2 and _uints(detail[0], 16) and _is_uint(detail[1], 1000)
    )  # fmt: skip


def _finger(_voter: Any, _category: Any, mask: int, detail: Any) -> bool:
    return mask == 0 and _is_uint(detail, len(Finger))


def _check_in(voter: Any, category: Any, _mask: int, detail: Any) -> bool:
    return (
        voter is not None and category is not None
        and type(detail) is list and len(detail) == 2 and _is_uint(detail[0], 8)
        and (detail[1] is None or (type(detail[1]) is bytes and len(detail[1]) <= 128))
    )  # fmt: skip


def _about_somebody(voter: Any, _category: Any, mask: int, detail: Any) -> bool:
    return voter is not None and mask != 0 and detail is None


def _refused(_voter: Any, _category: Any, mask: int, detail: Any) -> bool:
    return mask == 0 and _is_uint(detail, len(Refused))


def _undo(_voter: Any, _category: Any, _mask: int, detail: Any) -> bool:
    return (
        type(detail) is list and len(detail) == 3
        and type(detail[0]) is list and 1 <= len(detail[0]) <= MAX_UNDONE and all(_is_id(item) for item in detail[0])
        and _is_uint(detail[1], len(UndoReason)) and _is_uint(detail[2], 1000)
    )  # fmt: skip


def _is_id(item: Any) -> bool:
    return (
        type(item) is list and len(item) == 2 and type(item[0]) is bytes and len(item[0]) == 16
        and type(item[1]) is int and 1 <= item[1] < 2**32
    )  # fmt: skip


def _ink(_voter: Any, _category: Any, mask: int, detail: Any) -> bool:
    return mask == 0 and _is_uint(detail, 100)


def _note(_voter: Any, _category: Any, mask: int, detail: Any) -> bool:
    return mask == 0 and type(detail) is str and len(detail.encode()) <= MAX_NOTE


def _close(voter: Any, category: Any, mask: int, detail: Any) -> bool:
    return (
        voter is None and category is None and mask == 0 and type(detail) is list and len(detail) == 3
        and _rows(detail[0], 16, 8) and _rows(detail[1], 16, 4) and _uints(detail[2], 8)
    )  # fmt: skip


_KINDS: tuple[tuple[Kind, Callable[[Any, Any, int, Any], bool]], ...] = (
    (Kind.OPEN, _open),
    (Kind.FINGER_CHECKED, _finger),
    (Kind.CHECK_IN, _check_in),
    (Kind.BALLOTS_ISSUED, _about_somebody),
    (Kind.REFUSED, _refused),
    (Kind.UNDO, _undo),
    (Kind.INK_APPLIED, _ink),
    (Kind.SPOILT, _about_somebody),
    (Kind.NOTE, _note),
    (Kind.CLOSE, _close),
)
