"""The handbook cannot drift: what it names exists, it knows every check, both languages have the same pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from satusuara.law import load_law
from tests.house.tree import ROOT
from tests.ops.test_documentation import commands

HANDBOOK = ROOT / "docs" / "handbook"
PAGES = sorted(
    [*HANDBOOK.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md"]
)
DEEDS = {"test", "check", "bench", "lock", "conformance", "pictures", "help"}


def lost(said: str, page: Path) -> Iterator[str]:
    """What a page names and nobody has: addresses, commands, files, deeds of ``./run``."""
    known = commands()
    for address in re.findall(r"`(/[a-z][^` ]*/)`", said):
        try:
            resolve(address)
        except Resolver404:
            yield f"no address {address}"
    for words in re.findall(r"(?:^    |`)satusuara ((?:[a-z]+ ?)+)", said, re.MULTILINE):
        if not any(words.strip() == one or words.startswith(f"{one} ") for one in known):
            yield f"no command satusuara {words.strip()}"
    for deed in re.findall(r"(?:^    |`)\./run ([a-z]+)", said, re.MULTILINE):
        if deed not in DEEDS and not any(one.split()[0] == deed for one in known):
            yield f"no deed ./run {deed}"
    for link in re.findall(r"\]\(([^)#:]+)\)", said):
        if not (page.parent / link).exists():
            yield f"no file {link}"
    for path in re.findall(r"`(docs/[^` ]+|tests/[^` ]+|tools/[^` ]+)`", said):
        if "*" not in path and not (ROOT / path).exists():
            yield f"no file {path}"


@pytest.mark.requirement(2, "1", "handbook in Indonesian and English whose addresses, commands and files exist")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_exists(page: Path) -> None:
    assert not list(lost(page.read_text(), page))


def test_what_does_not_exist_is_seen() -> None:
    said = "`/tidak-ada/` `satusuara fly`\n    ./run wild\n[x](nothing.md) `docs/nothing.md`"
    assert len(list(lost(said, HANDBOOK / "id" / "README.md"))) == 5
    assert not list(lost("`/masuk/` `satusuara ledger verify` `./run test --fast` `docs/law.md`", HANDBOOK / "x.md"))


def test_both_languages_have_the_same_pages_of_the_same_shape() -> None:
    def shape(language: str) -> dict[str, list[int]]:
        pages = (HANDBOOK / language).glob("*.md")
        return {p.name: [len(mark) for mark in re.findall(r"^#+", p.read_text(), re.MULTILINE)] for p in pages}

    assert shape("id") == shape("en")


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_check_of_the_law_is_explained(language: str) -> None:
    said = (HANDBOOK / language / "checks.md").read_text()
    asked = {identity.code.split(".")[0] for identity in load_law("id-2024").identities}
    assert asked == set(re.findall(r"^\| ([A-Z]\d+) \| [^|]+ \| \w+ \|$", said, re.MULTILINE))
