"""``satusuara migrate | serve | backup | restore | doctor | tls``: running an instance."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from satusuara.kernel.i18n import Text
from satusuara.ops.commands import app
from satusuara.ops.commands.answer import FOUND, language, print_json, progress, refusing
from satusuara.ops.commands.database import database

tls = typer.Typer(name="tls", no_args_is_help=True, help="Sertifikat jaringan setempat / the LAN's certificates.")
app.add_typer(tls)

Json = Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")]


def tell(text: Text) -> None:
    """A sentence for whoever sits at the terminal."""
    typer.echo(text.in_(language()), err=True)


@app.command("migrate")
def migrate() -> None:
    """Sesuaikan tabel dengan versi ini / bring the tables up to this version."""
    with database(), progress() as say:
        from satusuara.ops import prepare

        say(Text("Menyesuaikan tabel…", "Updating the tables…"))
        done = prepare.migrate()
        prepare.compile_catalogues()
    for name in done:
        typer.echo(name)
    if not done:
        tell(Text("Tabel sudah sesuai.", "The tables are up to date."))


@app.command("serve")
def serve(
    *,
    host: Annotated[str, typer.Option(help="Alamat tempat melayani / address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Porta / port.")] = 8000,
    lan: Annotated[bool, typer.Option("--lan", help="Untuk jaringan setempat, dengan HTTPS / for the LAN.")] = False,
) -> None:
    """Jalankan situsnya / run the site."""
    from satusuara.ops.serve import Listening, on_lan, run
    from satusuara.ops.tls import lan_addresses

    listening = Listening(host, port)
    if lan:
        with refusing():
            home = Path(os.environ.get("SATUSUARA_HOME", "var/satusuara")).resolve()
            listening = on_lan(home, port, lan_addresses(), at=datetime.now(UTC))
    with database(), progress() as say:
        from satusuara.ops import prepare

        say(Text("Menyiapkan…", "Preparing…"))
        prepare.migrate()
        prepare.compile_catalogues()
        prepare.collect_static()
    tell(Text(f"Melayani di {listening.address}", f"Serving at {listening.address}"))
    run(listening)


@app.command("backup")
def backup(file: Path, *, as_json: Json = False) -> None:
    """Cadangkan semuanya ke satu berkas / back everything up to one file."""
    with database() as at, progress() as say:
        from satusuara.ops.backup import back_up

        say(Text("Mencadangkan…", "Backing up…"))
        made = back_up(file, at=at)
    if as_json:
        print_json({"file": str(file), **made.as_dict()})
    size = file.stat().st_size
    tell(
        Text(
            f"{file}: {size} byte, {made.ledger_size} catatan. Berisi kunci: simpan seperti kunci.",
            f"{file}: {size} bytes, {made.ledger_size} entries. It holds the keys: keep it like one.",
        )
    )


@app.command("restore")
def restore(
    file: Path,
    *,
    force: Annotated[bool, typer.Option(help="Ganti yang ada / replace what is there.")] = False,
    as_json: Json = False,
) -> None:
    """Pulihkan dari cadangan; hentikan serve dahulu / restore from a backup; stop serve first."""
    with database() as at, progress() as say:
        from satusuara.ops.backup import restore as put_back

        say(Text("Memulihkan…", "Restoring…"))
        made = put_back(file, at=at, force=force)
    if as_json:
        print_json({"file": str(file), **made.as_dict()})
    tell(
        Text(
            f"Dipulihkan: {made.ledger_size} catatan per {made.made_at}. Jalankan migrate, lalu doctor.",
            f"Restored: {made.ledger_size} entries as of {made.made_at}. Run migrate, then doctor.",
        )
    )


@app.command("doctor")
def doctor(*, as_json: Json = False) -> None:
    """Periksa apakah sistem ini sehat / check whether this instance is fit."""
    lang = language()
    with database() as at, progress() as say:
        from satusuara.ops.doctor import examine

        say(Text("Memeriksa…", "Checking…"))
        checks = list(examine(at=at))
    fit = all(check.ok for check in checks)
    if as_json:
        shown = [{"name": c.name, "ok": c.ok, "sentence": c.sentence.in_(lang)} for c in checks]
        print_json({"ok": fit, "checks": shown})
    else:
        good, bad = Text("baik", "good").in_(lang), Text("PERLU DIPERIKSA", "NEEDS A LOOK").in_(lang)
        for check in checks:
            typer.echo(f"{good if check.ok else bad}\t{check.name}\t{check.sentence.in_(lang)}")
    if not fit:
        raise typer.Exit(FOUND)


@tls.command("init")
def tls_init(
    *,
    name: Annotated[str, typer.Option(help="Nama lembaga / name of the office.")] = "satusuara",
    address: Annotated[list[str] | None, typer.Option(help="Alamat IP server / IP address of the server.")] = None,
    dns: Annotated[list[str] | None, typer.Option(help="Nama server / host name.")] = None,
    as_json: Json = False,
) -> None:
    """Buat sertifikat sendiri untuk jaringan setempat / make the LAN's own certificate."""
    with refusing():
        from satusuara.ops import tls as made

        home = Path(os.environ.get("SATUSUARA_HOME", "var/satusuara")).resolve()
        addresses = address or made.lan_addresses()
        shown = made.init(home, name=name, addresses=addresses, names=dns or [], at=datetime.now(UTC))
    page = made.Files(home / "tls").page
    if as_json:
        print_json({"fingerprint": shown, "addresses": addresses, "page": str(page)})
        return
    typer.echo(shown)
    tell(
        Text(
            f"Cetak {page} dan bagikan {page.parent / 'ca.crt'}; server: {', '.join(addresses) or 'localhost'}.",
            f"Print {page} and hand out {page.parent / 'ca.crt'}; server: {', '.join(addresses) or 'localhost'}.",
        )
    )


@tls.callback()
def tls_() -> None:
    """Sertifikat jaringan setempat / the LAN's certificates."""
