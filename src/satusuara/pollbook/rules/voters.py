"""How a person is named where a number of identity must not stand, and the filter of everybody on a roll.

A voter key is HMAC-SHA-256 under the regency's key, cut to 16 bytes. A number of identity has little entropy: whoever
holds the regency's key can try them all, so the key is a secret with an end (``packets``). For comparison above the
regency the number is also sealed to a matching key (X25519, HKDF-SHA-256, AES-256-GCM).
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from satusuara.pollbook.rules import cbor

KEY_SIZE = 16
FILTER_VERSION = 1
_SEAL = b"satusuara/matching/1"


def voter_key(regency_key: bytes, identity: str) -> bytes:
    """16 bytes that stand for an identity number (its digits, ASCII). :raises ValueError: not digits"""
    if not (identity.isascii() and identity.isdigit()):
        raise ValueError("an identity number is written in digits")
    return hmac.new(regency_key, b"satusuara/voter/1\n" + identity.encode(), hashlib.sha256).digest()[:KEY_SIZE]


def seal_identity(matching_public: bytes, identity: str, ephemeral_seed: bytes) -> bytes:
    """The number, readable by the holder of the matching key only: ephemeral key (32) + ciphertext and tag.

    ``ephemeral_seed``: 32 random bytes, new for every number: the key that they make is used once (nonce zero).
    """
    ephemeral = X25519PrivateKey.from_private_bytes(ephemeral_seed)
    public = ephemeral.public_key().public_bytes_raw()
    key = _sealing_key(ephemeral.exchange(X25519PublicKey.from_public_bytes(matching_public)), public, matching_public)
    return public + AESGCM(key).encrypt(bytes(12), identity.encode(), None)


def unseal_identity(matching_seed: bytes, sealed: bytes) -> str:
    """:raises cryptography.exceptions.InvalidTag: sealed to another key, or changed"""
    private = X25519PrivateKey.from_private_bytes(matching_seed)
    public = sealed[:32]
    shared = private.exchange(X25519PublicKey.from_public_bytes(public))
    key = _sealing_key(shared, public, private.public_key().public_bytes_raw())
    return AESGCM(key).decrypt(bytes(12), sealed[32:], None).decode()


def _sealing_key(shared: bytes, ephemeral: bytes, matching: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=ephemeral + matching, info=_SEAL).derive(shared)


class Filter(Struct, frozen=True):
    """A Bloom filter (Bloom 1970) of voter keys: "surely not on it", or "probably on it".

    The keys are uniform already: index i of a key is ``(a + i·b) mod 2^64 mod bits`` with a and b its two halves, big
    endian, b made odd (double hashing, Kirsch and Mitzenmacher 2006). Bit n is bit ``n mod 8`` of byte ``n // 8``.
    """

    bits: int
    hashes: int
    count: int
    data: bytes

    def __contains__(self, key: bytes) -> bool:
        data = self.data
        return all(data[n >> 3] >> (n & 7) & 1 for n in _indexes(key, self.bits, self.hashes))

    def to_bytes(self) -> bytes:
        return cbor.encode([FILTER_VERSION, self.bits, self.hashes, self.count, self.data])


def filter_size(count: int, one_in: int) -> tuple[int, int]:
    """Bits (a multiple of 8) and hashes for ``count`` keys and one false "probably" in ``one_in``."""
    bits = math.ceil(max(count, 1) * math.log(one_in) / math.log(2) ** 2)
    return max(64, (bits + 7) // 8 * 8), max(1, round(math.log2(one_in)))


def build_filter(voter_keys: Iterable[bytes], *, one_in: int = 1_000_000) -> Filter:
    """The filter of distinct keys; their order does not matter."""
    distinct = set(voter_keys)
    bits, hashes = filter_size(len(distinct), one_in)
    data = bytearray(bits // 8)
    for key in distinct:
        for n in _indexes(key, bits, hashes):
            data[n >> 3] |= 1 << (n & 7)
    return Filter(bits, hashes, len(distinct), bytes(data))


def read_filter(raw: bytes) -> Filter:
    """:raises ValueError: not a filter"""
    value = cbor.decode(raw)
    if not isinstance(value, list) or len(value) != 5 or value[0] != FILTER_VERSION:
        raise ValueError("not a filter")
    _, bits, hashes, count, data = value
    if not (isinstance(bits, int) and isinstance(hashes, int) and isinstance(count, int) and isinstance(data, bytes)):
        raise ValueError("not a filter")
    if bits != len(data) * 8 or bits == 0 or not 1 <= hashes <= 64:
        raise ValueError("not a filter")
    return Filter(bits, hashes, count, data)


def _indexes(key: bytes, bits: int, hashes: int) -> list[int]:
    a, b = int.from_bytes(key[:8], "big"), int.from_bytes(key[8:16], "big") | 1
    return [((a + i * b) & 0xFFFFFFFFFFFFFFFF) % bits for i in range(hashes)]
