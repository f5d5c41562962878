"""The shape of a law folder: what an election law says, as dated and cited data.

Every structure here is filled from the TOML files of one folder (see ``law/loader.py``); nothing is hard-wired to a
country. Sums of votes and people are whole numbers.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import Struct, field

from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.expressions import Choices as ChoicesNode
from satusuara.law.expressions import Expression, PartyLines, PartyTotal

IdentityKind = Literal["exact", "bound", "warning", "cross"]
Relation = Literal["=", "<="]
Confidence = Literal["sourced", "general-knowledge", "inferred", "conflict"]
Right = Literal["see", "export", "import", "object", "people", "areas", "ledger", "settings"]


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


class Station(Record, frozen=True, kw_only=True):
    """The polling station: cap of voters, hours, reserve of ballots and how it is rounded."""

    cap: int
    opens: str
    closes: str
    reserve_percent: int
    reserve_rounding: Literal["ceil", "floor"] = "ceil"
    special_from: int = 0  # stations numbered from here on lie at special locations; 0: none do
    citations: tuple[Citation, ...] = ()
    confirmed: bool = False


class Law(Record, frozen=True, kw_only=True, eq=False):
    """One law folder. Two are equal when they are the same object: the loader keeps each folder once."""

    id: str
    country: str
    name: Text
    election_day: dt.date
    code_scheme: str
    codes: Literal["nested", "own"] = "nested"  # own: only a station's code starts with that of its parent
    languages: tuple[str, ...]
    time_zones: dict[str, str] = field(default_factory=dict)  # code prefix -> IANA zone; the longest wins
    time_zone_labels: dict[str, str] = field(default_factory=dict)  # IANA zone -> label
    sources: dict[str, Source] = field(default_factory=dict)
    station: Station
    levels: tuple[Level, ...]  # from the top; the last is the polling station
    contests: tuple[Contest, ...]
    forms: tuple[FormSpec, ...]
    identities: tuple[Identity, ...]
    cross_rules: tuple[CrossRule, ...] = ()
    categories: tuple[VoterCategory, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    roles: tuple[Role, ...] = ()
    parties: tuple[Party, ...] = ()

    def contest(self, code: str) -> Contest:
        """:raises NotFound: ``law-contest-unknown``"""
        for each in self.contests:
            if each.code == code:
                return each
        raise self._unknown("contest", Text("jenis pemilihan", "contest"), code, [c.code for c in self.contests])

    def form(self, contest: str) -> FormSpec:
        """The form on which a contest is counted.

        :raises NotFound: ``law-contest-unknown``
        """
        code = self.contest(contest).form
        return next(each for each in self.forms if each.code == code)

    def identities_of(self, contest: str) -> tuple[Identity, ...]:
        """Every identity of a contest's form, in the law's order.

        :raises NotFound: ``law-contest-unknown``
        """
        self.contest(contest)
        return tuple(each for each in self.identities if not each.contests or contest in each.contests)

    def identity(self, code: str) -> Identity:
        """An identity by its code; that of an identity evaluated per party may carry the party: "I8.4".

        :raises NotFound: ``law-identity-unknown``
        """
        for each in self.identities:
            if each.code == code or (each.per_party and code.startswith(f"{each.code}.")):
                return each
        raise self._unknown("identity", Text("identitas", "identity"), code, [i.code for i in self.identities])

    def level(self, code: str) -> Level:
        """:raises NotFound: ``law-level-unknown``"""
        for each in self.levels:
            if each.code == code:
                return each
        raise self._unknown("level", Text("tingkat wilayah", "level"), code, [each.code for each in self.levels])

    @property
    def station_level(self) -> str:
        """Code of the lowest level, the polling station."""
        return self.levels[-1].code

    def levels_between(self, upper: str, lower: str) -> tuple[Level, ...]:
        """The levels strictly below ``upper`` ("" is the nation) down to and including ``lower``.

        :raises NotFound: ``law-level-unknown``
        """
        codes = [each.code for each in self.levels]
        first = codes.index(self.level(upper).code) + 1 if upper else 0
        return self.levels[first : codes.index(self.level(lower).code) + 1]

    def width_of(self, level: str) -> int:
        """How many leading characters of a station's code name its area of a level (nested codes).

        :raises NotFound: ``law-level-unknown``
        """
        return sum(each.digits for each in self.levels_between("", level))

    def split_code(self, station_code: str) -> dict[str, str]:
        """{level: code of the area of that level in which the station lies}, itself included, from the top.

        :raises Refusal: ``law-code-malformed``
        """
        if self.codes == "own":
            cut = len(station_code) - self.levels[-1].digits
            if cut > 0 and station_code.isascii() and station_code.isdigit():
                return {self.levels[-2].code: station_code[:cut], self.station_level: station_code}
        elif len(station_code) == self.width_of(self.station_level) and station_code.isascii():
            return {each.code: station_code[: self.width_of(each.code)] for each in self.levels}
        raise Refusal(
            "law-code-malformed",
            Text(f'"{station_code}" bukan kode {self.station_level}', f'"{station_code}" is no {self.station_level}'),
            remedy=Text(f"Periksa kode menurut skema {self.code_scheme}.", f"Scheme of codes: {self.code_scheme}."),
        )

    def columns(self, contest: str) -> tuple[str, ...]:
        """All columns of the contest's form in the order of the form, without choices.

        :raises NotFound: ``law-contest-unknown``
        """
        return self.form(contest).columns

    def choice_columns(self, contest: str) -> tuple[str, ...]:
        """The wide columns of choices that the law itself knows; empty where districts differ.

        :raises NotFound: ``law-contest-unknown``
        """
        choices = self.contest(contest).choices
        return tuple(f"{choices.prefix}{number}" for number in choices.numbers) if choices.prefix else ()

    def parties_at(self, area_code: str, contest: str) -> tuple[Party, ...]:
        """The parties on the ballots of a contest in an area, in the order of their numbers."""
        return tuple(
            each
            for each in self.parties
            if (not each.contests or contest in each.contests)
            and (not each.areas or any(area_code.startswith(code) for code in each.areas))
        )

    def zone_of(self, area_code: str, *above: str) -> tuple[str, str]:
        """(IANA zone, label) of an area: the longest known prefix of its code. ``above``: codes of the areas in which
        it lies, nearest first, for schemes where a code does not start with its parent's.

        :raises NotFound: ``law-zone-unknown``
        """
        exact = self.codes == "own"
        for code in (area_code, *above):
            found = [p for p in self.time_zones if p and (code == p if exact else code.startswith(p))]
            if found:
                return self._zone(self.time_zones[max(found, key=len)])
        if "" in self.time_zones:
            return self._zone(self.time_zones[""])
        raise self._unknown("zone", Text("zona waktu untuk wilayah", "time zone of area"), area_code, [])

    def _zone(self, name: str) -> tuple[str, str]:
        return name, self.time_zone_labels.get(name, name)

    def role(self, code: str) -> Role:
        """:raises NotFound: ``law-role-unknown``"""
        for each in self.roles:
            if each.code == code:
                return each
        raise self._unknown("role", Text("peran", "role"), code, [each.code for each in self.roles])

    def _unknown(self, what: str, name: Text, code: str, known: list[str]) -> NotFound:
        remedy = Text(f"Yang dikenal: {', '.join(known)}.", f"Known: {', '.join(known)}.") if known else None
        return NotFound(
            f"law-{what}-unknown",
            Text(f'{self.id}: {name.id} "{code}" tidak dikenal', f'{self.id}: {name.en} "{code}" is unknown'),
            remedy=remedy,
        )
