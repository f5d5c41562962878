"""The engines under the tables: DuckDB inside the process, or Spark when told. Both speak through Ibis."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary, finalize

from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

Engine = Literal["duckdb", "spark"]
ENGINES: tuple[Engine, ...] = ("duckdb", "spark")
_FOLDERS: WeakKeyDictionary[Any, Path] = WeakKeyDictionary()
MEMORY = "1GB"  # of DuckDB's own buffers: a whole process then stays well under 2 GiB, larger work spills to disk


@contextmanager
def connected(engine: str = "duckdb", *, threads: int | None = None, memory: str = MEMORY) -> Iterator[SQLBackend]:
    """An Ibis connection that is closed, with its spill files, when the work is done.

    Raises ``Refusal`` for an engine that is unknown or not installed.
    """
    connection = connect(engine, threads=threads, memory=memory)
    try:
        yield connection
    finally:
        connection.disconnect()
        rmtree(_FOLDERS.pop(connection, ""), ignore_errors=True)


def folder_of(connection: SQLBackend) -> Path:
    """A folder for files that live as long as a DuckDB connection."""
    return _FOLDERS[connection]


def connect(engine: str = "duckdb", *, threads: int | None = None, memory: str = MEMORY) -> SQLBackend:
    """An Ibis connection on ``engine``; ``threads`` defaults to the machine's cores."""
    count = threads or os.cpu_count() or 1
    if engine == "duckdb":
        return _duckdb(count, memory)
    if engine == "spark":
        return _spark(count)
    raise Refusal(
        "engine-unknown",
        Text(f'mesin hitung "{engine}" tidak dikenal', f'the engine "{engine}" is unknown'),
        remedy=Text("Pakai duckdb atau spark.", "Use duckdb or spark."),
    )


def _duckdb(threads: int, memory: str) -> SQLBackend:
    import duckdb
    from ibis.backends.duckdb import Backend

    folder = Path(tempfile.mkdtemp(prefix="satusuara-"))
    connection = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": memory,
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": False,  # nothing is fetched from the network
            "autoload_known_extensions": False,
        }
    )
    connection.execute("SET enable_progress_bar = false")
    backend = Backend.from_connection(connection)
    _FOLDERS[backend] = folder
    finalize(backend, rmtree, folder, ignore_errors=True)
    return backend


def _spark(threads: int) -> SQLBackend:
    try:
        from ibis.backends.pyspark import Backend
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise Refusal(
            "engine-absent",
            Text("Spark tidak terpasang", "Spark is not installed"),
            remedy=Text(
                'Pasang tambahannya, pip install "satusuara[spark]", dan JDK 17.',
                'Install the extra, pip install "satusuara[spark]", and a JDK 17.',
            ),
        ) from error
    builder: Any = SparkSession.builder
    try:
        session = (
            builder.master(f"local[{threads}]")
            .appName("satusuara")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", str(threads))
            .config("spark.sql.ansi.enabled", "false")
            .getOrCreate()
        )
    except Exception as error:  # py4j raises its own kinds where no Java answers
        raise Refusal(
            "engine-absent",
            Text("Spark tidak dapat dijalankan: Java tidak menjawab", "Spark does not start: no Java answers"),
            remedy=Text("Pasang JDK 17 dan atur JAVA_HOME.", "Install a JDK 17 and set JAVA_HOME."),
        ) from error
    session.sparkContext.setLogLevel("ERROR")
    backend = Backend()
    backend.do_connect(session=session)
    return backend


def count_true(flag: ir.BooleanValue) -> Any:
    """How many are true (null is not): one cheap step where Ibis's ``sum`` would cast each flag to a number first."""
    return _count_if()(flag)


@cache
def _count_if() -> Any:
    import ibis
    import ibis.expr.datatypes as dt

    @ibis.udf.agg.builtin(name="count_if", signature=((dt.boolean,), dt.int64))
    def count_if(flag):  # type: ignore[no-untyped-def]  # the signature stands above
        """DuckDB and Spark both have it."""

    return count_if


def is_duckdb(connection: SQLBackend) -> bool:
    return bool(connection.name == "duckdb")


def rows(connection: SQLBackend, table: ir.Table) -> list[tuple[Any, ...]]:
    """The rows of a small table. On DuckDB without pandas and pyarrow, whose import would cost a second."""
    if is_duckdb(connection):
        cursor: Any = connection.raw_sql(connection.compile(table))
        fetched: list[tuple[Any, ...]] = cursor.fetchall()
        return fetched
    return [tuple(row.values()) for row in connection.to_pyarrow(table).to_pylist()]


def kept(connection: SQLBackend, table: ir.Table) -> ir.Table:
    """The table computed once for several questions, gone with the connection; what is large spills to disk."""
    if not is_duckdb(connection):
        cached: ir.Table = table.cache()
        return cached
    from ibis.util import gen_name

    return connection.create_table(gen_name("kept"), table, temp=True)


def record(connection: SQLBackend, table: ir.Table) -> dict[str, Any]:
    """The only row of a table of aggregates, by column."""
    (row,) = rows(connection, table)
    return dict(zip(table.columns, row, strict=True))


def batches(connection: SQLBackend, table: ir.Table, size: int = 50_000) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table of any length, ``size`` at a time, so that memory stays bounded."""
    if is_duckdb(connection):
        cursor: Any = connection.raw_sql(connection.compile(table))
        while chunk := cursor.fetchmany(size):
            yield chunk
        return
    for batch in connection.to_pyarrow_batches(table, chunk_size=size):
        yield [tuple(row.values()) for row in batch.to_pylist()]


def carried(connection: SQLBackend, table: ir.Table, target: SQLBackend, folder: Path) -> ir.Table:
    """The same table on another engine: files are read and judged once, by DuckDB, then handed over as Parquet."""
    if target is connection:
        return table
    from ibis.util import gen_name

    file = folder / f"{gen_name('carried')}.parquet"
    source: Any = connection
    source.to_parquet(table, file, compression="zstd")
    reader: Any = target
    handed: ir.Table = reader.read_parquet(str(file))
    return handed
