"""``satusuara import results``: a result table of one source into the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satusuara.kernel.i18n import Text
from satusuara.ops.commands import imports
from satusuara.ops.commands.answer import REJECTED, language, print_json, progress
from satusuara.ops.commands.database import database

if TYPE_CHECKING:
    from satusuara.count.actions import ImportOutcome


@imports.command("results")
def results(
    file: Annotated[Path, typer.Argument(help="Tabel hasil: CSV, Parquet, atau XLSX / table of results.")],
    *,
    source: Annotated[str, typer.Option(help="Nama sumber, mis. sirekap / name of the source.")],
    election: Annotated[str, typer.Option(help="Kode pemilu / code of the election.")] = "id-2024",
    contest: Annotated[str, typer.Option(help="Jenis pemilihan / contest.")] = "ppwp",
    votes: Annotated[Path | None, typer.Option(help="Tabel suara panjang / long table of votes.")] = None,
    kind: Annotated[str, typer.Option(help="official_web | volunteers | recap | form")] = "form",
    level: Annotated[str, typer.Option(help="Tingkat wilayahnya; kosong: TPS / level; empty: stations.")] = "",
    title: Annotated[str, typer.Option(help="Judul sumber / title of the source.")] = "",
    origin: Annotated[str, typer.Option(help="Asal angkanya / where the figures were published.")] = "",
    rejects: Annotated[Path | None, typer.Option(help="Tulis baris tertahan ke / write rows held back to.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
) -> None:
    """Masukkan hasil dari satu sumber / load the results of one source."""
    with database() as at, progress() as say:
        from satusuara.count import queries
        from satusuara.count.actions import SourceSpec, ensure_source, import_results
        from satusuara.count.choices import SourceKind
        from satusuara.lake.write import write_table, writer_of
        from satusuara.people.queries import Scope

        if rejects is not None:
            writer_of(rejects)  # refuses a wrong ending before any work
        spec = SourceSpec(
            source, contest, _one_of(kind, SourceKind.values), title_id=title, title_en=title, level=level,
            origin=origin,
        )  # fmt: skip
        scope = Scope.system("import")
        into = ensure_source(scope=scope, election=queries.election(election), spec=spec, at=at)
        outcome = import_results(
            scope=scope,
            source=into,
            path=file,
            votes=votes,
            at=at,
            progress=lambda done, rows: say(Text(f"{done} dari {rows} formulir…", f"{done} of {rows} forms…")),
        )
        if rejects is not None:
            held = queries.rejected_rows(scope, outcome.batch)
            columns = ["file", "row", "column", "value", "reason"]
            write_table(rejects, columns, ([file.name, r.row, r.column, r.value, r.reason] for r in held.iterator()))
    answer = _answer(outcome, file, election, contest, source)
    if as_json:
        print_json(answer)
    else:
        _print(answer)
    if outcome.rejected:
        raise typer.Exit(REJECTED)


def _one_of(value: str, known: list[str]) -> str:
    if value not in known:
        raise typer.BadParameter(f"{value}: {' | '.join(known)}")
    return value


def _answer(outcome: ImportOutcome, file: Path, election: str, contest: str, source: str) -> dict[str, Any]:
    return {
        "election": election,
        "contest": contest,
        "source": source,
        "file": file.name,
        "sha256": outcome.batch.file_sha256,
        "rows": outcome.rows,
        "added": outcome.added,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "rejected": outcome.rejected,
        "rejects": [reject.as_dict(language()) for reject in outcome.rejects],
        "repeated": outcome.repeated,
    }


def _print(answer: dict[str, Any]) -> None:
    said = Text(
        "{file}: {rows} baris; {added} baru, {changed} berubah, {unchanged} tetap, {rejected} ditahan.",
        "{file}: {rows} rows; {added} new, {changed} changed, {unchanged} unchanged, {rejected} held back.",
    ).format(**answer)
    typer.echo(said.in_(language()))
    for reject in answer["rejects"]:
        typer.echo("- {row}, {column}: {value} ({reason})".format(**reject), err=True)
