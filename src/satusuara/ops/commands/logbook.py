"""``satusuara ledger``: is everything still as it was sealed, and proofs that others check without us."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ops.commands import ledger
from satusuara.ops.commands.answer import FOUND, language, print_json, progress, refusing
from satusuara.ops.commands.database import database

if TYPE_CHECKING:
    from satusuara.ledger.notes import Verifier

Json = Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")]
Out = Annotated[Path | None, typer.Option(help="Tulis ke berkas; kosong: ke layar / write to a file; empty: stdout.")]


@ledger.callback()
def ledger_() -> None:
    """Buku catatan yang tidak dapat diubah diam-diam / the log that nobody changes unseen."""


@ledger.command("verify")
def verify(
    file: Annotated[Path | None, typer.Argument(help="Bukti atau buku catatan / receipt or exported log.")] = None,
    *,
    key: Annotated[str, typer.Option(help="Kunci publik tepercaya / trusted public key.")] = "",
    against: Annotated[Path | None, typer.Option(help="Pernyataan yang disimpan di luar / outside checkpoint.")] = None,
    as_json: Json = False,
) -> None:
    """Periksa basis data, atau satu berkas tanpa basis data / check the database, or one file without a database."""
    if file is not None:
        _verify_file(file, key, as_json)
        return
    with database(), progress() as say:
        say(Text("Menghitung ulang buku catatan…", "Recomputing the log…"))
        from satusuara.ledger.verify import verify as verify_log

        outside = [(against.read_text(), _outside_key(key))] if against else []
        with _proofs():
            report = verify_log(outside=outside)
    lang = language()
    answer: dict[str, Any] = {
        "ok": not report.problems,
        "entries": report.size,
        "root": report.root.hex(),
        "rows": report.subjects,
        "checkpoints": report.checkpoints,
        "problems": [problem.as_dict(lang) for problem in report.problems],
    }
    if as_json:
        print_json(answer)
    else:
        _print_report(answer)
    if report.problems:
        raise typer.Exit(FOUND)


@ledger.command("prove")
def prove(
    entry: Annotated[int | None, typer.Argument(help="Nomor catatan / number of the entry.")] = None,
    *,
    subject: Annotated[str, typer.Option(help="Jenis:nomor / kind:id, e.g. count.form_version:7.")] = "",
    since: Annotated[int | None, typer.Option(help="Bukti sejak sekian catatan / consistency since so many.")] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Bukti satu catatan, atau bahwa buku catatan hanya bertambah / proof of one entry, or that the log only grew."""
    with database() as at:
        from satusuara.ledger import queries
        from satusuara.ledger.actions import sign_checkpoint

        stated = sign_checkpoint(at=at)
        if since is not None:
            with _proofs():
                answer = _consistency(since, stated.size, stated.note)
        else:
            kind, _, subject_id = subject.partition(":")
            row = queries.last_entry_of(kind, subject_id) if subject else queries.entry(_number(entry))
            answer = queries.receipt_of(row, stated)
    _write(json.dumps(answer, ensure_ascii=False, indent=None if as_json else 1) + "\n", out)


@ledger.command("checkpoint")
def checkpoint(*, out: Out = None, as_json: Json = False) -> None:
    """Tanda tangani panjang dan akar buku catatan / sign the length and root of the log."""
    with database() as at:
        from satusuara.ledger import keys
        from satusuara.ledger.actions import sign_checkpoint

        stated = sign_checkpoint(at=at)
        key = str(keys.signer().verifier)
    if as_json:
        print_json({"size": stated.size, "root": bytes(stated.root).hex(), "key": key, "note": stated.note})
        return
    _write(stated.note, out)
    typer.echo(Text(f"Kunci publik: {key}", f"Public key: {key}").in_(language()), err=True)


@ledger.command("export")
def export_(*, out: Out = None) -> None:
    """Seluruh buku catatan, satu JSON sebaris / the whole log, one JSON a line."""
    with database() as at:
        from django.db import transaction

        from satusuara.ledger import keys, queries
        from satusuara.ledger.actions import sign_checkpoint
        from satusuara.ledger.receipts import LOG

        with transaction.atomic():  # entries and checkpoint of one moment
            stated = sign_checkpoint(at=at)
            head = {"format": LOG, "key": str(keys.signer().verifier), "checkpoint": stated.note}
            lines = (json.dumps(line, ensure_ascii=False) + "\n" for line in chain([head], queries.lines()))
            if out is None:
                for line in lines:
                    typer.echo(line, nl=False)
            else:
                with out.open("w", encoding="utf-8") as file:
                    file.writelines(lines)


def _verify_file(file: Path, key: str, as_json: bool) -> None:
    from satusuara.ledger.receipts import verify_file

    with refusing():
        found = verify_file(file, _key(key) if key else None)
    answer = {
        "ok": True,
        "entries": found.checkpoint.size,
        "root": found.checkpoint.root.hex(),
        "key": found.key,
        "trusted": found.trusted,
        "entry": found.entry or None,
    }
    if as_json:
        print_json(answer)
        return
    typer.echo(Text("Cocok.", "It fits.").in_(language()))
    for name, value in answer.items():
        typer.echo(f"{name}: {value}")
    if not found.trusted:
        warning = Text(
            "Kuncinya diambil dari berkas itu sendiri: bandingkan dengan yang diumumkan, atau pakai --key.",
            "The key was taken from the file itself: compare it with the published one, or use --key.",
        )
        typer.echo(warning.in_(language()), err=True)


def _print_report(answer: dict[str, Any]) -> None:
    lang = language()
    looked = Text(
        "{entries} catatan, {rows} baris, {checkpoints} pernyataan diperiksa.",
        "{entries} entries, {rows} rows, {checkpoints} checkpoints checked.",
    ).format(**answer)
    typer.echo(looked.in_(lang))
    for problem in answer["problems"]:
        typer.echo(f"- {problem['sentence']}")
    if answer["ok"]:
        typer.echo(Text("Semuanya seperti yang disegel.", "Everything is as it was sealed.").in_(lang))


def _consistency(old: int, size: int, note: str) -> dict[str, Any]:
    from satusuara.ledger import keys, queries

    proof = queries.consistency_proof(old, size)
    return {
        "old_size": old,
        "old_root": queries.root_at(old).hex(),
        "size": size,
        "proof": [one.hex() for one in proof],
        "checkpoint": note,
        "key": str(keys.signer().verifier),
    }


@contextmanager
def _proofs() -> Generator[None, None, None]:
    """What a proof says against itself becomes a refusal."""
    from satusuara.ledger.rules import ProofError

    try:
        yield
    except ProofError as error:
        sentence = Text(f"Bukti tidak cocok: {error}", f"The proof does not fit: {error}")
        raise Refusal("proof-unfit", sentence) from error


def _outside_key(key: str) -> Verifier:
    from satusuara.ledger import keys

    return _key(key) if key else keys.signer().verifier


def _key(text: str) -> Verifier:
    from satusuara.ledger.notes import Verifier

    with _proofs():
        return Verifier.parse(text)


def _number(entry: int | None) -> int:
    if entry is None:
        raise Refusal(
            "entry-missing",
            Text("Sebutkan nomor catatan, --subject, atau --since", "Name an entry, --subject or --since"),
        )
    return entry


def _write(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
