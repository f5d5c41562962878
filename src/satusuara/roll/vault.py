"""Identity numbers at rest: sealed with AES-256-GCM, and found by a keyed token (HMAC-SHA256, 16 bytes).

The key lies in SATUSUARA_HOME/keys/roll.key, readable by its owner only, never in the database: whoever steals the
database alone has neither numbers nor a way to try numbers out. Keys for each use are derived from it (HKDF, RFC 5869).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from django.conf import settings

from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text

_NONCE = 12
TOKEN = 16  # bytes


class Vault:
    """Seals, opens and tokens under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def _derived(self, use: str) -> bytes:
        return HKDFExpand(SHA256(), 32, f"satusuara/roll/{use}".encode()).derive(self._key)

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._derived("seal"))

    @cached_property
    def _tokens(self) -> bytes:
        return self._derived("token")

    def seal(self, text: str) -> bytes:
        """The text, sealed under a nonce drawn by lot: the same text twice is not the same bytes."""
        return self.seal_bytes(text.encode())

    def seal_bytes(self, plain: bytes) -> bytes:
        """The same for anything: up to 2 GiB at once."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, None)

    def open(self, sealed: bytes | memoryview) -> str:
        """:raises Refusal: ``roll-key`` where it was sealed under another key, or changed"""
        return self.open_bytes(bytes(sealed)).decode()

    def open_bytes(self, sealed: bytes) -> bytes:
        """:raises Refusal: ``roll-key``"""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
        except InvalidTag as error:
            raise Refusal(
                "roll-key",
                Text("Nomor identitas tidak dapat dibuka dengan kunci ini", "This key does not open the number"),
                remedy=Text("Pulihkan keys/roll.key dari cadangan.", "Restore keys/roll.key from the backup."),
            ) from error

    def token(self, text: str) -> bytes:
        """Equal for equal texts, and says nothing else without the key."""
        return hmac.digest(self._tokens, text.encode(), hashlib.sha256)[:TOKEN]


def key_file() -> Path:
    return Path(settings.HOME) / "keys" / "roll.key"


def vault() -> Vault:
    """The vault of this instance; its key is made when there is none."""
    path = key_file()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
        with contextlib.suppress(FileExistsError):  # another process was first: its key holds
            os.link(fresh, path)
        fresh.unlink()
    return Vault(path.read_bytes())


def masked(number: str) -> str:
    """All but the last four characters hidden: what a screen shows of an identity number."""
    return "•" * max(len(number) - 4, 0) + number[-4:]
