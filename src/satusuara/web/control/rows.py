"""The areas below one as the control room lists them: worst first, each with how much of it does not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from satusuara.count.choices import FormStatus
from satusuara.count.models import AreaSummary, Form
from satusuara.count.pages.beside import status_of
from satusuara.count.pages.listing import Closing, closing_columns
from satusuara.count.queries import ChildRow
from satusuara.recap.models import Difference
from satusuara.recap.pages.differing import Differing
from satusuara.web.control.place import Place, title_of

STEPS = (0.0, 0.1, 0.25)
"""Failing checks per form up to which an area is of step 0, 1, 2; above the last it is of step 3. Fixed, so that two
maps and two hours can be compared."""
SHOWN = ("gagal", "selisih", "belum")
"""What ``?saring=`` may say: only areas with failing forms, with differences, with forms that are not yet in."""
FIRST = "-laju"


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area below: counts of one source's forms. ``step``: None where no form is in yet, else 0 … 3."""

    code: str
    name: str
    parent: str
    href: str
    expected: int
    forms_in: int
    complete: int
    incomplete: int
    empty: int
    consistent: int
    failing: int
    failures: int
    warnings: int
    differs: int
    compared: int
    status: str
    own_status: str = ""  # of a form of this very area (a recapitulation)

    @property
    def missing(self) -> int:
        return self.expected - self.forms_in

    @property
    def rate(self) -> float:
        """Failing checks per form that is in."""
        return self.failures / self.forms_in if self.forms_in else 0.0

    @property
    def rate_percent(self) -> int:
        """Failing checks per hundred forms."""
        return round(100 * self.rate)

    @property
    def step(self) -> int | None:
        if not self.forms_in:
            return None
        return next((n for n, limit in enumerate(STEPS) if self.rate <= limit), len(STEPS))


def area_rows(place: Place, children: Sequence[ChildRow], differing: Mapping[int, Differing]) -> list[AreaRow]:
    """The areas directly or further below, by code."""
    return [_area_row(place, child, differing.get(child.area.pk, Differing())) for child in children]


def _area_row(place: Place, child: ChildRow, differing: Differing) -> AreaRow:
    source = place.source
    found = child.summaries.get(source.pk) if source else None
    own = child.forms.get(source.pk) if source else None
    summary = found or AreaSummary(
        expected=child.area.stations or 0, forms=0, consistent=0, incomplete=0, empty=0, failing=0, warnings=0
    )
    area = child.area
    return AreaRow(
        code=area.code,
        name=place.name_of(area),
        parent=place.name_of(area.parent) if area.parent else "",
        href=place.href(area.code, sumber=place.chosen),
        expected=summary.expected,
        forms_in=summary.forms - summary.empty,
        complete=summary.complete,
        incomplete=summary.incomplete,
        empty=summary.empty,
        consistent=summary.consistent,
        failing=summary.failing,
        failures=summary.failures,
        warnings=summary.warnings,
        differs=differing.differ,
        compared=differing.compared,
        status=status_of(summary) if summary.forms else FormStatus.EMPTY.value,
        own_status=own.status if own else "",
    )


_KEYS: dict[str, Callable[[AreaRow], Any]] = {
    "laju": lambda row: (row.step is not None, row.rate, row.failing),
    "nama": lambda row: row.name.casefold(),
    "masuk": lambda row: row.forms_in / row.expected if row.expected else 0,
    "gagal": lambda row: (row.failing, row.rate),
    "selisih": lambda row: row.differs,
}
SORTS = (*_KEYS, *(f"-{key}" for key in _KEYS))


def chosen_rows(rows: Sequence[AreaRow], *, text: str = "", shown: str = "", sort: str = FIRST) -> list[AreaRow]:
    """Those that were asked for, in the order that was asked for; by name where that says nothing."""
    words = text.casefold().split()
    kept = [
        row
        for row in rows
        if all(word in row.name.casefold() or word in row.parent.casefold() or word in row.code for word in words)
        and (shown != "gagal" or row.failing)
        and (shown != "selisih" or row.differs)
        and (shown != "belum" or row.missing > 0)
    ]
    key = _KEYS[(sort if sort in SORTS else FIRST).lstrip("-")]
    down = (sort if sort in SORTS else FIRST).startswith("-")
    return sorted(sorted(kept, key=_KEYS["nama"]), key=key, reverse=down)


@dataclass(frozen=True, slots=True)
class Said:
    """What one source shows of a station in a list."""

    source: str
    status: str
    label: str
    failures: int
    warnings: int


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station: what each source shows of its form, and where they differ."""

    code: str
    name: str
    href: str
    said: Sequence[Said]
    failures: int
    differences: Sequence[Difference] = ()
    figures: Sequence[tuple[str, int | None]] = field(default_factory=tuple)  # (label, what is written)

    @property
    def votes(self) -> int:
        return max((row.votes for row in self.differences), default=0)


def station_rows(
    place: Place, children: Sequence[ChildRow], differences: Mapping[int, Sequence[Difference]]
) -> list[StationRow]:
    """The stations of a village, by number. Columns of figures: ``closing_columns`` of the form."""
    columns = closing_columns(place.law.form(place.contest), place.lang)
    sources = [source for source in place.sources if source.level == place.law.station_level]
    titles = {source.pk: title_of(source, place.lang) for source in sources}
    return [_station_row(place, child, titles, columns, differences.get(child.area.pk, ())) for child in children]


def _station_row(
    place: Place,
    child: ChildRow,
    titles: Mapping[int, str],
    columns: Sequence[Closing],
    differences: Sequence[Difference],
) -> StationRow:
    forms = {pk: child.forms.get(pk) for pk in titles}
    said = [_said(titles[pk], form) for pk, form in forms.items()]
    chosen = forms.get(place.source.pk) if place.source else None
    cells = chosen.version.cells if chosen and chosen.version else {}
    return StationRow(
        code=child.area.code,
        name=place.name_of(child.area),
        href=place.href(child.area.code, sumber=place.chosen),
        said=said,
        failures=sum(each.failures for each in said),
        differences=differences,
        figures=[(each.label, cells.get(each.column)) for each in columns],
    )


def _said(title: str, form: Form | None) -> Said:
    if form is None:
        return Said(title, FormStatus.EMPTY.value, str(FormStatus.EMPTY.label), 0, 0)
    return Said(title, form.status, form.get_status_display(), form.failures, form.warnings)


def chosen_stations(rows: Sequence[StationRow], *, shown: str = "", sort: str = "") -> list[StationRow]:
    """The stations that were asked for; by number, or those that want attention first."""
    kept = [
        row
        for row in rows
        if (shown != "gagal" or row.failures)
        and (shown != "selisih" or row.differences)
        and (shown != "belum" or any(said.status == FormStatus.EMPTY for said in row.said))
    ]
    if sort == "-nama":
        return kept[::-1]
    if sort.lstrip("-") in ("gagal", "selisih"):
        by = (lambda row: row.failures) if sort.endswith("gagal") else (lambda row: row.votes)
        return sorted(kept, key=by, reverse=sort.startswith("-"))
    return kept
