"""Which deed is asked for."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable, Sequence

from tools.house import environment
from tools.house.say import ROOT, Stop, call, say

HELP = """./run                peragaan, dari nol sampai dapat dibuka · the demo, from nothing to a served page
./run test           seluruh pengujian · the whole suite (SQLite, PostgreSQL, Chromium)
                     --fast --sqlite --postgres --spark PATH…
./run check          pemeriksa kode dan aturan rumah · linters, types, import contracts, house rules
./run bench [NAME]   tolok ukur dan batasnya · benchmarks against their bars
./run lock           kunci paket ditulis ulang · writes the locks anew
./run conformance    docs/conformance.md ditulis ulang · writes docs/conformance.md anew
./run PERINTAH …     perintah satusuara di lingkungan proyek · any satusuara command (./run --help lists them)
"""


def main(words: Sequence[str]) -> int:
    """:returns: the exit code"""
    os.environ.setdefault("SATUSUARA_HOME", str(ROOT / "var" / "satusuara"))
    deed = _DEEDS.get(words[0]) if words else demo
    try:
        return deed(words[1:]) if deed else command(words)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        return 130


def demo(_words: Sequence[str]) -> int:
    """Everything from nothing to the served demo; a port that is taken gives way to the next free one."""
    began = time.monotonic()
    environment.ready(pages=True)
    say(f"Siap setelah {time.monotonic() - began:.0f} s", f"Ready after {time.monotonic() - began:.0f} s")
    return command(["demo", "--port", str(free_port())])


def free_port(first: int = 8000) -> int:
    """The first port of this machine, from ``first`` on, that nobody listens on.

    :raises Stop: when a hundred are taken
    """
    for port in range(first, first + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port != first:
            say(f"Porta {first} terpakai: dipakai {port}.", f"Port {first} is taken: {port} is used.")
        return port
    raise Stop(f"Porta {first} sampai {first + 99} terpakai.", f"Ports {first} to {first + 99} are taken.")


def command(words: Sequence[str]) -> int:
    """``satusuara WORDS`` in the project's environment, in the folder where it was asked; never returns."""
    environment.ready(pages=words[0] in {"demo", "serve"})
    program = str(environment.BIN / "satusuara")
    sys.stderr.flush()
    os.execv(program, [program, *words])
    raise AssertionError


def test(words: Sequence[str]) -> int:
    """The suite; see ``tools.house.suite``."""
    from tools.house import suite

    environment.ready(dev=True, spark="--spark" in words, pages=True)
    return suite.run(words)


def check(words: Sequence[str]) -> int:
    """The linters; see ``tools.house.checks``."""
    from tools.house import checks

    environment.ready(dev=True, pages=True)
    return checks.run(words)


def bench(words: Sequence[str]) -> int:
    """Every benchmark, or those named."""
    environment.ready(dev=True, pages=True)
    os.chdir(ROOT)
    sys.stderr.flush()
    os.execv(environment.PYTHON, [str(environment.PYTHON), "-m", "bench", *words])
    raise AssertionError


def tool(name: str) -> Callable[[Sequence[str]], int]:
    """A tool of the project that needs its environment."""

    def deed(words: Sequence[str]) -> int:
        environment.ready(dev=True, pages=True)
        call([environment.PYTHON, "-m", f"tools.{name}", *words])
        return 0

    return deed


def lock(_words: Sequence[str]) -> int:
    """Writes the locks."""
    environment.lock()
    return 0


def help_(_words: Sequence[str]) -> int:
    """Says what ``./run`` can do."""
    sys.stdout.write(HELP)
    return 0


_DEEDS: dict[str, Callable[[Sequence[str]], int]] = {
    "test": test,
    "check": check,
    "bench": bench,
    "lock": lock,
    "conformance": tool("conformance"),
    "pictures": tool("screenshots"),
    "help": help_,
}
