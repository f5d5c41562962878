"""A regency's roll of 240,000: the whole of it, and a day's 500 changes against it. ``python -m bench.regency_roll``.

Both are whole processes from the shell, on made-up voters (``roll generate``). The changes lie in a CSV; the roll they
are matched against was prepared by the run before (``--save``), as an office would have it every morning.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.measure import Measure, noise, show, timed

ROWS, CHANGES, ROUNDS = 240_000, 500, 3


def measures() -> list[Measure]:
    """A regency's whole roll, and a day's changes against it prepared; each from the shell."""
    with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as name:
        folder = Path(name)
        whole, day = build(folder)
        prepared = folder / "roll.prepared"
        out = ["--out", str(folder / "clusters.csv"), "--pairs", str(folder / "pairs.csv"), "--json"]
        full = timed("roll", "dedupe", str(whole), *out)
        timed("roll", "dedupe", str(whole), *out, "--save", str(prepared))
        daily = [timed("roll", "dedupe", str(day), "--against", str(prepared), *out) for _ in range(ROUNDS)]
        steps: dict[str, Any] = json.loads(full.answer)["steps"]
    seconds = [run.seconds for run in daily]
    note = ", ".join(f"{step} {took:.1f}" for step, took in steps.items())
    return [
        noise(),
        Measure("regency: full dedupe, 240,000", full.seconds, "s", 15.0, f"{note}; {full.cpu:.1f} s of processor"),
        Measure("regency: memory", full.peak / 2**30, "GiB"),
        Measure(
            "regency: 500 changes",
            statistics.median(seconds),
            "s",
            2.0,
            f"median of {ROUNDS}; {daily[0].cpu:.1f} s of processor",
        ),
    ]


def build(folder: Path) -> tuple[Path, Path]:
    """The roll and a day's changes: the last 500 of one made-up roll, so that some of them are second records."""
    import duckdb

    every = folder / "every.parquet"
    timed("roll", "generate", "--rows", str(ROWS + CHANGES), "--seed", "1", "--out", str(every))
    whole, day = folder / "whole.parquet", folder / "day.csv"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE r AS SELECT *, row_number() OVER (ORDER BY rec_id) AS n FROM '{every}'")
        connection.execute(f"COPY (SELECT * EXCLUDE (n) FROM r WHERE n <= {ROWS}) TO '{whole}'")
        connection.execute(f"COPY (SELECT * EXCLUDE (n) FROM r WHERE n > {ROWS}) TO '{day}' (HEADER)")
    return whole, day


if __name__ == "__main__":
    sys.exit(show(measures()))
