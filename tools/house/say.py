"""Words on the way, in both languages, on stderr: stdout belongs to the commands that are run."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Stop(Exception):
    """The one sentence with which ``./run`` ends (in both languages), and its exit code."""

    def __init__(self, id_: str, en: str, code: int = 2) -> None:
        super().__init__(f"{id_}\n{en}")
        self.code = code


def words(id_: str, en: str) -> str:
    """The language that was asked for; both where none was."""
    language = os.environ.get("SATUSUARA_LANG", "")
    return {"id": id_, "en": en}.get(language, id_ if id_ == en else f"{id_} · {en}")


def say(id_: str, en: str) -> None:
    """One line on stderr."""
    print(words(id_, en), file=sys.stderr, flush=True)


@contextmanager
def step(id_: str, en: str) -> Iterator[None]:
    """Announces a step and says how long it took."""
    print(f"{words(id_, en)} …", file=sys.stderr, flush=True)
    began = time.monotonic()
    yield
    print(f"  {time.monotonic() - began:.1f} s", file=sys.stderr, flush=True)


def call(command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, quiet: bool = False) -> None:
    """Runs a command in the project's folder; what it prints is shown, or with ``quiet`` only when it fails.

    :raises Stop: when it ends with anything but 0
    """
    words_ = [str(word) for word in command]
    done = subprocess.run(
        words_,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else sys.stderr,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode:
        if quiet:
            sys.stderr.write(done.stdout)
        shown = shlex.join(words_[:6])
        raise Stop(
            f"Perintah gagal (kode {done.returncode}): {shown}", f"The command failed ({done.returncode}): {shown}", 1
        )
