"""The form as it lies beside the keyboard: its sections, its rows, one box a figure. Pure but for gettext."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import json_script
from django.utils.translation import gettext as _

from satusuara.count.ballots import KnownBallot
from satusuara.count.rules import PARTY_TOTAL
from satusuara.count.rules.entry import Value
from satusuara.count.rules.wire import wire
from satusuara.law.model import Field, Law


@dataclass(frozen=True, slots=True)
class Box:
    """One box. ``label``: what a screen reader says; ``value``: as it was typed."""

    column: str
    part: str
    label: str
    value: str = ""
    words: bool = False
    """The paper has the figure in words as well."""


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A line of the paper. ``party``: of a heading, its number, and of a total, its block."""

    mark: str
    label: str
    boxes: tuple[Box, ...] = ()
    heading: bool = False
    total: bool = False


@dataclass(frozen=True, slots=True)
class BoxSection:
    mark: str
    title: str
    rows: tuple[BoxRow, ...]
    parts: tuple[tuple[str, str], ...] = ()


def sheet_html(law: Law, contest: str, ballot: KnownBallot, lang: str, typed: Mapping[str, Value]) -> str:
    """The boxes of a form as HTML. A form that nobody has begun is the same for every station of its ballot, and is
    drawn once."""
    if typed:
        return _html(law, contest, ballot, lang, typed)
    return _blank(law, contest, _Key(ballot), lang)


def law_html(law: Law, contest: str, ballot: KnownBallot, lang: str) -> str:
    """The law's arithmetic for this ballot as a data block of the page; the same for every station of the ballot."""
    return _law_html(law, contest, _Key(ballot), lang)


@lru_cache(maxsize=64)
def _law_html(law: Law, contest: str, key: _Key, lang: str) -> str:
    return json_script(wire(law, contest, key.ballot.lines, lang), "entri-hukum")


class _Key:
    """A ballot by what it is, so that a drawn form is found again."""

    def __init__(self, ballot: KnownBallot) -> None:
        self.ballot = ballot
        self.same = (ballot.key, ballot.contest, ballot.district, tuple(ballot.lines))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.same == other.same

    def __hash__(self) -> int:
        return hash(self.same)


@lru_cache(maxsize=64)
def _blank(law: Law, contest: str, key: _Key, lang: str) -> str:
    return _html(law, contest, key.ballot, lang, {})


def _html(law: Law, contest: str, ballot: KnownBallot, lang: str, typed: Mapping[str, Value]) -> str:
    context = {
        "form": law.form(contest).name.in_(lang),
        "sections": list(sections(law, contest, ballot, lang, typed)),
        "wide": max(1, len(law.form(contest).parts)),
    }
    return render_to_string("count/_entry_sheet.html", context)


def sections(
    law: Law, contest: str, ballot: KnownBallot, lang: str, typed: Mapping[str, Value]
) -> Iterator[BoxSection]:
    """The sections of the paper in its order."""
    form = law.form(contest)
    parts = tuple((part.short.in_(lang), part.name.in_(lang)) for part in form.parts)
    for section in form.sections:
        fields = [_field(law, contest, each, lang, typed) for each in section.fields]
        rows = (*fields, *(_votes(law, contest, ballot, typed) if section.choices else ()))
        split = any(len(row.boxes) > 1 for row in rows)
        yield BoxSection(section.mark, section.title.in_(lang), rows, parts if split else ())


def _field(law: Law, contest: str, field: Field, lang: str, typed: Mapping[str, Value]) -> BoxRow:
    form = law.form(contest)
    names = [(part.short.in_(lang), part.name.in_(lang)) for part in form.parts] if field.split else [("", "")]
    label = field.label.in_(lang)
    boxes = [
        Box(column, short, f"{label}, {name}" if name else label, _shown(typed, column), words=not field.split)
        for column, (short, name) in zip(form.columns_of(field), names, strict=True)
    ]
    return BoxRow(field.mark, label, tuple(boxes))


def _votes(law: Law, contest: str, ballot: KnownBallot, typed: Mapping[str, Value]) -> Iterator[BoxRow]:
    spec = law.contest(contest).choices
    if spec.kind != "party-list":
        for number in ballot.lines.get("", ()):
            label = ballot.names.get(("", number)) or _("Calon nomor %(number)s") % {"number": number}
            column = f"{spec.prefix}{number}"
            yield BoxRow(number.zfill(2), label, (Box(column, "", label, _shown(typed, column), words=True),))
        return
    names = {str(party.number): party.name for party in law.parties}
    for party, lines in ballot.lines.items():
        name = names.get(party) or _("Partai nomor %(number)s") % {"number": party}
        yield BoxRow(party, name, heading=True)
        for line in (*lines, PARTY_TOTAL):
            mark, label = _line(ballot, party, line)
            column = f"{party}.{line}"
            box = Box(column, "", f"{name}: {label}", _shown(typed, column), words=True)
            yield BoxRow(mark, label, (box,), total=line == PARTY_TOTAL)


def _line(ballot: KnownBallot, party: str, line: str) -> tuple[str, str]:
    if line == PARTY_TOTAL:
        return "B", _("Jumlah suara sah partai politik dan calon")
    if line == "0":
        return "A.1", _("Suara partai politik")
    return line, ballot.names.get((party, line)) or _("Calon nomor %(number)s") % {"number": line}


def _shown(typed: Mapping[str, Value], column: str) -> str:
    return str(typed.get(column, ""))


def box_labels(law: Law, contest: str, ballot: KnownBallot, lang: str) -> dict[str, str]:
    """{column: how its box is called}, in the order of the paper."""
    found = {}
    for section in sections(law, contest, ballot, lang, {}):
        for row in section.rows:
            for box in row.boxes:
                found[box.column] = f"{row.mark} {box.label}".strip()
    return found
