"""The log's own key: made once, kept in SATUSUARA_HOME/keys, readable by its owner only."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

from satusuara.ledger.notes import ED25519, Signer, Verifier
from satusuara.ledger.rules import ProofError

_PREFIX = "PRIVATE+KEY"


def key_file() -> Path:
    return Path(settings.HOME) / "keys" / "ledger.key"


def signer() -> Signer:
    """The key of this instance's log; made when there is none. Its name is SATUSUARA_LOG_NAME or drawn by lot."""
    path = key_file()
    if not path.exists():
        _make(path)
    return _parse(path.read_text().strip())


def verifier() -> Verifier | None:
    """The public half, or nothing while no key was needed yet."""
    return signer().verifier if key_file().exists() else None


def _make(path: Path) -> None:
    seed = secrets.token_bytes(32)
    name = settings.LOG_NAME or f"satusuara/{hashlib.sha256(seed).hexdigest()[:12]}"
    made = Signer(name, seed)
    encoded = base64.b64encode(bytes([ED25519]) + seed).decode()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{_PREFIX}+{made.name}+{made.verifier.key_id.hex()}+{encoded}\n")
    with contextlib.suppress(FileExistsError):  # another process was first: its key holds
        os.link(fresh, path)
    fresh.unlink()


def _parse(text: str) -> Signer:
    private, key, name, key_id, encoded = text.split("+", 4)
    raw = base64.b64decode(encoded)
    found = Signer(name, raw[1:])
    if (private, key) != tuple(_PREFIX.split("+")) or raw[0] != ED25519 or found.verifier.key_id.hex() != key_id:
        raise ProofError(f"not the key of a log: {key_file()}")
    return found
