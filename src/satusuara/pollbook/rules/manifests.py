"""What the commission signs for a device: which key may speak for which area, from when to when.

``[body, signature]``; body ``[1, election, area, public key, dev_ix, role, valid from ms, valid to ms]``. ``area`` is a
station's code, or the code of a larger area for a spare that may stand at any station below it. A reinstalled or
restored device makes a new key and gets a new manifest: a number is never used twice.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from satusuara.kernel.i18n import Text
from satusuara.pollbook.rules import cbor, keys

VERSION = 1
ROLES = ("door", "exit", "spare")


class Manifest(Struct, frozen=True):
    election: str
    area: str
    public_key: bytes
    dev_ix: int
    role: str
    valid_from_ms: int
    valid_to_ms: int

    @property
    def device(self) -> bytes:
        return keys.device_id(self.public_key)

    def covers(self, station: str) -> bool:
        """Whether the device may speak for a station (codes of stations start with those above them)."""
        return station.startswith(self.area)


class ManifestError(ValueError):
    """Bytes that are no manifest of this commission."""


UNKNOWN_DEVICE = Text("Perangkat ini belum terdaftar", "This device is not enrolled")
OTHER_STATION = Text(
    "Perangkat ini terdaftar untuk tempat lain, bukan TPS yang tertulis di segmen",
    "This device is enrolled for another place than the station in the segment",
)


def sign_manifest(seed: bytes, manifest: Manifest) -> bytes:
    body = cbor.encode(
        [
            VERSION, manifest.election, manifest.area, manifest.public_key, manifest.dev_ix, manifest.role,
            manifest.valid_from_ms, manifest.valid_to_ms,
        ]
    )  # fmt: skip
    return cbor.encode([body, keys.sign(seed, keys.MANIFEST, body)])


def open_manifest(raw: bytes, commission: bytes) -> Manifest:
    """:raises ManifestError: malformed, or not signed by the commission's key"""
    body, value = open_signed(raw, commission, keys.MANIFEST, ManifestError)
    if len(value) != 8 or value[0] != VERSION:
        raise ManifestError("not the eight parts of a manifest")
    _, election, area, public_key, dev_ix, role, starts, ends = value
    texts, numbers = (election, area, role), (dev_ix, starts, ends)
    if not (all(type(t) is str for t in texts) and all(type(n) is int for n in numbers) and role in ROLES and body):
        raise ManifestError("a part of the manifest")
    try:
        keys.load_public(public_key if type(public_key) is bytes else b"")
    except keys.UnfitKey as error:
        raise ManifestError(str(error)) from None
    return Manifest(election, area, public_key, dev_ix, role, starts, ends)


def open_signed(raw: bytes, public_key: bytes, context: bytes, error: type[ValueError]) -> tuple[bytes, list[Any]]:
    """Body and its decoded array of ``[body, signature]``."""
    try:
        outer: Any = cbor.decode(raw)
        if not (type(outer) is list and len(outer) == 2 and all(type(part) is bytes for part in outer)):
            raise error("not [body, signature]")
        if not keys.verify(public_key, context, outer[0], outer[1]):
            raise error("the signature does not fit")
        value: Any = cbor.decode(outer[0])
    except (cbor.CborError, keys.UnfitKey) as wrong:
        raise error(str(wrong)) from None
    if type(value) is not list:
        raise error("not an array")
    return outer[0], value
