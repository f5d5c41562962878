"""Starts the process that does a piece of long work; it outlives the request and the server that began it."""

from __future__ import annotations

import os
import subprocess
import sys


def start(number: int) -> None:
    """Runs ``satusuara.roll.tasks`` for a job, apart from this process."""
    subprocess.Popen(  # noqa: S603 (our own interpreter, a number)
        [sys.executable, "-m", "satusuara.roll.tasks", str(number)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True, env=dict(os.environ),
    )  # fmt: skip
