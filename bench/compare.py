"""``compare`` and ``recap`` over a nation, against their bars. ``python -m bench.compare`` prints the table.

Two national tables of 816,920 rows with four figures: made figures (a fixed seed), one row in a hundred changed, under
codes that spread over the real widths of provinces, regencies, sub-districts and villages. Wall time is of the whole
process, started from the shell on files that were just read once (warm cache). A plain Python comparison of the same
files stands beside it, and every count must agree. The recapitulation sums 823,236 repeated real forms to all levels.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.check_results import real_forms
from bench.measure import Measure, noise

ROWS, FORMS = 816_920, 823_236
FIGURES = ("paslon_1", "paslon_2", "valid", "invalid")
LEVELS = "desa,kecamatan,kabupaten,provinsi"
ROUNDS = 3


def measures() -> list[Measure]:
    """Every bar of ``compare`` and of ``recap``."""
    with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as name:
        folder = Path(name)
        a, b = two_nations(folder)
        found = [noise()]
        columns = ["--key", "tps_id", "--values", ",".join(FIGURES)]
        for title, options, bar in (
            ("compare", columns, 5.0),
            ("compare, four levels", [*columns, "--levels", LEVELS], 5.0),
            (
                "compare, four levels, findings",
                [*columns, "--levels", LEVELS, "--findings", str(folder / "f.csv")],
                None,
            ),
        ):
            found.append(_process(title, ["compare", str(a), str(b), *options], bar))
        found.append(row_by_row(a, b, run("compare", str(a), str(b), *columns)[1]))
        forms = nation(folder)
        out = str(folder / "recap.parquet")
        levels = ["recap", str(forms), "--contest", "ppwp", "--level", f"{LEVELS},nasional", "--out", out]
        found.append(_process("recap to five levels", levels, 10.0))
        return found


def _stations(count: int) -> str:
    """Codes of 13 digits: 34 provinces, 15 regencies each, 15 sub-districts, 11 villages, 10 stations."""
    return f"""
        SELECT n, printf('%02d%02d%02d%04d%03d',
            11 + (n // 24750) % 34, 1 + (n // 1650) % 15, 1 + (n // 110) % 15, 2001 + (n // 10) % 11, 1 + n % 10
        ) AS tps_id
        FROM range({count}) AS t(n)
    """


def two_nations(folder: Path) -> tuple[Path, Path]:
    """Two tables that differ in one row of a hundred, half of them by a shift that keeps the sum."""
    import duckdb

    a, b = folder / "a.parquet", folder / "b.parquet"
    figures = ", ".join(f"CAST(hash(n, {i}) % 200 AS BIGINT) AS {name}" for i, name in enumerate(FIGURES))
    shifted = "CASE WHEN n % 100 = 7 THEN 5 ELSE 0 END"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE a AS SELECT n, tps_id, {figures} FROM ({_stations(ROWS)})")
        rows = connection.execute("SELECT count(*), count(DISTINCT tps_id) FROM a").fetchall()
        assert rows == [(ROWS, ROWS)], rows
        connection.execute(f"COPY (SELECT * EXCLUDE (n) FROM a) TO '{a}' (FORMAT parquet, COMPRESSION zstd)")
        connection.execute(
            f"""COPY (SELECT tps_id, paslon_1 + {shifted} AS paslon_1,
                greatest(paslon_2 - CASE WHEN n % 200 = 7 THEN 5 ELSE 0 END, 0) AS paslon_2, valid, invalid FROM a
                WHERE n % 5000 <> 1) TO '{b}' (FORMAT parquet, COMPRESSION zstd)"""
        )
    return a, b


def nation(folder: Path) -> Path:
    """The real forms repeated, under codes that spread over the nation."""
    import duckdb

    path = folder / "nation.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"""COPY (
                SELECT codes.tps_id, forms.* EXCLUDE (tps_id, k) FROM ({_stations(FORMS)}) AS codes
                JOIN (SELECT *, row_number() OVER () - 1 AS k FROM '{real_forms()}') AS forms
                ON forms.k = codes.n % (SELECT count(*) FROM '{real_forms()}') ORDER BY codes.n
            ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""
        )
    return path


def run(*arguments: str) -> tuple[float, dict[str, Any]]:
    """Seconds and the answer of one run from the shell."""
    command = [str(Path(sys.executable).with_name("satusuara")), *arguments, "--json"]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, json.loads(done.stdout)


def _process(title: str, arguments: list[str], bar: float | None) -> Measure:
    seconds = [run(*arguments)[0] for _ in range(ROUNDS)]
    note = f"median of {ROUNDS}; slowest {max(seconds):.2f} s"
    return Measure(f"process: {title}", statistics.median(seconds), "s", bar, note)


def row_by_row(a: Path, b: Path, answer: dict[str, Any]) -> Measure:
    """The same verdicts key by key in Python; every count must agree."""
    import pyarrow.parquet as pq

    from satusuara.recap.rules import compare_tables

    start = time.perf_counter()
    tables = [{row.pop("tps_id"): row for row in pq.read_table(path).to_pylist()} for path in (a, b)]
    found = compare_tables(tables[0], tables[1], FIGURES).as_dict()
    seconds = time.perf_counter() - start
    assert found == {name: answer[name] for name in found}, "the two comparisons disagree"
    return Measure("row by row in Python", seconds, "s", note="all counts agree")


def main() -> None:
    """The table; exit code 1 where a bar is missed."""
    every = measures()
    for each in every:
        bar = "" if each.bar is None else f"<= {each.bar:g} {each.unit}"
        state = "" if each.bar is None else "ok" if each.ok else "MISSED"
        print(f"{each.name:48} {each.measured:9.2f} {each.unit:6} {bar:12} {state:7} {each.note}")
    sys.exit(0 if all(each.ok for each in every) else 1)


if __name__ == "__main__":
    main()
