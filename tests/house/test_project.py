"""What lies beside the code: chapters that explain themselves, decisions, locks, no traces of a machine."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT, chapters, files, text, tracked

# --- chapters ---

PARTS = ("Enters", "Leaves", "can go wrong")


def test_every_chapter_says_what_enters_what_leaves_and_what_can_go_wrong() -> None:
    wrong = []
    for chapter in chapters():
        page = ROOT / chapter / "README.md"
        said = page.read_text() if page.exists() else ""
        wrong += [f"{chapter}/README.md does not say: {part}" for part in PARTS if part.lower() not in said.lower()]
    assert not wrong, "\n".join(wrong)


def test_every_chapter_with_tables_is_installed() -> None:
    with_tables = {c.name for c in chapters() if (ROOT / c / "models.py").exists() or (ROOT / c / "models").is_dir()}
    installed = {name.split(".")[1] for name in settings.INSTALLED_APPS if name.startswith("satusuara.")}
    assert with_tables <= installed, with_tables - installed


@pytest.mark.django_db
def test_every_change_of_a_table_has_its_migration(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", "--check", "--dry-run", verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


# --- decisions ---


def slug(title: str) -> str:
    """The name of a decision's file: its title in small letters and dashes."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower().replace("'", "").replace("’", "")))


def not_a_promise(name: str, said: str) -> Iterator[str]:
    first = said.splitlines()[0] if said else ""
    if not first.startswith("# "):
        yield f"{name}: begins with its title"
    elif slug(first[2:]) != name:
        yield f"{name}: the file is named as its title says: {slug(first[2:])}"
    elif len(first.split()) < 5:
        yield f"{name}: a title is a promise, a whole sentence: {first!r}"


def test_every_decision_is_a_promise() -> None:
    wrong = [
        one
        for path in files(".md", under="docs/decisions/")
        for one in not_a_promise(path.stem, text(path))
        if path.name != "README.md"
    ]
    assert not wrong, "\n".join(wrong)


def test_a_title_that_promises_nothing_is_seen() -> None:
    assert list(not_a_promise("database", "# Database\n"))
    assert list(not_a_promise("a-vote-is-never-edited", "# Votes are edited by nobody at all\n"))
    assert list(not_a_promise("x", "no title"))
    assert not list(not_a_promise("a-vote-is-never-edited", "# A vote is never edited\n"))


# --- traces ---

# Letters in brackets, so that this file does not name what it forbids.
TRACES = {
    r"(?<![\w.-])/(?:[w]ork|[r]oot)/[a-z]": "a path of somebody's machine",
    r"/[h]ome/[a-z]+/": "a path of somebody's machine",
    r"[p]ypi\.org|[p]ythonhosted|[r]egistry\.npmjs|[r]egistry\.yarnpkg|deb\.[d]ebian": "the host of a registry",
    r"(?i)\b(?:[c]laude|[a]nthropic|[c]hatgpt|[o]penai|[c]opilot|[l]lm|[s]ubagent)\b": "a foreign word",
    r"(?i)\b[A]I[ -](?:tool|agent|assistant|helper|model)": "a foreign word",
}
TEXT = (
    ".py",
    ".md",
    ".toml",
    ".html",
    ".css",
    ".ts",
    ".mjs",
    ".json",
    ".po",
    ".lock",
    ".sh",
    ".txt",
    ".yml",
    ".cfg",
    "",
)


def traces(said: str) -> Iterator[str]:
    for pattern, what in TRACES.items():
        for hit in re.finditer(pattern, said):
            yield f"{what}: {hit.group()}"


def test_no_file_carries_traces_of_a_machine_or_a_registry() -> None:
    wrong = [f"{path}: {one}" for path in tracked() if path.suffix in TEXT for one in traces(text(path))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "said", ["see /wor" + "k/main", "/ro" + "ot/x", "/ho" + "me/budi/", "https://py" + "pi.org/simple", "Chat" + "GPT"]
)
def test_a_trace_is_seen(said: str) -> None:
    assert list(traces(said))


# --- locks ---

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
WANTED = {
    "base": PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"],
    "dev": PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"],
    "spark": PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["spark"],
    "node": PROJECT["dependency-groups"]["node"],
}
PIN = re.compile(
    r"^([\w.-]+)(?:\[[^]]*\])?==([^ \\;\n]+)(?: ; ([^\\\n]+?))?((?: ?\\\n\s+--hash=sha256:[0-9a-f]{64})*)$", re.M
)


@dataclass(frozen=True)
class Pin:
    """One line of a lock."""

    name: str
    version: str
    marker: str
    hashes: int


def pins(lock: str) -> list[Pin]:
    return [Pin(canonicalize_name(m[1]), m[2], (m[3] or "").strip(), m[4].count("--hash=")) for m in PIN.finditer(lock)]


def stale(wanted: list[str], lock: str) -> Iterator[str]:
    """What of the requirements a lock does not answer, and what in it has no hash or names a place."""
    found = pins(lock)
    for requirement in map(Requirement, wanted):
        versions = {pin.version for pin in found if pin.name == canonicalize_name(requirement.name)}
        if not versions or not all(requirement.specifier.contains(version, prereleases=True) for version in versions):
            yield f"{requirement}: locked is {versions or 'nothing'}; run ./run lock"
    yield from (f"{pin.name} has no hash" for pin in found if not pin.hashes)
    if re.search(r"https?:|--index|--find-links|file:", lock):
        yield "names an address"


@pytest.mark.requirement(2, "1", "locks with hashes and without addresses, answering to pyproject.toml")
@pytest.mark.parametrize("name", WANTED)
def test_the_locks_answer_to_the_project(name: str) -> None:
    lock = (ROOT / "requirements" / f"{name}.lock").read_text()
    assert not list(stale(WANTED[name], lock))


def test_a_stale_lock_is_seen() -> None:
    pin = f"django==5.2 \\\n    --hash=sha256:{hashlib.sha256(b'').hexdigest()}\n"
    assert not list(stale(["Django>=5.2,<6"], pin))
    assert list(stale(["django>=6"], pin))
    assert list(stale(["django", "flask"], pin))
    assert list(stale(["django"], "django==5.2\n"))
    assert list(stale(["django"], f"--index-url x\n{pin}"))


def test_what_runs_is_what_is_locked() -> None:
    """Tests speak of the locked packages only where these are the installed ones."""
    different = {}
    for pin in pins((ROOT / "requirements" / "base.lock").read_text()):
        if pin.marker and not Marker(pin.marker).evaluate():
            continue
        try:
            installed = version(pin.name)
        except PackageNotFoundError:
            installed = "nothing"
        if installed != pin.version:
            different[pin.name] = (installed, pin.version)
    assert not different, f"installed, locked: {different}; ./run test installs what is locked"


def test_the_licence_is_carried() -> None:
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text()
    assert Path(ROOT / "NOTICE").exists()
