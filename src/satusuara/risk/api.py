"""The door of an SMS gateway: signed messages in, what to answer out. Known by its secret, not by a session."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Router

from satusuara.kernel.i18n import Text
from satusuara.risk.actions import receive_message

router = Router(tags=["readiness"])

WINDOW = timedelta(minutes=5)
"""How far the time of a signature may be from this server's: what was recorded cannot be played again later."""
LARGEST = 8 * 1024
SHORTEST_SECRET = 32

WORDS = {
    "sms-off": Text(
        "Penerimaan pesan belum diatur (SATUSUARA_SMS_SECRET, sedikitnya 32 karakter)",
        "Taking messages is not set up (SATUSUARA_SMS_SECRET, at least 32 characters)",
    ),
    "message-unsigned": Text("Pesan tidak ditandatangani dengan benar", "The message is not signed as it must be"),
    "message-time": Text(
        "Waktu tanda tangan lebih dari 5 menit dari jam server", "The signature's time is over 5 minutes off"
    ),
    "message-large": Text("Pesan terlalu besar", "The message is too large"),
    "message-unreadable": Text(
        "Isi harus JSON dengan id, from, dan text", "The body must be JSON with id, from and text"
    ),
}
_STATUS = {"sms-off": 503, "message-unsigned": 401, "message-time": 401, "message-large": 413}


class Incoming(msgspec.Struct, frozen=True):
    """What the gateway sends. ``sent``: seconds since 1970 by the network, where the gateway knows it."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    from_: Annotated[str, msgspec.Meta(min_length=3, max_length=32)] = msgspec.field(name="from")
    text: Annotated[str, msgspec.Meta(max_length=1600)]
    sent: Annotated[float, msgspec.Meta(ge=0, le=4e9)] | None = None


@router.post("/messages/sms", summary="A message from an SMS gateway; answers with what to send back")
def take_sms(request: HttpRequest) -> HttpResponse:
    """Headers: `X-Satusuara-Time` (seconds since 1970) and `X-Satusuara-Signature`, the hexadecimal HMAC-SHA256 of
    `<time>.<body>` under SATUSUARA_SMS_SECRET. The same `id` again gets the same answer and changes nothing."""
    at = timezone.now()
    if len(settings.SMS_SECRET) < SHORTEST_SECRET:
        return _refused("sms-off")
    if int(request.headers.get("Content-Length") or 0) > LARGEST:
        return _refused("message-large")
    body = request.read(LARGEST + 1)
    stated = request.headers.get("X-Satusuara-Time", "")
    wanted = hmac.new(settings.SMS_SECRET.encode(), f"{stated}.".encode() + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), request.headers.get("X-Satusuara-Signature", "").lower().encode()):
        return _refused("message-unsigned")
    if not (stated.isascii() and stated.isdigit()) or abs(at.timestamp() - int(stated)) > WINDOW.total_seconds():
        return _refused("message-time")
    try:
        said = msgspec.json.decode(body, type=Incoming)
    except msgspec.DecodeError:
        return _refused("message-unreadable")
    sent = datetime.fromtimestamp(said.sent, UTC) if said.sent is not None else at
    row = receive_message(gateway_id=said.id, number=said.from_, text=said.text, sent_at=sent, at=at)
    return JsonResponse({"status": row.status, "kept": row.kept, "wrong": row.wrong, "reply": row.reply})


def _refused(code: str) -> HttpResponse:
    detail = WORDS[code].in_(get_language() or "id")
    return JsonResponse({"code": code, "detail": f"{detail}."}, status=_STATUS.get(code, 422))
