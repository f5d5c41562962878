"""Pages bring nothing that the security policy would block, and speak both languages to the end."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.house.tree import ROOT, chapter, files, text

BLOCKED = {
    r"\sstyle\s*=": "an inline style",
    r"<style\b": "an inline style sheet",
    r"\son[a-z]+\s*=\s*[\"']": "an inline handler",
    r"<script(?![^>]*\ssrc=)(?![^>]*type=[\"']application/(?:json|ld\+json)[\"'])": "an inline script",
    r"javascript:": "a script in an address",
    r"(?:src|href|action|hx-[a-z]+)\s*=\s*[\"'](?:https?:)?//": "an address at another host",
}
ELSEWHERE = r"(?:url\(\s*[\"']?|@import\s+[\"']?|fetch\(\s*[\"'`]|import\(\s*[\"'`]|from\s+[\"'])(?:https?:)?//"


def blocked(markup: str) -> Iterator[str]:
    """What the policy would block in a template, with its line."""
    bare = re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", "", markup, flags=re.DOTALL)
    for pattern, what in BLOCKED.items():
        for hit in re.finditer(pattern, bare, re.IGNORECASE):
            yield f"{what}, line {bare.count(chr(10), 0, hit.start()) + 1}: {hit.group().strip()}"


def templates() -> list[Path]:
    return [path for path in files(".html", ".svg") if path.as_posix().startswith("src/")]


def test_no_template_carries_what_the_policy_blocks() -> None:
    wrong = [f"{path}: {one}" for path in templates() for one in blocked(text(path))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        '<a onclick="x()">',
        "<script>x()</script>",
        '<a href="javascript:x">',
        '<img src="//a.example/b.png">',
        '<script src="https://a.example/b.js"></script>',
    ],
)
def test_what_the_policy_blocks_is_seen(markup: str) -> None:
    assert list(blocked(markup))


def test_what_the_policy_lets_in_is_left_alone() -> None:
    allowed = '<script src="/static/a.js" defer></script><script type="application/json">{}</script><a href="/x/">'
    assert not list(blocked(allowed))


def test_scripts_and_styles_fetch_nothing_from_other_hosts() -> None:
    assert re.search(ELSEWHERE, 'fetch("https://a.example/")')
    assert re.search(ELSEWHERE, "url(//a.example/font.woff2)")
    wrong = [
        f"{path}: {hit.group()}"
        for path in files(".css", ".ts", ".js", ".mjs", under="src/")
        for hit in re.finditer(ELSEWHERE, text(path))
    ]
    assert not wrong, "\n".join(wrong)


# --- two languages ---

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
Message = tuple[str | None, str]
"""Context and Indonesian sentence."""


def messages(path: Path, source: str) -> Iterator[Message]:
    """Every sentence that a module or a template asks the catalogues for."""
    if path.suffix == ".html":
        source = f"(\n{templatize(source)}\n)"  # inside brackets, indentation means nothing to the tokenizer
    for _line, called, said, _comments in extract_python(io.BytesIO(source.encode()), list(KEYWORDS), (), {}):
        words = [said] if isinstance(said, str) else [word for word in said if word]
        if not words:
            continue
        if called and "pgettext" in called:
            yield words[0], words[1]
        else:
            yield None, words[0]


def english() -> dict[Message, Path]:
    """Every sentence that has an English one in the catalogue of a chapter."""
    found: dict[Message, Path] = {}
    for path in sorted(ROOT.glob("src/satusuara/*/locale/en/LC_MESSAGES/*.po")):
        for message in catalogue(path):
            if message.id and complete(message):
                one = message.id if isinstance(message.id, str) else message.id[0]
                found[message.context, one] = path
    return found


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="en")


def complete(message: Entry) -> bool:
    """Whether a message is translated, in every plural, and nobody marked it as doubtful."""
    parts = [message.string] if isinstance(message.string, str) else list(message.string)
    return all(parts) and not message.fuzzy


def speaking() -> list[Path]:
    return [path for path in files(".py", ".html", under="src/") if "migrations" not in path.parts]


@pytest.mark.requirement(2, "8", "every sentence of a page is there in Indonesian and in English")
def test_every_sentence_has_its_english_one() -> None:
    known = english()
    missing = {
        f"{chapter(path)}: {path.name}: {message[1]}"
        for path in speaking()
        for message in messages(path, text(path))
        if message not in known
    }
    assert not missing, "no English in locale/en/LC_MESSAGES/django.po:\n" + "\n".join(sorted(missing))


def test_no_translation_is_doubtful_or_empty() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {message.id}"
        for path in ROOT.glob("src/satusuara/*/locale/en/LC_MESSAGES/*.po")
        for message in catalogue(path)
        if message.id and not complete(message)
    ]
    assert not wrong, "\n".join(wrong)


def test_sentences_are_found_in_modules_and_in_templates() -> None:
    module = 'x = _("Satu") + ngettext("%(n)s suara", "%(n)s suara", n) + pgettext("peta", "Lapis")\n'
    assert list(messages(Path("x.py"), module)) == [(None, "Satu"), (None, "%(n)s suara"), ("peta", "Lapis")]
    page = "  <p>it's {% translate 'Dua' %}</p>\n {% blocktranslate with n=1 %}Tiga {{ n }}{% endblocktranslate %}"
    assert list(messages(Path("x.html"), page)) == [(None, "Dua"), (None, "Tiga %(n)s")]


def test_a_sentence_left_in_one_language_only_is_seen() -> None:
    po = b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n\n#, fuzzy\nmsgid "a"\nmsgstr "b"\n\n'
    po += b'msgid "c"\nmsgstr ""\n\nmsgid "d"\nmsgstr "e"\n'
    found = {message.id: complete(message) for message in read_po(io.BytesIO(po), locale="en") if message.id}
    assert found == {"a": False, "c": False, "d": True}


def test_python_names_no_language_of_its_own() -> None:
    """A sentence built by an f-string inside gettext can be in no catalogue."""

    def wrong(source: str) -> list[int]:
        return [
            node.lineno
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KEYWORDS
            and node.args and isinstance(node.args[0], ast.JoinedStr)
        ]  # fmt: skip

    assert wrong('_(f"TPS {n}")') == [1]
    found = [f"{path}:{line}" for path in files(".py", under="src/") for line in wrong(text(path))]
    assert not found, "\n".join(found)
