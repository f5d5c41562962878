"""A result table (CLI, "Result table") as forms, one by one: an area's code, its figures, the row they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from satusuara.count.models import ImportBatch, RejectedRow, Source
from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.lake.engine import batches, connected
from satusuara.lake.files import Reading, open_file, read_table, readable
from satusuara.law.model import Law

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

KEYS = ("tps_id", "area_code")  # of a table by polling station, of one by any other level
TIMES = ("source_time", "ts")
LONG_KEY = ("contest", "party", "candidate")


@dataclass(frozen=True, slots=True)
class FormReading:
    """One row: figures by column, and those of a long table by (party, candidate), both with null for a blank."""

    code: str
    row: int
    fields: Mapping[str, int | None]
    lines: Mapping[str, int | None] | None = None
    source_time: str = ""
    ballot: Mapping[str, set[str]] | None = None
    published: Mapping[str, Any] | None = None  # what a public page says beside the figures

    @property
    def cells(self) -> dict[str, int | None]:
        """Everything in one object, as it is kept: a line of a long table is "party.candidate"."""
        return {**self.fields, **(self.lines or {})}


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row held back, and why. ``row``: number in the file, header = 1."""

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

    def row_of(self, batch: ImportBatch) -> RejectedRow:
        return RejectedRow(
            batch=batch, row=self.row, column=self.column[:100], value=self.value[:200], reason=self.reason.id[:300]
        )


class Read:
    """An open result table."""

    def __init__(
        self, connection: SQLBackend, reading: Reading, key: str, columns: Sequence[str], votes: Votes
    ) -> None:
        self._connection, self._reading, self.key, self._columns = connection, reading, key, columns
        self._votes = votes
        self._times = [name for name in TIMES if name in reading.header]

    @property
    def rows(self) -> int:
        return self._reading.rows

    @property
    def rejected(self) -> int:
        return self._reading.rejected + self._votes.rejected

    def forms(self) -> Iterator[FormReading]:
        """Accepted rows in the order of the file, in a stream."""
        names = ["_row", self.key, *self._columns, *self._times[:1]]
        table = self._reading.table.order_by("_row").select(*names)
        width = 2 + len(self._columns)
        for batch in batches(self._connection, table, 5000):
            for values in batch:
                fields = dict(zip(self._columns, values[2:width], strict=True))
                time = values[width] or "" if self._times else ""
                code = values[1]
                yield FormReading(code, values[0], fields, self._votes.of(code), str(time), self._votes.ballot(code))

    def rejects(self) -> Iterator[Rejected]:
        for reading in (self._reading, self._votes.reading):
            for one in reading.rejects(None) if reading else ():
                yield Rejected(one.file, one.row, one.column, one.value, one.reason)


class Votes:
    """The long table beside the forms, by code of the area; without one every form has no lines (None).

    Which lines a form must have is said by its ballot. It is taken from the file itself: every line that any form of
    the same district gives, where the area of the law's second level stands in for the district.
    """

    def __init__(self, reading: Reading | None = None, law: Law | None = None) -> None:
        self.reading, self._law = reading, law
        self._lines: dict[str, dict[str, int | None]] = {}
        self._ballots: dict[str, dict[str, set[str]]] = {}  # district: {party: lines}

    def add(self, code: str, party: str, candidate: str, figure: int | None) -> None:
        self._lines.setdefault(code, {})[f"{party}.{candidate}"] = figure
        self._ballots.setdefault(self._district(code), {}).setdefault(party, set()).add(candidate)

    def ballot(self, code: str) -> dict[str, set[str]] | None:
        return self._ballots.get(self._district(code), {}) if self.reading else None

    def _district(self, code: str) -> str:
        try:
            return self._law.split_code(code)[self._law.levels[1].code] if self._law else ""
        except Refusal:
            return ""

    @property
    def rejected(self) -> int:
        return self.reading.rejected if self.reading else 0

    def of(self, code: str) -> dict[str, int | None] | None:
        return self._lines.get(code, {}) if self.reading else None


@contextmanager
def opened(law: Law, source: Source, path: Path, votes: Path | None) -> Iterator[Read]:
    """Reads the file of one source.

    Raises ``Refusal`` for a file that cannot be read as a whole, without a key, any column of the form, or any row.
    """
    with connected() as connection:
        with readable(path):
            header = open_file(connection, path).columns
        key = next((name for name in KEYS if name in header), KEYS[0])
        columns = form_columns(law, source.contest, header)
        reading = read_table(connection, path, key=[key], integers=columns, texts=TIMES)
        if not columns and votes is None:
            raise Refusal(
                "no-form-column",
                Text(
                    f"tidak ada satu pun kolom formulir {source.contest}", f"no column of the form of {source.contest}"
                ),
                place=Place(file=path.name, row=1),
                remedy=Text("Periksa judul kolomnya, mis. valid, invalid, total.", "Check the header, e.g. valid."),
            )
        if not reading.rows and votes is None:
            raise Refusal(
                "no-rows",
                Text("tidak ada satu baris pun di bawah judul", "there is no row below the header"),
                place=Place(file=path.name),
                remedy=Text("Berkas mungkin terpotong; minta lagi dari sumbernya.", "It may be cut off; ask again."),
            )
        yield Read(connection, reading, key, columns, _read_votes(connection, law, source.contest, key, votes))


def form_columns(law: Law, contest: str, header: Sequence[str]) -> list[str]:
    """The header's columns that hold figures of the contest's form: its fields, and its choices."""
    prefix = law.contest(contest).choices.prefix
    known = {*law.columns(contest), *law.choice_columns(contest)}
    return [
        name
        for name in header
        if name in known or (prefix and name.startswith(prefix) and name[len(prefix) :].isdigit())
    ]


def _read_votes(connection: SQLBackend, law: Law, contest: str, key: str, votes: Path | None) -> Votes:
    if votes is None:
        return Votes()
    reading = read_table(
        connection,
        votes,
        key=[key, *LONG_KEY],
        integers=["votes"],
        required=["votes"],
        may_be_blank=["party"],
        only=lambda table: table.contest == contest,
    )
    found = Votes(reading, law)
    table = reading.table.select(key, "party", "candidate", "votes")
    for batch in batches(connection, table, 50_000):
        for code, party, candidate, figure in batch:
            found.add(code, party, candidate, figure)
    return found


def unknown_area(file: str, key: str, reading: FormReading, level: str) -> Rejected:
    """A row whose area is in no tree of the election."""
    return Rejected(
        file,
        reading.row,
        key,
        reading.code,
        Text(f"tidak ada dalam pohon wilayah (tingkat {level})", f"not in the area tree (level {level})"),
    )
