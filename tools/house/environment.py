"""The project's own environment in ``.venv``: locked packages with hashes, Node where none is installed, built pages.

Every step leaves a mark under ``.run`` that names what it was made from; a step whose mark still holds is not repeated.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tools.house.say import ROOT, Stop, call, say, step

VENV = ROOT / ".venv"
BIN = VENV / "bin"
MARKS = ROOT / ".run"
LOCKS = ROOT / "requirements"
PYTHON = BIN / "python"
NODE = (20, 0)
FRONTEND = ROOT / "src" / "satusuara" / "web" / "frontend"
BUILT = ROOT / "src" / "satusuara" / "web" / "static" / "build"


def ready(*, dev: bool = False, spark: bool = False, pages: bool = False) -> None:
    """Makes whatever is missing: packages to run, with ``dev`` to develop, with ``pages`` the built front end."""
    _venv()
    _locked("base", "Paket", "Packages")
    if dev:
        _locked("dev", "Paket pengembang", "Packages for developers")
    if spark:
        _locked("spark", "Paket Spark", "Packages for Spark")
    _project()
    if pages:
        _frontend()
        _catalogues()


def _venv() -> None:
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", ""], check=False).returncode:  # moved, or half made
        with step("Lingkungan Python", "Python environment"):
            shutil.rmtree(VENV, ignore_errors=True)
            shutil.rmtree(MARKS, ignore_errors=True)
            call([sys.executable, "-m", "venv", VENV])


def _locked(name: str, id_: str, en: str) -> None:
    lock = LOCKS / f"{name}.lock"
    mark = _digest([lock, VENV / "pyvenv.cfg"])
    if _holds(name, mark):
        return
    with step(id_, en):
        call([*_pip("install"), "--require-hashes", "--no-deps", "-r", lock], quiet=True)
    _write(name, mark)


def _project() -> None:
    """The package itself, editable; built with what the locks brought, so nothing is fetched."""
    mark = _digest([ROOT / "pyproject.toml", VENV / "pyvenv.cfg"], str(ROOT))
    if not _holds("project", mark):
        with step("Proyek", "The project"):
            call([*_pip("install"), "--no-deps", "--no-build-isolation", "-e", ROOT], quiet=True)
        _write("project", mark)


def _pip(command: str) -> list[str]:
    return [str(PYTHON), "-m", "pip", command, "--quiet", "--disable-pip-version-check", "--no-input"]


def _frontend() -> None:
    builder = ROOT / "tools" / "build_frontend.py"
    if not builder.exists():
        return
    files = (path for path in _sources() if path.is_file())
    mark = _digest([builder, *sorted(files)])
    if _holds("frontend", mark) and BUILT.is_dir() and any(BUILT.iterdir()):
        return
    env = {"PATH": os.pathsep.join([*with_node(), os.environ["PATH"]])}
    with step("Halaman (skrip dan gaya)", "Pages (scripts and styles)"):
        call([PYTHON, builder], env=env, quiet=True)
    _write("frontend", mark)


def _sources() -> Iterable[Path]:
    for folder, below, names in os.walk(FRONTEND):
        below[:] = sorted(set(below) - {"node_modules"})
        yield from (Path(folder) / name for name in names)


def with_node() -> list[str]:
    """What must lead PATH so that ``node`` is new enough: nothing, or the folder of Node as a package."""
    if _node_version(shutil.which("node")) >= NODE:
        return []
    _venv()
    _locked("node", "Node sebagai paket", "Node as a package")
    if _node_version(str(BIN / "node")) < NODE:
        raise Stop("Node 20 atau lebih baru tidak dapat dipasang.", "Node 20 or newer could not be installed.")
    return [str(BIN)]


def _node_version(node: str | None) -> tuple[int, ...]:
    if not node or not Path(node).exists():
        return (0,)
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2]) or (0,)


def _catalogues() -> None:
    code = "from satusuara.ops.prepare import compile_catalogues; from pathlib import Path; import satusuara; "
    call([PYTHON, "-c", code + "compile_catalogues(Path(satusuara.__file__).parent)"], quiet=True)


def _digest(files: Iterable[Path], *more: str) -> str:
    """One hash over the names and contents of the files."""
    sum_ = hashlib.sha256("\0".join(more).encode())
    for path in files:
        sum_.update(f"\0{path.name}\0".encode() + (path.read_bytes() if path.is_file() else b""))
    return sum_.hexdigest()


def _holds(name: str, mark: str) -> bool:
    path = MARKS / name
    return path.is_file() and path.read_text() == mark


def _write(name: str, mark: str) -> None:
    MARKS.mkdir(exist_ok=True)
    (MARKS / name).write_text(mark)


def lock() -> None:
    """Writes the locks anew from pyproject.toml: for every platform, with hashes, without addresses."""
    ready(dev=True)
    kinds = {
        "base": ["--group", "build"],
        "dev": ["--group", "dev", "--constraint", "requirements/base.lock"],
        "spark": ["--extra", "spark", "--constraint", "requirements/base.lock"],
        "node": ["--group", "node"],
    }
    for name, options in kinds.items():
        with step(f"Kunci {name}", f"Lock {name}"):
            _compile(name, options)
    say("Kunci ditulis.", "The locks are written.")


def _compile(name: str, options: list[str]) -> None:
    sources = [] if name == "node" else ["pyproject.toml"]
    call(
        [
            BIN / "uv", "pip", "compile", *sources, *options, "--universal", "--python-version", "3.11",
            "--fork-strategy", "fewest", "--generate-hashes", "--no-annotate", "--custom-compile-command", "./run lock",
            "--quiet", "--output-file", f"requirements/{name}.lock",
        ],
        quiet=True,
    )  # fmt: skip
