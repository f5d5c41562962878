"""``satusuara recap``: a table of result forms summed for the areas of a level, without a database."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.ops.commands import app
from satusuara.ops.commands.answer import DONE, FOUND, REJECTED, language, print_json, progress, refusing

if TYPE_CHECKING:
    from collections.abc import Callable

    from satusuara.lake.files import Reject
    from satusuara.law.model import Law

STATION = "tps_id"
REJECT_COLUMNS = ("file", "row", "column", "value", "reason")


@dataclass(frozen=True, slots=True)
class Job:
    """What was asked."""

    file: Path
    law: str
    contest: str
    levels: tuple[str, ...]
    out: Path
    rejects: Path | None
    engine: str


@dataclass(frozen=True, slots=True)
class LevelTotals:
    """One level: its areas, the forms in them, how many gave a choice, and how many an identity contradicts."""

    areas: int = 0
    forms: int = 0
    forms_counted: int = 0
    forms_failing: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    levels: dict[str, LevelTotals]
    forms: int
    rejected: int
    rejects: list[Reject]


@app.command("recap")
def recap(
    file: Annotated[Path, typer.Argument(help="Tabel hasil: CSV, Parquet, atau XLSX / table of results.")],
    *,
    law: Annotated[str, typer.Option(help="Folder hukum / law folder.")] = "id-2024",
    contest: Annotated[str, typer.Option(help="Jenis pemilihan / contest: ppwp, dpd, dpr, …")],
    level: Annotated[str, typer.Option(help="Tingkat, boleh beberapa dipisah koma / level, or several with commas.")],
    out: Annotated[Path, typer.Option(help="Tulis rekapitulasi ke / write the recapitulation to.")],
    rejects: Annotated[Path | None, typer.Option(help="Tulis baris tertahan ke / write rows held back to.")] = None,
    engine: Annotated[str, typer.Option(help="duckdb | spark")] = "duckdb",
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
    fail_on_findings: Annotated[bool, typer.Option(help="Kode keluar 1 bila ada temuan / exit 1 on findings.")] = False,
) -> None:
    """Jumlahkan formulir per wilayah / sum the forms of every area."""
    levels = tuple(dict.fromkeys(name.strip() for name in level.split(",") if name.strip()))
    job = Job(file, law, contest, levels, out, rejects, engine)
    with refusing():
        from satusuara.law import load_law

        applied = load_law(law)
        applied.contest(contest)  # refuses an unknown contest before any work
        _require_levels(applied, levels)
        with progress() as say:
            result = run(applied, job, say)
        answer = as_dict(job, result)
        if as_json:
            print_json(answer)
        else:
            _print(answer)
    if result.rejected:
        raise typer.Exit(REJECTED)
    if fail_on_findings and any(each.forms_failing for each in result.levels.values()):
        raise typer.Exit(FOUND)
    raise typer.Exit(DONE)


def run(law: Law, job: Job, say: Callable[[Text], None]) -> Result:
    """Reads, holds bad rows back, sums, writes.

    Raises ``Refusal`` for an unknown engine, a file that cannot be read as a whole, and codes that name no area.
    """
    from satusuara.count.lake import form_columns
    from satusuara.lake.engine import carried, connected, kept, rows
    from satusuara.lake.files import SHOWN, read_table, readable
    from satusuara.lake.write import write_from, write_table, writer_of
    from satusuara.recap.lake import Recapitulation, require_codes

    for path in filter(None, (job.out, job.rejects)):
        writer_of(path)  # a name it cannot write is refused before the work, not after
    with ExitStack() as stack:
        files = stack.enter_context(connected())
        engine = files if job.engine == "duckdb" else stack.enter_context(connected(job.engine))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="satusuara-")))
        say(Text("membaca berkas", "reading the file"))
        reading = read_table(
            files, job.file, key=[STATION], integers=lambda header: form_columns(law, job.contest, header)
        )
        if not set(reading.table.columns) - {"_row", STATION}:
            raise _no_column(job, reading.header)
        with readable(job.file):
            require_codes(files, law, reading.table, STATION)
            say(Text("menjumlahkan", "adding up"))
            forms = carried(files, reading.table, engine, folder)
            sums = kept(engine, Recapitulation(law, job.contest, forms).levels(engine, job.levels))
            counted = ("forms", "forms_counted", "forms_failing")
            totals = sums.group_by("level").aggregate(
                areas=sums.count(), **{name: sums[name].sum() for name in counted}
            )
            found = {level: LevelTotals(*map(int, numbers)) for level, *numbers in rows(engine, totals)}
            say(Text("menulis", "writing"))
            write_from(engine, sums, job.out)
        lang = language()
        if job.rejects is not None:
            every = reading.rejects(None)
            write_table(job.rejects, REJECT_COLUMNS, (tuple(one.as_dict(lang).values()) for one in every))
        shown = list(islice(reading.rejects(), SHOWN))
    levels = {level: found.get(level, LevelTotals()) for level in job.levels}
    return Result(levels, reading.accepted, reading.rejected, shown)


def _require_levels(law: Law, levels: tuple[str, ...]) -> None:
    """Refuses a level that is none, or that a station's code does not hold, before any work."""
    import ibis

    from satusuara.recap.lake import area_in

    if not levels:
        raise Refusal("level-missing", Text("sebutkan tingkatnya", "name the level"), remedy=_known(law))
    for level in levels:
        area_in(law, level, ibis.literal("0").cast("string"))


def _known(law: Law) -> Text:
    names = [each.code for each in law.levels] + ([law.whole.level] if law.whole else [])
    return Text(f"--level {'|'.join(names)}", f"--level {'|'.join(names)}")


def _no_column(job: Job, header: tuple[str, ...]) -> Refusal:
    return Refusal(
        "columns-unknown",
        Text(
            f'tidak ada kolom formulir "{job.contest}" dalam berkas ini',
            f'this file has no column of the form of "{job.contest}"',
        ),
        place=Place(file=job.file.name, row=1),
        remedy=Text(f"Kolom dalam berkas: {', '.join(header[:30])}.", f"Columns: {', '.join(header[:30])}."),
    )


def as_dict(job: Job, result: Result) -> dict[str, Any]:
    """What was summed, level by level, and what was held back."""
    lang = language()
    return {
        "law": job.law,
        "contest": job.contest,
        "out": str(job.out),
        "forms": result.forms,
        "levels": {
            level: {
                "areas": each.areas,
                "forms": each.forms,
                "forms_counted": each.forms_counted,
                "forms_failing": each.forms_failing,
            }
            for level, each in result.levels.items()
        },
        "rejected": result.rejected,
        "rejects": [reject.as_dict(lang) for reject in result.rejects],
    }


def _print(answer: dict[str, Any]) -> None:
    """One line a level, then what was held back."""
    lang = language()
    said = Text(
        "{level}: {areas} wilayah, {forms} formulir, {forms_counted} berisi suara, {forms_failing} tidak cocok",
        "{level}: {areas} areas, {forms} forms, {forms_counted} with votes, {forms_failing} with a failing identity",
    )
    for level, counts in answer["levels"].items():
        typer.echo(said.in_(lang).format(level=level, **counts))
    typer.echo(Text("tertulis: {out}", "written: {out}").in_(lang).format(**answer))
    for reject in answer["rejects"]:
        typer.echo("- {file}, {row}, {column}: {value} ({reason})".format(**reject), err=True)
