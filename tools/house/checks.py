"""``./run check``: everything that can be judged without running the product. Says all that is wrong, not the first."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.house.environment import BIN, FRONTEND, PYTHON, with_node
from tools.house.say import ROOT, say

CODE = ("src", "tests", "tools", "bench")


@dataclass(frozen=True, slots=True)
class Check:
    """One linter and how it is called."""

    name: str
    command: tuple[str | Path, ...]
    folder: Path = ROOT


def every() -> list[Check]:
    """The checks, fastest first."""
    found = [
        Check("ruff", (BIN / "ruff", "check", *CODE)),
        Check("format", (BIN / "ruff", "format", "--check", *CODE)),
        Check("import contracts", (BIN / "lint-imports", "--no-cache")),
        Check("house rules", (PYTHON, "-m", "pytest", "-p", "no:cacheprovider", "tests/house")),
    ]
    if (FRONTEND / "tsconfig.json").exists():
        tsc = FRONTEND / "node_modules" / ".bin" / "tsc"
        found.append(Check("tsc", (tsc, "--noEmit", "-p", "tsconfig.json"), FRONTEND))
    return [*found, Check("mypy", (BIN / "mypy",))]


def run(words: Sequence[str]) -> int:
    """:returns: 1 where a check finds something; ``words`` names some of them"""
    environment = {**os.environ, "PATH": os.pathsep.join([*with_node(), str(BIN), os.environ["PATH"]])}
    wrong = []
    for check in every():
        if words and check.name not in words:
            continue
        began = time.monotonic()
        done = subprocess.run(
            [str(word) for word in check.command],
            cwd=check.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        state = "ok" if done.returncode == 0 else "!!"
        say(*[f"{state} {check.name} ({time.monotonic() - began:.1f} s)"] * 2)
        if done.returncode:
            wrong.append(check.name)
            sys.stderr.write(done.stdout)
    if wrong:
        say(f"Perlu diperbaiki: {', '.join(wrong)}", f"To be mended: {', '.join(wrong)}")
    return bool(wrong)
