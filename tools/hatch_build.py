"""What a wheel holds beside the sources: compiled catalogues and the built front end, made where they are missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Prepare(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before the files are gathered; an editable installation is prepared by ``./run``."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """:raises CalledProcessError: where the front end cannot be built"""
        if version == "editable":
            return
        root = Path(self.root)
        for source in root.glob("src/satusuara/*/locale/*/LC_MESSAGES/*.po"):
            with source.open("rb") as text, source.with_suffix(".mo").open("wb") as binary:
                write_mo(binary, read_po(text, locale=source.parent.parent.name))
        subprocess.run([sys.executable, root / "tools" / "build_frontend.py"], check=True)
