"""What is installed from a wheel is whole: laws with their facts, pages, styles, both languages; and it works alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import ROOT, files

HELD = (
    "*/law/id-2024/law.toml",
    "*/templates/base.html",
    "*/locale/en/LC_MESSAGES/django.mo",
    "*/static/build/app.css",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout, with nothing fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.mark.slow
@pytest.mark.requirement(2, "1", "a wheel carries laws and their facts, templates, the built front end, both languages")
def test_a_wheel_holds_what_the_checkout_holds(wheel: Path) -> None:
    held = {Path(name) for name in zipfile.ZipFile(wheel).namelist()}
    for pattern in HELD:
        assert any(name.match(pattern) for name in held), pattern
    inside = {path.relative_to("src") for path in files(*_KINDS, under="src/") if "frontend" not in path.parts}
    assert not inside - held
    assert not [name for name in held if "frontend" in name.parts or "tests" in name.parts]


_KINDS = (".py", ".toml", ".html", ".parquet", ".csv", ".po", ".json", ".geojson")


@pytest.mark.slow
def test_what_a_wheel_installs_checks_results_alone(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    (tmp_path / "a.csv").write_text("tps_id,valid,invalid,total\n7322012001001,108,2,210\n")
    check = ["check", "results", "a.csv", "--contest", "ppwp", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", "from satusuara.ops.cli import main; main()", *check],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "installed"), "PYTHONSAFEPATH": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["identities"]["I6"] == {"kind": "exact", "evaluated": 1, "failed": 1}
