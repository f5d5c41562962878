"""``./run test``: the same tests on SQLite, then on a real PostgreSQL; a browser is found or brought first."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tools.house import chromium
from tools.house.environment import PYTHON
from tools.house.say import ROOT, Stop, say, step

FLAGS = {"--fast", "--sqlite", "--postgres", "--spark"}


def run(words: Sequence[str]) -> int:
    """:returns: 0, or the first exit code of pytest that is not

    ``--fast`` leaves out what is slow, browsers and PostgreSQL; ``--sqlite`` and ``--postgres`` run one of the two;
    ``--spark`` adds Spark; everything else goes to pytest (a path, ``-k``, ``-x``, ``-n 0``).
    """
    flags, rest = FLAGS & set(words), [word for word in words if word not in FLAGS]
    fast = "--fast" in flags
    if not fast:
        chromium.require()
    engines = [name for name in ("sqlite", "postgres") if f"--{name}" in flags] or ["sqlite", "postgres"]
    if fast:
        engines = engines[:1]
    code, times = 0, []
    with tempfile.TemporaryDirectory(prefix="satusuara-test-", ignore_cleanup_errors=True) as folder:
        for engine in engines:
            say(f"Pengujian pada {engine}", f"The suite on {engine}")
            began = time.monotonic()
            code = (_sqlite if engine == "sqlite" else _postgres)(Path(folder), _options(flags, rest)) or code
            times.append(f"{engine} {time.monotonic() - began:.0f} s")
    say(f"Waktu: {', '.join(times)}", f"Time: {', '.join(times)}")
    return code


def _options(flags: set[str], rest: list[str]) -> list[str]:
    options = ["-ra", "--durations=15", "--durations-min=2"]
    if not any(word.startswith("-n") for word in rest):
        options += ["-n", "auto", "--dist", "loadfile"]
    if "--fast" in flags:
        options += ["-m", "not slow and not browser"]
    if "--spark" in flags:
        options.append("--spark")
    return [*options, *rest]


def _sqlite(folder: Path, options: list[str]) -> int:
    return _pytest(folder / "sqlite", options, {})


def _postgres(folder: Path, options: list[str]) -> int:
    """One server for the run, one database with every table in it, of which each worker gets a copy."""
    script = "from tools.house.postgres import serving; serving()"
    with (
        step("PostgreSQL", "PostgreSQL"),
        tempfile.TemporaryDirectory(prefix="satusuara-pg-", ignore_cleanup_errors=True) as data,
    ):
        server = subprocess.Popen(
            [PYTHON, "-c", script, data], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            url = server.stdout.readline().strip()
            if not url:
                raise Stop("PostgreSQL tidak dapat dijalankan.", "PostgreSQL could not be started.", 1)
            return _pytest(folder / "postgres", options, {"DATABASE_URL": url})
        finally:
            server.stdin.close()  # the server ends with its reader, however this process ends
            server.wait(30)


def _pytest(home: Path, options: list[str], environment: dict[str, str]) -> int:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SATUSUARA_")}
    kept.pop("DATABASE_URL", None)
    home.mkdir()
    sys.stderr.flush()
    return subprocess.run(
        [PYTHON, "-m", "pytest", *options],
        cwd=ROOT,
        env={**kept, **environment, "SATUSUARA_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode
