"""The files of the project: what git tracks, or where there is no git, what lies there."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "satusuara"
_SKIPPED = {".git", ".venv", ".run", "node_modules", "__pycache__", "build", "var", "dist"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project, relative to its root."""
    if (ROOT / ".git").exists():
        said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return tuple(Path(name) for name in sorted(said.split("\0")) if name and (ROOT / name).is_file())
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name not in _SKIPPED]
        found += [(Path(folder) / name).relative_to(ROOT) for name in names]
    return tuple(sorted(found))


def files(*suffixes: str, under: str = "") -> list[Path]:
    """Tracked files with one of these endings below a folder."""
    return [path for path in tracked() if path.suffix in suffixes and path.as_posix().startswith(under)]


def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def chapters() -> list[Path]:
    """Every chapter that holds more than its name."""
    found = {path.parts[2] for path in tracked() if path.parts[:2] == ("src", "satusuara") and len(path.parts) > 4}
    return [Path("src/satusuara") / name for name in sorted(found)]


def room(path: Path) -> str:
    """The room of a module: ``rules`` of both ``rules.py`` and ``rules/merge.py``; "" outside the chapters."""
    parts = path.parts
    return parts[3].removesuffix(".py") if parts[:2] == ("src", "satusuara") and len(parts) > 3 else ""


def chapter(path: Path) -> str:
    parts = path.parts
    return parts[2] if parts[:2] == ("src", "satusuara") and len(parts) > 3 else ""
