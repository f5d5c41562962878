"""Tables of areas as files: which columns each kind has, and the accepted rows one by one (docs/commands.md)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.lake.engine import batches, connected
from satusuara.lake.files import Reject, read_table, readable


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of one kind of table. ``texts`` and ``integers`` are used where the file has them."""

    key: tuple[str, ...]
    texts: tuple[str, ...]
    integers: tuple[str, ...] = ()
    may_be_blank: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


SHAPES = {
    "tree": Shape(
        ("code",),
        ("level", "name", "parent", "lon", "lat", "note", "note_en", "source"),
        ("stations", "abroad", "special"),
    ),
    "districts": Shape(
        ("contest", "district", "area_code", "part"),
        ("name", "area_name", "seats_source", "source"),
        ("seats",),
        may_be_blank=("part",),
        required=("name",),
    ),
    "boundaries": Shape(("code",), ("coordinates", "source"), required=("coordinates",)),
    "links": Shape(("earlier", "later"), ("kind", "source")),
}


@dataclass(slots=True)
class TableRead:
    """A file read: accepted rows as {column: value} with their number as ``_row``, and what was held back."""

    file: str
    rows: list[dict[str, Any]]
    total: int
    rejects: list[Reject] = field(default_factory=list)
    rejected: int = 0
    keys: set[tuple[str, ...]] = field(default_factory=set)  # of every row, also of those held back


@contextmanager
def opened(kind: str, path: Path, file_name: str) -> Iterator[TableRead]:
    """Reads a table of areas: blank texts are "", blank figures None.

    :raises Refusal: a file that cannot be read as a whole, or lacks a column that the kind needs
    """
    shape = SHAPES[kind]
    with connected() as connection, readable(path):
        read = read_table(
            connection, path, key=shape.key, texts=shape.texts, integers=shape.integers, may_be_blank=shape.may_be_blank
        )
        for column in shape.required:
            _require(path, read.header, column)
        texts = [name for name in (*shape.key, *shape.texts) if name in read.header]
        figures = [name for name in shape.integers if name in read.header]
        table = read.table.order_by("_row").select("_row", *texts, *figures)
        rows = []
        for batch in batches(connection, table):
            for number, *values in batch:
                row = dict(zip((*texts, *figures), values, strict=True))
                row.update({name: row[name] or "" for name in texts}, _row=number)
                rows.append(row)
        keys = {tuple(row[name] for name in shape.key) for row in rows}
        rejects = [Reject(file_name, r.row, r.column, r.value, r.reason) for r in read.rejects(None)]
        if rejects:  # a row held back does mention its area: it is not gone
            named = read_table(connection, path, key=shape.key, may_be_blank=shape.may_be_blank)
            keys.update(tuple(key) for batch in batches(connection, named.table.select(*shape.key)) for key in batch)
            twice = [r.value for r in rejects if r.column == ", ".join(shape.key)]
            keys.update(tuple(part.strip() for part in value.split(" / ")) for value in twice)
        yield TableRead(file_name, rows, read.rows, rejects, read.rejected, keys)


def _require(path: Path, header: tuple[str, ...], column: str) -> None:
    if column not in header:
        found = ", ".join(header[:30])
        raise Refusal(
            "column-missing",
            Text(f'kolom "{column}" tidak ada', f'the column "{column}" is missing'),
            place=Place(file=path.name, row=1, column=column),
            remedy=Text(f"Kolom dalam berkas: {found}.", f"Columns in the file: {found}."),
        )
