"""A list of voters (CSV, XLSX, Parquet; headings as the lists really have them) row by row, each at its station."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from satusuara.areas.models import Area, Election
from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.lake import cells
from satusuara.lake.engine import batches, connected, record
from satusuara.lake.files import open_file, readable
from satusuara.law.model import Law
from satusuara.law.roll import RollSpec
from satusuara.roll.rules.lists import COLUMNS, REQUIRED, ListLine, Problem, columns_of, line_of, normal


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: its number in the file (header = 1), and the line at its station, or what is wrong."""

    row: int
    line: ListLine | None
    station: Area | None
    problems: Sequence[Problem] = ()


class OpenList:
    """A list opened: how many rows, and the rows in the order of the file."""

    def __init__(self, connection: Any, table: Any, columns: Mapping[str, str], spec: RollSpec, places: Places) -> None:
        self._connection, self._columns, self._spec, self.places = connection, columns, spec, places
        chosen = {name: cells.as_text(table[column]) for name, column in columns.items()}
        self._table = table.select("_row", **chosen)
        self.total = int(record(connection, table.aggregate(n=table.count()))["n"])

    def rows(self, *, after: int = 0) -> Iterator[ListRow]:
        """Every row whose number is beyond ``after``."""
        names = self._table.columns
        for batch in batches(self._connection, self._table.filter(self._table._row > after).order_by("_row"), 10_000):
            for values in batch:
                yield self._row(dict(zip(names, values, strict=True)))

    def _row(self, values: dict[str, Any]) -> ListRow:
        number = int(values.pop("_row"))
        said = line_of(self._spec, values)
        if isinstance(said, list):
            return ListRow(number, None, None, said)
        station = self.places.station(said.place)
        if station is None:
            kec, desa, tps = said.place
            reason = Text(
                "TPS ini tidak ada pada pohon wilayah, atau di luar wilayah daftar",
                "no such station in the tree, or outside the area of the list",
            )
            return ListRow(number, None, None, [Problem("tps", " / ".join(filter(None, (kec, desa, tps))), reason)])
        return ListRow(number, said, station)


class Places:
    """Stations below an area, found by code, or by the names and the number that a list writes."""

    def __init__(self, law: Law, election: Election, area: Area) -> None:
        station, village = law.levels[-1], law.levels[-2].code
        below = Area.objects.filter(election=election, path__startswith=area.path)
        villages = {row.pk: row for row in below.filter(level=village).select_related("parent")}
        self.villages = {pk: (row.name, row.code) for pk, row in villages.items()}
        self._digits = station.digits
        self._by_code: dict[str, Area] = {}
        self._by_name: dict[tuple[str, str, int], Area | None] = {}
        for row in below.filter(level=station.code).only("code", "path", "election_id", "parent_id", "level"):
            self._by_code[row.code] = row
            home = villages.get(row.parent_id or 0)
            if home is None:
                continue
            number = int(row.code[-station.digits :])
            above = home.parent
            kecs = ("", normal(above.name), above.code) if above else ("",)
            for kec in kecs:
                for desa in (normal(home.name), home.code):
                    key = (kec, desa, number)
                    known = self._by_name.get(key, row)
                    self._by_name[key] = row if known is row else None  # two villages of one name: not guessed

    def station(self, place: tuple[str, str, str]) -> Area | None:
        """The station that (sub-district, village, station) names, or None where none or more than one does."""
        kec, desa, tps = place
        if tps in self._by_code:
            return self._by_code[tps]
        number = tps.upper().removeprefix("TPS").strip().removesuffix(".0")
        if not number.isdigit() or len(number) > self._digits:
            return None
        return self._by_name.get((normal(kec), normal(desa), int(number)))


@contextmanager
def opened(law: Law, election: Election, area: Area, path: Path) -> Iterator[OpenList]:
    """The list, with its columns found by the law's headings.

    :raises Refusal: ``no-roll`` (the law knows of none), ``column-missing``, ``column-twice``, and those of the file
    """
    spec = law.roll
    if spec is None:
        raise Refusal(
            "no-roll", Text(f"{law.id} tidak memuat daftar pemilih", f"{law.id} says nothing about a voter roll")
        )
    with connected() as connection, readable(path):
        table = open_file(connection, path)
        header = [name for name in table.columns if name != "_row"]
        columns, doubled = columns_of(spec, header)
        for name in doubled:
            raise Refusal(
                "column-twice",
                Text(
                    f'kolom "{name}" berarti sama dengan kolom lain', f'the column "{name}" means the same as another'
                ),
                place=Place(file=path.name, row=1, column=name),
            )
        for name in REQUIRED:
            if name not in columns:
                raise Refusal(
                    "column-missing",
                    Text(f'kolom "{name}" tidak ada', f'the column "{name}" is missing'),
                    place=Place(file=path.name, row=1, column=name),
                    remedy=Text(
                        f"Kolom dalam berkas: {', '.join(header[:30])}. Yang dikenal: {', '.join(COLUMNS)}.",
                        f"Columns in the file: {', '.join(header[:30])}. Known: {', '.join(COLUMNS)}.",
                    ),
                )
        yield OpenList(connection, table, columns, spec, Places(law, election, area))
