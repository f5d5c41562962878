"""Commands that need the database: Django is started, the time of the deed taken, refusals become sentences."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ops.commands.answer import refusing


@contextmanager
def database() -> Iterator[datetime]:
    """Gives the time of the command; a refusal inside ends it with one sentence and exit code 2.

    So does a database that is not there, cannot be reached, or is older than this version.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satusuara.ops.settings")
    import django

    django.setup()
    from django.db import InterfaceError, OperationalError, ProgrammingError
    from django.utils import timezone

    with refusing():
        try:
            yield timezone.now()
        except (InterfaceError, OperationalError, ProgrammingError) as error:
            refusal = _why_not(error)
            if refusal is None:
                raise
            raise refusal from error


def _why_not(error: Exception) -> Refusal | None:
    """What is wrong with the database; None where it is whole and the fault is ours."""
    from django.db import DatabaseError

    from satusuara.ops.prepare import unapplied

    try:
        missing = unapplied()
    except DatabaseError:
        return Refusal(
            "database-unreachable",
            Text(f"Basis data tidak dapat dihubungi: {error}", f"The database cannot be reached: {error}"),
            remedy=Text("Periksa DATABASE_URL dan layanannya.", "Check DATABASE_URL and its service."),
        )
    if not missing:
        return None
    return Refusal(
        "tables-missing",
        Text("Basis data ini belum dibuat atau belum sesuai versi ini", "This database is not made yet, or is older"),
        remedy=Text("Jalankan satusuara migrate, lalu ulangi.", "Run satusuara migrate, then try again."),
    )
