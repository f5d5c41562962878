"""Whatever is sealed can be compared again: the kind of every seal is registered, or is a deed about no row."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from satusuara.ledger import registry
from tests.house.tree import files, text

DEEDS = {
    "pollbook.held": "that an officer let a held segment in, and why; the segment itself is sealed on its arrival",
    "risk.outcomes": "what was learnt from a source: the payload is the whole of it",
    "roll.erasure": "rows that are gone on purpose: their number is what is kept",
    "roll.look": "that somebody looked at a person's full data, and why",
}
"""Seals about no row that could change afterwards."""


def kinds(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The kind of every ``Seal(action, "kind", …)`` that is written out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Seal":
            named = {word.arg: word.value for word in node.keywords}
            kind = named.get("subject_kind", node.args[1] if len(node.args) > 1 else None)
            if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                yield kind.value, node.lineno


@pytest.mark.requirement(2, "6", "every kind of row that is sealed is one that verify reads again")
def test_every_sealed_kind_is_registered() -> None:
    registered = {subject.kind for subject in registry.subjects()}
    sealed = {
        kind: f"{path}:{line}" for path in files(".py", under="src/") for kind, line in kinds(ast.parse(text(path)))
    }
    lost = {kind: where for kind, where in sealed.items() if kind not in registered and kind not in DEEDS}
    assert not lost, f"sealed but never compared again: {lost}"


def test_kinds_are_read_by_place_and_by_name() -> None:
    code = "Seal('a', 'x.one', '1', {}); Seal(action='a', subject_kind='x.two', subject_id='1', payload={})"
    assert [kind for kind, _line in kinds(ast.parse(code))] == ["x.one", "x.two"]
