"""The nation's claims against each other, against its bars. ``python -m bench.claims_national`` prints the table.

204,858,423 made-up claims as a tier above the regencies would hold them: a person's key (8 bytes of it) and the
station, in Parquet; 51,201 persons stand in two places. One pass groups by person and lists everybody with more than
one live claim. Time is wall time of the pass (reading the files included), memory the peak of its process.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.measure import Measure

CLAIMS, DOUBLES = 204_858_423, 51_201
PARTS = 32
MEMORY = "6GB"


def measures() -> list[Measure]:
    """The pass, on files made before the clock starts."""
    folder = Path(tempfile.mkdtemp(prefix="satusuara-claims-"))
    try:
        if shutil.disk_usage(folder).free < 12 * 2**30:
            return [Measure("national pass", 0, "s", note="not run: less than 12 GiB free on the disk")]
        make(folder)
        command = [sys.executable, "-m", "bench.claims_national", "--pass", str(folder)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        said = json.loads(run.stdout)
    finally:
        shutil.rmtree(folder)
    assert said["found"] == DOUBLES, f"{said['found']} of {DOUBLES} doubles"
    note = f"{CLAIMS:,} claims, all {DOUBLES:,} doubles found; {os.cpu_count()} cores"
    return [
        Measure("national pass", said["seconds"], "s", 30, note),
        Measure("national pass: memory", said["peak"] / 2**30, "GiB", 8, "peak resident set"),
    ]


def make(folder: Path, claims: int = CLAIMS, doubles: int = DOUBLES) -> None:
    """Claims of distinct persons, and after them ``doubles`` of the same persons at another station."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        # A multiplication by an odd number is a permutation of 64 bits: keys are distinct, and look drawn by lot.
        spread = "((n::HUGEINT * 11400714819323198485) % 18446744073709551616)::UBIGINT"
        distinct = claims - doubles
        step = -(-claims // PARTS)
        for part in range(PARTS):
            first, last = part * step, min(claims, (part + 1) * step)
            connection.execute(
                f"""COPY (SELECT {spread.replace("n::", "person::")} AS person, station FROM (
                  SELECT CASE WHEN n < {distinct} THEN n ELSE (n - {distinct}) * 4000 END AS person,
                         ((n * 2654435761) % 823220)::INTEGER AS station FROM range({first}, {last}) AS r(n)))
                TO '{folder / f"claims-{part:02d}.parquet"}' (FORMAT parquet, COMPRESSION snappy)"""
            )


def national_pass(folder: Path) -> tuple[float, int]:
    """Seconds, and how many persons have more than one live claim."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'; SET preserve_insertion_order = false")
        start = time.perf_counter()
        connection.execute(
            f"CREATE TABLE doubles AS SELECT person, count(*) AS claims, min(station) AS one, max(station) AS other "
            f"FROM '{folder}/claims-*.parquet' GROUP BY person HAVING count(*) > 1"
        )
        rows = connection.execute("SELECT count(*) FROM doubles").fetchall()
        return time.perf_counter() - start, int(rows[0][0])


def main() -> None:
    """Prints the measures; with ``--pass`` only the pass over a file, for the process that is measured."""
    if "--pass" in sys.argv:
        seconds, found = national_pass(Path(sys.argv[-1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"seconds": seconds, "found": found, "peak": peak}))
        return
    from bench.measure import show

    sys.exit(show(measures()))


if __name__ == "__main__":
    main()
