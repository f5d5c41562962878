"""Tables out, row after row: CSV, XLSX or Parquet by the ending. No cell becomes a command of a spreadsheet.

A text that a spreadsheet would run (OWASP "CSV injection": it begins with = + - @, a tab or a carriage return) gets
a leading apostrophe in CSV and is written as a string in XLSX. Numbers are left alone: -1 stays a number.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

RUN_BY_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")
SHEET_ROWS = 1_048_576  # of one XLSX sheet
_BATCH = 20_000

Row = Sequence[Any]


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Writes ``rows`` to ``path`` by its ending and returns how many there were. Refuses an unknown ending."""
    return writer_of(path)(path, columns, rows)


def writer_of(path: Path) -> Callable[[Path, Sequence[str], Iterable[Row]], int]:
    """The function that writes this ending: to be asked before long work, so that a wrong name is refused at once."""
    writers = {".csv": write_csv, ".xlsx": write_xlsx, ".parquet": write_parquet}
    ending = path.suffix.lower()
    if ending not in writers:
        raise Refusal(
            "file-ending",
            Text(f'akhiran "{ending}" tidak dikenal', f'the ending "{ending}" is unknown'),
            place=Place(file=path.name),
            remedy=Text("Pakai .csv, .parquet, atau .xlsx.", "Use .csv, .parquet or .xlsx."),
        )
    if not path.parent.is_dir():
        raise Refusal(
            "folder-missing",
            Text("folder tujuan tidak ada", "the folder to write to does not exist"),
            place=Place(file=str(path)),
        )
    return writers[ending]


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet runs."""
    if isinstance(value, str) and value.startswith(RUN_BY_A_SPREADSHEET):
        return f"'{value}"
    return value


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """A CSV (UTF-8, comma, LF) line by line, for a file or a streamed answer."""

    class Echo:
        def write(self, line: str) -> str:
            return line

    writer = csv.writer(Echo())  # its own CRLF, so that a carriage return in a cell is quoted; cut to LF below
    for row in itertools.chain([columns], rows):
        line: str = writer.writerow([neutral(value) for value in row])
        yield f"{line[:-2]}\n"


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """UTF-8 with a header, written as it comes; returns the number of rows."""
    count = -1
    with path.open("w", encoding="utf-8", newline="") as file:
        for count, line in enumerate(csv_lines(columns, rows)):  # noqa: B007 (the last number is the count)
            file.write(line)
    return max(count, 0)


def write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """One sheet in constant memory; more rows than a sheet can hold are refused, not cut off."""
    import xlsxwriter

    count = 0
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        _write_cells(sheet, 0, columns)
        for count, row in enumerate(rows, 1):
            if count >= SHEET_ROWS:
                raise Refusal(
                    "sheet-full",
                    Text("lebih dari 1.048.575 baris", "more than 1,048,575 rows"),
                    place=Place(file=path.name),
                    remedy=Text("Pakai .csv atau .parquet.", "Use .csv or .parquet."),
                )
            _write_cells(sheet, count, row)
        sheet.freeze_panes(1, 0)
    return count


def _write_cells(sheet: Any, number: int, row: Row) -> None:
    for column, value in enumerate(row):
        if value is None:
            continue
        if isinstance(value, bool):
            sheet.write_boolean(number, column, value)
        elif isinstance(value, int | float):
            sheet.write_number(number, column, value)
        else:
            sheet.write_string(number, column, value.isoformat() if isinstance(value, date | datetime) else str(value))


def write_parquet(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Parquet (zstd) in batches. A column's type is that of its values in the first batch; whole numbers are BIGINT."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = iter(rows)
    first = list(itertools.islice(stream, _BATCH))
    schema = pa.schema([(name, _arrow_type([row[i] for row in first])) for i, name in enumerate(columns)])
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        batch = first
        while batch:
            writer.write_table(pa.Table.from_pylist([dict(zip(columns, r, strict=True)) for r in batch], schema))
            count += len(batch)
            batch = list(itertools.islice(stream, _BATCH))
    return count


def _arrow_type(values: Sequence[Any]) -> Any:
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int}:
        return pa.int64()
    if kinds and kinds <= {int, float}:
        return pa.float64()
    return pa.string()


def write_from(connection: SQLBackend, table: ir.Table, path: Path) -> None:
    """Writes a table of an engine, in its order, without holding it: DuckDB writes CSV and Parquet itself."""
    from satusuara.lake.engine import batches, is_duckdb

    writer = writer_of(path)
    engine: Any = connection
    if not is_duckdb(connection) or writer is write_xlsx:
        writer(path, table.columns, itertools.chain.from_iterable(batches(connection, table)))
    elif writer is write_parquet:
        engine.to_parquet(table, path, compression="zstd")
    else:
        engine.to_csv(table.mutate(**{name: _neutral(table[name]) for name in _texts(table)}), path, header=True)


def _texts(table: ir.Table) -> list[str]:
    return [name for name in table.columns if table[name].type().is_string()]


def _neutral(cell: ir.Value) -> Any:
    """``neutral`` as an expression."""
    import ibis

    return cell.substr(0, 1).isin(RUN_BY_A_SPREADSHEET).ifelse(ibis.literal("'") + cell, cell)
