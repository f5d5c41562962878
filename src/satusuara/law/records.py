"""The records of a law folder: contests, forms, identities, clocks, roles, each with where it is written.

Filled from the TOML files of one folder (``law/loader.py``); nothing is hard-wired to a country.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct

from satusuara.kernel.i18n import Text
from satusuara.law.expressions import Choices as ChoicesNode
from satusuara.law.expressions import Expression, PartyLines, PartyTotal

IdentityKind = Literal["exact", "bound", "warning", "cross"]
Relation = Literal["=", "<="]
Confidence = Literal["sourced", "general-knowledge", "inferred", "conflict"]
Right = Literal[
    "see", "export", "import", "object", "people", "areas", "ledger", "settings", "roll", "roll-manage",
    "ready", "risk",
]  # fmt: skip


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all law records."""


class Source(Record, frozen=True, kw_only=True):
    """Where a statement was found, and when that was last looked at."""

    title: str
    where: str = ""
    seen: dt.date


class Citation(Record, frozen=True, kw_only=True):
    """Where a statement comes from. Only ``sourced`` ones may be printed without a "to be confirmed" mark."""

    text: str  # "UU 7/2017 pasal 374(2)h"
    source: str = ""  # key of law.sources
    confidence: Confidence = "sourced"


class Level(Record, frozen=True, kw_only=True):
    """A level of the area tree, from the top. ``digits``: width of its own part in a code (0: any width)."""

    code: str
    name: Text
    digits: int


class Whole(Record, frozen=True, kw_only=True):
    """What stands above the highest level: the nation, where figures of all of it are summed."""

    code: str  # as a code of an area
    level: str  # as a level's code
    name: Text


class Choices(Record, frozen=True, kw_only=True):
    """How votes are cast on one ballot and which columns of a wide table hold them.

    ``numbers`` and ``names`` are those known by law (candidates of the whole nation); empty where districts differ.
    """

    kind: Literal["single", "party-list"]
    prefix: str = ""  # wide columns are f"{prefix}{number}"; party lists: the parties' totals
    numbers: tuple[int, ...] = ()
    names: tuple[Text, ...] = ()

    def name_of(self, number: int) -> Text | None:
        """The public name of a choice, where the law knows it."""
        known = dict(zip(self.numbers, self.names, strict=False))
        return known.get(number)


class Contest(Record, frozen=True, kw_only=True):
    code: str
    name: Text
    short: Text
    ballot_colour: Text
    colour_token: str  # CSS token of the ballot's colour
    district_level: str  # level whose area decides the ballot, or "district", or "" for the nation
    choices: Choices
    form: str  # form code
    seats: Literal["", "majority", "plurality", "sainte-lague"] = ""
    threshold_percent: int = 0
    citations: tuple[Citation, ...] = ()


class Part(Record, frozen=True, kw_only=True):
    """One of the columns into which a split figure falls: men, women, and last both together."""

    code: str  # as in identities: "I2.l"
    suffix: str  # as in columns: "dpt_l"
    name: Text
    short: Text


class Field(Record, frozen=True, kw_only=True):
    """A row of a form: one figure (``split = false``), or one a part."""

    code: str
    label: Text
    mark: str  # the form's own letter: "B.1"
    split: bool = False
    public_key: str = ""  # how the commission's public data call it


class Section(Record, frozen=True, kw_only=True):
    mark: str  # "I"
    title: Text
    fields: tuple[Field, ...] = ()
    choices: bool = False  # the section that holds the votes


class FormSpec(Record, frozen=True, kw_only=True):
    code: str
    name: Text
    sections: tuple[Section, ...]
    parts: tuple[Part, ...] = ()  # the last is the joint figure, the others add up to it
    citations: tuple[Citation, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field in the order of the form."""
        return tuple(each for section in self.sections for each in section.fields)

    def columns_of(self, each: Field) -> tuple[str, ...]:
        """The columns of one field: in the order of the parts, or one."""
        return tuple(each.code + part.suffix for part in self.parts) if each.split else (each.code,)

    def split_of(self, column: str) -> tuple[str, ...]:
        """The columns that add up to a joint one; empty for every other column."""
        for each in self.fields:
            columns = self.columns_of(each)
            if each.split and columns[-1] == column:
                return columns[:-1]
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in the order of the form, without choices."""
        return tuple(column for each in self.fields for column in self.columns_of(each))


class Consequence(Record, frozen=True, kw_only=True):
    """What follows in law when an identity fails. ``following``: what whoever reads it does next."""

    text: Text
    following: Text | None = None
    citations: tuple[Citation, ...] = ()


class Identity(Record, frozen=True, kw_only=True):
    """One arithmetic statement about one form, ready to evaluate: ``left relation right``."""

    code: str  # "I2.j"
    rule: str  # "I2"
    kind: IdentityKind
    relation: Relation
    left: Expression
    right: Expression
    title: Text
    sentence: Text  # what is *written*; placeholders {left} {right} {difference} {left_words} {right_words} {party}
    consequence: Consequence
    contests: tuple[str, ...] = ()  # empty: all

    @property
    def columns(self) -> frozenset[str]:
        """Every column that must be present for the identity to be evaluated (choices excluded)."""
        return self.left.columns | self.right.columns

    @property
    def uses_choices(self) -> bool:
        return any(isinstance(node, ChoicesNode) for side in (self.left, self.right) for node in side.walk())

    @property
    def per_party(self) -> bool:
        """Evaluated once for every party of the ballot."""
        kinds = (PartyTotal, PartyLines)
        return any(isinstance(node, kinds) for side in (self.left, self.right) for node in side.walk())

    def party_in(self, code: str) -> str:
        """The party for which this was evaluated: "4" of "I8.4"; "" where it is not evaluated per party."""
        return code.removeprefix(f"{self.code}.") if self.per_party and code != self.code else ""


class CrossRule(Record, frozen=True, kw_only=True):
    """A statement that needs words, or more than one form or list: listed here, evaluated by another chapter."""

    code: str
    kind: IdentityKind
    title: Text
    consequence: Consequence
    evaluated_by: str  # chapter
    contests: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()  # each has one value on all forms of a station


class VoterCategory(Record, frozen=True, kw_only=True):
    code: str
    name: Text
    who: Text
    papers: Text
    opens: str  # "07:00", local time
    closes: str
    note: Text | None = None
    citations: tuple[Citation, ...] = ()


class Deadline(Record, frozen=True, kw_only=True):
    """A clock of the law: so long after (or before) something, or a date."""

    code: str
    name: Text
    starts_on: Text
    limit: int
    unit: Literal["hour", "day", "workday", "same-day"]
    direction: Literal["after", "before"] = "after"
    until: dt.date | None = None  # where the calendar of this election is known
    note: Text | None = None
    citations: tuple[Citation, ...] = ()
    confirmed: bool = False  # by a jurist; pages mark the others "to be confirmed"


class Role(Record, frozen=True, kw_only=True):
    """What an officer of this kind may do, and at which levels of the tree he can be appointed."""

    code: str
    name: Text
    levels: tuple[str, ...]  # level codes; "" is the whole tree (the nation)
    rights: tuple[Right, ...]
    second_factor: bool = False
    for_participant: bool = False  # acts for one participant of the election (a witness)


class Party(Record, frozen=True, kw_only=True):
    number: int
    name: str
    areas: tuple[str, ...] = ()  # codes of the areas where it stands; empty: everywhere
    contests: tuple[str, ...] = ()  # empty: every contest of party lists


class Supply(Record, frozen=True, kw_only=True):
    """Something besides ballots that every station is sent: so many a station."""

    code: str
    name: Text
    each: int
    citations: tuple[Citation, ...] = ()


class Station(Record, frozen=True, kw_only=True):
    """The polling station: cap of voters, hours, reserve of ballots and its rounding; what it is sent, and by when."""

    cap: int
    opens: str
    closes: str
    reserve_percent: int
    reserve_rounding: Literal["ceil", "floor"] = "ceil"
    special_from: int = 0  # stations numbered from here on lie at special locations; 0: none do
    supplies: tuple[Supply, ...] = ()
    supplied_days: int = 1  # everything is at the station so many days before voting,
    supplied_by: str = "18:00"  # at this hour, local time
    citations: tuple[Citation, ...] = ()
    confirmed: bool = False
