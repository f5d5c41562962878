"""What an event can hold at all, and what the chapter can reach."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from msgspec.structs import replace

import satusuara.pollbook
from satusuara.pollbook.rules.events import MAX_EVENT, EventError, Finger, Kind, encode_event
from tests.pollbook.make import draft

CHAPTER = Path(satusuara.pollbook.__file__).parent


@pytest.mark.requirement(4, "R24", "no biometric: a finger is one of four states, and no event has room for a picture")
def test_a_finger_is_a_state_and_nothing_else() -> None:
    assert {finger.name for finger in Finger} == {"CLEAR", "STAINED", "UNCLEAR", "SUBSTITUTE"}
    for detail in (b"\xff\xd8\xff", "jari.jpg", [0, b"x"], len(Finger)):
        with pytest.raises(EventError):
            encode_event(replace(draft(Kind.FINGER_CHECKED, 1, detail=detail), seq=1, prev=bytes(32)))
    assert MAX_EVENT <= 512


@pytest.mark.requirement(4, "R8", "nothing of the pollbook reaches a counting chapter, by import")
def test_no_module_reaches_the_count() -> None:
    above = {"count", "recap", "seats", "audit", "cases", "web", "ops", "rehearsal"}
    for path in CHAPTER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            reached = {name.split(".")[1] for name in names if name.startswith("satusuara.")}
            assert not reached & above, path
