"""A table of who stands where (docs/commands.md, `import ballots`), as lines of ballots."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.lake.engine import batches, connected
from satusuara.lake.files import Reject, read_table

BallotLine = tuple[int, int, str]
"""(party, number on the list, name); party 0 where there are no lists."""
_NOT_WHOLE = Text("bukan bilangan bulat", "not a whole number")


@dataclass(frozen=True, slots=True)
class BallotsRead:
    """A file read: {(contest, district): its lines in the order of the paper}, and what was held back."""

    ballots: dict[tuple[str, str], list[BallotLine]]
    rows: int
    rejects: list[Reject]


@contextmanager
def ballots_in(path: Path) -> Iterator[BallotsRead]:
    """Reads a table with the columns contest, district, party, number and name.

    :raises Refusal: a file that cannot be read as a whole
    """
    with connected() as connection:
        read = read_table(connection, path, key=("contest", "district", "party", "number"), texts=("name",))
        if "name" not in read.header:
            raise _no_names(path)
        names = read.table.columns
        rejects = list(read.rejects())
        found: dict[tuple[str, str], list[BallotLine]] = {}
        for rows in batches(connection, read.table.order_by("_row")):
            for values in rows:
                row: dict[str, Any] = dict(zip(names, values, strict=True))
                wrong = [name for name in ("party", "number") if not (row[name].isascii() and row[name].isdigit())]
                if wrong:
                    rejects += [Reject(path.name, row["_row"], name, row[name], _NOT_WHOLE) for name in wrong]
                    continue
                line = (int(row["party"]), int(row["number"]), str(row["name"] or "").strip())
                found.setdefault((row["contest"], row["district"]), []).append(line)
        yield BallotsRead({key: sorted(lines) for key, lines in found.items()}, read.rows, rejects)


def _no_names(path: Path) -> Refusal:
    return Refusal(
        "column-missing",
        Text('kolom "name" tidak ada', 'the column "name" is missing'),
        place=Place(file=path.name, row=1, column="name"),
        remedy=Text(
            "Kolomnya: contest, district, party, number, name.", "Columns: contest, district, party, number, name."
        ),
    )
