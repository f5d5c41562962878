"""The nation's exact pass: 204.8 million (NIK, TPS) rows, every NIK that stands more than once with its count.

``python -m bench.nik_national`` prints the table. The rows are made up in the engine (``hash`` of the row's number) and
written as Parquet once; the pass is a process of its own, whose wall time and peak memory are taken.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import Measure, noise, show

ROWS = 204_800_000
PARTS = 8
MEMORY = "2500MB"

_PASS = """
import os, sys, time, duckdb
start = time.perf_counter()
settings = {"memory_limit": sys.argv[2], "temp_directory": sys.argv[3], "preserve_insertion_order": False}
connection = duckdb.connect(config=settings)
connection.execute("SET enable_progress_bar = false")  # it would write into the answer
(found,) = connection.execute(
    "SELECT count(*), sum(n) FROM (SELECT nik, count(*) AS n FROM read_parquet(?) GROUP BY nik HAVING count(*) > 1)",
    [sys.argv[1]],
).fetchall()
import resource
used = resource.getrusage(resource.RUSAGE_SELF)
print(found[0], found[1], time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def build(folder: Path, rows: int) -> str:
    """Made-up numbers of the nation in ``PARTS`` files; about 1.2 % of the rows bear a number of another row."""
    import duckdb

    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder / "spill")}) as connection:
        for part in range(PARTS):
            low, high = rows * part // PARTS, rows * (part + 1) // PARTS
            connection.execute(
                f"""
                COPY (
                    SELECT CAST(1100000000000000 + hash(person) % 8400000000000000 AS BIGINT) AS nik,
                        CAST(hash(i + 1) % 823236 AS INTEGER) AS tps
                    FROM (SELECT i, CASE WHEN i % 83 = 0 THEN (i * 7919) % {rows} ELSE i END AS person
                          FROM range({low}, {high}) AS r(i))
                ) TO '{folder}/part{part}.parquet' (FORMAT parquet, COMPRESSION zstd)
                """
            )
    return f"{folder}/part*.parquet"


def measures(*, rows: int = ROWS) -> list[Measure]:
    """Seconds and memory of the pass over ``rows`` rows."""
    with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as name:
        folder = Path(name)
        files = build(folder, rows)
        command = [sys.executable, "-c", _PASS, files, MEMORY, str(folder / "spill")]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        numbers, records, seconds, cpu, peak = run.stdout.split()
    share = rows / ROWS
    return [
        noise(),
        Measure("NIKs that stand more than once", float(numbers), "", note=f"{int(float(records)):,} rows bear them"),
        Measure(
            f"exact NIK pass, {rows:,} rows", float(seconds), "s", 45.0 * share, f"{float(cpu):.1f} s of processor"
        ),
        Measure("memory of the pass", int(peak) * 1024 / 2**30, "GiB", 4.0, "peak resident set"),
    ]


if __name__ == "__main__":
    sys.exit(show(measures()))
