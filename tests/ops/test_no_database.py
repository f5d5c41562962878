"""A command on a folder whose tables are not there, or older than the program: one sentence, exit 2, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.site import environment

PROGRAM = (sys.executable, "-c", "from satusuara.ops.cli import main; main()")


@pytest.mark.parametrize(
    "command", [("ledger", "verify", "--json"), ("export", "results", "--source", "sirekap", "--json")]
)
def test_missing_tables_are_said_with_the_remedy(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [*PROGRAM, *command], env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "satusuara migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_said_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "satusuara.sqlite3").mkdir()  # nothing that could be opened as a database
    done = subprocess.run(
        [*PROGRAM, "ledger", "verify"], env=environment(tmp_path, SATUSUARA_LANG="en"), cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "The database cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
