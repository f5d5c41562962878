"""``satusuara pollbook merge``: files of several devices, without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from satusuara.ops.commands import app
from satusuara.pollbook.rules.merge import case_id
from tests.pollbook.make import HERE, THERE, Desk, check_in, undo

KEY = b"\x07" * 16


def run(*arguments: str) -> tuple[int, Any, str]:
    result = CliRunner().invoke(app, ["pollbook", "merge", *arguments])
    return result.exit_code, json.loads(result.stdout) if "--json" in arguments else result.stdout, result.stderr


def write(folder: Path, **files: bytes) -> None:
    for name, raw in files.items():
        (folder / f"{name}.segment").write_bytes(raw)


@pytest.mark.requirement(4, "1", "segments of several devices merge from files, in any order, without a database")
def test_files_of_three_devices_become_one_state(tmp_path: Path) -> None:
    door, way_out, there = Desk("door"), Desk("exit", dev_ix=1), Desk("there", station=THERE)
    first, second = door.write(check_in(1), check_in(KEY, category=1)), door.write(undo(door.id(1)))
    write(tmp_path, b=first, a=second, c=first, d=way_out.write(check_in(1)), e=there.write(check_in(KEY, category=2)))
    code, answer, _ = run(str(tmp_path), "--json", "--fail-on-findings")
    assert code == 1
    assert (answer["segments"], answer["repeated"], answer["rejected"]) == (4, 1, 0)
    assert (answer["events"], answer["voted"], answer["cancelled"]) == (5, 2, 1)
    assert answer["stations"] == [HERE, THERE]
    assert [one["case"] for one in answer["conflicts"]] == [case_id(door.id(2), there.id(1)).hex()]
    assert answer["forks"] == []


def test_a_changed_file_is_named_and_the_others_are_merged(tmp_path: Path) -> None:
    door = Desk("door")
    good, bad = door.write(check_in(1)), bytearray(door.write(check_in(2)))
    bad[90] ^= 1
    write(tmp_path, good=good, tampered=bytes(bad), large=b"\0" * 9000, last=door.write(check_in(3)))
    code, answer, _ = run(str(tmp_path), "--json")
    assert code == 2
    assert {Path(one["file"]).stem: one["code"] for one in answer["rejects"]} == {
        "tampered": "signature-wrong", "large": "segment-too-large",
    }  # fmt: skip
    assert answer["devices"][0]["gaps"] == [[2, 2]]
    code, text, errors = run(str(tmp_path))
    assert "2 segmen" in text
    assert "belum ada catatan 2-2" in text
    assert "ada yang diubah" in errors


def test_an_unreadable_file_is_said_in_words(tmp_path: Path) -> None:
    code, _, errors = run(str(tmp_path / "absent"))
    assert code == 2
    assert "absent" in errors
