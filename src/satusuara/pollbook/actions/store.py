"""Many rows in one statement: executemany on SQLite, COPY on PostgreSQL. The ORM's own way costs five times as much."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

IN_LIST = 900
"""Values of one IN list: below what every SQLite accepts."""


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Inserts rows of ``columns`` (database names) without a check: what may clash was looked at before."""
    if not rows:
        return
    table = model._meta.db_table
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)  # noqa: S608  names of our own


def update_rows(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """One prepared UPDATE for many rows."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def select_in(sql: str, values: Iterable[Any], *more: Any) -> list[tuple[Any, ...]]:
    """Rows of ``sql``, whose ``{}`` becomes the list of ``values`` (in pieces that every database takes), then
    ``more`` as its further parameters."""
    wanted = list(values)
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), IN_LIST):
            piece = wanted[start : start + IN_LIST]
            cursor.execute(sql.format(", ".join(["%s"] * len(piece))), [*piece, *more])
            found += cursor.fetchall()
    return found
