"""What every test needs of the database, on SQLite and on PostgreSQL alike (DATABASE_URL decides)."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from tools.house.postgres import TEMPLATE


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--spark", action="store_true", help="also run what needs Spark (extra spark, JDK 17)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what meets the database is repeated: arithmetic and files are the same there."""
    if connection.vendor == "sqlite":
        return
    kept = [item for item in items if _meets_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def _meets_the_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "django_db_setup", "live_server"}
    return item.get_closest_marker("django_db") is not None or bool(fixtures & set(getattr(item, "fixturenames", ())))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """Each worker's database is a copy of one that has every table already, where ``./run test`` has made that."""
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE])
            if cursor.fetchone():
                connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE


@pytest.fixture(autouse=True, scope="session")
def _requests_inside_this_process_keep_the_connection() -> Iterator[None]:
    """The end of a request would close the connection whose transaction the test rolls back (Django before 6)."""
    plain = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def close_if_unusable_or_obsolete(self: BaseDatabaseWrapper) -> None:
        if not self.in_atomic_block:
            plain(self)

    patch = pytest.MonkeyPatch()
    patch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", close_if_unusable_or_obsolete)
    yield
    patch.undo()


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
