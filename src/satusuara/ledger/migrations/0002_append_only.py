"""The database itself refuses to change or remove what the log holds."""

from django.db import migrations

TABLES = ("ledger_entry", "ledger_node", "ledger_checkpoint")
KEYS = {
    "ledger_entry": '"index" = NEW."index"',
    "ledger_node": 'id = NEW.id OR (level = NEW.level AND "index" = NEW."index")',
    "ledger_checkpoint": "id = NEW.id OR size = NEW.size",
}
MESSAGE = "the log is append-only"


def create_sql(vendor):
    """Statements that put the guards up. SQLite's REPLACE removes rows without a DELETE trigger: guarded apart."""
    if vendor == "sqlite":
        for table in TABLES:
            for verb in ("UPDATE", "DELETE"):
                yield (
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                )
            yield (
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {KEYS[table]}) "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
    if vendor == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for table in TABLES:
            yield (
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
            )


def drop_sql(vendor):
    """Statements that take the guards down."""
    for table in TABLES:
        if vendor == "sqlite":
            for what in ("update", "delete", "replace"):
                yield f"DROP TRIGGER IF EXISTS {table}_no_{what}"
        if vendor == "postgresql":
            yield f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"


def _run(statements):
    def run(_apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(_run(create_sql), _run(drop_sql))]
