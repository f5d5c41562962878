"""What can be known of a segment without the database: opened, checked, and what it says taken apart. Runs anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from satusuara.kernel.i18n import Text
from satusuara.pollbook.choices import Carrier
from satusuara.pollbook.rules.clock import MAX_AHEAD_MS
from satusuara.pollbook.rules.events import Event, EventId, Kind, Refused, undone_by
from satusuara.pollbook.rules.segments import MAX_SEGMENT, SENTENCES, Segment, SegmentError, open_segment


@dataclass(frozen=True, slots=True)
class Incoming:
    """Bytes as they came; ``device``, ``first`` and ``hash`` (hex) as the address names them, where there is one."""

    raw: bytes
    device: str = ""
    first: int = 0
    hash: str = ""
    carrier: str = Carrier.HTTPS


@dataclass(slots=True)
class Prepared:
    """An incoming segment, opened (``segment``) or refused (``code``), and what its events say."""

    incoming: Incoming
    segment: Segment | None = None
    code: str = ""
    detail: str = ""
    check_ins: list[Event] = field(default_factory=list)
    undos: list[tuple[int, EventId]] = field(default_factory=list)  # number of the undo, what it names
    opened_ms: int | None = None
    closed_ms: int | None = None
    inked: int = 0
    refused: int = 0
    refused_inked: int = 0
    latest_ms: int = 0

    @property
    def opened(self) -> Segment:
        """The segment of one that was not refused."""
        if self.segment is None:
            raise ValueError(self.code)
        return self.segment

    def suspect(self, at_ms: int) -> bool:
        return self.latest_ms - at_ms > MAX_AHEAD_MS


ADDRESS = Text(
    "Isi kiriman bukan segmen yang disebut pada alamatnya", "What was sent is not the segment that its address names"
)


def prepare(items: Sequence[Incoming], executor: Executor | None = None) -> list[Prepared]:
    """Opens and checks segments; ``executor`` spreads them over threads (a signature's check holds no lock)."""
    if executor is None or len(items) < 2:
        return [_prepare(item) for item in items]
    return list(executor.map(_prepare, items, chunksize=8))


def _prepare(item: Incoming) -> Prepared:
    found = Prepared(item)
    try:
        segment = open_segment(item.raw)
    except SegmentError as error:
        found.code, found.detail = error.code, error.detail
        return found
    named = (segment.device.hex(), segment.first, segment.hash.hex())
    if item.hash and named != (item.device, item.first, item.hash):
        found.code = "address-differs"
        return found
    found.segment = segment
    for event in segment.events:
        _take_apart(found, event)
    return found


def _take_apart(found: Prepared, event: Event) -> None:
    found.latest_ms = max(found.latest_ms, event.stamp.ms)
    kind = event.kind
    if kind is Kind.CHECK_IN:
        found.check_ins.append(event)
    elif kind is Kind.INK_APPLIED:
        found.inked += 1
    elif kind is Kind.REFUSED:
        found.refused += 1
        found.refused_inked += event.detail == Refused.INKED
    elif kind is Kind.UNDO:
        found.undos += [(event.seq, one) for one in undone_by(event)]
    elif kind is Kind.OPEN:
        found.opened_ms = event.stamp.ms
    elif kind is Kind.CLOSE:
        found.closed_ms = event.stamp.ms


def sentence_of(code: str) -> Text:
    """Why something was not accepted, in words."""
    return REASONS.get(code) or SENTENCES[code]


REASONS = {
    "address-differs": ADDRESS,
    "device-unknown": Text(
        "Perangkat ini belum terdaftar; segmennya ditahan sampai perangkat didaftarkan",
        "This device is not enrolled; its segment is held until it is",
    ),
    "device-revoked": Text(
        "Perangkat ini sudah dicabut; segmennya ditahan untuk diperiksa petugas",
        "This device was revoked; its segment is held for an officer to look at",
    ),
    "device-expired": Text(
        "Masa berlaku perangkat ini belum mulai atau sudah lewat; segmennya ditahan untuk diperiksa petugas",
        "This device is not valid yet, or no longer; its segment is held for an officer to look at",
    ),
    "election-other": Text("Segmen ini milik pemilu lain", "The segment is of another election"),
    "station-unknown": Text("Tidak ada TPS dengan kode di segmen ini", "There is no station of the segment's code"),
    "station-other": Text(
        "Perangkat ini terdaftar untuk tempat lain, bukan TPS di segmen ini",
        "This device is enrolled for another place than the segment's station",
    ),
    "not-your-area": Text("Anda tidak berwenang atas TPS ini", "You have no right over this station"),
}

REMEDY = Text(
    "Segmen ini disimpan di sini dan di perangkat. Hubungi petugas KPU Kabupaten; jangan hapus apa pun.",
    "The segment is kept here and on the device. Call the regency's officer; delete nothing.",
)
TOO_LARGE = Text(
    f"Kirim satu segmen (paling besar {MAX_SEGMENT} bita). Data di perangkat tetap ada.",
    f"Send one segment (at most {MAX_SEGMENT} bytes). What is on the device stays there.",
)
