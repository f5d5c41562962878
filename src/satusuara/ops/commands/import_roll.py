"""``satusuara import roll``: a list of voters into the database, as a version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satusuara.kernel.i18n import Text
from satusuara.ops.commands import imports
from satusuara.ops.commands.answer import REJECTED, language, print_json, progress
from satusuara.ops.commands.database import database

if TYPE_CHECKING:
    from satusuara.roll.actions import ImportOutcome


@imports.command("roll")
def roll(
    file: Annotated[Path, typer.Argument(help="Daftar pemilih: CSV, XLSX, atau Parquet / list of voters.")],
    *,
    source: Annotated[str, typer.Option(help="Nama sumber, mis. dpt-kpu / name of the source.")],
    area: Annotated[str, typer.Option(help="Kode wilayah yang daftarnya ini seluruhnya / code of its area.")],
    election: Annotated[str, typer.Option(help="Kode pemilu / code of the election.")] = "id-2024",
    category: Annotated[str, typer.Option(help="dpt | dptb | dpk")] = "dpt",
    made_up: Annotated[bool, typer.Option("--made-up", help="Daftar buatan, bukan orang / nobody is on it.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Tulis baris tertahan ke / write rows held back to.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
) -> None:
    """Masukkan daftar pemilih suatu wilayah / read the list of voters of an area."""
    with database() as at, progress() as say:
        from satusuara.areas.models import Area
        from satusuara.count.queries import election as election_of
        from satusuara.kernel.errors import NotFound
        from satusuara.lake.write import write_table, writer_of
        from satusuara.people.queries import Scope
        from satusuara.roll.actions import import_roll
        from satusuara.roll.models import HeldBack

        if rejects is not None:
            writer_of(rejects)  # refuses a wrong ending before any work
        where = Area.objects.filter(election=election_of(election), code=area).first()
        if where is None:
            raise NotFound("no-area", Text(f"Tidak ada wilayah {area}", f"There is no area {area}"))
        outcome = import_roll(
            scope=Scope.system("import"), election=where.election, area=where, category=category, source=source,
            path=file, at=at, made_up=made_up,
            progress=lambda done, rows: say(Text(f"{done} dari {rows} pemilih…", f"{done} of {rows} voters…")),
        )  # fmt: skip
        if rejects is not None:
            held = HeldBack.objects.filter(version=outcome.version).order_by("row", "pk")
            columns = ["file", "row", "column", "value", "reason"]
            write_table(rejects, columns, ([file.name, r.row, r.column, r.value, r.reason] for r in held.iterator()))
    answer = _answer(outcome, file)
    if as_json:
        print_json(answer)
    else:
        _print(answer)
    if answer["rejected"] and not outcome.repeated:
        raise typer.Exit(REJECTED)


def _answer(outcome: ImportOutcome, file: Path) -> dict[str, Any]:
    version = outcome.version
    fields = ("rows", "added", "struck", "moved", "changed", "unchanged", "rejected")
    return {
        "election": version.election_id,
        "area": version.area.code,
        "category": version.category,
        "version": version.number,
        "file": file.name,
        "sha256": version.file_sha256,
        **{name: getattr(version, name) for name in fields},
        "kept_struck": outcome.kept_struck,
        "absent": outcome.absent,
        "rejects": [
            {"file": file.name, "row": r.row, "column": r.column, "value": r.value, "reason": r.reason}
            for r in outcome.rejects
        ],
        "repeated": outcome.repeated,
    }


def _print(answer: dict[str, Any]) -> None:
    said = Text(
        "{file}, versi {version}: {rows} baris; {added} baru, {moved} pindah TPS, {changed} berubah, {struck} dicoret, "
        "{unchanged} tetap, {rejected} ditahan.",
        "{file}, version {version}: {rows} rows; {added} new, {moved} at another station, {changed} changed, "
        "{struck} struck, {unchanged} unchanged, {rejected} held back.",
    ).format(**answer)
    typer.echo(said.in_(language()))
    if answer["absent"]:
        left = Text(
            "{absent} baris lama tidak ada pada daftar ini; tidak dicoret karena ada baris yang ditahan.",
            "{absent} earlier lines are not on this list; not struck, because rows were held back.",
        ).format(**answer)
        typer.echo(left.in_(language()), err=True)
    for reject in answer["rejects"]:
        typer.echo("- {row}, {column}: {value} ({reason})".format(**reject), err=True)
