"""``satusuara demo``: the demo regency, from the data that the project carries, served."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from satusuara.kernel.i18n import Text
from satusuara.ops.commands import app
from satusuara.ops.commands.answer import language
from satusuara.ops.commands.database import database


@app.command("demo")
def demo(
    *,
    dir_: Annotated[Path | None, typer.Option("--dir", help="Folder sistem peragaan / folder of the demo.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Porta / port.")] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Siapkan saja / only prepare.")] = False,
    law: Annotated[str, typer.Option(help="Folder hukum yang memuat peragaan / law folder with a demo.")] = "id-2024",
) -> None:
    """Peragaan satu kabupaten dari data nyata / a demo of one regency on real data."""
    if dir_ is not None:
        os.environ["SATUSUARA_HOME"] = str(dir_.resolve())
    os.environ.setdefault("SATUSUARA_SECOND_FACTOR", "0")  # every page says so
    began = time.monotonic()

    def say(text: Text) -> None:
        typer.echo(f"{time.monotonic() - began:5.1f} s  {text.in_(language())}", err=True)

    with database() as at:
        from satusuara.ops import demo as made

        fresh = made.build(law, at=at, say=say)
        file = made.accounts_file()
    if fresh and file.exists():
        say(Text("Akun peragaan (nama, kata sandi, peran, wilayah):", "Demo accounts (name, password, role, area):"))
        typer.echo(file.read_text(), err=True, nl=False)
    say(Text(f"Siap. Kata sandi tersimpan di {file}", f"Ready. Passwords are kept in {file}"))
    if not no_serve:
        from satusuara.ops.serve import Listening, run

        listening = Listening("127.0.0.1", port)
        say(Text(f"Buka {listening.address}", f"Open {listening.address}"))
        run(listening)
