"""A form typed twice by two people who do not see each other's figures, and what becomes of it. Pure.

A cell holds a figure, or says that the paper is blank there or cannot be read; a cell that nobody typed is not there,
and no form is finished with one. 0 is a figure like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from satusuara.count.rules.form import PARTY_TOTAL, Ballot, FormVerdict, Outcome, apart, evaluate_form
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law, Section

UNREADABLE, BLANK = "x", "-"
LARGEST = 999_999
"""No figure of a station's form has more digits."""
WORDS_RULE = "I14"
"""The law's rule that figures and words say the same."""

Value: TypeAlias = int | str
Typed: TypeAlias = Mapping[str, Value]
"""{column: a figure, ``UNREADABLE`` or ``BLANK``}."""
Said: TypeAlias = Mapping[str, str]
"""{column: the words on the paper}, only where they were typed since they do not say the figure."""


class Stage(StrEnum):
    """Where a form stands between paper and figures (docs/states.md)."""

    FIRST = "first"
    SECOND = "second"
    SETTLING = "settling"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Progress:
    """A form's stage, and who has finished an entry of it in this round."""

    stage: Stage
    hands: frozenset[str] = frozenset()


def require_entry(progress: Progress, who: str) -> None:
    """That ``who`` may finish an entry.

    :raises Refusal: ``entry-closed``, ``entry-settling`` or ``entry-same-person``
    """
    if progress.stage is Stage.ACCEPTED:
        raise Refusal(
            "entry-closed",
            Text("Formulir ini sudah diterima", "This form has been accepted"),
            remedy=Text(
                "Bila angkanya perlu diubah, buat koreksi dengan alasan, atau buka kembali.",
                "If a figure must change, make a correction with its reason, or open it again.",
            ),
        )
    if progress.stage is Stage.SETTLING:
        raise Refusal(
            "entry-settling",
            Text("Formulir ini sudah dientri dua kali", "This form has been entered twice"),
            remedy=Text("Selisihnya menunggu orang ketiga.", "Its differences wait for a third person."),
        )
    if who in progress.hands:
        raise _same_person("entri pertama", "first entry", "Entri kedua", "The second entry")


def require_settling(progress: Progress, who: str) -> None:
    """That ``who`` may settle the differences.

    :raises Refusal: ``entry-nothing-to-settle`` or ``entry-same-person``
    """
    if progress.stage is not Stage.SETTLING:
        raise Refusal(
            "entry-nothing-to-settle",
            Text("Tidak ada selisih yang menunggu pada formulir ini", "No difference of this form waits"),
            remedy=Text("Lihat daftar kerja.", "See the work list."),
        )
    if who in progress.hands:
        raise _same_person("salah satu entri", "one of the entries", "Selisihnya", "Its differences")


def require_accepted(progress: Progress) -> None:
    """That the form has figures which can be corrected, or be opened again.

    :raises Refusal: ``entry-not-accepted``
    """
    if progress.stage is not Stage.ACCEPTED:
        raise Refusal(
            "entry-not-accepted",
            Text("Formulir ini belum diterima", "This form has not been accepted"),
            remedy=Text("Selesaikan dahulu entrinya.", "Finish its entries first."),
        )


def _same_person(done_id: str, done_en: str, rest_id: str, rest_en: str) -> Refusal:
    return Refusal(
        "entry-same-person",
        Text(f"Anda sudah mengerjakan {done_id} formulir ini", f"You did {done_en} of this form yourself"),
        remedy=Text(f"{rest_id} dikerjakan orang lain.", f"{rest_en} is for somebody else."),
    )


def after_entry(progress: Progress, who: str, differing: Sequence[str]) -> Progress:
    """The form after ``who`` finished an entry. ``differing``: columns in which it is not like the one before.

    :raises Refusal: as ``require_entry``
    """
    require_entry(progress, who)
    hands = progress.hands | {who}
    if progress.stage is Stage.FIRST:
        return Progress(Stage.SECOND, hands)
    return Progress(Stage.SETTLING if differing else Stage.ACCEPTED, hands)


def after_settling(progress: Progress, who: str) -> Progress:
    """The form after its differences were settled.

    :raises Refusal: as ``require_settling``
    """
    require_settling(progress, who)
    return Progress(Stage.ACCEPTED, progress.hands | {who})


def after_reopening(progress: Progress) -> Progress:
    """The form after it was opened for a new round: everybody may enter it again.

    :raises Refusal: ``entry-not-accepted``
    """
    require_accepted(progress)
    return Progress(Stage.FIRST)


# --- what is typed ---


def columns_of(law: Law, contest: str, ballot: Ballot) -> tuple[str, ...]:
    """Every column that a form of this ballot has, in the order of the paper."""
    found: list[str] = []
    for section in law.form(contest).sections:
        found += _section(law, contest, section, ballot)
    return tuple(found)


def _section(law: Law, contest: str, section: Section, ballot: Ballot) -> Iterator[str]:
    for each in section.fields:
        yield from law.form(contest).columns_of(each)
    if section.choices:
        yield from vote_columns(law, contest, ballot)


def vote_columns(law: Law, contest: str, ballot: Ballot) -> Iterator[str]:
    """The columns of votes: every line of a party with its total last, or one a candidate."""
    choices = law.contest(contest).choices
    if choices.kind != "party-list":
        yield from (f"{choices.prefix}{number}" for number in ballot.get("", ()))
        return
    for party, lines in ballot.items():
        yield from (f"{party}.{line}" for line in lines)
        yield f"{party}.{PARTY_TOTAL}"


def value_of(text: str) -> Value | None:
    """What somebody typed into a cell; None where that is nothing.

    :raises ValueError: neither a whole number nor a mark
    """
    text = text.strip().lower()
    if not text:
        return None
    if text in {UNREADABLE, "?"}:
        return UNREADABLE
    if text in {BLANK, "–"}:
        return BLANK
    if not (text.isascii() and text.isdigit()) or int(text) > LARGEST:
        raise ValueError(text)
    return int(text)


def figures_of(typed: Typed) -> dict[str, int | None]:
    """Figures for the law's arithmetic: what is blank or cannot be read is None."""
    return {column: value if isinstance(value, int) else None for column, value in typed.items()}


def missing(columns: Sequence[str], typed: Typed) -> tuple[str, ...]:
    """Columns that nobody typed, in the order of the paper."""
    return tuple(column for column in columns if column not in typed)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one person read on the paper."""

    typed: Typed
    said: Said = field(default_factory=dict)

    def cell(self, column: str) -> tuple[Value | None, str]:
        """The cell as it is compared: spaces, hyphens and capitals of the words mean nothing."""
        letters = "".join(filter(str.isalpha, self.said.get(column, "").lower()))
        return self.typed.get(column), letters


def differing(columns: Sequence[str], a: Reading, b: Reading) -> tuple[str, ...]:
    """Columns in which two readings of one paper are not the same, words included."""
    return tuple(column for column in columns if a.cell(column) != b.cell(column))


# --- what does not hold ---


@dataclass(frozen=True, slots=True)
class Note:
    """What a person says about a finding: that the paper says so, and why (or what explains it)."""

    as_written: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading against the law. ``words``: columns whose words do not say the figure, with what they do say."""

    verdict: FormVerdict
    words: Mapping[str, int | None]

    @property
    def hard(self) -> tuple[str, ...]:
        """Findings of type F: the paper itself does not add up. They are confirmed as written, with a reason."""
        return self.verdict.failures

    @property
    def soft(self) -> tuple[str, ...]:
        """Findings of type W: to be explained."""
        return (*self.verdict.warnings, *(f"{WORDS_RULE}.{column}" for column in self.words))

    def outcomes(self, reading: Reading) -> Iterator[Outcome]:
        """Everything that does not hold, ready to be kept; of words: the figure, and the number that they say (-1
        where they say none)."""
        yield from (each for each in self.verdict.outcomes.values() if not each.holds)
        for column, said in self.words.items():
            figure = reading.typed[column]
            left, right = figure if isinstance(figure, int) else -1, -1 if said is None else said
            yield Outcome(f"{WORDS_RULE}.{column}", WORDS_RULE, "warning", True, False, left, right, left - right)


def judge(law: Law, contest: str, ballot: Ballot, reading: Reading) -> Judged:
    """Every identity of the contest and the words, on what somebody read."""
    fields, lines = apart(figures_of(reading.typed))
    verdict = evaluate_form(law, contest, fields, lines, ballot=ballot)
    words: dict[str, int | None] = {}
    for column, text in reading.said.items():
        number = law.numerals.read(text) if law.numerals else None
        if number is None or number != reading.typed.get(column):
            words[column] = number
    return Judged(verdict, words)


def unanswered(judged: Judged, notes: Mapping[str, Note]) -> tuple[str, ...]:
    """Findings about which nothing, or not enough, was said: F confirmed with a reason, W explained."""
    found = [code for code in judged.hard if not (notes.get(code) and notes[code].as_written and notes[code].reason)]
    found += [code for code in judged.soft if not (notes.get(code) and notes[code].reason)]
    return tuple(found)
