"""What every test needs of the database."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--spark", action="store_true", help="also run what needs Spark (extra spark, JDK 17)")


guards: Any = importlib.import_module("satusuara.ledger.migrations.0002_append_only")


@pytest.fixture(autouse=True, scope="session")
def _tables_can_be_emptied_between_tests() -> Iterator[None]:
    """The database refuses to empty the log. Tests with real transactions must: only they take the guards down."""
    plain = type(connection.ops).sql_flush

    def sql_flush(self: Any, *arguments: Any, **options: Any) -> list[str]:
        vendor = self.connection.vendor
        statements: list[str] = plain(self, *arguments, **options)
        return [*guards.drop_sql(vendor), *statements, *guards.create_sql(vendor)]

    patch = pytest.MonkeyPatch()
    patch.setattr(type(connection.ops), "sql_flush", sql_flush)
    yield
    patch.undo()
