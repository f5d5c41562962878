"""What a station's packet takes from the roll: its lines with their numbers opened, and who is expected there.

The one read that opens identity numbers without a reason typed: they are turned into voter keys at once (``pollbook``)
and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from satusuara.areas.models import Area
from satusuara.law.roll import RollSpec
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.roll.choices import LetterState, VoterState
from satusuara.roll.models import MovingLetter, RollChange, RollVersion, Voter
from satusuara.roll.queries import lines_that_count, spec_of, watch_list
from satusuara.roll.vault import Vault, vault


@dataclass(frozen=True, slots=True)
class StationLine:
    """A line of the station's own list. ``number``: the identity number, "" where the list has none."""

    line: int
    name: str
    part: int  # place of the sex among the law's
    number: str
    locked: bool  # a moving letter was issued
    ask_more: bool  # in a pair that nobody has settled


@dataclass(frozen=True, slots=True)
class Guest:
    """A moved voter who is expected. ``origin``: code of his own station; ``contests``: on his letter."""

    name: str
    part: int
    number: str
    origin: str
    contests: tuple[str, ...]


def station_lines(scope: Scope, station: Area) -> list[StationLine]:
    """Lines of the station's own list that are active or locked; who was struck is not on it.

    :raises Forbidden: without ROLL_MANAGE at the station
    """
    scope.require(Right.ROLL_MANAGE, station)
    spec = spec_of(station.election)
    rows = lines_that_count().filter(area=station, category=spec.home_category).exclude(state=VoterState.STRUCK)
    rows = rows.order_by("line", "pk")
    doubtful = {pk for pair in watch_list(scope, station) for pk in (pair.a_id, pair.b_id)}
    own = vault()
    return [
        StationLine(
            row.line, row.name, _part(spec, row.sex), _number(own, row), row.state == VoterState.LOCKED,
            row.pk in doubtful,
        )
        for row in rows
    ]  # fmt: skip


def guests(scope: Scope, station: Area) -> Iterator[Guest]:
    """Who comes with a letter in force. :raises Forbidden: without ROLL_MANAGE at the station"""
    scope.require(Right.ROLL_MANAGE, station)
    spec = spec_of(station.election)
    rows = MovingLetter.objects.filter(state=LetterState.ISSUED, destination__area=station)
    rows = rows.select_related("destination", "origin__area").order_by("destination__line", "pk")
    own = vault()
    for letter in rows:
        row = letter.destination
        number = _number(own, row)
        yield Guest(row.name, _part(spec, row.sex), number, letter.origin.area.code, tuple(letter.contests))


def last_change(area: Area) -> datetime | None:
    """When the roll below an area changed last: what a packet says of its age, so that equal rolls give equal bytes."""
    changed = RollChange.objects.filter(below("voter__area__path", area.path, "default"))
    read = RollVersion.objects.filter(election=area.election_id, state="done")
    letters = MovingLetter.objects.filter(below("destination__area__path", area.path, "default"))
    moments = [rows.aggregate(last=Max("at"))["last"] for rows in (changed, read, letters)]
    return max(filter(None, moments), default=None)


def _part(spec: RollSpec, sex: str) -> int:
    sexes = list(spec.sexes)
    return sexes.index(sex) if sex in sexes else 0


def _number(own: Vault, row: Voter) -> str:
    return own.open(row.nik_sealed) if row.nik_sealed else ""
