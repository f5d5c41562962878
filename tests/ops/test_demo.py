"""From nothing to the demo regency by one command; a second one starts at once."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.browser.site import demo_copy, said_of, shared_folder
from tests.ops.test_backup import Instance


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Instance, str]:
    """A copy of the demo that the run made from nothing, and what the command said."""
    shared = shared_folder(tmp_path_factory)
    home = demo_copy(shared, tmp_path_factory.mktemp("demo") / "home")
    return Instance(home), said_of(shared).read_text()


@pytest.mark.slow
@pytest.mark.requirement(2, "4", "the demo is made by one command from the project's own tables")
def test_the_demo_holds_its_sources_and_its_accounts(demo: tuple[Instance, str]) -> None:
    instance, said = demo
    accounts = (instance.home / "accounts.txt").read_text().splitlines()
    assert accounts
    assert (instance.home / "accounts.txt").stat().st_mode & 0o777 == 0o600
    for line in accounts:
        assert line.split("\t")[1] in said, "passwords are shown once"
    assert instance.rows("SELECT count(*) FROM count_importbatch WHERE rejected > 0") == [(0,)]
    forms = instance.rows(
        "SELECT s.name, count(*) FROM count_form f JOIN count_source s ON s.id = f.source_id GROUP BY s.name"
    )
    assert max(count for _, count in forms if isinstance(count, int)) == 1001
    assert json.loads(instance("ledger", "verify", "--json").stdout)["ok"]


@pytest.mark.slow
def test_a_second_demo_changes_nothing_and_starts_at_once(demo: tuple[Instance, str]) -> None:
    instance, _ = demo
    before = instance.rows("SELECT size, root FROM ledger_head")
    accounts = (instance.home / "accounts.txt").read_text()
    began = time.monotonic()
    again = instance("demo", "--no-serve")
    assert again.returncode == 0, again.stderr
    assert time.monotonic() - began < 10
    assert instance.rows("SELECT size, root FROM ledger_head") == before
    assert (instance.home / "accounts.txt").read_text() == accounts
    assert accounts.split("\t")[1] not in again.stderr, "what was shown once is not shown again"


def test_a_law_folder_without_a_demo_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("satusuara.areas.actions", reason="the areas chapter has no actions yet", exc_type=ImportError)
    pytest.importorskip("satusuara.recap.actions", reason="the recap chapter has no actions yet", exc_type=ImportError)
    refused = Instance(tmp_path)("demo", "--no-serve", "--law", "id-2019")
    assert (refused.returncode, "Tidak ada peragaan" in refused.stderr) == (2, True)
