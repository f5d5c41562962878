"""Who may import whom: the contracts of .importlinter hold, and each would notice a wrong import."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = (str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", str(ROOT / ".importlinter"))


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the contracts on the package that lies in ``folder``."""
    return subprocess.run(
        [*LINT], cwd=folder, env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.requirement(2, "1", "import contracts over the chapters and over the rooms of each hold")
def test_every_chapter_and_every_room_imports_only_what_lies_below() -> None:
    done = lint(ROOT / "src")
    assert done.returncode == 0, done.stdout


WRONG = {
    "A chapter imports only those below it": ("law/__init__.py", "import satusuara.people"),
    "A room imports only those before it": ("people/models.py", "import satusuara.people.actions"),
    "Law and rules know no framework": ("people/rules.py", "import django"),
    "Only the ledger touches its tables": ("people/queries.py", "import satusuara.ledger.models"),
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package with the same chapters and rooms and nothing in them."""
    for chapter in ("law", "ledger", "people"):
        (tmp_path / "satusuara" / chapter).mkdir(parents=True)
        for room in ("__init__", "rules", "models", "queries", "actions"):
            (tmp_path / "satusuara" / chapter / f"{room}.py").touch()
    (tmp_path / "satusuara" / "__init__.py").touch()
    return tmp_path


@pytest.mark.parametrize("contract", WRONG)
def test_a_wrong_import_is_named(house: Path, contract: str) -> None:
    file, line = WRONG[contract]
    assert lint(house).returncode == 0, lint(house).stdout
    (house / "satusuara" / file).write_text(line)
    done = lint(house)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract}" in done.stdout
    assert "BROKEN" in next(line for line in done.stdout.splitlines() if line.startswith(contract))


def test_a_chapter_that_nobody_placed_is_named(house: Path) -> None:
    shutil.copytree(house / "satusuara" / "law", house / "satusuara" / "gossip")
    done = lint(house)
    assert done.returncode == 1
    assert "satusuara.gossip" in done.stdout
