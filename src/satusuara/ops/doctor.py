"""Is this instance fit? Each check says what it found in one sentence; nothing is changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from satusuara.count.derived import untrue_status, untrue_sums
from satusuara.count.queries import misplaced
from satusuara.kernel.i18n import Text
from satusuara.ledger import queries as log
from satusuara.ledger.verify import verify
from satusuara.ops.prepare import unapplied

_FREE = 1 << 30  # bytes
_DRIFT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    sentence: Text


def examine(*, at: datetime) -> Iterator[Check]:
    """Every check in turn. Where the database does not answer, those that need it are left out."""
    yield from _settings()
    database = _database()
    yield database
    yield from (_disk(), _static())
    if not database.ok:
        return
    missing = unapplied()
    yield Check(
        "migrations",
        not missing,
        Text(f"Perubahan tabel belum diterapkan: {', '.join(missing)}; jalankan migrate",
             f"Migrations not applied: {', '.join(missing)}; run migrate")
        if missing
        else Text("Tabel sesuai versi ini", "The tables are those of this version"),
    )  # fmt: skip
    if not missing:
        yield from (check(at) for check in _TABLES)


def _settings() -> Iterator[Check]:
    yield Check(
        "debug",
        not settings.DEBUG,
        Text("SATUSUARA_DEBUG menyala: jangan dipakai bila orang lain dapat menjangkau sistem ini",
             "SATUSUARA_DEBUG is on: never where others can reach this instance")
        if settings.DEBUG
        else Text("SATUSUARA_DEBUG mati", "SATUSUARA_DEBUG is off"),
    )  # fmt: skip
    open_to_others = [path for path in _secrets(settings.HOME) if path.stat().st_mode & 0o077]
    named = ", ".join(str(path.relative_to(settings.HOME)) for path in open_to_others)
    yield Check(
        "secrets",
        not open_to_others,
        Text(f"Terbaca oleh orang lain: {named}", f"Readable by others: {named}")
        if open_to_others
        else Text("Kunci hanya terbaca pemiliknya", "Keys are readable by their owner only"),
    )
    yield Check(
        "second-factor",
        settings.REQUIRE_SECOND_FACTOR,
        Text("Faktor kedua diwajibkan", "The second factor is required")
        if settings.REQUIRE_SECOND_FACTOR
        else Text(
            "Faktor kedua tidak diwajibkan: hanya untuk peragaan", "No second factor is required: for demos only"
        ),
    )


def _secrets(home: Path) -> Iterator[Path]:
    for pattern in ("secret-key", "keys/*", "tls/*.key", "accounts.txt"):
        yield from home.glob(pattern)


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            if connection.vendor != "sqlite":
                cursor.execute("SELECT 1")
                return Check("database", True, Text("Basis data menjawab", "The database answers"))
            said = {name: _pragma(cursor, name) for name in ("journal_mode", "synchronous", "foreign_keys")}
            sound = _pragma(cursor, "quick_check") == "ok"
    except DatabaseError as error:
        return Check("database", False, Text(f"Basis data tidak menjawab: {error}", f"No database answers: {error}"))
    if not sound:
        return Check("database", False, Text("Basis data rusak: pulihkan cadangan", "Damaged: restore a backup"))
    safe = said["journal_mode"] in ("wal", "memory") and said["synchronous"] == 2 and said["foreign_keys"] == 1
    words = ", ".join(f"{name}={value}" for name, value in said.items())
    return Check("database", safe, Text(f"SQLite: {words}", f"SQLite: {words}"))


def _pragma(cursor: object, name: str) -> object:
    cursor.execute(f"PRAGMA {name}")  # type: ignore[attr-defined]
    return cursor.fetchone()[0]  # type: ignore[attr-defined]


def _ledger(_at: datetime) -> Check:
    report = verify()
    if not report.problems:
        return Check(
            "ledger",
            True,
            Text(f"{report.size} catatan, {report.subjects} baris: seperti yang disegel",
                 f"{report.size} entries, {report.subjects} rows: as they were sealed"),
        )  # fmt: skip
    first, more = report.problems[0].sentence, len(report.problems) - 1
    rest = Text(f" (dan {more} lagi)", f" (and {more} more)") if more else Text("", "")
    return Check("ledger", False, Text(f"{first.id}{rest.id}", f"{first.en}{rest.en}"))


def _forms(_at: datetime) -> Check:
    wrong = misplaced()
    if not wrong:
        return Check("forms", True, Text("Formulir menunjukkan versi terbarunya", "Forms show their newest version"))
    named = ", ".join(wrong[:5])
    return Check("forms", False, Text(f"Bukan versi terbaru: {named}", f"Not the newest version: {named}"))


def _sums(_at: datetime) -> Check:
    wrong = [*islice(untrue_status(), 5), *islice(untrue_sums(), 5)]
    if not wrong:
        return Check(
            "sums", True, Text("Jumlah dan status mengikuti formulirnya", "Sums and status follow from their forms")
        )
    named = ", ".join(wrong[:5])
    return Check("sums", False, Text(f"Tidak mengikuti formulirnya: {named}", f"Not what the forms give: {named}"))


def _clock(at: datetime) -> Check:
    size = log.size()
    last = log.entry(size - 1).at if size else at
    early = last - at
    if early > _DRIFT:
        return Check(
            "clock",
            False,
            Text(f"Jam sistem tertinggal {early} dari catatan terakhir", f"The clock is {early} behind the last entry"),
        )
    shown = f"{at.astimezone():%Y-%m-%d %H:%M %z}"
    return Check("clock", True, Text(f"Jam: {shown}", f"Clock: {shown}"))


def _disk() -> Check:
    free = shutil.disk_usage(settings.HOME).free
    shown = f"{free / (1 << 30):.1f} GiB"
    return Check("disk", free >= _FREE, Text(f"Ruang kosong: {shown}", f"Free space: {shown}"))


def _static() -> Check:
    ready = any(settings.STATIC_ROOT.iterdir()) if settings.STATIC_ROOT.is_dir() else False
    return Check(
        "static",
        ready,
        Text("Berkas statis siap", "Static files are in place")
        if ready
        else Text("Berkas statis belum dikumpulkan: jalankan serve", "Static files are not collected: run serve"),
    )


_TABLES: tuple[Callable[[datetime], Check], ...] = (_ledger, _forms, _sums, _clock)
