"""``satusuara check results``: the law's arithmetic over a table of result forms, without a database."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.ops.commands import check
from satusuara.ops.commands.answer import DONE, FOUND, REJECTED, language, print_json, progress, refusing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ibis.backends.sql import SQLBackend

    from satusuara.count.lake import Totals
    from satusuara.lake.files import Reading, Reject
    from satusuara.law.model import Law

STATION = "tps_id"
REJECT_COLUMNS = ("file", "row", "column", "value", "reason")


@dataclass(frozen=True, slots=True)
class Job:
    """What was asked."""

    file: Path
    votes: Path | None
    law: str
    contest: str
    findings: Path | None
    rejects: Path | None
    engine: str


@dataclass(frozen=True, slots=True)
class Result:
    totals: Totals
    rejected: int
    rejects: list[Reject]
    unused: list[str]  # columns that no identity of the contest looks at


@check.callback()
def check_() -> None:
    """Periksa berkas tanpa basis data / check files without a database."""


@check.command("results")
def results(
    file: Annotated[Path, typer.Argument(help="Tabel hasil: CSV, Parquet, atau XLSX / table of results.")],
    *,
    law: Annotated[str, typer.Option(help="Folder hukum / law folder.")] = "id-2024",
    contest: Annotated[str, typer.Option(help="Jenis pemilihan / contest: ppwp, dpd, dpr, …")],
    votes: Annotated[Path | None, typer.Option(help="Tabel suara panjang / long table of votes.")] = None,
    findings: Annotated[Path | None, typer.Option(help="Tulis temuan ke / write findings to.")] = None,
    rejects: Annotated[Path | None, typer.Option(help="Tulis baris tertahan ke / write rows held back to.")] = None,
    engine: Annotated[str, typer.Option(help="duckdb | spark")] = "duckdb",
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
    fail_on_findings: Annotated[bool, typer.Option(help="Kode keluar 1 bila ada temuan / exit 1 on findings.")] = False,
) -> None:
    """Periksa aritmetika setiap formulir / check the arithmetic of every form."""
    job = Job(file, votes, law, contest, findings, rejects, engine)
    with refusing():
        from satusuara.law import load_law

        applied = load_law(law)
        applied.contest(contest)  # refuses an unknown contest before any work
        with progress() as say:
            result = run(applied, job, say)
        if as_json:
            print_json(as_dict(job, result))
        else:
            from satusuara.ops.commands.check_table import print_result

            print_result(applied, job, result)
    if result.rejected:
        raise typer.Exit(REJECTED)
    if fail_on_findings and result.totals.forms_with_failures:
        raise typer.Exit(FOUND)
    raise typer.Exit(DONE)


def run(law: Law, job: Job, say: Callable[[Text], None]) -> Result:
    """Reads, holds bad rows back, evaluates; writes findings and rejects where asked.

    Raises ``Refusal`` for an unknown engine and for a file that cannot be read as a whole.
    """
    from satusuara.count.lake import BulkCheck, LongVotes
    from satusuara.lake.engine import carried, connected, kept, record
    from satusuara.lake.files import SHOWN, readable
    from satusuara.lake.write import write_from, write_table, writer_of

    for path in filter(None, (job.findings, job.rejects)):
        writer_of(path)  # a name it cannot write is refused before the work, not after
    with ExitStack() as stack:
        files = stack.enter_context(connected())
        engine = files if job.engine == "duckdb" else stack.enter_context(connected(job.engine))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="satusuara-")))
        say(Text("membaca berkas", "reading the file"))
        forms = _read_forms(files, law, job)
        votes = _read_votes(files, job)
        say(Text("memeriksa formulir", "checking the forms"))
        long = None
        if votes is not None:
            long = LongVotes(law, job.contest, carried(files, votes.table, engine, folder))
        bulk = BulkCheck(law, job.contest, carried(files, forms.table, engine, folder), long)
        with readable(job.file):
            totals = bulk.answer(record(engine, bulk.totals()))
            if job.findings is not None:
                say(Text("menulis temuan", "writing the findings"))
                write_from(engine, bulk.findings(kept(engine, bulk.failing())), job.findings)
        readings = [reading for reading in (forms, votes) if reading is not None]
        if job.rejects is not None:
            write_table(job.rejects, REJECT_COLUMNS, _rows(chain.from_iterable(r.rejects(None) for r in readings)))
        shown = list(islice(chain.from_iterable(r.rejects() for r in readings), SHOWN))
    unused = [name for name in forms.header if name != STATION and name not in bulk.named]
    return Result(totals, sum(r.rejected for r in readings), shown, unused)


def _read_forms(files: SQLBackend, law: Law, job: Job) -> Reading:
    """The result table. A header without any column of the contest is the wrong header, not an empty result."""
    from satusuara.count.lake import form_columns
    from satusuara.lake.files import read_table

    reading = read_table(files, job.file, key=[STATION], integers=lambda header: form_columns(law, job.contest, header))
    if len(reading.table.columns) == len(("_row", STATION)):
        raise Refusal(
            "columns-unknown",
            Text(
                f'tidak ada kolom formulir "{job.contest}" dalam berkas ini',
                f'this file has no column of the form of "{job.contest}"',
            ),
            place=Place(file=job.file.name, row=1),
            remedy=Text(
                f"Kolom dalam berkas: {', '.join(reading.header[:30])}.", "See docs/commands.md for the names."
            ),
        )
    return reading


def _read_votes(files: SQLBackend, job: Job) -> Reading | None:
    from satusuara.count.lake import VOTE_KEY
    from satusuara.lake.files import read_table

    if job.votes is None:
        return None
    return read_table(
        files,
        job.votes,
        key=VOTE_KEY,
        required=["votes"],
        may_be_blank=["party"],
        only=lambda table: table.contest == job.contest,
    )


def _rows(rejects: Iterable[Reject]) -> Iterable[tuple[Any, ...]]:
    lang = language()
    return (tuple(reject.as_dict(lang).values()) for reject in rejects)


def as_dict(job: Job, result: Result) -> dict[str, Any]:
    """The object of ``--json`` (CLI)."""
    totals, lang = result.totals, language()
    return {
        "law": job.law,
        "contest": job.contest,
        "forms": totals.forms,
        "rejected": result.rejected,
        "rejects": [reject.as_dict(lang) for reject in result.rejects],
        "complete": totals.complete,
        "empty": totals.empty,
        "all_zero": totals.all_zero,
        "identities": {code: asdict(tally) for code, tally in totals.identities.items()},
        "forms_with_failures": totals.forms_with_failures,
        "forms_with_warnings": totals.forms_with_warnings,
    }
