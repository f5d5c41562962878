"""From a file to a table one can trust: typed columns, the row's number, and every bad row held back and named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from operator import and_, or_
from pathlib import Path
from typing import TYPE_CHECKING, Any

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.lake import cells, plain
from satusuara.lake.engine import batches, folder_of, kept, record

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

ENDINGS = (".csv", ".parquet", ".xlsx")
SHOWN = 100  # rejects that an answer carries; the rest goes to a file


@dataclass(frozen=True, slots=True)
class Reject:
    """One reason why one row was held back. ``row`` is the number in the file, header = 1."""

    file: str
    row: int
    column: str
    value: str
    reason: Text

    def as_dict(self, lang: str) -> dict[str, Any]:
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "reason": self.reason.in_(lang),
        }


@dataclass(frozen=True, slots=True)
class Reading:
    """A file read. ``table`` holds the accepted rows: ``_row``, the key and texts as text, the integers as BIGINT."""

    file: str
    header: tuple[str, ...]  # every column of the file, as it is matched (see ``matched``)
    table: ir.Table
    rows: int  # in the file (or in the part asked for)
    rejected: int  # rows held back
    _key: tuple[str, ...] = ()
    _integers: tuple[str, ...] = ()
    _held: ir.Table | None = field(default=None, repr=False)
    _connection: SQLBackend | None = field(default=None, repr=False)

    @property
    def accepted(self) -> int:
        return self.rows - self.rejected

    def rejects(self, limit: int | None = SHOWN) -> Iterator[Reject]:
        """Reasons in the order of the file, one for each bad cell; ``limit=None`` gives all, in a stream."""
        return islice(self._reasons(), limit)

    def _reasons(self) -> Iterator[Reject]:
        if self._held is None or self._connection is None:
            return
        names = self._held.columns
        for batch in batches(self._connection, self._held.order_by("_row")):
            for values in batch:
                yield from self._reasons_of(dict(zip(names, values, strict=True)))

    def _reasons_of(self, row: dict[str, Any]) -> Iterator[Reject]:
        for name in self._key:
            if row[name] is None:
                yield Reject(self.file, row["_row"], name, "", cells.BLANK_KEY)
        if row["_times"] is not None:
            value = " / ".join(str(row[name] or "") for name in self._key)
            yield Reject(self.file, row["_row"], ", ".join(self._key), value, cells.TWICE)
        for name in self._integers:
            why = cells.reason(row[name])
            if why is not None:
                yield Reject(self.file, row["_row"], name, str(row[name])[:200], why)


def matched(name: str) -> str:
    """How names of columns are compared: without surrounding spaces and without regard to capitals."""
    return name.strip().lower()


def read_table(
    connection: SQLBackend,
    path: Path,
    *,
    key: Sequence[str],
    integers: Sequence[str] | Callable[[Sequence[str]], Sequence[str]] = (),
    required: Sequence[str] = (),
    texts: Sequence[str] = (),
    may_be_blank: Sequence[str] = (),
    only: Callable[[ir.Table], ir.BooleanValue] | None = None,
) -> Reading:
    """Reads a CSV, Parquet or XLSX with DuckDB and holds bad rows back (CLI, "Bad rows").

    ``key``: columns that together name a row, once in the file. ``integers``: columns of whole numbers, used where
    the header has them, or a function from the header to them; those in ``required`` must be there. ``texts``: other
    columns, used where present. ``may_be_blank``: parts of the key that may be empty (then ""). ``only``: keeps a part
    of the file (on key and texts) before anything is judged.

    Raises ``Refusal`` for a file that cannot be read as a whole, and for a missing column.
    """
    key, required, texts = ([matched(n) for n in names] for names in (key, required, texts))
    with readable(path):
        raw = open_file(connection, path)
        header = tuple(name for name in raw.columns if name != "_row")
        wanted = integers(header) if callable(integers) else integers
        numbers = [name for name in dict.fromkeys([*required, *map(matched, wanted)]) if name in header]
        _require(path, header, [*key, *required])
        named = _named(raw, key, [t for t in texts if t in header], numbers, may_be_blank)
        quick = _staged(connection, named, numbers) if path.suffix.lower() == ".csv" else named
        if only is not None:
            named, quick = named.filter(only(named)), quick.filter(only(quick))
        rows, good = _cells_are_good(connection, quick, numbers)
        if good and (
            _ascends(connection, raw if quick is named else quick, key) or _stand_alone(connection, quick, key)
        ):
            return Reading(path.name, header, _typed(quick.select(named.columns), numbers), rows, 0)
        accepted, held = _sorted_out(connection, named, key, numbers)
        rejected = record(connection, held.aggregate(n=held.count()))["n"]
    return Reading(path.name, header, accepted, rows, rejected, tuple(key), tuple(numbers), held, connection)


def open_file(connection: SQLBackend, path: Path) -> ir.Table:
    """The file as it is (CSV and XLSX: all text), with matched names and ``_row``. DuckDB only."""
    if not path.is_file():
        raise Refusal("file-missing", Text("berkas tidak ada", "there is no such file"), place=Place(file=str(path)))
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise Refusal(
            "file-ending",
            Text(f'akhiran "{ending}" tidak dikenal', f'the ending "{ending}" is unknown'),
            place=Place(file=path.name),
            remedy=Text("Pakai .csv, .parquet, atau .xlsx.", "Use .csv, .parquet or .xlsx."),
        )
    if path.stat().st_size == 0:
        raise Refusal("file-empty", Text("berkas kosong", "the file is empty"), place=Place(file=path.name))
    pattern = re.sub(r"([*?\[])", r"[\1]", str(path.resolve()))  # a name is a name, not a pattern of names
    if ending == ".csv":
        plain.require_utf8(path)
        header = plain.read_header(path)
        names = _once(path, header.names)
        return plain.open_csv(connection, pattern, header, names)
    if ending == ".parquet":
        return _open_parquet(connection, path, pattern)
    return _open_xlsx(connection, path)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turns what DuckDB says about a damaged file into a ``Refusal`` in both languages."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        if path.suffix.lower() == ".csv":
            raise plain.refusal_of(str(error), path) from error
        raise Refusal(
            "file-unreadable",
            Text("berkas tidak dapat dibaca: rusak atau terpotong", "the file cannot be read: damaged or cut off"),
            place=Place(file=path.name),
            details={"engine": str(error)[:300]},
        ) from error


def _open_parquet(connection: SQLBackend, path: Path, pattern: str) -> ir.Table:
    reader: Any = connection
    table: ir.Table = reader.read_parquet(pattern, file_row_number=True)
    names = [name for name in table.columns if name != "file_row_number"]
    columns = {new: table[old] for new, old in zip(_once(path, names), names, strict=True)}
    return table.select(**columns, _row=(table.file_row_number + 2).cast("int64"))


def _open_xlsx(connection: SQLBackend, path: Path) -> ir.Table:
    from ibis.util import gen_name

    from satusuara.lake.excel import as_arrow, read_sheet

    header, rows, header_row = read_sheet(path)
    while header and not header[-1]:
        header.pop()  # sheets end with columns that were only formatted
    reader: Any = connection
    name = gen_name("xlsx")
    reader.con.register(name, as_arrow(_once(path, header), rows, header_row))
    table: ir.Table = connection.table(name)
    return table


def _once(path: Path, names: Sequence[str]) -> list[str]:
    found = [matched(name) for name in names]
    for name in found:
        if found.count(name) > 1 or name == "_row":
            raise Refusal(
                "column-twice",
                Text(f'kolom "{name}" muncul lebih dari sekali', f'the column "{name}" occurs more than once'),
                place=Place(file=path.name, row=1, column=name),
            )
    return found


def _require(path: Path, header: Sequence[str], names: Sequence[str]) -> None:
    for name in names:
        if name not in header:
            found = ", ".join(header[:30])
            raise Refusal(
                "column-missing",
                Text(f'kolom "{name}" tidak ada', f'the column "{name}" is missing'),
                place=Place(file=path.name, row=1, column=name),
                remedy=Text(f"Kolom dalam berkas: {found}.", f"Columns in the file: {found}."),
            )


def _named(
    raw: ir.Table, key: Sequence[str], texts: Sequence[str], numbers: Sequence[str], may_be_blank: Sequence[str]
) -> ir.Table:
    columns = {name: cells.as_text(raw[name]) for name in [*key, *texts]}
    for name in may_be_blank:
        columns[name] = columns[name].fill_null("")
    return raw.select("_row", **columns, **{name: raw[name] for name in numbers})


def _staged(connection: SQLBackend, named: ir.Table, numbers: Sequence[str]) -> ir.Table:
    """A CSV read once and laid down as Parquet: every later question then costs a fraction of reading text again.

    ``_plain`` says of each row whether its cells are beyond doubt; ``_row`` is the place in the file, which Parquet
    keeps: counting rows while parsing would hold the parser to one thread.
    """
    from ibis.util import gen_name

    columns = {name: cells.as_integer(named[name]) for name in numbers}
    columns["_plain"] = cells.row_is_plain([named[name] for name in numbers])
    file = folder_of(connection) / f"{gen_name('staged')}.parquet"
    engine: Any = connection
    engine.to_parquet(named.drop("_row").mutate(**columns), file, compression="snappy")
    staged: ir.Table = engine.read_parquet(str(file), file_row_number=True)
    return staged.mutate(_row=(staged.file_row_number + 2).cast("int64")).drop("file_row_number")


def _typed(named: ir.Table, numbers: Sequence[str]) -> ir.Table:
    return named.mutate(**{name: cells.as_integer(named[name]) for name in numbers})


def _cells_are_good(connection: SQLBackend, named: ir.Table, numbers: Sequence[str]) -> tuple[int, bool]:
    """Rows, and whether nothing is wrong with any cell, in the cheapest pass that can tell."""
    checks = cells.quick_check(named, list(numbers))
    if "_plain" in named.columns:
        checks["bad_rows"] = (~named._plain).sum()
    answer = record(connection, named.aggregate(rows=named.count(), **checks))
    return int(answer.pop("rows")), cells.all_good(answer)


def _ascends(connection: SQLBackend, table: ir.Table, key: Sequence[str]) -> bool:
    """Whether the key is a number that grows from row to row: then none occurs twice and none is blank.

    Most files are sorted; this needs no memory and half the time of looking for keys that occur twice.
    """
    if len(key) > 1:
        return False
    numbers = table.select(now=table[key[0]].try_cast("int64"))
    pairs = numbers.mutate(before=numbers.now.lag())
    answer = record(connection, pairs.aggregate(back=(pairs.now <= pairs.before).sum(), blank=pairs.now.isnull().sum()))
    return not answer["back"] and not answer["blank"]


def _stand_alone(connection: SQLBackend, named: ir.Table, key: Sequence[str]) -> bool:
    """Whether no key is blank and none occurs twice."""
    keys = named.group_by(key).aggregate(_times=named.count())
    wrong = keys.filter((keys._times > 1) | reduce(or_, [keys[name].isnull() for name in key]))
    return not record(connection, wrong.aggregate(n=wrong.count()))["n"]


def _sorted_out(
    connection: SQLBackend, named: ir.Table, key: Sequence[str], numbers: Sequence[str]
) -> tuple[ir.Table, ir.Table]:
    """Accepted rows, typed; and those held back as they are in the file, with ``_times`` where the key is not alone."""
    times = named.group_by(key).aggregate(_times=named.count())
    times = times.filter(times._times > 1).rename({f"_key_{name}": name for name in key})
    twice = kept(connection, times)
    same = reduce(and_, [named[name] == twice[f"_key_{name}"] for name in key])
    marked = named.left_join(twice, same).select(*[named[c] for c in named.columns], twice._times)
    wrong = [marked._times.notnull()]
    wrong += [marked[name].isnull() for name in key]
    wrong += [cells.is_bad(marked[name]) for name in numbers]
    is_wrong = reduce(or_, wrong)
    held = kept(connection, marked.filter(is_wrong))
    return _typed(marked.filter(~is_wrong).drop("_times"), numbers), held
