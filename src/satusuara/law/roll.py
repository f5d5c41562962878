"""What a law folder says about the voter roll: how its lists are headed, and why a voter is struck or moves."""

from __future__ import annotations

from satusuara.kernel.i18n import Text
from satusuara.law.records import Citation, Record


class StrikeReason(Record, frozen=True, kw_only=True):
    """Why a voter no longer is on a list. ``marks``: what a list writes for it in its remarks."""

    code: str
    name: Text
    marks: tuple[str, ...] = ()
    ineligible: bool = True  # not entitled at all; otherwise he is on another line
    citations: tuple[Citation, ...] = ()


class MoveReason(Record, frozen=True, kw_only=True):
    """Why a voter may vote elsewhere, and which deadline of the law (``deadlines.toml``) ends it."""

    code: str
    name: Text
    deadline: str
    citations: tuple[Citation, ...] = ()


class RollSpec(Record, frozen=True, kw_only=True):
    """roll.toml. Headings are compared in capitals, with everything but letters and digits as one space."""

    home_category: str  # the category of whoever is on the list of his own station
    moved_category: str
    unlisted_category: str
    headings: dict[str, tuple[str, ...]]  # column of the roll table -> headings of real lists
    marital: dict[str, tuple[str, ...]]  # our code -> what lists write
    sexes: dict[str, tuple[str, ...]]
    minimum_age: int
    id_digits: int  # length of an identity number
    strike_reasons: tuple[StrikeReason, ...]
    move_reasons: tuple[MoveReason, ...] = ()
    notice_reasons: dict[str, Text] = {}  # why a notice to vote came back -> in words
    retention_days: int = 0  # after voting day; 0: nobody has said
    retention_citations: tuple[Citation, ...] = ()

    def strike_reason(self, code: str) -> StrikeReason | None:
        return next((each for each in self.strike_reasons if each.code == code), None)

    def move_reason(self, code: str) -> MoveReason | None:
        return next((each for each in self.move_reasons if each.code == code), None)
