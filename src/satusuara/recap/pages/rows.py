"""A difference as a row of a list: where, which cells, how many votes, and the whole of it in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from satusuara.law.model import Law
from satusuara.recap.choices import DifferenceKind
from satusuara.recap.models import Difference
from satusuara.recap.queries import sentence
from satusuara.recap.sentences import choice_label, place_label


@dataclass(frozen=True, slots=True)
class CellRow:
    """A figure on which two sources differ."""

    label: str
    a: int
    b: int

    @property
    def moved(self) -> int:
        return self.b - self.a


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    area: str
    href: str
    level: str
    kind: str
    kind_label: str
    net_zero: bool
    votes: int
    a: str
    b: str
    cells: Sequence[CellRow]
    sentence: str


def difference_rows(law: Law, rows: Sequence[Difference], lang: str, href: Callable[[str], str]) -> list[DifferenceRow]:
    """Rows for differences with their area, its parent and their sources at hand; ``href``: address of an area."""
    return [_row(law, row, lang, href) for row in rows]


def _row(law: Law, row: Difference, lang: str, href: Callable[[str], str]) -> DifferenceRow:
    area, english = row.area, lang.startswith("en")
    parent = area.parent.name if area.parent else ""
    return DifferenceRow(
        area=place_label(law, area.level, area.name, parent).in_(lang),
        href=href(area.code),
        level=law.level(area.level).name.in_(lang),
        kind=row.kind,
        kind_label=row.get_kind_display(),
        net_zero=row.kind == DifferenceKind.NET_ZERO,
        votes=row.votes,
        a=(english and row.a.title_en) or row.a.title_id,
        b=(english and row.b.title_en) or row.b.title_id,
        cells=[
            CellRow(choice_label(law, row.a.contest, column).in_(lang), pair[0], pair[1])
            for column, pair in row.cells.items()
        ],
        sentence=sentence(row).in_(lang),
    )
