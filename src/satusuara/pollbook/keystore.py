"""The commission's secrets of one election: made once, in SATUSUARA_HOME/keys, readable by their owner only."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from msgspec import Struct

from satusuara.ledger import keys as log_keys
from satusuara.ledger.notes import Verifier
from satusuara.pollbook.rules import keys

_NAMES = ("commission_seed", "regency_key", "matching_seed", "packet_secret")


class Secrets(Struct, frozen=True):
    """32 bytes each. ``regency_key`` makes voter keys: whoever has it can try all identity numbers."""

    commission_seed: bytes
    regency_key: bytes
    matching_seed: bytes
    packet_secret: bytes

    @property
    def commission(self) -> bytes:
        return keys.public_of(self.commission_seed)

    @property
    def matching_public(self) -> bytes:
        return X25519PrivateKey.from_private_bytes(self.matching_seed).public_key().public_bytes_raw()


def secrets_of(election: str) -> Secrets:
    """The secrets of an election; made when there are none."""
    path = Path(settings.HOME) / "keys" / f"pollbook-{election}.json"
    if not path.exists():
        _make(path)
    return _read(path)


@lru_cache(maxsize=16)
def _read(path: Path) -> Secrets:
    found = json.loads(path.read_text())
    return Secrets(**{name: bytes.fromhex(found[name]) for name in _NAMES})


def _make(path: Path) -> None:
    made = {name: secrets.token_hex(32) for name in _NAMES}
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(made, file)
    with contextlib.suppress(FileExistsError):  # another process was first: its secrets hold
        os.link(fresh, path)
    fresh.unlink()


def log_key() -> Verifier:
    """The public half of the log's key, by which receipts are checked."""
    return _log_pen(_home()).verifier


def sign_note(text: str) -> str:
    """A signed note of the log, as ``ledger.notes.Signer.sign`` makes it, with the key read once a process."""
    pen = _log_pen(_home())
    signature = base64.b64encode(pen.verifier.key_id + pen.key.sign(text.encode())).decode()
    return f"{text}\n— {pen.verifier.name} {signature}\n"


class _Pen(NamedTuple):
    verifier: Verifier
    key: Ed25519PrivateKey


def _home() -> str:
    return str(settings.HOME)


@lru_cache(maxsize=4)
def _log_pen(_where: str) -> _Pen:
    signer = log_keys.signer()
    return _Pen(signer.verifier, Ed25519PrivateKey.from_private_bytes(signer.seed))
