"""Signed statements about the log, as text that other software reads: C2SP signed-note, tlog-checkpoint, tlog-proof.

A note is ``text`` (ends with a newline), an empty line, then a line ``— name base64(key id ‖ signature)`` for each
signature. Key id = first 4 bytes of SHA-256(name ‖ "\\n" ‖ algorithm ‖ public key). Algorithm 1 signs the text itself
(Ed25519), algorithm 4 a witness's time and the text ("cosignature/v1").
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from satusuara.ledger.rules import HASH_SIZE, ProofError

ED25519, COSIGNATURE = 1, 4
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_DASH = "— "


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name it signs under: ``name+keyid+base64(algorithm ‖ key)``."""

    name: str
    algorithm: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Raises ``ProofError`` for a key that is malformed, of an unknown algorithm or does not fit its id."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        key = _decode(encoded)
        if not name or len(key) != 1 + HASH_SIZE or key[0] not in (ED25519, COSIGNATURE):
            raise ProofError("not a public key of a log")
        found = cls(name, key[0], key[1:])
        if found.key_id.hex() != key_id:
            raise ProofError("the key does not fit its number")
        return found

    @property
    def key_id(self) -> bytes:
        named = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public
        return hashlib.sha256(named).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_encode(bytes([self.algorithm]) + self.public)}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A log's own key: an Ed25519 seed of 32 bytes and the name it signs under."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, ED25519, self._key().public_key().public_bytes_raw())

    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def sign(self, text: str) -> str:
        """The note: ``text`` and this key's signature."""
        signature = self._key().sign(text.encode())
        return f"{text}\n{_DASH}{self.name} {_encode(self.verifier.key_id + signature)}\n"


@dataclass(frozen=True, slots=True)
class CheckpointText:
    """What a checkpoint says: whose log, how many entries, which root."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"


def parse_checkpoint(text: str) -> CheckpointText:
    """The text of a checkpoint without signatures. Raises ``ProofError``."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not lines[0] or not lines[1].isascii() or not lines[1].isdigit():
        raise ProofError("not a checkpoint")
    size, root = lines[1], _decode(lines[2])
    if len(root) != HASH_SIZE or size != str(int(size)):
        raise ProofError("not a checkpoint")
    return CheckpointText(lines[0], int(size), root)


def text_of(note: str) -> str:
    """The signed text of a note. Raises ``ProofError`` where there is no signature part."""
    text, separator, _ = note.rpartition("\n\n")
    if not separator:
        raise ProofError("not a signed note")
    return text + "\n"


def open_note(note: str, verifier: Verifier) -> str:
    """The text of a note that ``verifier``'s key signed; other signatures are left alone. Raises ``ProofError``."""
    text = text_of(note)
    for line in note[len(text) + 1 :].splitlines():
        name, _, encoded = line.removeprefix(_DASH).rpartition(" ")
        if not line.startswith(_DASH) or not name:
            raise ProofError("not a signed note")
        signature = _decode(encoded)
        if name == verifier.name and signature[:4] == verifier.key_id:
            _check(text, signature[4:], verifier)
            return text
    raise ProofError(f"not signed by {verifier.name}")


def _check(text: str, signature: bytes, verifier: Verifier) -> None:
    message = text.encode()
    if verifier.algorithm == COSIGNATURE:
        if len(signature) < 8:
            raise ProofError("not a cosignature")
        (time,) = struct.unpack(">Q", signature[:8])
        message, signature = f"cosignature/v1\ntime {time}\n".encode() + message, signature[8:]
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature, message)
    except InvalidSignature as error:
        raise ProofError("the signature does not fit") from error


def write_proof(index: int, hashes: Sequence[bytes], checkpoint: str) -> str:
    """A receipt for one leaf (tlog-proof): its index, its inclusion proof, and the signed checkpoint it leads to."""
    return "\n".join([PROOF_HEADER, f"index {index}", *map(_encode, hashes), "", checkpoint])


def read_proof(text: str) -> tuple[int, list[bytes], str]:
    """Index, hashes and signed checkpoint of a receipt. Raises ``ProofError``."""
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines[0] != PROOF_HEADER or len(lines) < 2:
        raise ProofError("not a proof of a log")
    if lines[1].startswith("extra "):
        del lines[1]
    number = lines[1].removeprefix("index ")
    if not (number.isascii() and number.isdigit()):
        raise ProofError("not a proof of a log")
    return int(number), [_decode(line) for line in lines[2:]], checkpoint


def _encode(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofError("not base64") from error
