"""The shape of a law folder: what an election law says, as dated and cited data.

Every structure here is filled from the TOML files of one folder (see ``law/loader.py``); nothing is hard-wired to a
country. Sums of votes and people are plain integers.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct, field

from satusuara.kernel.i18n import Text
from satusuara.law.expressions import Expression

IdentityKind = Literal["exact", "bound", "warning", "cross"]
Relation = Literal["=", "<="]
Confidence = Literal["sourced", "general-knowledge", "inferred", "conflict"]


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all law records."""


class Citation(Record, frozen=True, kw_only=True):
    """Where a statement comes from. Only ``sourced`` ones may be printed without a "to be confirmed" mark."""

    text: str  # "UU 7/2017 pasal 374(2)h"
    source: str = ""  # key of law.sources
    confidence: Confidence = "sourced"


class Level(Record, frozen=True, kw_only=True):
    """A level of the area tree, from the top. ``digits`` is the width its part takes in a station's code."""

    code: str  # "provinsi"
    name: Text
    digits: int


class Choices(Record, frozen=True, kw_only=True):
    """How votes are cast on one ballot and which columns of a wide table hold them."""

    kind: Literal["single", "party-list"]
    prefix: str  # wide columns are f"{prefix}{number}"; empty where votes come only as a long table
    numbers: tuple[int, ...] = ()  # choices known by law (pairs of candidates); empty: by district
    names: tuple[Text, ...] = ()


class Contest(Record, frozen=True, kw_only=True):
    code: str  # "ppwp"
    name: Text
    short: Text
    ballot_colour: Text
    colour_token: str  # CSS token of the ballot's colour
    district_level: str  # level code whose area decides the ballot, or "district" (a dapil), or "" for the nation
    choices: Choices
    form: str  # form code
    seats: Literal["", "majority", "plurality", "sainte-lague"] = ""
    threshold_percent: int = 0
    citations: tuple[Citation, ...] = ()


class Field(Record, frozen=True, kw_only=True):
    """A row of a form: one figure (``split = false``) or men, women and both."""

    code: str  # "dpt_used"
    label: Text
    mark: str  # the form's own letter: "B.1"
    split: bool  # True: columns code_l, code_p, code
    public_key: str = ""


class Section(Record, frozen=True, kw_only=True):
    mark: str  # "I"
    title: Text
    fields: tuple[Field, ...] = ()
    choices: bool = False  # the section that holds the votes


class FormSpec(Record, frozen=True, kw_only=True):
    code: str
    name: Text
    sections: tuple[Section, ...]
    sex_suffixes: tuple[str, ...] = ("_l", "_p", "")
    citations: tuple[Citation, ...] = ()


class Consequence(Record, frozen=True, kw_only=True):
    """What follows in law when an identity fails."""

    text: Text
    citations: tuple[Citation, ...] = ()


class Identity(Record, frozen=True, kw_only=True):
    """One arithmetic statement about one form, ready to evaluate: ``left relation right``."""

    code: str  # "I2.j"
    rule: str  # "I2"
    kind: IdentityKind
    relation: Relation
    left: Expression
    right: Expression
    title: Text  # "pengguna hak pilih = DPT + DPTb + DPK"
    sentence: Text  # says what is *written*: placeholders {left}, {right}, {difference}, {left_words}, {right_words}
    consequence: Consequence
    contests: tuple[str, ...] = ()  # empty: all

    @property
    def columns(self) -> frozenset[str]:
        """Every column that must be present for the identity to be evaluated (choices excluded)."""
        return self.left.columns | self.right.columns


class CrossRule(Record, frozen=True, kw_only=True):
    """A statement that needs more than one form or list (X1 … X9, I14): listed, evaluated by later chapters."""

    code: str
    kind: IdentityKind
    title: Text
    consequence: Consequence
    evaluated_by: str  # chapter


class VoterCategory(Record, frozen=True, kw_only=True):
    code: str  # "dpt"
    name: Text
    who: Text
    papers: Text
    opens: str  # "07:00"
    closes: str  # "13:00"
    citations: tuple[Citation, ...] = ()


class Deadline(Record, frozen=True, kw_only=True):
    code: str
    name: Text
    starts_on: Text
    limit: int
    unit: Literal["hour", "day", "workday", "same-day"]
    citations: tuple[Citation, ...] = ()
    confirmed: bool = False  # by a jurist; the pages mark the others "perlu dipastikan"


class Role(Record, frozen=True, kw_only=True):
    """What an officer of this kind may do, and at which levels of the tree he can be appointed."""

    code: str  # "ppk"
    name: Text
    levels: tuple[str, ...]  # level codes; "" is the whole tree (the nation)
    rights: tuple[str, ...]  # codes of people.choices.Right
    second_factor: bool = False
    for_participant: bool = False  # acts for one participant of the election (a witness)


class Station(Record, frozen=True, kw_only=True):
    """The polling station: cap of voters, hours, reserve of ballots."""

    cap: int
    opens: str
    closes: str
    reserve_percent: int
    citations: tuple[Citation, ...] = ()


class Law(Record, frozen=True, kw_only=True):
    id: str  # "id-2024"
    country: str
    name: Text
    election_day: date
    code_scheme: str  # "kpu-2024"
    languages: tuple[str, ...]
    time_zones: dict[str, str]  # code prefix of an area -> IANA zone; the longest prefix wins
    time_zone_labels: dict[str, str]  # IANA zone -> label ("WITA")
    sources: dict[str, str]  # key -> where it was found
    levels: tuple[Level, ...]  # from the top; the last is the polling station
    contests: tuple[Contest, ...]
    forms: tuple[FormSpec, ...]
    identities: tuple[Identity, ...]
    cross_rules: tuple[CrossRule, ...]
    categories: tuple[VoterCategory, ...]
    deadlines: tuple[Deadline, ...]
    roles: tuple[Role, ...]
    station: Station
    warnings: tuple[str, ...] = field(default=())
