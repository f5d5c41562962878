"""``satusuara compare``: two tables of the same figures, key by key and level by level, without a database."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ops.commands import app
from satusuara.ops.commands.answer import DONE, FOUND, REJECTED, language, print_json, progress, refusing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ibis.backends.sql import SQLBackend

    from satusuara.lake.files import Reading, Reject
    from satusuara.law.model import Law
    from satusuara.recap.lake import TableComparison
    from satusuara.recap.rules import Comparison

STATION = "tps_id"
REJECT_COLUMNS = ("file", "row", "column", "value", "reason")


@dataclass(frozen=True, slots=True)
class Job:
    """What was asked."""

    file_a: Path
    file_b: Path
    key: tuple[str, ...]
    values: tuple[str, ...]
    levels: tuple[str, ...]
    law: str
    findings: Path | None
    rejects: Path | None
    engine: str


@dataclass(frozen=True, slots=True)
class Result:
    comparison: Comparison
    levels: dict[str, Comparison]
    rejected: int
    rejects: list[Reject]


@app.command("compare")
def compare(
    file_a: Annotated[Path, typer.Argument(help="Tabel A: CSV, Parquet, atau XLSX / table A.")],
    file_b: Annotated[Path, typer.Argument(help="Tabel B / table B.")],
    *,
    key: Annotated[str, typer.Option(help="Kolom kunci, dipisah koma / columns of the key.")],
    values: Annotated[str, typer.Option(help="Kolom pilihan, dipisah koma / columns of choices.")],
    levels: Annotated[str, typer.Option(help="Tingkat wilayah, dipisah koma / levels of areas.")] = "",
    law: Annotated[str, typer.Option(help="Folder hukum / law folder.")] = "id-2024",
    findings: Annotated[Path | None, typer.Option(help="Tulis kunci yang berbeda ke / write what differs to.")] = None,
    rejects: Annotated[Path | None, typer.Option(help="Tulis baris tertahan ke / write rows held back to.")] = None,
    engine: Annotated[str, typer.Option(help="duckdb | spark")] = "duckdb",
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
    fail_on_findings: Annotated[
        bool, typer.Option(help="Kode keluar 1 bila berbeda / exit 1 where they differ.")
    ] = False,
) -> None:
    """Bandingkan dua tabel / compare two tables."""
    job = Job(file_a, file_b, _names(key), _names(values), _names(levels), law, findings, rejects, engine)
    with refusing():
        from satusuara.law import load_law

        applied = load_law(law)
        _require_sense(job)
        with progress() as say:
            result = run(applied, job, say)
        if as_json:
            print_json(as_dict(result))
        else:
            from satusuara.ops.commands.compare_table import print_result

            print_result(applied, job, result)
    if result.rejected:
        raise typer.Exit(REJECTED)
    if fail_on_findings and result.comparison.different:
        raise typer.Exit(FOUND)
    raise typer.Exit(DONE)


def run(law: Law, job: Job, say: Callable[[Text], None]) -> Result:
    """Reads both, holds bad rows back, compares; writes what differs and the rejects where asked.

    Raises ``Refusal`` for an unknown engine, a file that cannot be read as a whole, and a missing column.
    """
    from satusuara.lake.engine import carried, connected, record
    from satusuara.lake.files import SHOWN, readable
    from satusuara.lake.write import write_from, write_table, writer_of
    from satusuara.recap.lake import TableComparison

    for path in filter(None, (job.findings, job.rejects)):
        writer_of(path)  # a name it cannot write is refused before the work, not after
    with ExitStack() as stack:
        files = stack.enter_context(connected())
        engine = files if job.engine == "duckdb" else stack.enter_context(connected(job.engine))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="satusuara-")))
        readings = []
        for path in (job.file_a, job.file_b):
            say(Text(f"membaca {path.name}", f"reading {path.name}"))
            readings.append(_read(files, path, job))
        say(Text("membandingkan", "comparing"))
        a, b = (carried(files, reading.table, engine, folder) for reading in readings)
        both = TableComparison(a, b, job.key, job.values)
        with readable(job.file_a):
            counts = record(engine, both.totals())
            whole = both.answer(counts, in_a=readings[0].accepted, in_b=readings[1].accepted)
            levels = _levels(engine, law, job, both)
            if job.findings is not None:
                say(Text("menulis perbedaan", "writing what differs"))
                write_from(engine, both.findings(), job.findings)
        if job.rejects is not None:
            lang = language()
            every = chain.from_iterable(_rejects(readings, job, None))
            write_table(job.rejects, REJECT_COLUMNS, (tuple(one.as_dict(lang).values()) for one in every))
        shown = list(islice(chain.from_iterable(_rejects(readings, job, SHOWN)), SHOWN))
    return Result(whole, levels, sum(reading.rejected for reading in readings), shown)


def _names(text: str) -> tuple[str, ...]:
    """Names of columns as they are matched, each once."""
    return tuple(dict.fromkeys(name.strip().lower() for name in text.split(",") if name.strip()))


def _require_sense(job: Job) -> None:
    """Refuses what no file could answer: no column, one that is key and value, levels of a key that is no station."""
    if not job.key or not job.values:
        raise Refusal(
            "columns-missing",
            Text("sebutkan kolom kunci dan kolom nilai", "name the columns of the key and of the values"),
            remedy=Text("--key tps_id --values paslon_1,paslon_2", "--key tps_id --values paslon_1,paslon_2"),
        )
    if shared := sorted(set(job.key) & set(job.values)):
        raise Refusal(
            "column-twice",
            Text(f'"{shared[0]}" adalah kunci dan nilai sekaligus', f'"{shared[0]}" is both a key and a value'),
            remedy=Text("Sebutkan sekali saja.", "Name it once."),
        )
    if job.levels and _station(job) is None:
        raise Refusal(
            "no-station-code",
            Text(f'--levels perlu kolom "{STATION}" dalam kunci', f'--levels needs the column "{STATION}" in the key'),
        )


def _station(job: Job) -> str | None:
    """The column of the key that holds a station's code."""
    return STATION if STATION in job.key else job.key[0] if len(job.key) == 1 else None


def _read(files: SQLBackend, path: Path, job: Job) -> Reading:
    from satusuara.lake.files import read_table

    return read_table(files, path, key=job.key, integers=job.values, required=job.values)


def _levels(engine: SQLBackend, law: Law, job: Job, both: TableComparison) -> dict[str, Comparison]:
    """The sums of the comparable rows at each level, the lowest first, each from the one below it."""
    from satusuara.lake.engine import kept, record
    from satusuara.recap.lake import area_in, lowest_first, require_codes

    station = _station(job)
    if not job.levels or station is None:
        return {}
    found: dict[str, Comparison] = {}
    rows = both.comparable()
    require_codes(engine, law, rows, station)
    column = station
    for level in lowest_first(law, job.levels):
        rows = kept(engine, both.summed(rows, area_in(law, level, rows[column])))
        column = "_area"
        found[level] = both.answer(record(engine, both.totals_of(rows)))
    return {level: found[level] for level in job.levels}


def _rejects(readings: list[Reading], job: Job, limit: int | None) -> Iterator[Iterator[Reject]]:
    """Reasons of both files. Two files of one name are told apart by their folders."""
    same = job.file_a.name == job.file_b.name
    for reading, path in zip(readings, (job.file_a, job.file_b), strict=True):
        name = str(path) if same else reading.file
        yield (replace(one, file=name) for one in reading.rejects(limit))


def as_dict(result: Result) -> dict[str, Any]:
    """The object of the contract, with what was held back."""
    lang = language()
    return {
        **result.comparison.as_dict(),
        "levels": {level: each.as_dict() for level, each in result.levels.items()},
        "rejected": result.rejected,
        "rejects": [reject.as_dict(lang) for reject in result.rejects],
    }
