"""``satusuara export results``: a source's figures as they are now, as CSV, Parquet or XLSX."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from satusuara.kernel.i18n import Text
from satusuara.ops.commands import export
from satusuara.ops.commands.answer import language, print_json, progress
from satusuara.ops.commands.database import database

Format = Literal["csv", "parquet", "xlsx"]


@export.callback()
def export_() -> None:
    """Keluarkan data / take data out."""


@export.command("results")
def results(
    *,
    format_: Annotated[Format, typer.Option("--format", help="csv | parquet | xlsx")] = "csv",
    out: Annotated[Path | None, typer.Option(help="Berkas tujuan / file to write.")] = None,
    source: Annotated[str, typer.Option(help="Nama sumber / name of the source.")],
    election: Annotated[str, typer.Option(help="Kode pemilu / code of the election.")] = "id-2024",
    contest: Annotated[str, typer.Option(help="Jenis pemilihan / contest.")] = "ppwp",
    area: Annotated[str, typer.Option(help="Kode wilayah; kosong: semua / area code; empty: all.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
) -> None:
    """Keluarkan hasil satu sumber / take the results of one source out."""
    target = out or Path(f"{election}-{contest}-{source}.{format_}")
    if target.suffix.lower() != f".{format_}":
        target = target.with_name(f"{target.name}.{format_}")
    with database(), progress() as say:
        from satusuara.areas.models import Area
        from satusuara.count import queries
        from satusuara.kernel.errors import NotFound
        from satusuara.lake.write import write_table
        from satusuara.people.queries import Scope

        scope = Scope.system("export")
        found = queries.source(scope, election, contest, source)
        place = Area.objects.filter(election=election, code=area).first() if area else None
        if area and place is None:
            raise NotFound("no-area", Text(f"Tidak ada wilayah {area}", f"There is no area {area}"))
        say(Text("Menulis…", "Writing…"))
        columns, rows = queries.result_table(scope, found, place)
        count = write_table(target, columns, rows)
    if as_json:
        print_json({"file": str(target), "format": format_, "rows": count})
    else:
        typer.echo(Text(f"{target}: {count} baris", f"{target}: {count} rows").in_(language()))
