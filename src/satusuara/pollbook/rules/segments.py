"""Signed runs of events: at most twelve, or ten minutes, under one signature. The same bytes on every carrier.

A segment is ``[body, signature]``; the body is ``[1, election, station, public key, first seq, [event …]]``, both
deterministic CBOR, the body and each event as byte strings. The signature is over the context and the body, the
segment's hash is the SHA-256 of the body: signing again gives no other segment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from satusuara.kernel.i18n import Text
from satusuara.pollbook.rules import cbor, keys
from satusuara.pollbook.rules.events import (
    Event,
    EventError,
    Stamp,
    decode_event,
    encode_event,
    event_hash,
)

VERSION = 1
MAX_EVENTS = 12
MAX_SPAN_MS = 10 * 60 * 1000
MAX_SEGMENT = 8192  # bytes: twelve of the longest events, and what stands around them


class Segment(Struct, frozen=True):
    """An opened segment: its own signature holds and its events follow each other. Whether the device is known is
    another question (``manifests``)."""

    election: str
    station: str
    public_key: bytes
    device: bytes
    first: int
    events: tuple[Event, ...]
    hashes: tuple[bytes, ...]
    hash: bytes
    raw: bytes

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1

    @property
    def prev(self) -> bytes:
        """The hash that the event before the first one must have."""
        return self.events[0].prev


class SegmentError(ValueError):
    """Bytes that are no segment, or not one that its own key signed: ``code`` and a sentence in both languages."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail

    @property
    def sentence(self) -> Text:
        return SENTENCES[self.code]


SENTENCES = {
    "segment-too-large": Text(
        f"Kiriman lebih besar dari {MAX_SEGMENT} bita; bukan satu segmen buku pemilih",
        f"What was sent is larger than {MAX_SEGMENT} bytes; it is not one segment of the pollbook",
    ),
    "segment-malformed": Text(
        "Isi segmen terpotong, rusak, atau tidak dalam bentuk bakunya",
        "The segment is truncated, damaged, or not in its one form",
    ),
    "segment-version": Text(
        "Segmen dibuat oleh versi yang tidak dikenal di sini", "The segment was made by a version unknown here"
    ),
    "key-unusable": Text("Kunci perangkat tidak boleh dipakai", "The device's key must not be used"),
    "signature-wrong": Text(
        "Tanda tangan tidak cocok dengan isi segmen: ada yang diubah",
        "The signature does not fit the segment: something was changed",
    ),
    "chain-broken": Text(
        "Catatan di dalam segmen tidak sambung-menyambung", "The events inside the segment do not follow each other"
    ),
}


def must_seal(events: Sequence[Event], now_ms: int) -> bool:
    """Whether a device signs and sends what it has: twelve events, or ten minutes since the first."""
    return len(events) >= MAX_EVENTS or (bool(events) and abs(now_ms - events[0].stamp.ms) >= MAX_SPAN_MS)


def chain(dev_ix: int, seq: int, prev: bytes, drafts: Sequence[Event]) -> list[Event]:
    """``drafts`` numbered and linked behind event ``seq`` with hash ``prev`` (0 and ``genesis``: the first)."""
    linked: list[Event] = []
    for draft in drafts:
        seq += 1
        event = Event(
            dev_ix, seq, prev, Stamp(*draft.stamp), draft.kind, draft.voter, draft.category, draft.mask,
            draft.officer, draft.detail,
        )  # fmt: skip
        prev = event_hash(encode_event(event))
        linked.append(event)
    return linked


def seal_segment(seed: bytes, election: str, station: str, events: Sequence[Event]) -> bytes:
    """The signed bytes of linked events. :raises ValueError: none, too many, or not in order"""
    if not 1 <= len(events) <= MAX_EVENTS:
        raise ValueError(f"a segment has 1 to {MAX_EVENTS} events")
    body = cbor.encode(
        [VERSION, election, station, keys.public_of(seed), events[0].seq, [encode_event(event) for event in events]]
    )
    return cbor.encode([body, keys.sign(seed, keys.SEGMENT, body)])


def open_segment(raw: bytes, *, checked: bool = False) -> Segment:
    """Checks form, order, links and the signature. ``checked``: the signature was, when these bytes were stored.

    :raises SegmentError: with the one reason why not
    """
    if len(raw) > MAX_SEGMENT:
        raise SegmentError("segment-too-large", f"{len(raw)} bytes")
    try:
        outer: Any = cbor.decode(raw)
        if type(outer) is not list or len(outer) != 2 or type(outer[0]) is not bytes or type(outer[1]) is not bytes:
            raise SegmentError("segment-malformed", "not [body, signature]")
        body, signature = outer
        inner: Any = cbor.decode(body)
    except cbor.CborError as error:
        raise SegmentError("segment-malformed", str(error)) from None
    if type(inner) is not list or len(inner) != 6 or type(inner[0]) is not int:
        raise SegmentError("segment-malformed", "not the six parts of a body")
    version, election, station, public_key, first, events = inner
    if version != VERSION:
        raise SegmentError("segment-version", str(version))
    if not (
        type(election) is str and 0 < len(election) <= 32 and type(station) is str and 0 < len(station) <= 16
        and type(public_key) is bytes and type(first) is int and type(events) is list
        and 1 <= len(events) <= MAX_EVENTS and len(signature) == keys.SIGNATURE_SIZE
    ):  # fmt: skip
        raise SegmentError("segment-malformed", "a part of the body")
    try:
        if not checked and not keys.verify(public_key, keys.SEGMENT, body, signature):
            raise SegmentError("signature-wrong")
    except keys.UnfitKey as error:
        raise SegmentError("key-unusable", str(error)) from None
    found, hashes = _linked(events, first)
    return Segment(
        election, station, public_key, keys.device_id(public_key), first, found, hashes,
        hashlib.sha256(body).digest(), raw,
    )  # fmt: skip


def _linked(raws: list[Any], first: int) -> tuple[tuple[Event, ...], tuple[bytes, ...]]:
    events: list[Event] = []
    hashes: list[bytes] = []
    for n, raw in enumerate(raws):
        if type(raw) is not bytes:
            raise SegmentError("segment-malformed", f"event {n}")
        try:
            event = decode_event(raw)
        except EventError as error:
            raise SegmentError("segment-malformed", f"event {n}: {error}") from None
        follows = not events or (event.prev == hashes[-1] and event.dev_ix == events[0].dev_ix)
        if event.seq != first + n or not follows:
            raise SegmentError("chain-broken", f"event {n}")
        events.append(event)
        hashes.append(event_hash(raw))
    return tuple(events), tuple(hashes)
