"""Faults in the rows of a roll: each makes its detector speak. Pure: rows in, rows with the fault and the truth out.

A row is a line of a list (the roll table of docs/commands.md, its station as ``tps_id``); with ``category`` where it is
not of the home list, ``possible_unlisted`` where it speaks of a station, ``duty_at`` where an officer works elsewhere.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from satusuara.law.model import Law
from satusuara.risk.registry import Fault, Injected, Row, code_of

Rows = list[dict[str, Any]]
Deed = Callable[[Rows, str, Law, random.Random], tuple[str, ...] | None]
"""(all rows, a station, …): changes the rows and gives the rules that it breaks, or None where it cannot."""


def _at_stations(detector: str, deed: Deed, words: str) -> Fault:
    def fault(
        rows: Sequence[Row],
        *,
        law: Law,
        contest: str,  # noqa: ARG001
        chance: random.Random,
        count: int,
    ) -> tuple[Rows, list[Injected]]:
        made = [dict(row) for row in rows]
        stations = sorted({code_of(row) for row in made})
        truth: list[Injected] = []
        for station in chance.sample(stations, len(stations)):
            if len(truth) < count and (rules := deed(made, station, law, chance)) is not None:
                truth.append(Injected(station, detector, rules, words))
        return made, truth

    return fault


def _lines(rows: Rows, station: str) -> Rows:
    return [row for row in rows if code_of(row) == station and row.get("nik") and not row.get("category")]


def _ineligible(rows: Rows, station: str, law: Law, chance: random.Random) -> tuple[str, ...] | None:
    """Somebody too young who never married stands on the list."""
    own = _lines(rows, station)
    if not own or law.roll is None:
        return None
    row = chance.choice(own)
    year = law.election_day.year - law.roll.minimum_age + 1
    row["tgl_lahir"] = law.election_day.replace(year=year, day=1).isoformat()
    row["status_kawin"] = "B"
    return ("age.under",)


def _again(rows: Rows, station: str, _law: Law, chance: random.Random) -> tuple[str, ...] | None:
    """A voter of the station stands on the list of another one too."""
    own, others = _lines(rows, station), sorted({code_of(row) for row in rows} - {station})
    if not own or not others:
        return None
    row = chance.choice(own)
    second = {**row, "tps_id": chance.choice(others), "rec_id": f"{row['rec_id']}-2", "nkk": ""}
    rows.append(second)
    return ("nik",)


def _unlisted(rows: Rows, station: str, _law: Law, _chance: random.Random) -> tuple[str, ...] | None:
    """More people without a line are expected than there are reserve ballots: more than there are voters."""
    own = _lines(rows, station)
    if not own:
        return None
    rows.append({"tps_id": station, "possible_unlisted": len(own) + 1, "category": "report"})
    return ("dpk.reserve",)


def _split(rows: Rows, station: str, _law: Law, chance: random.Random) -> tuple[str, ...] | None:
    """One of a family is put at another station."""
    cards: dict[str, Rows] = defaultdict(list)
    for row in _lines(rows, station):
        if row.get("nkk"):
            cards[str(row["nkk"])].append(row)
    families = sorted(card for card, members in cards.items() if len(members) > 1)
    others = sorted({code_of(row) for row in rows} - {station})
    if not families or not others:
        return None
    cards[chance.choice(families)][0]["tps_id"] = chance.choice(others)
    return ("family.split",)


def _over(rows: Rows, station: str, law: Law, _chance: random.Random) -> tuple[str, ...] | None:
    """More voters are put at a station than the law allows."""
    own = _lines(rows, station)
    if not own:
        return None
    for n in range(law.station.cap + 1 - len(own)):
        number = f"{10**15 + int(station[-9:]) * 1000 + n:016d}"
        rows.append({**own[0], "rec_id": f"{station}-{n}", "nik": number, "nkk": ""})
    return ("tps.over",)


def _moved(rows: Rows, station: str, law: Law, chance: random.Random) -> tuple[str, ...] | None:
    """A voter stands on the list of moved voters elsewhere; nobody locked his line."""
    own, others = _lines(rows, station), sorted({code_of(row) for row in rows} - {station})
    if not own or not others or law.roll is None:
        return None
    moved = {**chance.choice(own), "tps_id": chance.choice(others), "category": law.roll.moved_category}
    rows.append(moved)
    return ("moved.not-struck",)


def _officer(rows: Rows, station: str, _law: Law, chance: random.Random) -> tuple[str, ...] | None:
    """A voter of the station works at another one and has no letter."""
    own, others = _lines(rows, station), sorted({code_of(row) for row in rows} - {station})
    if not own or not others:
        return None
    chance.choice(own)["duty_at"] = chance.choice(others)
    return ("duty.elsewhere",)


FAULTS: dict[str, Fault] = {
    name: _at_stations(name, deed, words)
    for name, deed, words in (
        ("roll.ineligible", _ineligible, "too young and never married"),
        ("roll.duplicate", _again, "one number at two stations"),
        ("roll.unlisted_over_reserve", _unlisted, "more unlisted voters than reserve ballots"),
        ("roll.family_split", _split, "a family at two stations"),
        ("roll.over_cap", _over, "more voters than the cap"),
        ("roll.moved_not_struck", _moved, "moved and not locked at home"),
        ("roll.officer_elsewhere", _officer, "on duty elsewhere without a letter"),
    )
}
