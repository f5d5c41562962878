"""What a device gets for a segment: the log's word that it is on a disk. Nothing is deleted on a device before.

A receipt is a signed note (C2SP signed-note) with the log's key over the text::

    satusuara/receipt/1
    <device, hex> <first> <last>
    <segment hash, hex>
    <index of the entry in the log> <time of arrival, ms>

A device also signs what it asks for: ``Authorization: Satusuara-Device <base64url of [public key, ms, signature]>``,
the signature over ``[1, method, path with query, ms, SHA-256 of the body]``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Any

from msgspec import Struct

from satusuara.pollbook.rules import cbor, keys

HEADER = "satusuara/receipt/1"
SCHEME = "Satusuara-Device "
MAX_SKEW_MS = 15 * 60 * 1000
_TEXT = re.compile(
    rf"{HEADER}\n([0-9a-f]{{32}}) ([1-9]\d{{0,9}}) ([1-9]\d{{0,9}})\n([0-9a-f]{{64}})\n(0|[1-9]\d*) (0|[1-9]\d*)\n"
)


class Receipt(Struct, frozen=True):
    device: bytes
    first: int
    last: int
    hash: bytes
    entry: int
    arrived_ms: int

    @property
    def text(self) -> str:
        """What is signed."""
        return (
            f"{HEADER}\n{self.device.hex()} {self.first} {self.last}\n{self.hash.hex()}\n"
            f"{self.entry} {self.arrived_ms}\n"
        )


def parse_receipt(text: str) -> Receipt:
    """The receipt of a note's text. :raises ValueError: not one"""
    found = _TEXT.fullmatch(text)
    if found is None:
        raise ValueError("not a receipt")
    device, first, last, hashed, entry, arrived = found.groups()
    return Receipt(bytes.fromhex(device), int(first), int(last), bytes.fromhex(hashed), int(entry), int(arrived))


class RequestError(ValueError):
    """A request that no device signed for this address at this time; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def sign_request(seed: bytes, method: str, path: str, now_ms: int, body: bytes = b"") -> str:
    """The Authorization header of a device's request."""
    message = _message(method, path, now_ms, body)
    token = cbor.encode([keys.public_of(seed), now_ms, keys.sign(seed, keys.REQUEST, message)])
    return SCHEME + base64.urlsafe_b64encode(token).decode().rstrip("=")


def open_request(header: str, method: str, path: str, now_ms: int, body: bytes = b"") -> bytes:
    """The public key that signed a request.

    :raises RequestError: ``request-unsigned``, ``request-signature-wrong``, ``request-time`` (more than 15 minutes off:
        ask again with the time that the answer gives)
    """
    if not header.startswith(SCHEME):
        raise RequestError("request-unsigned")
    encoded = header.removeprefix(SCHEME)
    try:
        token: Any = cbor.decode(base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True))
        public_key, at_ms, signature = token
        if not keys.verify(public_key, keys.REQUEST, _message(method, path, at_ms, body), signature):
            raise RequestError("request-signature-wrong")
    except RequestError:
        raise
    except (binascii.Error, ValueError, TypeError, AttributeError):
        raise RequestError("request-unsigned") from None
    if abs(now_ms - at_ms) > MAX_SKEW_MS:
        raise RequestError("request-time")
    return bytes(public_key)


def _message(method: str, path: str, at_ms: int, body: bytes) -> bytes:
    return cbor.encode([1, method, path, at_ms, hashlib.sha256(body).digest()])
