"""Runs the site: granian, two processes, each with a few threads; over HTTPS on the LAN."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from satusuara.ops import tls

WORKERS, THREADS = 2, 4
TARGET = "satusuara.web.wsgi:application"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the server listens, and with which certificate."""

    host: str
    port: int
    files: tls.Files | None = None

    @property
    def address(self) -> str:
        host = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::1") else self.host  # noqa: S104
        return f"{'https' if self.files else 'http'}://{host}:{self.port}/"


def on_lan(home: Path, port: int, addresses: Sequence[str], *, at: datetime) -> Listening:
    """Everything is ready for the LAN, or a refusal says what to do. Sets the environment that the settings read.

    :raises Refusal: see ``tls.require_ready``
    """
    files = tls.require_ready(home, addresses, at=at)
    hosts = [*os.environ.get("SATUSUARA_HOSTS", "localhost,127.0.0.1,[::1]").split(","), *addresses]
    os.environ["SATUSUARA_HOSTS"] = ",".join(dict.fromkeys(hosts))
    os.environ["SATUSUARA_HTTPS"] = "1"
    return Listening("0.0.0.0", port, files)  # noqa: S104 (asked for by name: --lan)


def run(listening: Listening) -> None:
    """Serves until it is told to stop."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        TARGET,
        address=listening.host,
        port=listening.port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        blocking_threads=THREADS,
        backpressure=256,
        websockets=False,
        respawn_failed_workers=True,
        ssl_cert=listening.files.server if listening.files else None,
        ssl_key=listening.files.server_key if listening.files else None,
    ).serve()
