"""What several sources say about one place, side by side; figures in which they differ are marked.

Pure. A voice is one source at one place: the figures of a form, or the sums of what lies below an area with the number
of forms that gave each. A figure is comparable where every form below gave it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from satusuara.count.models import AreaSummary, Form, Source
from satusuara.count.pages.sheet import choice_lines, column_names, line_name
from satusuara.law.model import Law

State = Literal["written", "blank", "absent"]


@dataclass(frozen=True, slots=True)
class Voice:
    """One source at one place. ``given``: how many forms gave a column; empty for a single form."""

    source: Source
    title: str
    figures: Mapping[str, int | None]
    given: Mapping[str, int] = field(default_factory=dict)
    forms: int = 0
    expected: int = 0
    status: str = ""
    own: bool = False
    """The figures stand on a form of this very place."""

    def comparable(self, column: str) -> int | None:
        """The figure where nothing is missing from it."""
        figure = self.figures.get(column)
        return figure if self.own or self.given.get(column, 0) == self.expected else None


@dataclass(frozen=True, slots=True)
class Figure:
    """``differs``: another source says something else. ``given`` of ``expected`` forms wrote it (0 of 0: one form)."""

    value: int | None
    state: State
    differs: bool = False
    given: int = 0
    expected: int = 0

    @property
    def partial(self) -> bool:
        return self.given < self.expected


@dataclass(frozen=True, slots=True)
class Line:
    column: str
    mark: str
    label: str
    figures: tuple[Figure, ...]
    choice: bool = False

    @property
    def differs(self) -> bool:
        return any(figure.differs for figure in self.figures)


@dataclass(frozen=True, slots=True)
class Beside:
    voices: tuple[Voice, ...]
    lines: tuple[Line, ...]

    @property
    def differing(self) -> int:
        return sum(line.differs for line in self.lines)


def voices_of(
    sources: Sequence[Source], summaries: Mapping[int, AreaSummary], forms: Mapping[int, Form], lang: str
) -> tuple[Voice, ...]:
    """What each source says at a place: its own form there, else the sums below it; sources without either are left
    out. ``summaries`` and ``forms`` by source id."""
    found = []
    for source in sources:
        title = source.title_en if lang.startswith("en") else source.title_id
        form, summary = forms.get(source.pk), summaries.get(source.pk)
        if form is not None:
            cells = form.version.cells if form.version else {}
            found.append(Voice(source, title, cells, forms=1, expected=1, status=form.status, own=True))
        elif summary is not None:
            figures = {c: total if summary.given.get(c) else None for c, total in summary.sums.items()}
            status = status_of(summary)
            found.append(
                Voice(source, title, figures, summary.given, summary.forms, summary.expected, status)
            )  # fmt: skip
    return tuple(found)


def status_of(summary: AreaSummary) -> str:
    """The status of a sum: failing as soon as a form below is, incomplete where one is missing or has a blank."""
    if summary.failing:
        return "failing"
    if summary.empty == summary.forms:
        return "empty"
    whole = summary.consistent == summary.forms == summary.expected
    return "consistent" if whole else "incomplete"


def side_by_side(law: Law, contest: str, voices: Sequence[Voice], lang: str, *, parts: bool = True) -> Beside:
    """Every column that any source gives: choices first, then the form's other figures in its order. Without ``parts``
    only the joint figure of those that fall into parts."""
    return Beside(tuple(voices), tuple(_lines(law, contest, voices, lang, parts)))


def _lines(law: Law, contest: str, voices: Sequence[Voice], lang: str, parts: bool) -> Iterator[Line]:
    spec = law.contest(contest)
    given = {column for voice in voices for column in voice.figures}
    every: dict[str, int | None] = dict.fromkeys(sorted(given))
    for column, (party, candidate) in choice_lines(law, spec, every):
        if column in given:
            label = line_name(law, contest, (party, candidate), lang)
            yield Line(column, party or candidate.zfill(2), label, _figures(column, voices), choice=True)
    form = law.form(contest)
    marks = {c: each.mark for each in form.fields for c in form.columns_of(each)[0 if parts else -1 :]}
    names = column_names(law, contest, {}, lang)
    for column, mark in marks.items():
        if column in given:
            yield Line(column, mark, names[column], _figures(column, voices))


def _figures(column: str, voices: Sequence[Voice]) -> tuple[Figure, ...]:
    comparable = [voice.comparable(column) for voice in voices]
    said = {figure for figure in comparable if figure is not None}
    differs = len(said) > 1
    found = []
    for voice, figure in zip(voices, comparable, strict=True):
        value = voice.figures.get(column)
        state: State = "absent" if column not in voice.figures else "blank" if value is None else "written"
        given, expected = (0, 0) if voice.own else (voice.given.get(column, 0), voice.expected)
        found.append(Figure(value, state, differs and figure is not None, given, expected))
    return tuple(found)
