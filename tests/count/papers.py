"""A few stations with ballots of a drill, people who may type there, and forms whose figures add up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from satusuara.areas.models import Area, District, DistrictArea, Election
from satusuara.count.actions import finish_entry, load_ballots
from satusuara.count.actions.entering import EntryOutcome
from satusuara.count.ballots import ballot_at
from satusuara.count.rules.entry import Note, Reading, Value, columns_of
from satusuara.law import load_law
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.people.rules import Grant, Reach
from tests.count.regency import build_tree, station

AT = datetime(2024, 2, 15, 3, tzinfo=UTC)
DRILL = "latihan-2024"
REGENCY = "7322"


def drill(*stations: str) -> Election:
    """An election whose names are made up, with the law's own ballots and constituencies over its stations."""
    election = build_tree(stations or (station(1), station(2), station(3)), code=DRILL)
    for contest, code in (("dpr", "7303"), ("dprd_prov", "730011"), ("dprd_kab", "732201")):
        district = District.objects.create(election=election, contest=contest, code=code, name=code, source="t")
        area = Area.objects.get(election=election, code=REGENCY)
        DistrictArea.objects.create(district=district, area=area, area_code=area.code, name=area.name)
    load_ballots(scope=Scope.system("import"), election=election, at=AT)
    return election


def clerk(name: str, election: Election, path: str = "/73/7322/", *rights: Right) -> Scope:
    """Somebody who may type the forms of a regency."""
    held = frozenset(rights or (Right.IMPORT, Right.SEE))
    return Scope(name, Reach((Grant(election.code, path, held, "ppk-ketua"),)))


def at(election: Election, code: str = "") -> Area:
    return Area.objects.select_related("election").get(election=election, code=code or station(1))


def columns(area: Area, contest: str) -> tuple[str, ...]:
    law = load_law(area.election.law)
    return columns_of(law, contest, ballot_at(law, contest, area).lines)


def cells_of(columns: tuple[str, ...], contest: str) -> dict[str, Value]:
    """A form on which everything holds, for whatever ballot has two candidates or two parties of three lines."""
    cells: dict[str, Value] = dict.fromkeys(columns, 0)
    cells |= {"dpt_l": 90, "dpt_p": 110, "dpt": 200, "dpt_used_l": 50, "dpt_used_p": 66, "dpt_used": 116}
    cells |= {"dptb_used_l": 1, "dptb_used_p": 1, "dptb_used": 2, "dpk_used_l": 2, "dpk_used": 2}
    cells |= {"voters_l": 53, "voters_p": 67, "voters": 120, "valid": 110, "invalid": 10, "total": 120}
    cells |= {"ballots_received": 204, "ballots_used": 120, "ballots_spoilt": 1, "ballots_unused": 83}
    votes = [column for column in cells if "." in column or column.startswith(("paslon_", "calon_"))]
    if contest in {"ppwp", "dpd"}:
        cells[votes[0]], cells[votes[1]] = 70, 40
    else:
        cells |= {"1.0": 10, "1.1": 60, "1.T": 70, "2.0": 5, "2.2": 35, "2.T": 40}
    return cells


def written(area: Area, contest: str, **changed: Value) -> dict[str, Value]:
    """Every cell of a form on which everything holds: 120 of 200 voters, ten votes for the first lines.

    A column with a dot is named with two underscores: ``_1__T`` is "1.T".
    """
    cells = cells_of(columns(area, contest), contest)
    return cells | {name.lstrip("_").replace("__", "."): value for name, value in changed.items()}


def reading(area: Area, contest: str, said: Mapping[str, str] | None = None, **changed: Value) -> Reading:
    return Reading(written(area, contest, **changed), said or {})


def enter(
    who: Scope, area: Area, contest: str = "ppwp", notes: Mapping[str, Note] | None = None, **changed: Value
) -> EntryOutcome:
    return finish_entry(
        scope=who, area=area, contest=contest, reading=reading(area, contest, **changed), notes=notes or {}, at=AT
    )
