"""The lints over Python: each takes a path and its tree and says what is wrong, as (line, words)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.house.tree import chapter, room

Wrong = tuple[int, str]
Lint = Callable[[Path, ast.Module], Iterator[Wrong]]

DOORS = {"pages", "api", "tasks", "admin", "commands", "control"}
"""Rooms in which the clock may be read (``control``: those of web): everything below is given ``at=``."""
WRITERS = {"actions", "migrations"}
TABLELESS = {"kernel", "lake", "law"}
PURE_WORDS = {"open", "print", "input", "exec", "eval"}
CLOCK = {"now", "today", "utcnow", "localdate", "time", "time_ns", "monotonic"}
WRITES = {"save", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "abulk_create", "asave"}
QUERIED = {"objects", "filter", "exclude", "all", "select_related", "order_by"}
VOCABULARY = {"TextChoices", "IntegerChoices", "Choices", "StrEnum", "Enum", "IntEnum"}


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last part of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            yield node, called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def rules_touch_nothing(path: Path, tree: ast.Module) -> Iterator[Wrong]:
    """``rules`` reads no file, prints nothing and asks no clock; ``law`` may read its own folder."""
    if room(path) != "rules" and chapter(path) != "law":
        return
    for call, name in calls(tree):
        bare = isinstance(call.func, ast.Name)
        if (bare and name in PURE_WORDS and chapter(path) != "law") or (not bare and name in CLOCK):
            yield call.lineno, f"rules are arithmetic: {name}() does not belong here"


def only_doors_ask_the_clock(path: Path, tree: ast.Module) -> Iterator[Wrong]:
    """``now()`` is for pages, API, tasks and commands; below them the time is given."""
    if not chapter(path) or DOORS & set(path.with_suffix("").parts):
        return
    for call, name in calls(tree):
        if name in {"now", "today", "utcnow", "localdate"}:
            yield call.lineno, f"{name}() is for the doors: take at= instead"


def only_actions_write(path: Path, tree: ast.Module) -> Iterator[Wrong]:
    """Rows are made, changed and removed by ``actions`` (and migrations) alone."""
    if not chapter(path) or room(path) in WRITERS or chapter(path) in TABLELESS:
        return
    for call, name in calls(tree):
        bare = isinstance(call.func, ast.Name)
        if (name in WRITES and not bare) or (name in {"create", "update", "delete"} and _queried(call.func)):
            yield call.lineno, f".{name}() writes: an action does that"


def _queried(called: ast.expr) -> bool:
    """Whether a chain of attributes and calls passes through a manager or a queryset."""
    while isinstance(called, ast.Attribute | ast.Call):
        called = called.func if isinstance(called, ast.Call) else called.value
        if isinstance(called, ast.Attribute) and called.attr in QUERIED:
            return True
    return False


def vocabularies_have_one_place(path: Path, tree: ast.Module) -> Iterator[Wrong]:
    """What is stored is one of a list of words, and the lists of a chapter stand in its ``choices``."""
    if not chapter(path) or room(path) == "choices":
        return
    for node in ast.walk(tree):
        bases = node.bases if isinstance(node, ast.ClassDef) else []
        names = {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in bases}
        if isinstance(node, ast.ClassDef) and names & {"TextChoices", "IntegerChoices", "Choices"}:
            yield node.lineno, f"{node.name} is a vocabulary: it belongs in choices.py"


def what_is_public_is_said(path: Path, tree: ast.Module) -> Iterator[Wrong]:
    """Every module with code and every public function of it has a docstring; what it takes and gives has types."""
    if not path.as_posix().startswith(("src/", "tools/", "bench/")) or room(path) in {"migrations", "apps"}:
        return
    if tree.body and not ast.get_docstring(tree) and path.name != "__init__.py":
        yield 1, "a module says in one line what it is for"
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and len(node.body) > 2:  # of a line or two, name and types say it
            yield node.lineno, f"{node.name}() has no docstring"
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if node.returns is None or any(argument.annotation is None for argument in given):
            yield node.lineno, f"{node.name}() lacks a type"


def verbs_name_what_they_are_given(path: Path, tree: ast.Module) -> Iterator[Wrong]:
    """An action's arguments have names at the call: ``def verb(*, scope, …)``."""
    if room(path) != "actions" or path.name == "__init__.py":
        return
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names = {argument.arg for argument in [*node.args.args, *node.args.posonlyargs]}
            makes = ast.unparse(node.returns) if node.returns else ""
            if {"scope", "at"} <= names and "Seal" not in makes:  # a seal is a value, not a deed
                yield node.lineno, f"{node.name}() takes its arguments by name: def {node.name}(*, …)"


LINTS: tuple[Lint, ...] = (
    rules_touch_nothing,
    only_doors_ask_the_clock,
    only_actions_write,
    vocabularies_have_one_place,
    what_is_public_is_said,
    verbs_name_what_they_are_given,
)
