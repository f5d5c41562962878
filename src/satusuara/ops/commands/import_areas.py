"""``satusuara import areas``: a table of the area tree, constituencies, outlines or links into the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satusuara.kernel.i18n import Text
from satusuara.ops.commands import imports
from satusuara.ops.commands.answer import REJECTED, language, print_json, progress
from satusuara.ops.commands.database import database

if TYPE_CHECKING:
    from satusuara.areas.actions import AreaOutcome

SHOWN = 100


@imports.command("areas")
def areas(
    file: Annotated[Path, typer.Argument(help="Tabel wilayah: CSV, Parquet, atau XLSX / table of areas.")],
    *,
    source: Annotated[str, typer.Option(help="Asal tabel / where the table comes from.")],
    election: Annotated[str, typer.Option(help="Kode pemilu / code of the election.")] = "id-2024",
    kind: Annotated[str, typer.Option(help="tree | districts | boundaries | links")] = "tree",
    earlier: Annotated[str, typer.Option(help="Pemilu asal padanan / the election that links start from.")] = "",
    whole: Annotated[bool, typer.Option("--whole", help="Tabel ini lengkap / the table is complete.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Tulis baris tertahan ke / write rows held back to.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
) -> None:
    """Masukkan wilayah, dapil, batas, atau padanan / load areas, constituencies, outlines or links."""
    with database() as at, progress() as say:
        from satusuara.areas import queries
        from satusuara.areas.actions import ensure_election, import_areas
        from satusuara.areas.choices import TableKind
        from satusuara.lake.write import write_table, writer_of

        if kind not in TableKind.values:
            raise typer.BadParameter(f"{kind}: {' | '.join(TableKind.values)}")
        if rejects is not None:
            writer_of(rejects)  # refuses a wrong ending before any work
        by = "system:import"
        outcome = import_areas(
            election=ensure_election(law=election, at=at, by=by),
            kind=kind,
            path=file,
            source=source,
            whole=whole,
            earlier=queries.election(earlier) if earlier else None,
            at=at,
            by=by,
            progress=lambda done, rows: say(Text(f"{done} dari {rows} wilayah…", f"{done} of {rows} areas…")),
        )
        if rejects is not None:
            columns = ["file", "row", "column", "value", "reason"]
            lines = (each.as_dict(language()) for each in outcome.rejects)
            write_table(rejects, columns, ([line[c] for c in columns] for line in lines))
    answer = _answer(outcome, file, election, kind, source)
    if as_json:
        print_json(answer)
    else:
        _print(answer)
    if outcome.rejected:
        raise typer.Exit(REJECTED)


def _answer(outcome: AreaOutcome, file: Path, election: str, kind: str, source: str) -> dict[str, Any]:
    telling = sorted(outcome.changes, key=lambda change: change.kinds == ("added",))
    return {
        "election": election,
        "kind": kind,
        "source": source,
        "file": file.name,
        "rows": outcome.rows,
        "added": outcome.added,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "gone": outcome.gone,
        "by_kind": outcome.by_kind(),
        "changes": [change.as_dict() for change in telling[:SHOWN]],
        "rejected": outcome.rejected,
        "rejects": [reject.as_dict(language()) for reject in outcome.rejects[:SHOWN]],
        "repeated": outcome.repeated,
    }


def _print(answer: dict[str, Any]) -> None:
    said = Text(
        "{file}: {rows} baris; {added} baru, {changed} berubah, {unchanged} tetap, {gone} tidak tercantum lagi, "
        "{rejected} baris ditahan.",
        "{file}: {rows} rows; {added} new, {changed} changed, {unchanged} unchanged, {gone} no longer listed, "
        "{rejected} rows held back.",
    ).format(**answer)
    typer.echo(said.in_(language()))
    for change in answer["changes"]:
        if change["kinds"] != ["added"]:
            fields = "; ".join(f"{name}: {old} → {new}" for name, (old, new) in change["fields"].items())
            typer.echo(f"- {change['code']} {change['name']}: {', '.join(change['kinds'])} {fields}".rstrip())
    for reject in answer["rejects"]:
        typer.echo("- {row}, {column}: {value} ({reason})".format(**reject), err=True)
