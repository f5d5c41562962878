from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.control.scene import Scene, build, officer


@pytest.fixture
def scene(db: None, tmp_path: Path, settings: Any) -> Scene:
    settings.REQUIRE_SECOND_FACTOR = False
    settings.HOME = tmp_path / "home"
    return build(tmp_path)


@pytest.fixture
def chair(scene: Scene) -> Client:
    """The chair of the regency's commission."""
    return officer(scene, "kpu-ketua", "7322")
