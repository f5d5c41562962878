"""Two stations with enrolled devices, in an instance of their own keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.pollbook.world import World, build_world


@pytest.fixture
def world(db: None, tmp_path: Path, settings: LazySettings) -> World:
    settings.HOME = tmp_path
    return build_world()
