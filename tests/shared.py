"""The real data beside the project, where a checkout has it. Tests that need it skip with a loud line elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


def shared(relative: str) -> Path:
    """The path of a shared file, or a skip that says which file is absent."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"../shared is absent: {relative} was not read, so this test showed nothing")
    return path
