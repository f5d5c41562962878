"""What a station is given before the day: its roll, whom to ask once more, who may vote for what. Signed and locked.

Plain packet (deterministic CBOR, never on a disk in clear)::

    [1, election, station, station name, built ms, expires ms, [category …], [contest …], [[opens, closes] …],
     [[line, name, part, last four digits, voter key, flags] …],          the roll; flags: 1 locked, 2 ask once more
     [[voter key, name, part, last four digits, origin, mask] …],         expected moved voters (DPTb)
     [[area code prefix, mask | null, sentence id, sentence en] …],       ballots by origin; the longest prefix holds
     regency filter, regency key, matching public key, log's public key, commission's public key]

Locked packet: ``[body, signature]``; body ``[1, election, station, [kdf, rounds, salt], wrapped key, ciphertext]``.
The content key is wrapped by PBKDF2-HMAC-SHA-256 of the officer's PIN and the code in the sealed envelope (AES-256-GCM
both; PBKDF2 because browsers have it built in). Content key, salt and nonces are derived from a secret and the plain
bytes: the same packet locks to the same bytes, and no key meets two plaintexts.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from satusuara.kernel.i18n import Text
from satusuara.pollbook.rules import cbor, keys
from satusuara.pollbook.rules.manifests import open_signed

VERSION = 1
KDF = "pbkdf2-sha256"
ROUNDS = 600_000
LOCKED, ASK_MORE = 1, 2
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32
PIN_LENGTH = 6
CODE_LENGTH = 20  # 100 bits: what keeps a copied packet closed


class RollLine(Struct, frozen=True, array_like=True):
    """A line of the station's roll. ``part``: place of the sex among the parts of the law's forms."""

    line: int
    name: str
    part: int
    last4: str
    key: bytes
    flags: int = 0


class Mover(Struct, frozen=True, array_like=True):
    """A moved voter who is expected here, and the ballots he is due."""

    key: bytes
    name: str
    part: int
    last4: str
    origin: str
    mask: int


class OriginRule(Struct, frozen=True, array_like=True):
    """Ballots of a moved voter by where he is on a roll. ``mask`` None: the area's code is not enough, ask."""

    prefix: str
    mask: int | None
    sentence_id: str
    sentence_en: str


class Packet(Struct, frozen=True, array_like=True):
    election: str
    station: str
    name: str
    built_ms: int
    expires_ms: int
    categories: tuple[str, ...]
    contests: tuple[str, ...]
    hours: tuple[tuple[str, str], ...]
    roll: tuple[RollLine, ...]
    movers: tuple[Mover, ...]
    origins: tuple[OriginRule, ...]
    filter: bytes
    regency_key: bytes
    matching_public: bytes
    log_key: str
    commission: bytes


class PacketError(ValueError):
    """A packet that does not open: ``code`` "packet-malformed", "packet-unsigned" or "pin-or-code-wrong"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> Text:
        return SENTENCES[self.code]


SENTENCES = {
    "packet-malformed": Text("Paket TPS rusak atau terpotong", "The station's packet is damaged or truncated"),
    "packet-unsigned": Text("Paket TPS tidak ditandatangani KPU", "The packet is not signed by the commission"),
    "pin-or-code-wrong": Text("PIN atau kode amplop salah", "The PIN or the envelope's code is wrong"),
}


def origin_rule(rules: tuple[OriginRule, ...], code: str) -> OriginRule | None:
    """The rule with the longest prefix of an area's code."""
    fitting = [rule for rule in rules if code.startswith(rule.prefix)]
    return max(fitting, key=lambda rule: len(rule.prefix), default=None)


def encode_packet(packet: Packet) -> bytes:
    return cbor.encode(
        [
            VERSION, packet.election, packet.station, packet.name, packet.built_ms, packet.expires_ms,
            packet.categories, packet.contests, packet.hours,
            [[r.line, r.name, r.part, r.last4, r.key, r.flags] for r in sorted(packet.roll, key=lambda r: r.line)],
            [[m.key, m.name, m.part, m.last4, m.origin, m.mask] for m in sorted(packet.movers, key=lambda m: m.key)],
            [[o.prefix, o.mask, o.sentence_id, o.sentence_en] for o in sorted(packet.origins, key=lambda o: o.prefix)],
            packet.filter, packet.regency_key, packet.matching_public, packet.log_key, packet.commission,
        ]
    )  # fmt: skip


def decode_packet(raw: bytes) -> Packet:
    """:raises PacketError: ``packet-malformed``"""
    import msgspec

    try:
        value: Any = cbor.decode(raw)
        if type(value) is not list or value[:1] != [VERSION]:
            raise PacketError("packet-malformed")
        return msgspec.convert(value[1:], Packet, builtin_types=(bytes,))
    except (cbor.CborError, msgspec.ValidationError):
        raise PacketError("packet-malformed") from None


def clean_code(code: str) -> str:
    """An envelope's code as a person may type it: without hyphens and spaces, capitals, I and L as 1, O as 0."""
    kept = "".join(c for c in code.upper() if c not in "- ")
    return kept.replace("I", "1").replace("L", "1").replace("O", "0")


def envelope_code(secret: bytes, election: str, station: str) -> str:
    """The 20 characters in the station's envelope, in groups of five; the same every time the secret is."""
    digest = hmac.new(secret, f"satusuara/envelope/1\n{election}\n{station}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest, "big")
    letters = "".join(_ALPHABET[number >> (5 * n) & 31] for n in range(CODE_LENGTH))
    return "-".join(letters[n : n + 5] for n in range(0, CODE_LENGTH, 5))


def station_pin(secret: bytes, election: str, station: str) -> str:
    """The six digits that the station's officer is told; the same every time the secret is. Ten wrong ones lock a desk,
    and without the envelope's code they open nothing."""
    digest = hmac.new(secret, f"satusuara/pin/1\n{election}\n{station}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest, 'big') % 10**PIN_LENGTH:0{PIN_LENGTH}d}"


def lock_packet(
    plain: bytes, *, election: str, station: str, pin: str, code: str, secret: bytes, seed: bytes, rounds: int = ROUNDS
) -> bytes:
    """The signed, locked bytes. ``secret`` makes keys and salt, ``seed`` is the commission's signing key."""
    digest = hashlib.sha256(plain).digest()

    def derived(label: str, size: int) -> bytes:
        name = f"satusuara/packet/1\n{label}\n{election}\n{station}\n{pin}\n{clean_code(code)}\n{rounds}\n".encode()
        return hmac.new(secret, name + digest, hashlib.sha256).digest()[:size]

    content_key, salt = derived("key", 32), derived("salt", 16)
    head = _head(election, station, rounds, salt)
    nonce_key, nonce = derived("wrap", 12), derived("nonce", 12)
    wrapped = nonce_key + AESGCM(_kek(pin, code, salt, rounds)).encrypt(nonce_key, content_key, head)
    sealed = nonce + AESGCM(content_key).encrypt(nonce, plain, head)
    body = cbor.encode([VERSION, election, station, [KDF, rounds, salt], wrapped, sealed])
    return cbor.encode([body, keys.sign(seed, keys.PACKET, body)])


def unlock_packet(raw: bytes, *, pin: str, code: str, commission: bytes) -> Packet:
    """:raises PacketError: ``packet-malformed``, ``packet-unsigned``, ``pin-or-code-wrong``"""
    try:
        _, value = open_signed(raw, commission, keys.PACKET, ValueError)
        version, election, station, (kdf, rounds, salt), wrapped, sealed = value
    except (ValueError, TypeError) as error:
        unsigned = "signature" in str(error)
        raise PacketError("packet-unsigned" if unsigned else "packet-malformed") from None
    if version != VERSION or kdf != KDF or type(rounds) is not int or not 1 <= rounds <= 10_000_000:
        raise PacketError("packet-malformed")
    head = _head(election, station, rounds, salt)
    try:
        content_key = AESGCM(_kek(pin, code, salt, rounds)).decrypt(wrapped[:12], wrapped[12:], head)
        plain = AESGCM(content_key).decrypt(sealed[:12], sealed[12:], head)
    except InvalidTag:
        raise PacketError("pin-or-code-wrong") from None
    return decode_packet(plain)


def _head(election: str, station: str, rounds: int, salt: bytes) -> bytes:
    """What both ciphertexts are bound to (associated data)."""
    return cbor.encode([VERSION, election, station, [KDF, rounds, salt]])


def _kek(pin: str, code: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", f"{pin}\n{clean_code(code)}".encode(), salt, rounds, 32)
