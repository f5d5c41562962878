"""What an instance needs before it runs: its tables, its message catalogues, its static files."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def unapplied() -> list[str]:
    """Migrations that the database still lacks, as "app.name"."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def migrate() -> list[str]:
    """Brings the tables up to this version and names what was applied."""
    missing = unapplied()
    if missing:
        call_command("migrate", interactive=False, verbosity=0)
    return missing


def compile_catalogues(package: Path | None = None) -> int:
    """Compiles every message catalogue that is newer than its compiled form; returns how many."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    count = 0
    for source in (package or settings.PACKAGE).glob("*/locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parent.parent.name)
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as binary:
            write_mo(binary, catalogue)
        fresh.replace(target)
        count += 1
    return count


def collect_static() -> None:
    """Puts the static files where the server sends them from."""
    call_command("collectstatic", interactive=False, verbosity=0)
