"""Packets from the roll: what a station is given is what the roll says of it now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.people.queries import Scope, below
from satusuara.pollbook import queries
from satusuara.pollbook.actions.devices import MANAGE
from satusuara.pollbook.actions.rolls import Expected, RollEntry, load_station_roll, publish_packet
from satusuara.pollbook.models import StationPacket
from satusuara.pollbook.rules import packets
from satusuara.pollbook.rules.entitlement import mask_of
from satusuara.roll.packets import StationLine, guests, last_change, station_lines

KEPT = timedelta(days=7)
"""A packet opens until so many days after voting day."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Provided:
    """A station's packet, and what opens it: the PIN goes to the officer, the code into the sealed envelope."""

    station: Area
    packet: StationPacket
    lines: int
    locked: int
    ask_more: int
    guests: int
    pin: str
    code: str


def provide_packets(
    *, scope: Scope, area: Area, at: datetime, rounds: int = packets.ROUNDS, progress: Progress | None = None
) -> list[Provided]:
    """Packets of every station at and below an area. First all rolls of its regency become voter keys, so that the
    filter knows everybody; then each station's packet is locked. An unchanged roll gives the same bytes.

    :raises Forbidden: without SETTINGS and ROLL_MANAGE at the area, and at its regency
    :raises Refusal: ``no-stations``, ``roll-empty``, and those of ``publish_packet``
    """
    scope.require(MANAGE, area)
    wanted = stations_of(area)
    regency = regency_of(area)
    scope.require(MANAGE, regency)
    everywhere = stations_of(regency)
    built = last_change(regency)
    if not wanted:
        raise Refusal("no-stations", Text("Tidak ada TPS di wilayah ini", "There is no station in this area"))
    if built is None:
        raise Refusal(
            "roll-empty",
            Text("Belum ada daftar pemilih", "There is no voter roll yet"),
            remedy=Text("Impor daftarnya dahulu.", "Import the list first."),
        )
    steps, done = len(everywhere) + len(wanted), 0
    for station in everywhere:
        load_station_roll(scope=scope, station=station, roll=_entries(station_lines(scope, station)), at=at)
        done += 1
        if progress:
            progress(done, steps)
    law, known = laws.load_law(area.election.law), queries.regency_filter(scope, regency)
    found = []
    for station in wanted:
        lines, expected = station_lines(scope, station), _expected(scope, station, law)
        pin = queries.station_pin(scope, station)
        packet = publish_packet(
            scope=scope, station=station, roll=_entries(lines), expected=expected, regency_filter=known, pin=pin,
            built_at=built, expires_at=expires_at(station), at=at, rounds=rounds,
        )  # fmt: skip
        locked, ask_more = sum(line.locked for line in lines), sum(line.ask_more for line in lines)
        code = queries.envelope_code(scope, station)
        found.append(Provided(station, packet, len(lines), locked, ask_more, len(expected), pin, code))
        done += 1
        if progress:
            progress(done, steps)
    return found


def _expected(scope: Scope, station: Area, law: Law) -> list[Expected]:
    """Who comes with a letter. Without a number nobody is recognised by a key: he shows the letter itself."""
    return [
        Expected(guest.name, guest.part, guest.number, guest.origin, mask_of(law, guest.contests))
        for guest in guests(scope, station)
        if guest.number
    ]


def _entries(lines: Iterable[StationLine]) -> list[RollEntry]:
    return [
        RollEntry(each.line, each.name, each.part, each.number, each.locked, each.ask_more) for each in lines
    ]  # fmt: skip


def expires_at(station: Area) -> datetime:
    """The end of the last day on which a station's packet opens, by its own clock."""
    zone, _label = laws.load_law(station.election.law).zone_of(station.code)
    return timezone.make_aware(datetime.combine(station.election.day + KEPT, time.max), ZoneInfo(zone)).replace(
        microsecond=0
    )


def stations_of(area: Area) -> list[Area]:
    """The stations at and below an area, by code."""
    level = laws.load_law(area.election.law).station_level
    rows = Area.objects.filter(election=area.election_id, level=level).select_related("election")
    return list(rows.filter(below("path", area.path, rows.db)).order_by("code"))


def regency_of(area: Area) -> Area:
    """The area whose people one filter knows: the second level of the law's tree, or the area where it is higher."""
    level = laws.load_law(area.election.law).levels[1].code
    codes = area.path.strip("/").split("/")
    rows = Area.objects.filter(election=area.election_id, code__in=codes, level=level).select_related("election")
    return rows.first() or area
