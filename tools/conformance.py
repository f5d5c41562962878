"""docs/conformance.md: each point of each issue, the tests that show it, and its state. ``--check`` only compares.

The points stand in docs/requirements.toml; what shows them is what the tests say of themselves:
``@pytest.mark.requirement(issue, "point", "what is shown")`` on a function or a class, or as a module's ``pytestmark``;
a word may stand in a constant of the module.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
POINTS = ROOT / "docs" / "requirements.toml"
PAGE = ROOT / "docs" / "conformance.md"


@dataclass(frozen=True, slots=True)
class Point:
    """What an issue asks for in one place."""

    issue: int
    name: str
    asks: str
    shown: bool = False
    open: str = ""
    needs: str = ""
    bench: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Shown:
    """What one test says that it shows."""

    issue: int
    point: str
    text: str
    file: str
    test: str


def points(source: str) -> list[Point]:
    """The points of a requirements file, in its order.

    :raises TypeError: a key that no point has
    """
    found = []
    for issue, entries in tomllib.loads(source).items():
        for name, entry in entries.items():
            if name != "title":
                found.append(Point(int(issue), name, **{**entry, "bench": tuple(entry.get("bench", ()))}))
    return found


def markers(file: str, source: str) -> Iterator[Shown]:
    """What the tests of one module show. Parametrised tests count once."""
    tree = ast.parse(source)
    words = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    whole = [
        mark
        for node in tree.body
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "pytestmark" for target in node.targets)
        for mark in (node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value])
    ]
    yield from _of(file, "", whole, words)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _of(file, node.name, node.decorator_list, words)


def _of(file: str, test: str, marks: Sequence[ast.expr], words: Mapping[str, Any]) -> Iterator[Shown]:
    for mark in marks:
        if isinstance(mark, ast.Call) and getattr(mark.func, "attr", "") == "requirement":
            issue, point, text = (
                words[argument.id] if isinstance(argument, ast.Name) else ast.literal_eval(argument)
                for argument in mark.args
            )
            yield Shown(issue, str(point), text, file, test)


def every_marker() -> list[Shown]:
    """What all tests show."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return sorted(one for path in files for one in markers(path.relative_to(ROOT).as_posix(), path.read_text()))


def unknown(asked: Sequence[Point], shown: Sequence[Shown]) -> list[str]:
    """Markers of points that no issue has."""
    known = {(point.issue, point.name) for point in asked}
    return [f"{one.file}::{one.test}: no point {one.issue}.{one.point}" for one in shown
            if (one.issue, one.point) not in known]  # fmt: skip


def state(point: Point, shown: Sequence[Shown]) -> str:
    """shown, partly or not yet, with what is open and what the tests need."""
    if not shown and not point.bench:
        word = "not yet"
    elif point.shown and not point.open:
        word = "shown"
    else:
        word = "partly"
    more = [f"open: {point.open}"] if point.open else []
    if point.needs:
        more.append(f"not run where absent: {point.needs}")
    return "; ".join([word, *more])


def render(asked: Sequence[Point], shown: Sequence[Shown], titles: dict[int, str]) -> str:
    """The page."""
    by_point: dict[tuple[int, str], list[Shown]] = defaultdict(list)
    for one in shown:
        by_point[one.issue, one.point].append(one)
    lines = [
        "# What is asked for, and what shows it",
        "",
        "Made by `./run conformance` from `docs/requirements.toml` and the `requirement` markers of the tests; a test",
        "fails when it is stale. **shown**: somebody has checked that the tests named show the whole point.",
        "**partly**: tests show part of it, or nobody has yet checked that they show all. **not yet**: nothing does.",
    ]
    for issue, title in titles.items():
        mine = [point for point in asked if point.issue == issue]
        lines += ["", f"## Issue {issue}: {title}", "", "| point | asked | state |", "|---|---|---|"]
        lines += [f"| {p.name} | {p.asks} | {state(p, by_point[issue, p.name])} |" for p in mine]
        for point in mine:
            found = by_point[issue, point.name]
            if found or point.bench:
                lines += ["", f"**{issue}.{point.name}**", ""]
                lines += [f"- {text}: {', '.join(names)}" for text, names in _grouped(found).items()]
                lines += [f"- measured by `./run bench {name}`" for name in point.bench if _exists(name)]
    return "\n".join(lines) + "\n"


def _grouped(found: Sequence[Shown]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for one in found:
        name = f"`{one.file.removeprefix('tests/')}`" + (f" {one.test.replace('_', ' ')}" if one.test else "")
        grouped[one.text].append(name)
    return grouped


def _exists(bench: str) -> bool:
    return (ROOT / "bench" / f"{bench}.py").exists()


def page() -> str:
    """docs/conformance.md as it must read now."""
    source = POINTS.read_text()
    titles = {int(issue): entries["title"] for issue, entries in tomllib.loads(source).items()}
    return render(points(source), every_marker(), titles)


def main(words: Sequence[str]) -> int:
    """:returns: 1 where ``--check`` finds a stale page or a marker names a point that no issue has"""
    if wrong := unknown(points(POINTS.read_text()), every_marker()):
        sys.stderr.write("\n".join(wrong) + "\n")
        return 1
    fresh = page()
    if "--check" in words:
        return int(not PAGE.exists() or PAGE.read_text() != fresh)
    PAGE.write_text(fresh)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
