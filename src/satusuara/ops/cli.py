"""The command line: only assembles. Each command lives in ``ops/commands`` and imports what it needs when it runs,
so that ``check results`` pays neither for Django nor for anything else it does not use."""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of ``satusuara``."""
    from satusuara.ops.commands import app

    sys.exit(app())
