"""What ballots offer to the playbook: shortage, another district's ballots, and boxes late, lost or under another seal.

Each looks at the tables as they stand, through what the register's reader may see. Figures only, nobody's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.areas.queries import codes_of
from satusuara.ballots import queries
from satusuara.ballots.choices import Condition
from satusuara.ballots.faults import FAULTS
from satusuara.ballots.rules import custody_rules, district_rules, leaves_by, stock_rules
from satusuara.kernel.i18n import Text
from satusuara.people.queries import Scope
from satusuara.risk.registry import Detector, Sighting, register_detector, register_fault


def stock(scope: Scope, _election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
    """Each item and district that is short, or whose packs held fewer than they said."""
    for line in queries.accounts(scope, area):
        unsorted, missing = line.conditions[Condition.UNSORTED], line.conditions[Condition.MISSING]
        payload = {
            "item": line.item, "district": line.district, "needed": line.needed, "good": line.in_use,
            "unsorted": unsorted, "missing": missing,
        }  # fmt: skip
        for rule in stock_rules(line.needed, line.received, unsorted, line.in_use, missing):
            yield Sighting(area.pk, f"{line.item}/{line.district}/{rule}", at, payload, rule=rule)


def district(scope: Scope, election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
    """Each box that holds, or in which somebody read, ballots of a district that is not its station's."""
    law = laws.load_law(election.law)
    boxes = list(queries.boxes(scope, area))
    expected = queries.districts_of(law, list({box.station_id: box.station for box in boxes}.values()))
    read: dict[tuple[int, str], str] = {}
    for row in queries.checks(scope, area).order_by("pk"):
        read[row.box_id, row.item] = row.district
    packed = queries.packed_in(boxes)
    for box in boxes:
        items = dict(packed.get(box.pk, ()))
        for item in sorted(items.keys() | {item for pk, item in read if pk == box.pk}):
            right = expected.get((box.station_id, item))
            if right is None:
                continue
            last = read.get((box.pk, item))
            for rule in district_rules(items.get(item, right), last, right):
                payload = {"item": item, "expected": right, "seen": last if rule == "read" else items[item]}
                yield Sighting(box.station_id, f"{box.station.code}/{box.number}/{item}", at, payload, rule=rule)


def custody(scope: Scope, _election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
    """Each box late, lost or under another seal; each station without its boxes when they must be there; each box still
    above when the way to its station takes longer than what is left."""
    boxes = list(queries.boxes(scope, area))
    for row in queries.ways(boxes):
        for rule in custody_rules(row.seal_sent, row.seal_seen, row.arrived, row.handover.due, at):
            payload = {
                "box": row.box.number,
                "way": row.handover_id,
                "due": row.handover.due.astimezone(UTC).isoformat(),
            }
            yield Sighting(row.box.station_id, f"{row.box.station.code}/{row.box.number}", at, payload, rule=rule)
    arrived = {box.station_id for box in queries.came_to_station(boxes)}
    by_area = _routes(area)
    for need in queries.stations_in_need(scope, area):
        if need.pk in arrived:
            continue
        wanted = queries.wanted_at_station(need)
        if at > wanted:
            yield Sighting(need.pk, need.code, at, {"wanted": wanted.astimezone(UTC).isoformat()}, rule="station")
            continue
        way = next((by_area[code] for code in reversed(codes_of(need)) if code in by_area), None)
        left = any(box.holder.path.startswith(way[1]) for box in boxes if box.station_id == need.pk) if way else True
        if way and not left and at > leaves_by(wanted, way[0]):
            yield Sighting(need.pk, need.code, at, {"hours": way[0]}, rule="leave")


def _routes(area: Area) -> dict[str, tuple[int, str]]:
    """{code of an area: (hours of its way, its path)}."""
    found = {}
    for row in queries.routes_below(area):
        found[row.area.code] = (row.hours, row.area.path)
    return found


def _detector(name: str, id_: str, en: str, look: Callable[..., Iterable[Sighting]]) -> Detector:
    return Detector(f"ballots.{name}", "ballots", Text(id_, en), look)


DETECTORS = (
    _detector("stock", "surat suara atau perlengkapan kurang", "ballots or supplies are short", stock),
    _detector("dapil", "surat suara dapil lain", "ballots of another district", district),
    _detector("custody", "kotak terlambat, hilang, atau bersegel lain", "boxes late, lost or resealed", custody),
)


def register_detectors() -> None:
    """Called once, when the chapter is ready."""
    for detector in DETECTORS:
        register_detector(detector)
    for name, fault in FAULTS.items():
        register_fault(name, fault)
