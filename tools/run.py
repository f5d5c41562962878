"""``./run``: sets up what is missing, then does what is asked. Standard library only."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.house.main import main

sys.exit(main(sys.argv[1:]))
