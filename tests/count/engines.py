"""The same table on every engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from satusuara.kernel.errors import Refusal
from satusuara.lake.engine import connect

TEXTS = ("tps_id", "party", "candidate")


@pytest.fixture(scope="module")
def duckdb() -> Iterator[Any]:
    connection = connect("duckdb")
    yield connection
    connection.disconnect()


@pytest.fixture(scope="module")
def spark(request: pytest.FixtureRequest) -> Iterator[Any]:
    if not request.config.getoption("--spark"):
        pytest.skip("Spark was not asked for (--spark): that it agrees was not shown")
    try:
        connection = connect("spark", threads=2)
    except Refusal as refusal:
        pytest.skip(f"Spark is absent, that it agrees was not shown: {refusal.in_('en')}")
    yield connection
    connection.disconnect()


def on_engine(connection: Any, folder: Path, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Any:
    """The rows as a table of the engine: texts, BIGINTs, and ``_row`` counted from 2."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from ibis.util import gen_name

    path = folder / f"{gen_name('t')}.parquet"
    arrays = {name: pa.array([row[name] for row in rows], _type(name)) for name in columns}
    pq.write_table(pa.table(arrays | {"_row": pa.array(range(2, len(rows) + 2), pa.int64())}), path)
    return connection.read_parquet(str(path))


def _type(name: str) -> Any:
    import pyarrow as pa

    return pa.string() if name in TEXTS else pa.int64()
