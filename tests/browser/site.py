"""The demo, really served: built once a run, copied for each worker, behind the same server as in an office."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.urls import reverse

from satusuara.law.loader import folder_of

BUILT = Path(__file__).resolve().parents[2] / "src" / "satusuara" / "web" / "static" / "build"
PROGRAM = (sys.executable, "-c", "from satusuara.ops.cli import main; main()")


@dataclass(frozen=True)
class Account:
    """A made-up account of the demo."""

    username: str
    password: str
    role: str
    area: str


@dataclass(frozen=True)
class Site:
    """A running instance: its address ends without a slash."""

    address: str
    home: Path
    accounts: tuple[Account, ...]

    def account(self, role: str) -> Account:
        """The first account of a role, or of that name."""
        found = [account for account in self.accounts if role in (account.role, account.username)]
        assert found, f"the demo has no account for {role!r}: it has {sorted(a.role for a in self.accounts)}"
        return found[0]


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SATUSUARA_") and k != "DATABASE_URL"}
    return {**kept, "SATUSUARA_HOME": str(home), "SATUSUARA_SECOND_FACTOR": "0", **more}


def demo_copy(shared: Path, own: Path) -> Path:
    """A copy of the demo; whoever comes first makes the original, the others wait for it."""
    if not (folder_of("id-2024") / "demo" / "demo.toml").is_file():
        pytest.skip("law/id-2024/demo/demo.toml is absent: no demo was served, so this test showed nothing")
    if not BUILT.is_dir():
        pytest.fail("The pages are not built: run `./run test`, or `python tools/build_frontend.py` once.")
    original = shared / "demo"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (original / "demo.json").exists():
            made = subprocess.run(
                [*PROGRAM, "demo", "--no-serve", "--dir", str(original)],
                env=environment(original), capture_output=True, text=True, timeout=300, check=False,
            )  # fmt: skip
            assert made.returncode == 0, made.stderr
            said_of(shared).write_text(made.stderr)
    shutil.copytree(original, own)
    return own


def said_of(shared: Path) -> Path:
    """Where what the command said when it made the original is kept."""
    return shared / "demo.said"


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of a run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@contextmanager
def served(home: Path, *options: str, host: str = "127.0.0.1") -> Iterator[Site]:
    """The instance in ``home``, served until the block ends. ``options`` go to ``satusuara serve``."""
    port = _free_port()
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(
            [*PROGRAM, "serve", "--port", str(port), *options], env=environment(home), stdout=log, stderr=log
        )
        try:
            address = f"{'https' if '--lan' in options else 'http'}://{host}:{port}"
            _wait(host, port, address, server)
            yield Site(address, home, _accounts(home))
        except TimeoutError:
            log.seek(0)
            raise AssertionError(f"the server did not answer:\n{log.read()}") from None
        finally:
            server.terminate()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(host: str, port: int, address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection((host, port), 1).close()
            if address.startswith("http:"):
                urllib.request.urlopen(address + reverse("account_login"), timeout=30).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError


def _accounts(home: Path) -> tuple[Account, ...]:
    lines = (home / "accounts.txt").read_text().splitlines()
    return tuple(Account(*line.split("\t")) for line in lines)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        port: int = probe.getsockname()[1]
        return port
