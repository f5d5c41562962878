"""``check results`` over a nation, against its bars. ``python -m bench.check_results`` prints the table.

The nation is 823,236 forms: the project's real forms repeated, each under a code of its own. Wall time and peak memory
are of the whole process, started from the shell, on a file that was just read once (warm cache). The query is compared
with a SUM over the same columns of the same Parquet file on the same connection, the two taking turns.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.measure import Measure, noise, show, timed

FORMS = 823_236
LAW, CONTEST = "id-2024", "ppwp"
LARGE = 2 * 1024**3  # bytes of the CSV that must stream
ROW_BY_ROW_LIMIT = 60.0  # seconds; beyond it a part is measured and the whole is estimated
PROCESS_ROUNDS, QUERY_ROUNDS = 3, 5


def measures(*, large: bool = True) -> list[Measure]:
    """Every bar of ``check results``. ``large=False`` leaves the 2 GB file out."""
    with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as name:
        folder = Path(name)
        parquet, csv = build_nation(folder)
        found = [noise()]
        found += processes(folder, parquet, csv)
        found += query(parquet)
        found += row_by_row(parquet)
        if large:
            found += streamed(folder, csv)
        return found


def build_nation(folder: Path) -> tuple[Path, Path]:
    """The nation as Parquet (zstd) and as CSV."""
    import duckdb

    parquet, csv = folder / "nation.parquet", folder / "nation.csv"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            CREATE TABLE nation AS
            SELECT CAST(1000000000000 + row_number() OVER () AS VARCHAR) AS tps_id, * EXCLUDE (tps_id)
            FROM (SELECT forms.* FROM range(823) AS again, (SELECT * FROM '{real_forms()}') AS forms) LIMIT {FORMS}
            """
        )
        rows = connection.execute("SELECT count(*), count(DISTINCT tps_id) FROM nation").fetchall()
        assert rows == [(FORMS, FORMS)], rows
        connection.execute(f"COPY nation TO '{parquet}' (FORMAT parquet, COMPRESSION zstd)")
        connection.execute(f"COPY nation TO '{csv}' (HEADER)")
    return parquet, csv


def real_forms() -> Path:
    """The regency's real forms: as the demo carries them, else as they lie beside the checkout."""
    import satusuara

    demo = Path(satusuara.__file__).parent / "law" / LAW / "demo" / "results_sirekap.parquet"
    beside = Path(__file__).resolve().parents[2] / "shared/data/sirekap2024/luwu_utara_ppwp_tps.csv"
    return demo if demo.exists() else beside


def processes(folder: Path, parquet: Path, csv: Path) -> list[Measure]:
    """The whole process from the shell: seconds and peak memory."""
    findings = folder / "findings.parquet"
    found = []
    for name, file, options, bar in (
        ("Parquet, no findings", parquet, [], 4.0),
        ("Parquet, with findings", parquet, ["--findings", str(findings)], 6.0),
        ("CSV, no findings", csv, [], 6.0),
        ("CSV, with findings", csv, ["--findings", str(findings)], 6.0),
    ):
        runs = [run_check(file, *options) for _ in range(PROCESS_ROUNDS)]
        seconds, peaks = [run[0] for run in runs], [run[1] for run in runs]
        note = f"median of {PROCESS_ROUNDS}; slowest {max(seconds):.2f} s"
        found.append(Measure(f"process: {name}", statistics.median(seconds), "s", bar, note))
        found.append(Measure(f"memory: {name}", max(peaks) / 2**30, "GiB", 2.0, "peak resident set"))
    return found


def run_check(file: Path, *options: str) -> tuple[float, int, dict[str, Any]]:
    """Seconds, peak bytes and the answer of one ``check results``."""
    run = timed("check", "results", str(file), "--law", LAW, "--contest", CONTEST, "--json", *options)
    return run.seconds, run.peak, json.loads(run.answer)


def query(parquet: Path) -> list[Measure]:
    """The identities' query against a SUM over every column it names: same file, same connection, taking turns."""
    from satusuara.count.lake import BulkCheck, form_columns
    from satusuara.lake.engine import connected
    from satusuara.lake.files import read_table
    from satusuara.law import load_law

    law = load_law(LAW)
    with connected() as connection:
        engine: Any = connection
        start = time.perf_counter()
        reading = read_table(
            connection, parquet, key=["tps_id"], integers=lambda header: form_columns(law, CONTEST, header)
        )
        judged = time.perf_counter() - start
        bulk = BulkCheck(law, CONTEST, reading.table)
        identities = str(connection.compile(bulk.totals()))
        sums = f"SELECT {', '.join(f'sum({name})' for name in bulk.named)} FROM '{parquet}'"
        times: dict[str, list[float]] = {identities: [], sums: []}
        for _ in range(QUERY_ROUNDS + 1):  # the first round warms the cache and is not counted
            for sql, taken in times.items():
                start = time.perf_counter()
                engine.con.execute(sql).fetchall()
                taken.append(time.perf_counter() - start)
    ours, theirs = (statistics.median(taken[1:]) for taken in times.values())
    count = f"{len(bulk.named)} columns, from the file, median of {QUERY_ROUNDS}"
    return [
        Measure("query: identities / SUM of the same columns", ours / theirs, "times", 3.0, count),
        Measure("query: identities", ours * 1000, "ms"),
        Measure("query: SUM", theirs * 1000, "ms"),
        Measure("reading: cells and keys judged", judged * 1000, "ms", note="once, with opening the file"),
    ]


def row_by_row(parquet: Path) -> list[Measure]:
    """The same law form after form in Python, as tools without an engine do it; every count must agree."""
    from satusuara.law import load_law

    law = load_law(LAW)
    evaluated = _evaluator(law)
    start = time.perf_counter()
    for _ in evaluated(parquet, 20_000):
        pass
    each = (time.perf_counter() - start) / 20_000
    rows = FORMS if each * FORMS < ROW_BY_ROW_LIMIT else 100_000
    start = time.perf_counter()
    counts: Counter[str] = Counter()
    for verdict in evaluated(parquet, rows):
        for code, outcome in verdict.outcomes.items():
            counts[f"{code} evaluated"] += bool(outcome.evaluated)
            counts[f"{code} failed"] += bool(outcome.evaluated and not outcome.holds)
        counts["empty"] += verdict.empty
        counts["complete"] += verdict.complete
        counts["forms_with_failures"] += bool(verdict.failures)
        counts["forms_with_warnings"] += bool(verdict.warnings)
    seconds = time.perf_counter() - start
    _assert_agree(parquet, rows, counts)
    note = "in full" if rows == FORMS else f"{rows:,} forms took {seconds:.1f} s, the rest estimated in proportion"
    return [Measure("row by row in Python", seconds * FORMS / rows, "s", note=f"{note}; all counts agree")]


def _evaluator(law: Any) -> Callable[[Path, int], Iterator[Any]]:
    import pyarrow.parquet as pq

    from satusuara.count.lake import choice_columns, form_columns
    from satusuara.count.rules import evaluate_form

    def evaluated(parquet: Path, rows: int) -> Iterator[Any]:
        file = pq.ParquetFile(parquet)
        header = file.schema_arrow.names
        choices = choice_columns(law, CONTEST, header)
        fields = [name for name in form_columns(law, CONTEST, header) if name not in choices]
        left = rows
        for batch in file.iter_batches(columns=[*fields, *choices]):
            for row in batch.slice(0, left).to_pylist():
                cells = {name: row[name] for name in fields}
                yield evaluate_form(law, CONTEST, cells, {name: row[name] for name in choices})
            left -= batch.num_rows
            if left <= 0:
                return

    return evaluated


def _assert_agree(parquet: Path, rows: int, counts: Counter[str]) -> None:
    part = parquet
    if rows != FORMS:
        import duckdb

        part = parquet.with_name("part.parquet")
        with duckdb.connect() as connection:
            connection.execute(f"COPY (SELECT * FROM '{parquet}' LIMIT {rows}) TO '{part}' (FORMAT parquet)")
    answer = run_check(part)[2]
    bulk = {name: answer[name] for name in ("empty", "complete", "forms_with_failures", "forms_with_warnings")}
    for code, tally in answer["identities"].items():
        bulk |= {f"{code} evaluated": tally["evaluated"], f"{code} failed": tally["failed"]}
    assert bulk == {name: counts[name] for name in bulk}, "the two evaluators disagree"


def streamed(folder: Path, csv: Path) -> list[Measure]:
    """A CSV of 2 GB: bounded memory, whatever time it takes."""
    if shutil.disk_usage(folder).free < 2 * LARGE:
        return [Measure("CSV of 2 GB", 0, "GiB", note="not run: less than 4 GiB free on the disk")]
    large = folder / "large.csv"
    header, body = csv.read_bytes().split(b"\n", 1)
    lines = body.splitlines()
    with large.open("wb") as file:
        file.write(header + b"\n")
        round_ = 0
        while file.tell() < LARGE:
            first = 1_000_000_000_000 + round_ * len(lines)
            file.write(b"".join(b"%d%b\n" % (first + n, line[13:]) for n, line in enumerate(lines)))
            round_ += 1
    seconds, peak, answer = run_check(large)
    assert answer["forms"] == round_ * len(lines)
    note = f"{answer['forms']:,} forms in {seconds:.0f} s"
    return [Measure(f"memory: CSV of {large.stat().st_size / 1e9:.1f} GB", peak / 2**30, "GiB", 2.0, note)]


def main() -> None:
    sys.exit(show(measures(large="--no-large" not in sys.argv)))


if __name__ == "__main__":
    main()
