"""What the pollbook sees of itself, for the playbook: pure judgements on a station's line, and detectors that read it.

A sighting is a difference to look at, never a finding about a person; nothing here names one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.kernel.i18n import Text
from satusuara.people.queries import Scope
from satusuara.pollbook import queries
from satusuara.pollbook.faults import FAULTS
from satusuara.pollbook.models import Claim
from satusuara.pollbook.queries import StationLine
from satusuara.pollbook.rules.entitlement import category_of
from satusuara.risk.registry import Detector, Sighting, register_detector, register_fault

MANY_INKED = 3
"""Refusals of an inked finger at one station that are worth a look where no double stands beside them."""
LATE_OPEN_MINUTES = 15


# --- judgements (pure) ---


def ink_differs(line: StationLine) -> bool:
    """Ink marks and check-ins of a closed station are not the same number; before the close the exit lags behind."""
    return line.closed_ms is not None and line.ink_difference != 0


def inked_fingers(line: StationLine) -> bool:
    return line.refused_inked >= MANY_INKED


def opened_late(line: StationLine, opens: str, zone: ZoneInfo) -> bool:
    """Opened more than a quarter of an hour after the law's time, by the device's clock."""
    if line.opened_ms is None:
        return False
    local = datetime.fromtimestamp(line.opened_ms / 1000, UTC).astimezone(zone)
    hour, minute = map(int, opens.split(":"))
    return local.hour * 60 + local.minute > hour * 60 + minute + LATE_OPEN_MINUTES


def before_hour(ms: int, opens: str, zone: ZoneInfo) -> bool:
    """Whether a check-in's local time lies before a category's hour."""
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone).strftime("%H:%M") < opens


# --- detectors ---


def doubles(scope: Scope, _election: Election, area: Area, _at: datetime) -> Iterator[Sighting]:
    """Each open conflict, at both stations."""
    for row in queries.conflicts(scope, area).filter(ended_at=None):
        for station in dict.fromkeys((row.first.station_id, row.second.station_id)):
            yield Sighting(station, row.case_id, row.raised_at, {"case": row.case_id}, rule="double")


def forks(scope: Scope, _election: Election, area: Area, _at: datetime) -> Iterator[Sighting]:
    for row in queries.forks(scope, area):
        payload = {"device": row.device.device, "seq": row.seq}
        yield Sighting(row.device.area_id, row.device.device, row.raised_at, payload, rule="fork")


def _by_line(
    rule: str, seen: Callable[[StationLine, Area, datetime], dict[str, Any] | None]
) -> Callable[[Scope, Election, Area, datetime], Iterable[Sighting]]:
    def look(scope: Scope, _election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
        for line in queries.stations(scope, area):
            payload = seen(line, area, at)
            if payload is not None:
                yield Sighting(line.station.pk, line.station.code, at, payload, rule=rule)

    return look


def _ink(line: StationLine, _area: Area, _at: datetime) -> dict[str, Any] | None:
    return {"ink": line.ink, "check_ins": line.check_ins} if ink_differs(line) else None


def _inked(line: StationLine, _area: Area, _at: datetime) -> dict[str, Any] | None:
    return {"refused_inked": line.refused_inked} if inked_fingers(line) else None


def _silent(line: StationLine, _area: Area, at: datetime) -> dict[str, Any] | None:
    if not line.silent(at):
        return None
    return {"heard": line.heard_at.astimezone(UTC).isoformat() if line.heard_at else None}


def _clock(line: StationLine, _area: Area, _at: datetime) -> dict[str, Any] | None:
    return {"suspect": 1} if line.suspect_clock else None


def _gap(line: StationLine, _area: Area, _at: datetime) -> dict[str, Any] | None:
    return {"gap": 1} if line.gap else None


def _late(line: StationLine, area: Area, _at: datetime) -> dict[str, Any] | None:
    law = laws.load_law(area.election.law)
    zone = ZoneInfo(law.zone_of(line.station.code)[0])
    return {"opened_ms": line.opened_ms} if opened_late(line, law.station.opens, zone) else None


def closings(scope: Scope, _election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
    """Closed stations whose reconciliation does not hold: one sighting a rule."""
    for line in queries.stations(scope, area):
        if line.closed_ms is None:
            continue
        for one in queries.reconciliation(scope, line.station):
            if one.holds is False:
                place = [one.category, one.part, one.contest]
                payload = {"rule": one.rule, "place": place, "left": one.left, "right": one.right}
                key = f"{line.station.code}/{one.rule}/{'.'.join(map(str, place))}"
                yield Sighting(line.station.pk, key, at, payload, rule=one.rule)


def dpk_early(scope: Scope, election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
    """Check-ins of unlisted voters before their hour, counted a station."""
    law = laws.load_law(election.law)
    codes = [category.code for category in law.categories]
    if "dpk" not in codes:
        return
    opens = category_of(law, "dpk").opens
    for line in queries.stations(scope, area):
        zone = ZoneInfo(law.zone_of(line.station.code)[0])
        times = Claim.objects.filter(station=line.station, category=codes.index("dpk"), undone=False)
        early = sum(before_hour(ms, opens, zone) for ms in times.values_list("ms", flat=True))
        if early:
            yield Sighting(line.station.pk, line.station.code, at, {"early": early}, rule="dpk_early")


def _detector(name: str, id_: str, en: str, look: Callable[..., Iterable[Sighting]]) -> Detector:
    return Detector(f"pollbook.{name}", "pollbook", Text(id_, en), look)


DETECTORS = (
    _detector("double", "satu orang diterima lebih dari sekali", "one person let in twice", doubles),
    _detector("fork", "kunci perangkat tersalin", "a device's key was copied", forks),
    _detector("ink", "tinta berbeda dengan pemilih", "ink differs from voters", _by_line("ink", _ink)),
    _detector("inked_finger", "jari bertinta ditolak", "inked fingers refused", _by_line("inked", _inked)),
    _detector("silence", "TPS terbuka tanpa kabar", "an open station is silent", _by_line("silence", _silent)),
    _detector("clock", "jam perangkat terlalu maju", "a device's clock runs ahead", _by_line("clock", _clock)),
    _detector("gap", "catatan perangkat berselang", "a device's record has a gap", _by_line("gap", _gap)),
    _detector("late_open", "TPS dibuka terlambat", "a station opened late", _by_line("late_open", _late)),
    _detector("closing", "penutupan berselisih", "the close does not reconcile", closings),
    _detector("dpk_early", "DPK sebelum jamnya", "unlisted voters before their hour", dpk_early),
)


def register_detectors() -> None:
    """Called once, when the chapter is ready."""
    for detector in DETECTORS:
        register_detector(detector)
    for name, fault in FAULTS.items():
        register_fault(name, fault)
