"""The steps of a linkage on either engine: SQL in DuckDB's dialect, put into Spark's where Spark works.

Only functions that give the same answer on both are used (integers, equality, edit distance); what differs in name
stands in ``Dialect``. Every step is a table that later steps ask by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from satusuara.lake.engine import is_duckdb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.backends.sql import SQLBackend


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the two engines call differently."""

    spark: bool

    def hashed(self, text: str) -> str:
        """A 64-bit number for a text; equal texts give equal numbers within one engine.

        DuckDB's hash alone met itself about fifty times among twenty million keys, a thousand times too often, and each
        meeting is a pair that Spark would not have: with that of the reversed text it met itself never.
        """
        return f"xxhash64({text})" if self.spark else f"xor(hash({text}), hash(reverse({text})))"

    def joined(self, value: str, order: str, separator: str) -> str:
        """An aggregate: texts joined in an order; null where there is none."""
        if self.spark:
            pairs = (
                f"sort_array(collect_list(CASE WHEN {value} IS NOT NULL THEN struct({order} AS o, {value} AS v) END))"
            )
            return f"nullif(array_join(transform({pairs}, x -> x.v), '{separator}'), '')"
        return f"string_agg({value}, '{separator}' ORDER BY {order})"

    def exploded(self, columns: str, words: str, source: str) -> str:
        """One row a word of a list, with its place ``pos``."""
        if self.spark:
            return f"SELECT {columns}, pos, word FROM {source} LATERAL VIEW posexplode({words}) w AS pos, word"
        return (
            f"SELECT {columns}, generate_subscripts(_words, 1) AS pos, unnest(_words) AS word "
            f"FROM (SELECT *, {words} AS _words FROM {source})"
        )

    def split(self, text: str) -> str:
        return f"split({text}, ' ')" if self.spark else f"string_split({text}, ' ')"

    def matches(self, text: str, pattern: str) -> str:
        return f"({text} RLIKE '{pattern}')" if self.spark else f"regexp_matches({text}, '{pattern}')"

    def replaced(self, text: str, pattern: str, by: str) -> str:
        return (
            f"regexp_replace({text}, '{pattern}', '{by}')"
            if self.spark
            else f"regexp_replace({text}, '{pattern}', '{by}', 'g')"
        )


class Steps:
    """Named tables on one connection."""

    def __init__(self, connection: SQLBackend, folder: Path) -> None:
        self.connection = connection
        self.dialect = Dialect(spark=not is_duckdb(connection))
        self._folder = folder
        self._made = 0
        self._engine: Any = connection

    def make(self, name: str, select: str) -> None:
        """Computes a table and keeps it under ``name``, in place of an older one."""
        if self.dialect.spark:
            self._made += 1
            path = str(self._folder / f"{name}-{self._made}")  # a table may be made anew from itself
            session = self._engine._session
            session.sql(select).write.mode("overwrite").parquet(path)
            session.read.parquet(path).createOrReplaceTempView(name)
        else:
            self._engine.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")

    def view(self, name: str, select: str) -> None:
        """A table that is computed anew by whoever asks."""
        self._execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select}")

    def drop(self, *names: str) -> None:
        """Frees what no later step asks."""
        if not self.dialect.spark:
            for name in names:
                self._engine.con.execute(f"DROP TABLE IF EXISTS {name}")

    def rows(self, select: str) -> list[tuple[Any, ...]]:
        if self.dialect.spark:
            return [tuple(row) for row in self._engine._session.sql(select).collect()]
        found: list[tuple[Any, ...]] = self._engine.con.execute(select).fetchall()
        return found

    def number(self, select: str) -> int:
        ((value,),) = self.rows(select)
        return int(value or 0)

    def load(self, name: str, columns: Sequence[str], types: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
        """A small table from Python. ``types``: "text", "int"."""
        if self.dialect.spark:
            import pyarrow as pa
            import pyarrow.parquet as pq

            kinds = {"text": pa.string(), "int": pa.int64()}
            arrays = [pa.array([row[n] for row in values], kinds[kind]) for n, kind in enumerate(types)]
            path = self._folder / f"{name}.parquet"
            pq.write_table(pa.table(dict(zip(columns, arrays, strict=True))), path)
            self.read_parquet(name, path)
            return
        sql = {"text": "VARCHAR", "int": "BIGINT"}  # as lists: registering a table would import pandas, a second's work
        lists = ", ".join(
            f"unnest(CAST(? AS {sql[kind]}[])) AS {column}" for column, kind in zip(columns, types, strict=True)
        )
        cells = [[row[n] for row in values] for n in range(len(columns))]
        self._engine.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {lists}", cells)

    def read_parquet(self, name: str, path: Path) -> None:
        """A file as a table, on Spark."""
        self._engine._session.read.parquet(str(path)).createOrReplaceTempView(name)

    def _execute(self, sql: str) -> None:
        if self.dialect.spark:
            self._engine._session.sql(sql)
        else:
            self._engine.con.execute(sql)
