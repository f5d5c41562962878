"""``satusuara import ballots``: who stands on which ballot, from a table or from the law's own facts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from satusuara.kernel.i18n import Text
from satusuara.ops.commands import imports
from satusuara.ops.commands.answer import REJECTED, language, print_json
from satusuara.ops.commands.database import database


@imports.command("ballots")
def ballots(
    file: Annotated[Path | None, typer.Argument(help="Tabel calon; kosong: fakta hukumnya / candidates.")] = None,
    *,
    source: Annotated[str, typer.Option(help="Asal tabel / where the table comes from.")] = "",
    election: Annotated[str, typer.Option(help="Kode pemilu / code of the election.")] = "id-2024",
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
) -> None:
    """Masukkan partai dan calon pada surat suara / load parties and candidates of ballots."""
    if file is not None and not source:
        raise typer.BadParameter("--source")
    with database() as at:
        from satusuara.areas import queries
        from satusuara.count.actions import import_ballots, load_ballots
        from satusuara.people.queries import Scope

        scope, of = Scope.system("import"), queries.election(election)
        if file is None:
            outcomes = load_ballots(scope=scope, election=of, at=at)
        else:
            outcomes = [import_ballots(scope=scope, election=of, path=file, source=source, at=at)]
    tables = [
        {**asdict(outcome), "rejects": [reject.as_dict(language()) for reject in outcome.rejects]}
        for outcome in outcomes
    ]
    if as_json:
        print_json({"election": election, "tables": tables})
    for outcome in () if as_json else outcomes:
        said = Text(
            "{rows} baris; surat suara: {added} baru, {changed} berubah, {unchanged} tetap; {rejected} baris ditahan.",
            "{rows} rows; ballots: {added} new, {changed} changed, {unchanged} unchanged; {rejected} rows held back.",
        ).format(**asdict(outcome))
        typer.echo(said.in_(language()))
        for reject in outcome.rejects:
            typer.echo("- {row}, {column}: {value} ({reason})".format(**reject.as_dict(language())), err=True)
    if any(outcome.rejected for outcome in outcomes):
        raise typer.Exit(REJECTED)
