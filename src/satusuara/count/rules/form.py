"""One form against the law's arithmetic. Pure: whole numbers in, a verdict out; None is a blank, 0 is a written zero.

An identity is evaluated only when every cell it names is present; a form where one is missing is incomplete, not
wrong. This evaluator is the meaning: the bulk one (``count.lake``) is tested against it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import TypeAlias

from satusuara.kernel.i18n import LANGUAGES, Text
from satusuara.law.expressions import (
    CeilPercent,
    Choices,
    Column,
    Expression,
    FloorPercent,
    Number,
    PartyLines,
    PartyTotal,
    Product,
    Sum,
)
from satusuara.law.model import Identity, IdentityKind, Law

PARTY_TOTAL = "T"  # a party's total as it is written on the form (row B)

Cells: TypeAlias = Mapping[str, int | None]
Line: TypeAlias = tuple[str, str]  # (party, candidate); party "" where there are no lists, candidate "T" is the total
Votes: TypeAlias = Mapping[str, int | None] | Mapping[Line, int | None]
"""Votes by wide column (prefix and number), by "party.candidate", or by (party, candidate)."""
Ballot: TypeAlias = Mapping[str, Collection[str]]
"""The lines that a ballot lists: {party: ("0", "1", …)}; {"": ("1", …)} where there are no lists."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one identity fares. Where it was not evaluated nothing contradicts it: ``holds``, figures 0."""

    code: str  # "I8.4": identity I8 for party 4
    identity: str  # "I8"
    kind: IdentityKind
    evaluated: bool = False
    holds: bool = True
    left: int = 0
    right: int = 0
    difference: int = 0  # left - right
    party: str = ""


@dataclass(frozen=True, slots=True)
class FormVerdict:
    """``complete``: no blank among the cells that identities name and the form's table has. ``empty``: no choice has
    a figure. ``failures``: codes of exact identities and bounds that do not hold; ``warnings`` stand apart."""

    complete: bool
    empty: bool
    all_zero: bool
    outcomes: dict[str, Outcome]
    failures: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A form's figures, sorted out: fields of the form, and votes by (party, candidate)."""

    cells: Cells
    votes: Mapping[Line, int | None]
    choices: tuple[Line, ...]  # what adds up to the sum of the choices; empty where that is not known
    lines: Mapping[str, tuple[Line, ...]]  # by party
    long: bool  # votes come from a long table

    def choice_figures(self) -> list[int | None]:
        return [self.votes.get(line) for line in self.choices]

    def party_figures(self, party: str) -> list[int | None]:
        return [self.votes.get(line) for line in self.lines.get(party, ())]


def evaluate_form(
    law: Law, contest: str, cells: Cells, choices: Votes | None = None, *, ballot: Ballot | None = None
) -> FormVerdict:
    """Every identity of a contest on one form.

    ``cells``: what the form's table has, by column; may hold the wide columns of choices. ``choices``: the votes where
    they come apart. ``ballot``: the lines that must be there; without it those that ``choices`` names.

    :raises NotFound: ``law-contest-unknown``
    """
    identities = _identities(law, contest)
    written = sort_out(law, contest, cells, choices, ballot=ballot)
    outcomes: dict[str, Outcome] = {}
    for identity in identities:
        parties = written.lines if identity.per_party else ("",)
        for party in parties:
            outcome = _outcome(identity, written, party)
            outcomes[outcome.code] = outcome
    fails = [each for each in outcomes.values() if not each.holds]
    figures = list(written.votes.values()) if written.long else written.choice_figures()
    given = [figure for figure in figures if figure is not None]
    return FormVerdict(
        complete=_is_complete(identities, written),
        empty=not given and (written.long or bool(written.choices)),
        all_zero=bool(given) and max(given) == 0 and (written.long or len(given) == len(figures)),
        outcomes=outcomes,
        failures=tuple(each.code for each in fails if each.kind != "warning"),
        warnings=tuple(each.code for each in fails if each.kind == "warning"),
    )


def sort_out(
    law: Law, contest: str, cells: Cells, choices: Votes | None = None, *, ballot: Ballot | None = None
) -> Written:
    """The figures of a form by what they are; arguments as of ``evaluate_form``."""
    spec = law.contest(contest).choices
    is_list = spec.kind == "party-list"
    wide = {name: line for name in cells if (line := _line_of(name, spec.prefix, is_list))}
    source: dict[Line, int | None] = {line: cells[name] for name, line in wide.items()}
    long = False
    if choices is not None:
        source, long = {}, not choices
        for key, figure in choices.items():
            line = _line_of(key, spec.prefix, is_list) if isinstance(key, str) else None
            long = long or line is None
            source[line or _split(key, is_list)] = figure
    fields = {name: figure for name, figure in cells.items() if name not in wide} if wide else cells
    known = [("", str(number)) for number in spec.numbers] if not is_list else []
    if known:
        source = {line: source[line] for line in known if line in source}
        expected = known if long or len(source) == len(known) else []
    elif is_list:
        parties = ballot if ballot is not None else dict.fromkeys(party for party, _ in source)
        expected = [(party, PARTY_TOTAL) for party in parties]
    else:
        candidates = (ballot or {}).get("", ()) or [line for _, line in source if line != PARTY_TOTAL]
        expected = [("", each) for each in candidates]
    return Written(fields, source, tuple(expected), _lines(source, ballot) if is_list else {}, long)


def apart(cells: Cells) -> tuple[Cells, Cells | None]:
    """Figures kept in one object into fields and the lines ("party.candidate") of a long table, None without any."""
    lines = {name: figure for name, figure in cells.items() if "." in name}
    return {name: figure for name, figure in cells.items() if name not in lines}, lines or None


def _line_of(name: str, prefix: str, is_list: bool) -> Line | None:
    """The line for which a wide column stands."""
    if not prefix or not name.startswith(prefix) or not name[len(prefix) :].isdigit():
        return None
    number = name[len(prefix) :]
    return (number, PARTY_TOTAL) if is_list else ("", number)


def _split(key: str | Line, is_list: bool) -> Line:
    """ "party.candidate" apart; where there are no lists a party means nothing."""
    party, candidate = key.rsplit(".", 1) if isinstance(key, str) else key
    return (party if is_list else "", candidate)


def _lines(votes: Mapping[Line, int | None], ballot: Ballot | None) -> dict[str, tuple[Line, ...]]:
    """Every party's lines without its total: those of the ballot, and any other that is written."""
    found: dict[str, dict[Line, None]] = {}
    for party, candidates in (ballot or {}).items():
        found[party] = {(party, each): None for each in candidates if each != PARTY_TOTAL}
    for party, candidate in votes:
        if candidate != PARTY_TOTAL:
            found.setdefault(party, {})[party, candidate] = None
    return {party: tuple(lines) for party, lines in found.items() if lines}


@cache
def _identities(law: Law, contest: str) -> tuple[Identity, ...]:
    return tuple(each for each in law.identities_of(contest) if each.kind != "cross")


def _is_complete(identities: Sequence[Identity], written: Written) -> bool:
    named = {name for identity in identities for name in identity.columns if name in written.cells}
    if any(written.cells[name] is None for name in named):
        return False
    if not written.long:
        return None not in written.choice_figures()
    asks = any(each.uses_choices and each.columns <= written.cells.keys() for each in identities)
    return not asks or _total(written.choice_figures()) is not None


def _outcome(identity: Identity, written: Written, party: str) -> Outcome:
    code = f"{identity.code}.{party}" if identity.per_party else identity.code
    left = evaluate(identity.left, written, party)
    right = evaluate(identity.right, written, party)
    if left is None or right is None:
        return Outcome(code, identity.code, identity.kind, party=party)
    holds = left == right if identity.relation == "=" else left <= right
    return Outcome(code, identity.code, identity.kind, True, holds, left, right, left - right, party)


def evaluate(expression: Expression, written: Written, party: str = "") -> int | None:  # noqa: PLR0911
    """The value of an expression on a form; None as soon as one cell of it is blank or absent."""
    match expression:
        case Column(name=name):
            return written.cells.get(name)
        case Sum(terms=terms):
            return _total([evaluate(term, written, party) for term in terms])
        case Number(n=n):
            return n
        case Product(terms=terms):
            factors = [evaluate(term, written, party) for term in terms]
            known = [factor for factor in factors if factor is not None]
            return prod(known) if len(known) == len(factors) else None
        case CeilPercent(x=x, n=n) | FloorPercent(x=x, n=n):
            value = evaluate(x, written, party)
            up = 99 if isinstance(expression, CeilPercent) else 0
            return None if value is None else (value * n + up) // 100
        case Choices():
            return _total(written.choice_figures())
        case PartyTotal():
            return written.votes.get((party, PARTY_TOTAL))
        case PartyLines():
            return _total(written.party_figures(party))


def _total(figures: Sequence[int | None]) -> int | None:
    """Their sum; None where one is blank, or there are none."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known and len(known) == len(figures) else None


# --- sentences: what is written ---


def sentence_of(law: Law, contest: str, outcome: Outcome, written: Written) -> Text:
    """What is written on the form, in both languages: the law's own sentence about an identity, filled in.

    Where a figure for men and women together stands alone and contradicts its own men + women, that is said beside
    it: "211 (men+women = 210)".
    """
    identity = law.identity(outcome.code)
    said = {}
    for lang in LANGUAGES:
        words = _Words(law, contest, written, outcome.party, lang)
        said[lang] = identity.sentence.in_(lang).format(
            left=words.alone(identity.left, outcome.left, identity.right),
            right=words.alone(identity.right, outcome.right, identity.left),
            difference=number(abs(outcome.difference), lang),
            left_words=words.terms(identity.left),
            right_words=words.terms(identity.right),
            party=words.party_name(),
        )
    return Text(**said)


def number(value: int, lang: str) -> str:
    """1.001 in Indonesian, 1,001 in English."""
    text = f"{value:,}"
    return text if lang == "en" else text.replace(",", ".")


@dataclass(frozen=True, slots=True)
class _Words:
    """Expressions as the figures that are written."""

    law: Law
    contest: str
    written: Written
    party: str
    lang: str

    def terms(self, expression: Expression) -> str:
        """The written terms: "39 + 160 + 9"."""
        match expression:
            case Sum(terms=terms):
                return " + ".join(self.terms(term) for term in terms).replace("+ -", "- ")
            case Product(terms=(Number(n=-1), inner)):
                return f"-{self.terms(inner)}"
            case Product(terms=terms):
                return " × ".join(self.terms(term) for term in terms)
            case Choices():
                return self._row(self.written.choice_figures())
            case PartyLines():
                return self._row(self.written.party_figures(self.party))
            case _:
                value = evaluate(expression, self.written, self.party)
                return "–" if value is None else number(value, self.lang)

    def _row(self, figures: Sequence[int | None]) -> str:
        return " + ".join("–" if each is None else number(each, self.lang) for each in figures)

    def alone(self, expression: Expression, value: int, other: Expression) -> str:
        """One side's value, with the aside about its own parts unless the other side is just those."""
        figure = number(value, self.lang)
        if not isinstance(expression, Column):
            return figure
        form = self.law.form(self.contest)
        split = form.split_of(expression.name)
        total = _total([self.written.cells.get(name) for name in split])
        if total is None or total == value or set(split) <= other.columns:
            return figure
        labels = "+".join(part.short.in_(self.lang) for part in form.parts[:-1])
        return f"{figure} ({labels} = {number(total, self.lang)})"

    def party_name(self) -> str:
        for party in self.law.parties:
            if str(party.number) == self.party:
                return f"{party.number} {party.name}"
        return self.party
