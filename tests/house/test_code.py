"""The rules of the house over every module; and each rule sees what it is there to see."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house import lints
from tests.house.lints import LINTS, Lint
from tests.house.tree import ROOT, files, text


def found(lint: Lint, path: Path, code: str) -> list[str]:
    return [f"{path}:{line}: {words}" for line, words in lint(path, ast.parse(code))]


@pytest.mark.requirement(2, "1", "own lints for the house rules")
@pytest.mark.parametrize("lint", LINTS, ids=lambda lint: lint.__name__)
def test_every_module_keeps_the_rule(lint: Lint) -> None:
    wrong = [one for path in files(".py") for one in found(lint, path, text(path))]
    assert not wrong, "\n".join(wrong)


SEEN = [
    (lints.rules_touch_nothing, "people/rules.py", "open('x')"),
    (lints.rules_touch_nothing, "pollbook/rules/merge.py", "import time\ntime.time()"),
    (lints.rules_touch_nothing, "law/loader.py", "datetime.now(UTC)"),
    (lints.only_doors_ask_the_clock, "people/actions.py", "timezone.now()"),
    (lints.only_doors_ask_the_clock, "ops/doctor.py", "date.today()"),
    (lints.only_actions_write, "people/queries.py", "user.save()"),
    (lints.only_actions_write, "people/pages/own.py", "User.objects.filter(x=1).delete()"),
    (lints.only_actions_write, "count/tally.py", "AreaSummary.objects.create(a=1)"),
    (lints.vocabularies_have_one_place, "people/models.py", "class Right(models.TextChoices): ..."),
    (
        lints.what_is_public_is_said,
        "people/queries.py",
        "'''x'''\ndef scope_of(user: User) -> Scope:\n    a = 1\n    b = 2\n    return a",
    ),
    (lints.what_is_public_is_said, "people/queries.py", "'''x'''\ndef scope_of(user) -> Scope:\n    '''x'''"),
    (lints.what_is_public_is_said, "people/queries.py", "A = 1"),
    (lints.verbs_name_what_they_are_given, "people/actions.py", "def appoint(scope, user, at): ..."),
]


@pytest.mark.parametrize(("lint", "file", "code"), SEEN)
def test_a_broken_rule_is_seen(lint: Lint, file: str, code: str) -> None:
    assert len(found(lint, Path("src/satusuara") / file, code)) == 1


PASSED = [
    (lints.only_doors_ask_the_clock, "people/pages/own.py", "timezone.now()"),
    (lints.only_actions_write, "people/actions.py", "user.save()"),
    (lints.only_actions_write, "kernel/hashing.py", "digest.update(chunk)"),
    (lints.only_actions_write, "people/migrations/0001_initial.py", "User.objects.create(a=1)"),
    (lints.vocabularies_have_one_place, "people/choices.py", "class Right(TextChoices): ..."),
    (lints.verbs_name_what_they_are_given, "people/actions.py", "def appoint(*, scope, user): ..."),
]


@pytest.mark.parametrize(("lint", "file", "code"), PASSED)
def test_what_keeps_the_rule_is_left_alone(lint: Lint, file: str, code: str) -> None:
    assert not found(lint, Path("src/satusuara") / file, code)


LONGEST = 450
SOURCE = (".py", ".ts", ".css", ".html", ".mjs")


def too_long(path: Path, lines: int) -> str:
    return f"{path}: {lines} lines, at most {LONGEST}: it wants a split" if lines > LONGEST else ""


def test_no_file_needs_a_long_scroll() -> None:
    assert too_long(Path("x.py"), LONGEST + 1)
    wrong = [too_long(path, (ROOT / path).read_bytes().count(b"\n")) for path in files(*SOURCE)]
    assert not any(wrong), "\n".join(filter(None, wrong))
