"""Documentation cannot drift: every setting and every command is described, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import typer
from typer.main import get_command

from satusuara.ops.commands import app

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
COMMANDS = (ROOT / "docs" / "commands.md").read_text()


def read_by_the_code() -> set[str]:
    """Every variable that a module of the package names: none is named that is not read."""
    pattern = re.compile(r"""["'](SATUSUARA_[A-Z_]+|DATABASE_URL)["']""")
    return {name for path in (ROOT / "src").rglob("*.py") for name in pattern.findall(path.read_text())}


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS, re.MULTILINE))
    assert documented == read_by_the_code()


def commands() -> list[str]:
    """Every command as it is typed: "ledger verify"."""
    found: list[str] = []

    def walk(command: object, words: list[str]) -> None:
        below = getattr(command, "commands", None)
        if below is None:
            found.append(" ".join(words))
        for name, one in (below or {}).items():
            walk(one, [*words, name])

    assert isinstance(app, typer.Typer)
    walk(get_command(app), [])
    return found


def test_every_command_is_documented() -> None:
    shown = re.findall(r"^    satusuara ([a-z]+(?: [a-z]+)*)", COMMANDS, re.MULTILINE)
    assert sorted(set(commands()) - set(shown)) == []
    assert sorted(set(shown) - set(commands())) == []
