"""Devices and their signatures: Ed25519 (RFC 8032), one context per kind of signed thing."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_SIZE, SIGNATURE_SIZE, DEVICE_ID_SIZE = 32, 64, 16
P = 2**255 - 19

SEGMENT, MANIFEST, PACKET, SNAPSHOT, REQUEST = (
    f"\0satusuara/{kind}/1\n".encode() for kind in ("segment", "manifest", "packet", "snapshot", "request")
)
"""What stands before the bytes that are signed: a signature of one kind is none of another, nor of the log's notes."""

# The y of the eight points whose order divides 8 (the top bit of an encoding is the sign of x). With such a key
# anything can be "signed". RFC 8032 leaves the check to the application.
_Y8 = int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
_SMALL_ORDER_Y = frozenset({0, 1, P - 1, _Y8, P - _Y8})


class UnfitKey(ValueError):
    """A public key that must not be used."""


def device_id(public_key: bytes) -> bytes:
    """A device's name: the first 16 bytes of the SHA-256 of its public key."""
    return hashlib.sha256(public_key).digest()[:DEVICE_ID_SIZE]


@lru_cache(maxsize=8192)
def load_public(public_key: bytes) -> Ed25519PublicKey:
    """:raises UnfitKey: a key of another size, of small order, or not written in its one way"""
    if len(public_key) != KEY_SIZE:
        raise UnfitKey("a key has 32 bytes")
    y = int.from_bytes(public_key, "little") & (2**255 - 1)
    if y >= P:
        raise UnfitKey("a key that is not written in its one way")
    if y in _SMALL_ORDER_Y:
        raise UnfitKey("a key of small order")
    return Ed25519PublicKey.from_public_bytes(public_key)


def verify(public_key: bytes, context: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` is the key's over context and message. :raises UnfitKey: see ``load_public``"""
    try:
        load_public(public_key).verify(signature, context + message)
    except InvalidSignature:
        return False
    return True


def sign(seed: bytes, context: bytes, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).sign(context + message)


def public_of(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
