"""``satusuara roll packets | link | erase``: what is made of the roll in the database."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satusuara.kernel.i18n import Text
from satusuara.ops.commands import voters as roll  # the name "roll" is the module
from satusuara.ops.commands.answer import REJECTED, language, print_json, progress
from satusuara.ops.commands.database import database

if TYPE_CHECKING:
    from satusuara.areas.models import Area

AreaCode = Annotated[str, typer.Option("--area", help="Kode wilayah / code of the area.")]
ElectionCode = Annotated[str, typer.Option("--election", help="Kode pemilu / code of the election.")]
Json = Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")]
MANIFEST = ("tps_id", "file", "sha256", "lines", "locked", "ask_more", "guests")


def _area(election: str, code: str) -> Area:
    from satusuara.areas.models import Area
    from satusuara.kernel.errors import NotFound

    where = Area.objects.filter(election=election, code=code).select_related("election").first()
    if where is None:
        raise NotFound("no-area", Text(f"Tidak ada wilayah {code}", f"There is no area {code}"))
    return where


@roll.command("packets")
def packets(
    *,
    area: AreaCode,
    out: Annotated[Path, typer.Option(help="Folder tujuan / folder to write to.")],
    election: ElectionCode = "id-2024",
    as_json: Json = False,
) -> None:
    """Paket bertanda tangan untuk setiap TPS / the signed packet of every station."""
    with database() as at, progress() as say:
        from satusuara.people.queries import Scope
        from satusuara.pollbook.actions.provisioning import provide_packets

        where = _area(election, area)
        out.mkdir(parents=True, exist_ok=True)
        found = provide_packets(
            scope=Scope.system("packets"), area=where, at=at,
            progress=lambda done, all_: say(Text(f"{done} dari {all_} langkah…", f"step {done} of {all_}…")),
        )  # fmt: skip
        for each in found:
            (out / _file(each.station.code)).write_bytes(bytes(each.packet.body))
        rows = [
            (e.station.code, _file(e.station.code), e.packet.sha256, e.lines, e.locked, e.ask_more, e.guests)
            for e in found
        ]
        _write(out / "daftar.csv", MANIFEST, rows)
        _write(out / "kode-amplop.csv", ("tps_id", "kode"), [(e.station.code, e.code) for e in found])
        _write(out / "pin.csv", ("tps_id", "pin"), [(e.station.code, e.pin) for e in found])
    answer: dict[str, Any] = {
        "election": election,
        "area": area,
        "stations": len(found),
        "lines": sum(each.lines for each in found),
        "locked": sum(each.locked for each in found),
        "ask_more": sum(each.ask_more for each in found),
        "guests": sum(each.guests for each in found),
        "packets": [dict(zip(MANIFEST, row, strict=True)) for row in rows],
    }
    if as_json:
        print_json(answer)
        return
    said = Text(
        "{stations} paket: {lines} baris, {locked} terkunci, {ask_more} perlu satu pertanyaan lagi, {guests} pemilih "
        "pindahan. Kode amplop dan PIN ada di dua berkas; serahkan lewat dua orang.",
        "{stations} packets: {lines} lines, {locked} locked, {ask_more} to be asked once more, {guests} moved voters. "
        "Envelope codes and PINs are in two files; hand them over by two people.",
    ).format(**{name: value for name, value in answer.items() if name != "packets"})
    typer.echo(said.in_(language()))


def _file(code: str) -> str:
    return f"{code}.packet"


def _write(path: Path, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """A table that its owner alone may read."""
    from satusuara.lake.write import csv_lines

    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in csv_lines(columns, rows):
            file.write(chunk if isinstance(chunk, bytes) else chunk.encode())


@roll.command("link")
def link(
    *,
    area: AreaCode,
    election: ElectionCode = "id-2024",
    changes: Annotated[
        bool, typer.Option("--changes", help="Hanya yang berubah sejak pencocokan terakhir / changes only.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Cari ganda dalam daftar di basis data / look for duplicates in the roll of the database."""
    with database() as at, progress() as say:
        from satusuara.people.queries import Scope
        from satusuara.roll.lake.linkage import link_roll

        run = link_roll(
            scope=Scope.system("link"), area=_area(election, area), only_changes=changes, at=at, say=say
        )  # fmt: skip
    answer = {
        "election": election, "area": area, "run": run.pk, "records": run.records, "pairs": run.pairs,
        "strike_list": run.strike_list, "review": run.review, **run.settings,
    }  # fmt: skip
    if as_json:
        print_json(answer)
        return
    said = Text(
        "{records} baris; {pairs} pasangan masuk antrean tinjauan, {strike_list} di antaranya ganda kuat. "
        "Tidak ada yang dicoret: orang yang memutuskan.",
        "{records} lines; {pairs} pairs are in the queue, {strike_list} of them strong. "
        "Nobody was struck: people decide.",
    ).format(**answer)
    typer.echo(said.in_(language()))


@roll.command("erase")
def erase(
    *,
    election: Annotated[str, typer.Option(help="Kode pemilu / code of the election.")],
    reason: Annotated[str, typer.Option(help="Dasar penghapusan / why.")] = "",
    confirm: Annotated[bool, typer.Option("--confirm", help="Benar-benar hapus / really erase.")] = False,
    as_json: Json = False,
) -> None:
    """Hapus daftar pemilih sesudah pemilu / erase the roll after the election. Counts and hashes stay."""
    with database() as at:
        from satusuara.areas.models import Election
        from satusuara.kernel.errors import NotFound
        from satusuara.people.queries import Scope
        from satusuara.roll.actions import erase_roll
        from satusuara.roll.actions.erasing import forget_files
        from satusuara.roll.queries import retention_of

        found = Election.objects.filter(code=election).first()
        if found is None:
            raise NotFound("no-election", Text(f"Tidak ada pemilu {election}", f"There is no election {election}"))
        kept = retention_of(found)
        if not confirm:
            typer.echo(kept.words.in_(language()), err=True)
            typer.echo(
                Text(
                    "Tidak ada yang dihapus. Ulangi dengan --confirm untuk menghapus setiap baris pemilih.",
                    "Nothing was erased. Repeat with --confirm to erase every voter's line.",
                ).in_(language()),
                err=True,
            )
            raise typer.Exit(REJECTED)
        counts = erase_roll(scope=Scope.system("erase"), election=found, reason=reason, at=at)
        forget_files(found)
    if as_json:
        print_json({"election": election, "erased": counts})
        return
    said = Text("{n} baris dihapus; jumlahnya tersegel.", "{n} rows erased; their counts are sealed.")
    typer.echo(said.format(n=sum(counts.values())).in_(language()))
