"""One law folder as a whole, and what can be asked of it. Its records stand in ``law/records.py``."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from msgspec import field

from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.numerals import Numerals
from satusuara.law.published import PublishedSpec, Settling
from satusuara.law.records import (
    Choices,
    Citation,
    Confidence,
    Consequence,
    Contest,
    CrossRule,
    Deadline,
    Field,
    FormSpec,
    Identity,
    IdentityKind,
    Level,
    Part,
    Party,
    Record,
    Relation,
    Right,
    Role,
    Section,
    Source,
    Station,
    VoterCategory,
    Whole,
)
from satusuara.law.roll import RollSpec

__all__ = [
    "Choices",
    "Citation",
    "Confidence",
    "Consequence",
    "Contest",
    "CrossRule",
    "Deadline",
    "Field",
    "FormSpec",
    "Identity",
    "IdentityKind",
    "Law",
    "Level",
    "Part",
    "Party",
    "Record",
    "Relation",
    "Right",
    "Role",
    "RollSpec",
    "Section",
    "Source",
    "Station",
    "VoterCategory",
    "Whole",
]


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
    whole: Whole | None = None
    levels: tuple[Level, ...]  # from the top; the last is the polling station
    contests: tuple[Contest, ...]
    forms: tuple[FormSpec, ...]
    identities: tuple[Identity, ...]
    cross_rules: tuple[CrossRule, ...] = ()
    categories: tuple[VoterCategory, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    roles: tuple[Role, ...] = ()
    parties: tuple[Party, ...] = ()
    roll: RollSpec | None = None
    published: PublishedSpec | None = None
    settling: tuple[Settling, ...] = ()
    numerals: Numerals | None = None
    base: str = ""  # id of the folder from which every file comes that this one lacks
    drill: bool = False  # names are made up: no figure of it is a result

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

    def settling_paper(self, rule: str) -> Text | None:
        """Which paper settles a difference of a cross rule (X7, X8, X9), where the folder says it."""
        return next((each.paper for each in self.settling if each.rule == rule), None)

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
