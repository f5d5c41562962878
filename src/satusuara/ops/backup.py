"""One file that holds everything of an instance, and the way back from it.

A tar with ``manifest.json`` (what, when, SHA-256 of each part, size and root of the ledger), the database as it was at
one moment (SQLite's online backup, or pg_dump), the keys, and the files that rows name (photos, lists, minutes).
Whoever has the file has the keys: keep it as such.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection

from satusuara import __version__
from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.hashing import file_sha256
from satusuara.kernel.i18n import Text
from satusuara.ledger import queries as log

FORMAT = "satusuara-backup-v1"
MANIFEST = "manifest.json"
SQLITE, DUMP = "database.sqlite3", "database.pgdump"
KEPT = ("secret-key", "keys/ledger.key", "keys/roll.key")  # beside the database; below SATUSUARA_HOME
FOLDERS = ("uploads", "minutes")  # files that rows name by their hash: photos, lists, signed papers
_INSIDE = re.compile(rf"(?:{'|'.join(FOLDERS)})(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
_HEAD = "SELECT size, root FROM ledger_head WHERE id = 1"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    file: Path
    made_at: str
    ledger_size: int
    ledger_root: str
    parts: dict[str, str]  # name -> SHA-256

    def as_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": __version__,
            "made_at": self.made_at,
            "ledger": {"size": self.ledger_size, "root": self.ledger_root},
            "files": self.parts,
        }


def back_up(file: Path, *, at: datetime) -> Backup:
    """Writes a backup to ``file`` (readable by its owner only), which must not exist yet.

    :raises Refusal: ``file-exists``, ``database-damaged``, ``pg-tool-missing``
    """
    if file.exists():
        raise Refusal(
            "file-exists",
            Text("Berkas itu sudah ada", "That file exists already"),
            place=Place(file=str(file)),
            remedy=Text("Beri nama lain.", "Choose another name."),
        )
    with TemporaryDirectory(dir=settings.HOME, prefix=".backup-") as folder:
        parts = {name: settings.HOME / name for name in KEPT if (settings.HOME / name).exists()} | _files()
        if connection.vendor == "sqlite":
            size, root = _copy_sqlite(Path(folder) / SQLITE)
            parts[SQLITE] = Path(folder) / SQLITE
        else:
            size, root = log.size(), log.root_at(log.size()).hex()
            _pg("pg_dump", "--format=custom", f"--file={Path(folder) / DUMP}")
            parts[DUMP] = Path(folder) / DUMP
        hashes = {name: file_sha256(path) for name, path in parts.items()}
        made = Backup(file, at.astimezone(UTC).isoformat(timespec="seconds"), size, root, hashes)
        _write(made, parts)
    return made


def _files() -> dict[str, Path]:
    """{name below SATUSUARA_HOME: file} of what lies beside the database."""
    found = (path for folder in FOLDERS for path in sorted((settings.HOME / folder).rglob("*")) if path.is_file())
    named = {path.relative_to(settings.HOME).as_posix(): path for path in found}
    return {name: path for name, path in named.items() if _INSIDE.fullmatch(name)}


def _copy_sqlite(target: Path) -> tuple[int, str]:
    connection.ensure_connection()
    with sqlite3.connect(target) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    copy.close()
    return _inspect(target)


def _inspect(database: Path) -> tuple[int, str]:
    """Size and root of the ledger in a SQLite file that is sound."""
    try:
        copy = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
        try:
            sound = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            head = copy.execute(_HEAD).fetchone()
        finally:
            copy.close()
    except sqlite3.DatabaseError:
        sound, head = False, None
    if not sound:
        raise Refusal(
            "database-damaged",
            Text("Basis data rusak", "The database is damaged"),
            place=Place(file=database.name),
            remedy=Text("Pakai cadangan yang lebih lama.", "Use an earlier backup."),
        )
    return (head[0], bytes(head[1]).hex()) if head else (0, log.root_at(0).hex())


def _write(made: Backup, parts: dict[str, Path]) -> None:
    fresh = made.file.with_name(f".{made.file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with tarfile.open(fileobj=raw, mode="w") as tar:
            said = json.dumps(made.as_dict(), indent=1).encode()
            head = tarfile.TarInfo(MANIFEST)
            head.size, head.mode = len(said), 0o600
            tar.addfile(head, io.BytesIO(said))
            for name, path in parts.items():
                tar.add(path, arcname=name, recursive=False)
        raw.flush()
        os.fsync(raw.fileno())
    fresh.replace(made.file)


def restore(file: Path, *, at: datetime, force: bool = False) -> Backup:
    """Puts a backup in the place of this instance's database and keys. Stop the server first.

    Everything is checked before anything is touched; what stood there is kept beside it (SQLite, keys).

    :raises Refusal: ``not-a-backup``, ``backup-damaged``, ``database-exists`` without ``force``, ``other-database``
    """
    settings.HOME.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.HOME, prefix=".restore-") as folder:
        made = _unpack(file, Path(folder))
        database = SQLITE if connection.vendor == "sqlite" else DUMP
        if database not in made.parts:
            raise Refusal(
                "other-database",
                Text("Cadangan ini berasal dari jenis basis data lain", "The backup is of another kind of database"),
                remedy=Text("Atur DATABASE_URL sesuai cadangannya.", "Set DATABASE_URL as where it was made."),
            )
        if not force and _occupied():
            raise Refusal(
                "database-exists",
                Text("Basis data di sini sudah berisi", "The database here holds data already"),
                remedy=Text(
                    "Pakai --force bila memang hendak diganti; yang lama disimpan di sebelahnya.",
                    "Use --force to replace it; the old one is kept beside it.",
                ),
            )
        if database == SQLITE:
            if _inspect(Path(folder) / SQLITE) != (made.ledger_size, made.ledger_root):
                raise _damaged(file, SQLITE)
            connection.close()
            _place(Path(folder) / SQLITE, Path(settings.DATABASES["default"]["NAME"]), at)
        else:
            _pg("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(Path(folder) / DUMP))
        for name in made.parts:
            if name in KEPT:
                _place(Path(folder) / name, settings.HOME / name, at)
            elif _INSIDE.fullmatch(name) and not (settings.HOME / name).exists():  # the same name is the same content
                (settings.HOME / name).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / name).replace(settings.HOME / name)
    return made


def _occupied() -> bool:
    if connection.vendor == "sqlite":
        path = Path(settings.DATABASES["default"]["NAME"])
        return path.exists() and path.stat().st_size > 0
    return bool(connection.introspection.table_names())


def _unpack(file: Path, folder: Path) -> Backup:
    """The parts of a backup in ``folder``, each with the hash that the manifest says."""
    try:
        with tarfile.open(file) as tar:
            manifest = tar.extractfile(MANIFEST)
            said = json.load(manifest) if manifest else {}
            if said.get("format") != FORMAT:
                raise KeyError(MANIFEST)
            made = Backup(file, said["made_at"], said["ledger"]["size"], said["ledger"]["root"], said["files"])
            for name, sha256 in made.parts.items():
                if name not in (*KEPT, SQLITE, DUMP) and not _INSIDE.fullmatch(name):  # no other name leaves the tar
                    raise KeyError(name)
                part = tar.extractfile(name)
                if part is None:
                    raise KeyError(name)
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as out:
                    shutil.copyfileobj(part, out)
                target.chmod(0o600)
                if file_sha256(target) != sha256:
                    raise _damaged(file, name)
    except FileNotFoundError as error:
        missing = Text("berkas tidak ada", "there is no such file")
        raise Refusal("file-missing", missing, place=Place(file=str(file))) from error
    except (tarfile.TarError, KeyError, TypeError, ValueError, AttributeError, EOFError) as error:
        raise Refusal(
            "not-a-backup",
            Text("Berkas itu bukan cadangan satusuara atau terpotong", "That file is no backup of satusuara, or cut"),
            place=Place(file=file.name),
        ) from error
    return made


def _damaged(file: Path, part: str) -> Refusal:
    return Refusal(
        "backup-damaged",
        Text(f"Bagian {part} bukan yang dicadangkan", f"The part {part} is not what was backed up"),
        place=Place(file=file.name),
        remedy=Text("Pakai salinan lain dari cadangan itu.", "Use another copy of the backup."),
    )


def _place(new: Path, path: Path, at: datetime) -> None:
    """``new`` in the place of ``path``; what stood there is kept beside it, with its write-ahead log."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for ending in ("", "-wal", "-shm"):
        old = path.with_name(path.name + ending)
        if old.exists():
            old.replace(path.with_name(f"{path.name}.before-{stamp}{ending}"))
    new.replace(path)


def _pg(tool: str, *arguments: str) -> None:
    found = shutil.which(tool)
    if found is None:
        raise Refusal(
            "pg-tool-missing",
            Text(f"{tool} tidak terpasang", f"{tool} is not installed"),
            remedy=Text(
                "Pasang paket klien PostgreSQL (Debian: postgresql-client).",
                "Install PostgreSQL's client package (Debian: postgresql-client).",
            ),
        )
    given = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    environment = {env: str(given[name]) for name, env in names.items() if given.get(name)}
    database = ["--dbname", environment["PGDATABASE"]] if tool == "pg_restore" else []
    done = subprocess.run(  # noqa: S603 (a program of the system, no shell, no word of a user)
        [found, *database, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip()[-300:]
        raise Refusal("pg-tool-failed", Text(f"{tool} gagal: {said}", f"{tool} failed: {said}"))
