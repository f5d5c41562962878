"""A regency's list of 240,000 into the database, and a day's 500 lines after it. ``python -m bench.roll_import``.

Whole processes from the shell, in a fresh instance with the areas of the law folder, on made-up voters. The day's lines
come as a list of moved voters (500 rows): read, then matched against the roll that the morning's run prepared.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import Measure, noise, show, timed

AREA, ROWS, CHANGES = "7322", 240_000, 500
PREPARE = """
import datetime as dt
import django
django.setup()
from satusuara.areas.actions import load_facts
from satusuara.ops import prepare
prepare.migrate()
load_facts(law="id-2024", at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC), by="system:bench")
"""


def measures() -> list[Measure]:
    """Import, whole matching and a day's lines, each from the shell."""
    with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as name:
        folder = Path(name)
        kept = {key: os.environ.get(key) for key in ("SATUSUARA_HOME", "DJANGO_SETTINGS_MODULE")}
        os.environ |= {"SATUSUARA_HOME": str(folder / "home"), "DJANGO_SETTINGS_MODULE": "satusuara.ops.settings"}
        try:
            return [noise(), *_measured(folder)]
        finally:
            for key, value in kept.items():
                if value is None:
                    os.environ.pop(key, None)
                else:
                    os.environ[key] = value


def _measured(folder: Path) -> list[Measure]:
    whole, day = _made_up(folder)
    subprocess.run([sys.executable, "-c", PREPARE], check=True)
    place = ("--area", AREA, "--source", "bench", "--made-up", "--json")
    first = timed("import", "roll", str(whole), *place)
    rows = json.loads(first.answer)["rows"]
    link = timed("roll", "link", "--area", AREA, "--json")
    second = timed("import", "roll", str(day), *place, "--category", "dptb")
    changes = timed("roll", "link", "--area", AREA, "--changes", "--json")
    found = json.loads(changes.answer)
    said = f"{second.seconds:.1f} read, {changes.seconds:.1f} matched ({found['pairs']} pairs)"
    return [
        Measure(f"roll: import of {rows:,}", first.seconds, "s", 60.0, f"{first.cpu:.1f} s of processor"),
        Measure("roll: import, memory", first.peak / 2**30, "GiB"),
        Measure("roll: whole matching from the database", link.seconds, "s", None, f"{link.cpu:.1f} s of processor"),
        Measure(
            f"roll: {CHANGES} lines read and matched", second.seconds + changes.seconds, "s", 2.0, said
        ),
    ]  # fmt: skip


def _made_up(folder: Path) -> tuple[Path, Path]:
    """A regency's roll, and 500 of its voters once more as moved ones: every one of them must be found."""
    import duckdb

    made, whole, day = folder / "made.parquet", folder / "whole.parquet", folder / "day.csv"
    timed("roll", "generate", "--rows", str(ROWS), "--seed", "1", "--area", AREA, "--out", str(made))
    with duckdb.connect() as connection:  # two stations that the generator fills are not in the area tree
        gone = "kec = 'MAPPEDECENG' AND desa = 'BENTENG' AND tps IN ('006', '007')"
        connection.execute(f"CREATE TABLE r AS SELECT * FROM '{made}' WHERE NOT ({gone})")
        connection.execute(f"COPY r TO '{whole}'")
        connection.execute(f"COPY (SELECT * FROM r ORDER BY rec_id LIMIT {CHANGES}) TO '{day}' (HEADER)")
    return whole, day


if __name__ == "__main__":
    sys.exit(show(measures()))
