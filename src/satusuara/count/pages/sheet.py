"""A form drawn as it lies on the table: its sections in its own words, what is written, and what does not hold.

Pure: a law, figures and findings in, rows for a template out. A cell is ``written`` (0 is a figure), ``blank`` (the
source shows the cell empty) or ``absent`` (the source does not give this cell at all).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from django.utils.translation import gettext as _

from satusuara.count.queries import FindingView
from satusuara.count.rules import PARTY_TOTAL, Line, apart
from satusuara.law.model import Consequence, Contest, Field, Identity, Law, Section

State = Literal["written", "blank", "absent"]
Figures = Mapping[str, int | None]
RAILS = 8
"""Findings that are drawn as a line along the rows they name; those beyond keep their numbers in the cells."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One box of the form. ``marks``: the numbers of the findings that name it."""

    column: str
    part: str  # "L"; "" where the row has one figure
    value: int | None
    state: State
    marks: tuple[int, ...] = ()

    @property
    def hooks(self) -> str:
        """The marks as words for ``data-finding``."""
        return " ".join(map(str, self.marks))


@dataclass(frozen=True, slots=True)
class Rail:
    """What of a finding's line runs through a row: ``end`` and ``start`` close it, ``node`` sits on a named cell."""

    number: int
    tone: str
    inside: bool = False
    node: bool = False
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the form: one figure or one a part. ``heading``: a party's name above its own lines."""

    mark: str
    label: str
    cells: tuple[Cell, ...] = ()
    rails: tuple[Rail, ...] = ()
    heading: bool = False

    @property
    def split(self) -> bool:
        return len(self.cells) > 1


@dataclass(frozen=True, slots=True)
class DrawnSection:
    mark: str
    title: str
    rows: tuple[Row, ...]
    rails: tuple[Rail, ...] = ()
    """What runs through the section's own heading."""

    @property
    def absent(self) -> bool:
        """The source gives nothing of this section."""
        return all(cell.state == "absent" for row in self.rows for cell in row.cells)

    @property
    def split(self) -> bool:
        return any(row.split for row in self.rows)


@dataclass(frozen=True, slots=True)
class Cited:
    text: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A finding beside the form. ``tone``: "bad" or, for what is only to be explained, "warn"."""

    number: int
    code: str
    tone: str
    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Following:
    """What follows in law from some findings, and what whoever reads it does next."""

    numbers: tuple[int, ...]
    text: str
    next_step: str
    citations: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole form of one source at one place."""

    form: str
    parts: tuple[tuple[str, str], ...]  # (short, name)
    sections: tuple[DrawnSection, ...]
    notes: tuple[Note, ...]
    following: tuple[Following, ...]

    @property
    def rails(self) -> int:
        return min(len(self.notes), RAILS)

    @property
    def boxes(self) -> int:
        """How many boxes stand beside each other in the widest row."""
        return max(1, len(self.parts))


def draw(law: Law, contest: str, cells: Figures, findings: Sequence[FindingView], lang: str) -> Sheet:
    """The form of ``contest`` with what is written in ``cells`` and the findings lit in it."""
    form = law.form(contest)
    pen = _Pen(law, law.contest(contest), cells, findings, lang)
    sections = [_drawn(section, pen) for section in form.sections]
    return Sheet(
        form=form.name.in_(lang),
        parts=tuple((part.short.in_(lang), part.name.in_(lang)) for part in form.parts),
        sections=tuple(_with_rails(sections, pen)),
        notes=tuple(_note(number, view, lang) for number, view in enumerate(findings, 1)),
        following=tuple(_following(findings, lang)),
    )


def tone_of(kind: str) -> str:
    """How loud a finding is: an exact identity or a bound that does not hold, or a warning."""
    return "warn" if kind == "warning" else "bad"


class _Pen:
    """Knows the figures and which findings name a cell."""

    def __init__(self, law: Law, contest: Contest, cells: Figures, findings: Sequence[FindingView], lang: str) -> None:
        self.law, self.contest, self.cells, self.findings, self.lang = law, contest, cells, findings, lang
        self.lines = choice_lines(law, contest, cells)
        named = [self._named(view) for view in findings]
        columns = {column for each in named for column in each}
        self.marks = {c: tuple(n for n, each in enumerate(named, 1) if c in each) for c in columns}

    def _named(self, view: FindingView) -> frozenset[str]:
        identity = view.identity
        if identity is None:
            return frozenset()
        party = identity.party_in(view.finding.identity)
        return identity.columns | {name for name, line in self.lines if _names(identity, party, line)}

    def cell(self, column: str, part: str = "") -> Cell:
        value = self.cells.get(column)
        state: State = "absent" if column not in self.cells else "blank" if value is None else "written"
        return Cell(column, part, value, state, self.marks.get(column, ()))


def choice_lines(law: Law, contest: Contest, cells: Figures) -> list[tuple[str, Line]]:
    """(column, (party, candidate)) of every line of votes, in the order of the ballot: those that the law knows and
    any other that is written."""
    prefix = contest.choices.prefix
    wide = {name: int(name[len(prefix) :]) for name in cells if prefix and name.startswith(prefix) and "." not in name}
    wide |= dict(zip(law.choice_columns(contest.code), contest.choices.numbers, strict=True))
    if contest.choices.kind == "party-list":
        found: list[tuple[str, Line]] = [(name, (str(number), PARTY_TOTAL)) for name, number in wide.items()]
    else:
        found = [(name, ("", str(number))) for name, number in wide.items()]
    _fields, lines = apart(cells)
    for name in lines or ():
        party, candidate = name.rsplit(".", 1)
        found.append((name, (party, candidate)))
    return sorted(found, key=lambda each: _ballot_order(each[1]))


def _ballot_order(line: Line) -> tuple[int, int, str]:
    party, candidate = line
    last = candidate == PARTY_TOTAL
    number = int(candidate) if candidate.isdigit() else 0
    return (int(party) if party.isdigit() else 0, 10**9 if last else number, candidate)


def _names(identity: Identity, party: str, line: Line) -> bool:
    """Whether an identity, evaluated for ``party`` where it is per party, names a line of votes."""
    if identity.per_party:
        return line[0] == party
    return identity.uses_choices and (not line[0] or line[1] == PARTY_TOTAL)


def _drawn(section: Section, pen: _Pen) -> DrawnSection:
    rows = list(_choice_rows(pen)) if section.choices else [_field_row(each, pen) for each in section.fields]
    return DrawnSection(section.mark, section.title.in_(pen.lang), tuple(rows))


def _field_row(field: Field, pen: _Pen) -> Row:
    form = pen.law.form(pen.contest.code)
    shorts = [part.short.in_(pen.lang) for part in form.parts] if field.split else [""]
    cells = [pen.cell(column, part) for column, part in zip(form.columns_of(field), shorts, strict=True)]
    return Row(field.mark, field.label.in_(pen.lang), tuple(cells))


def _choice_rows(pen: _Pen) -> Iterator[Row]:
    if pen.contest.choices.kind != "party-list":
        for column, (_party, candidate) in pen.lines:
            yield Row(candidate.zfill(2), choice_name(pen.contest, candidate, pen.lang), (pen.cell(column),))
        return
    for party, lines in groupby(pen.lines, key=lambda each: each[1][0]):
        yield Row(party, _party_name(pen.law, party), heading=True)
        for column, (_party, candidate) in lines:
            mark, label = _list_line(candidate)
            yield Row(mark, label, (pen.cell(column),))


def choice_name(contest: Contest, candidate: str, lang: str) -> str:
    """The name of a choice as the law knows it, or what kind of choice it is, with its number."""
    name = contest.choices.name_of(int(candidate)) if candidate.isdigit() else None
    return name.in_(lang) if name else _("Calon nomor %(number)s") % {"number": candidate}


def line_name(law: Law, contest: str, line: Line, lang: str) -> str:
    """A line of votes by name where it stands alone: the candidate, or the party and which of its lines."""
    party, candidate = line
    if not party:
        return choice_name(law.contest(contest), candidate, lang)
    name = _party_name(law, party)
    return name if candidate == PARTY_TOTAL else f"{name}: {_list_line(candidate)[1]}"


def column_names(law: Law, contest: str, cells: Figures, lang: str) -> dict[str, str]:
    """{column: how the form calls it}, the form's fields before the lines of votes."""
    form, spec = law.form(contest), law.contest(contest)
    found = {}
    for each in form.fields:
        for column, part in zip(form.columns_of(each), form.parts if each.split else (None,), strict=True):
            found[column] = each.label.in_(lang) + (f" ({part.short.in_(lang)})" if part else "")
    return found | {name: line_name(law, contest, line, lang) for name, line in choice_lines(law, spec, cells)}


def _party_name(law: Law, number: str) -> str:
    for party in law.parties:
        if str(party.number) == number:
            return party.name
    return _("Partai nomor %(number)s") % {"number": number}


def _list_line(candidate: str) -> tuple[str, str]:
    if candidate == PARTY_TOTAL:
        return "B", _("Jumlah suara sah partai politik dan calon")
    if candidate == "0":
        return "A.1", _("Suara partai politik")
    return "A.2", _("Calon nomor %(number)s") % {"number": candidate}


def _with_rails(sections: Sequence[DrawnSection], pen: _Pen) -> Iterator[DrawnSection]:
    """Every row with its piece of every finding's line."""
    rows = [row for section in sections for row in section.rows]
    spans = {}
    for number, view in enumerate(pen.findings[:RAILS], 1):
        touched = [n for n, row in enumerate(rows) if any(number in cell.marks for cell in row.cells)]
        spans[number] = (touched, tone_of(view.finding.kind))
    at = 0
    for section in sections:
        through = [(n, tone, bool(rows_ and rows_[0] < at <= rows_[-1])) for n, (rows_, tone) in spans.items()]
        heads = tuple(Rail(number, tone, inside=inside) for number, tone, inside in through)
        drawn = []
        for row in section.rows:
            rails = tuple(_rail(number, touched, tone, at) for number, (touched, tone) in spans.items())
            drawn.append(Row(row.mark, row.label, row.cells, rails, row.heading))
            at += 1
        yield DrawnSection(section.mark, section.title, tuple(drawn), heads)


def _rail(number: int, touched: Sequence[int], tone: str, at: int) -> Rail:
    if not touched or not touched[0] <= at <= touched[-1]:
        return Rail(number, tone)
    return Rail(number, tone, inside=True, node=at in touched, first=at == touched[0], last=at == touched[-1])


def _note(number: int, view: FindingView, lang: str) -> Note:
    code = view.finding.identity
    title = view.identity.title.in_(lang) if view.identity else code
    return Note(number, code, tone_of(view.finding.kind), title, view.sentence.in_(lang))


def _following(findings: Sequence[FindingView], lang: str) -> Iterator[Following]:
    """Each consequence once, with the findings from which it follows."""
    numbers: dict[str, list[int]] = {}
    known: dict[str, Consequence] = {}
    for number, view in enumerate(findings, 1):
        if view.identity is not None:
            consequence = view.identity.consequence
            numbers.setdefault(consequence.text.id, []).append(number)
            known[consequence.text.id] = consequence
    for key, of in numbers.items():
        one = known[key]
        step = one.following.in_(lang) if one.following else ""
        cited = tuple(Cited(each.text, each.confidence == "sourced") for each in one.citations)
        yield Following(tuple(of), one.text.in_(lang), step, cited)
