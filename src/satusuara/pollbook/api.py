"""The devices' door: segments in, receipts out, and what a station needs to know. Known by signature, not by session.

Whatever goes wrong is said in words, and never tells a device to delete anything.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Router

from satusuara.areas.models import Area
from satusuara.kernel.i18n import Text
from satusuara.people.queries import Scope
from satusuara.pollbook import queries
from satusuara.pollbook.actions.ingest import intake
from satusuara.pollbook.actions.prepare import REMEDY, TOO_LARGE, Incoming, sentence_of
from satusuara.pollbook.choices import Outcome
from satusuara.pollbook.models import Device
from satusuara.pollbook.rules.receipts import RequestError, open_request
from satusuara.pollbook.rules.segments import MAX_SEGMENT

router = Router(tags=["pollbook"])

_NAME = re.compile(r"([1-9][0-9]{0,9})-([0-9a-f]{64})")
_DEVICE = re.compile(r"[0-9a-f]{32}")

WORDS = {
    "request-unsigned": Text("Permintaan tidak ditandatangani perangkat", "The request is not signed by a device"),
    "request-signature-wrong": Text("Tanda tangan permintaan tidak cocok", "The request's signature does not fit"),
    "request-time": Text(
        "Jam perangkat berbeda lebih dari 15 menit dengan server; sesuaikan dengan server_ms lalu ulangi",
        "The device's clock is more than 15 minutes off; go by server_ms and ask again",
    ),
    "device-unknown": Text("Perangkat belum terdaftar atau sudah dicabut", "The device is not enrolled, or revoked"),
    "station-other": Text("Data TPS lain bukan untuk perangkat ini", "Other stations' data are not for this device"),
    "packet-missing": Text("Paket TPS ini belum diterbitkan", "The packet of this station is not published yet"),
    "segment-address": Text("Alamat segmen tidak sah", "The segment's address is not valid"),
}  # fmt: skip


@router.put("/pollbook/segments/{device}/{name}", summary="Store one segment; answers with a signed receipt")
def put_segment(request: HttpRequest, device: str, name: str) -> HttpResponse:
    """Body: the segment's bytes; `name` is `<first>-<hash>`. The same segment again: the same receipt."""
    at = timezone.now()
    found = _NAME.fullmatch(name)
    if found is None or not _DEVICE.fullmatch(device):
        return _answer(at, 404, "segment-address", WORDS["segment-address"])
    if int(request.headers.get("Content-Length") or 0) > MAX_SEGMENT:
        return _answer(at, 413, "segment-too-large", sentence_of("segment-too-large"), remedy=TOO_LARGE)
    raw = request.read(MAX_SEGMENT + 1)
    if len(raw) > MAX_SEGMENT:
        return _answer(at, 413, "segment-too-large", sentence_of("segment-too-large"), remedy=TOO_LARGE)
    item = Incoming(raw, device, int(found[1]), found[2])
    answer = intake.put(scope=Scope.system("device"), item=item, at=at)
    if answer.outcome == Outcome.QUARANTINED:
        return _answer(at, 422, answer.code, sentence_of(answer.code), remedy=REMEDY, state=answer.outcome)
    return JsonResponse({"state": answer.outcome, "receipt": answer.receipt, "server_ms": _ms(at)})


@router.get("/pollbook/have", summary="How far each device of the station is known")
def get_have(request: HttpRequest, station: str) -> HttpResponse:
    return _for_device(request, station, lambda area: {"have": queries.have(area)})


@router.get("/pollbook/segments", summary="Segments of the station's other devices")
def get_segments(request: HttpRequest, station: str, after: str = "") -> HttpResponse:
    """`after`: `device:number` pairs joined by commas, as `have` gives them."""
    known: dict[str, int] = {}
    for pair in filter(None, after.split(",")):
        device, _, number = pair.partition(":")
        if _DEVICE.fullmatch(device) and number.isascii() and number.isdigit():
            known[device] = int(number)
    return _for_device(
        request,
        station,
        lambda area: {"segments": [base64.b64encode(raw).decode() for raw in queries.segments_after(area, known)]},
    )


@router.get("/pollbook/doubles", summary="Open conflicts that touch the station")
def get_doubles(request: HttpRequest, station: str) -> HttpResponse:
    def found(area: Area) -> dict[str, Any]:
        return {"doubles": [_double(row, area) for row in queries.doubles_at(area)]}

    return _for_device(request, station, found)


@router.get("/pollbook/marks", summary="Who was let in elsewhere: own lines, and shortened keys since a cursor")
def get_marks(request: HttpRequest, station: str, after: int = 0) -> HttpResponse:
    def found(area: Area) -> dict[str, Any]:
        marks = queries.marks_for(area, after=max(0, after))
        keys = base64.b64encode(marks.keys).decode()
        return {"lines": list(marks.lines), "keys": keys, "cursor": marks.cursor, "more": marks.more}

    return _for_device(request, station, found)


@router.get("/pollbook/packet", summary="The station's locked packet")
def get_packet(request: HttpRequest, station: str) -> HttpResponse:
    """The signed packet of a station, as published; its ETag is its hash."""
    at = timezone.now()
    area = _station(request, station, at)
    if isinstance(area, HttpResponse):
        return area
    packet = queries.packet_of(area)
    if packet is None:
        return _answer(at, 404, "packet-missing", WORDS["packet-missing"])
    return HttpResponse(bytes(packet.body), content_type="application/cbor", headers={"ETag": f'"{packet.sha256}"'})


def _double(row: Any, area: Area) -> dict[str, Any]:
    claims = [
        {
            "device": claim.device.device, "seq": claim.seq, "station": claim.station.code,
            "station_name": claim.station.name, "ms": claim.ms,
            "line": claim.line if claim.station_id == area.pk else None,  # lines of another roll stay there
        }
        for claim in (row.first, row.second)
    ]  # fmt: skip
    return {"case": row.case_id, "claims": claims, "raised_ms": _ms(row.raised_at)}


def _for_device(request: HttpRequest, station: str, found: Any) -> HttpResponse:
    at = timezone.now()
    area = _station(request, station, at)
    if isinstance(area, HttpResponse):
        return area
    return JsonResponse({**found(area), "server_ms": _ms(at)})


def _station(request: HttpRequest, code: str, at: datetime) -> Area | HttpResponse:
    """The station that the asking device may know of, or the answer that says why not."""
    try:
        public_key = open_request(
            request.headers.get("Authorization", ""), request.method or "GET", request.get_full_path(), _ms(at)
        )
    except RequestError as error:
        return _answer(at, 401, error.code, WORDS[error.code])
    device: Device | None = queries.device_of(public_key, at=at)
    if device is None:
        return _answer(at, 401, "device-unknown", WORDS["device-unknown"])
    area = queries.station_for(device, code)
    if area is None:
        return _answer(at, 403, "station-other", WORDS["station-other"])
    return area


def _answer(
    at: datetime, status: int, code: str, text: Text, *, remedy: Text | None = None, state: str = ""
) -> HttpResponse:
    """What was refused, in both languages: a device shows the one its officer reads."""
    body: dict[str, Any] = {"code": code, "sentence": {"id": text.id, "en": text.en}, "server_ms": _ms(at)}
    if remedy is not None:
        body["remedy"] = {"id": remedy.id, "en": remedy.en}
    if state:
        body["state"] = state
    return JsonResponse(body, status=status)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
