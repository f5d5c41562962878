"""Reads of the pollbook: what a device asks, what a control room sees, what an evening adds up to. Scope first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.areas.queries import below
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.pollbook import keystore
from satusuara.pollbook.models import (
    LINES,
    Claim,
    Conflict,
    Device,
    Fork,
    Quarantined,
    RollKey,
    Segment,
    StationDay,
    StationPacket,
)
from satusuara.pollbook.rules import close, packets, voters
from satusuara.pollbook.rules.events import Kind
from satusuara.pollbook.rules.merge import Replica, line_person
from satusuara.pollbook.rules.segments import open_segment

MARKS = 5000
"""Voter keys of one answer: 40 kB."""
SILENT = timedelta(minutes=60)
HOUR_MS = 3_600_000


# --- what a device asks (it is known by its signature) ---


def device_of(public_key: bytes, *, at: datetime) -> Device | None:
    """The enrolled device of a key, in force at ``at``."""
    rows = Device.objects.filter(public_key=public_key, revoked_at=None, valid_from__lte=at, valid_to__gt=at)
    return rows.select_related("area", "election").first()


def station_for(device: Device, code: str) -> Area | None:
    """A station that the device may ask about; other stations' data are not there for it."""
    station = Area.objects.filter(election=device.election_id, code=code).first()
    return station if station is not None and station.path.startswith(device.area.path) else None


def have(station: Area) -> dict[str, int]:
    """{device: highest number without a gap} of every device that spoke at the station, or is enrolled there."""
    spoke = Segment.objects.filter(station=station).order_by().values("device")
    rows = Device.objects.filter(Q(pk__in=spoke) | Q(area=station, revoked_at=None))
    return dict(rows.order_by("device").values_list("device", "head"))


def segments_after(station: Area, after: dict[str, int], *, limit: int = 200) -> list[bytes]:
    """Segments of the station that end behind what the asker has of their device, in order."""
    found: list[bytes] = []
    for device, head in have(station).items():
        least = after.get(device, 0)
        if head > least and len(found) < limit:
            rows = Segment.objects.filter(device__device=device, station=station, last__gt=least).order_by("first")
            found += [bytes(raw) for raw in rows.values_list("raw", flat=True)[: limit - len(found)]]
    return found


def doubles_at(station: Area) -> QuerySet[Conflict]:
    """Open conflicts in which a claim of this station stands."""
    rows = Conflict.objects.filter(Q(first__station=station) | Q(second__station=station), ended_at=None)
    return rows.select_related("first__station", "second__station", "first__device", "second__device")


@dataclass(frozen=True, slots=True)
class Marks:
    """``lines``: own roll lines that were let in elsewhere. ``keys``: first 8 bytes of voter keys marked elsewhere
    after the cursor, joined. ``cursor``: what to ask with next; ``more``: there is more to ask for at once."""

    lines: tuple[int, ...]
    keys: bytes
    cursor: int
    more: bool


def marks_for(station: Area, *, after: int) -> Marks:
    """Marks made at other stations, as a desk needs them: its own roll exactly, everybody else by shortened key."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT DISTINCT r.id FROM pollbook_rollkey r JOIN pollbook_claim c ON c.person = r."key" '
            "WHERE r.id >= %s AND r.id < %s AND c.station_id <> %s AND NOT c.undone",
            [station.pk * LINES, (station.pk + 1) * LINES, station.pk],
        )
        lines = tuple(sorted(pk - station.pk * LINES for (pk,) in cursor.fetchall()))
    rows = Claim.objects.filter(pk__gt=after, undone=False).exclude(station=station).order_by("pk")
    rows = rows.filter(station__election=station.election_id)
    found = list(rows.values_list("pk", "person")[: MARKS + 1])
    taken = found[:MARKS]
    keys = b"".join(bytes(person)[:8] for _, person in taken)
    return Marks(lines, keys, taken[-1][0] if taken else after, len(found) > MARKS)


def packet_of(station: Area) -> StationPacket | None:
    return StationPacket.objects.filter(station=station).first()


# --- what an office sees ---


def devices(scope: Scope, area: Area) -> QuerySet[Device]:
    """Devices at the area and below, with when each was last heard of (``heard_at``)."""
    rows = Device.objects.filter(below(area.path, field="area__path"), election=area.election_id)
    last = Segment.objects.filter(device=OuterRef("pk")).order_by("-arrival_id").values("arrival__at")[:1]
    return scope.filter(rows, Right.SEE).select_related("area").annotate(heard_at=Subquery(last))


def conflicts(scope: Scope, area: Area) -> QuerySet[Conflict]:
    """Conflicts with a claim at the area or below; seen by whoever sees one of the two stations."""
    inside = Conflict.objects.filter(
        below(area.path, field="first__station__path") | below(area.path, field="second__station__path"),
        election=area.election_id,
    )
    seen = scope.filter(inside, Right.SEE, "first__station") | scope.filter(inside, Right.SEE, "second__station")
    return seen.select_related("first__station", "second__station").distinct()


def forks(scope: Scope, area: Area) -> QuerySet[Fork]:
    rows = Fork.objects.filter(below(area.path, field="device__area__path"), device__election=area.election_id)
    return scope.filter(rows, Right.SEE, "device__area").select_related("device__area").order_by("-raised_at")


def held(scope: Scope, area: Area) -> QuerySet[Quarantined]:
    """Held segments of stations at the area or below; those that name no station are the machine's own commands'."""
    rows = Quarantined.objects.filter(released_at=None)
    if scope.is_system:
        return rows
    return scope.filter(rows.filter(below(area.path, field="station__path")), Right.SEE, "station")


@dataclass(frozen=True, slots=True)
class StationLine:
    """One station in the control room. ``ink``: ink marks; ``check_ins``: live claims. Times in ms; None: not heard."""

    station: Area
    roll: int
    check_ins: int
    ink: int
    refused: int
    refused_inked: int
    opened_ms: int | None
    closed_ms: int | None
    heard_at: datetime | None
    gap: bool
    suspect_clock: bool

    def silent(self, at: datetime) -> bool:
        """Open, not closed, and nothing heard for an hour."""
        if self.opened_ms is None or self.closed_ms is not None:
            return False
        return self.heard_at is None or at - self.heard_at > SILENT

    @property
    def ink_difference(self) -> int:
        return self.ink - self.check_ins


def stations(scope: Scope, area: Area) -> list[StationLine]:
    """Every station at the area or below that has devices or was heard of, by code. Six queries, whatever the area."""
    rows = _stations_below(scope, area)
    ids = [row.pk for row in rows]
    said = _sums(ids)
    claims = _count(Claim.objects.filter(undone=False), ids, "station")
    undone_ink = _count(_undone_ink(), ids, "station")
    days = {day.station_id: day for day in StationDay.objects.filter(station__in=ids)}
    waiting = set(Segment.objects.filter(station__in=ids, device__waiting=True).values_list("station", flat=True))
    rolls = roll_sizes(ids)
    found = []
    for row in rows:
        one, day = said.get(row.pk, {}), days.get(row.pk)
        found.append(
            StationLine(
                row, rolls.get(row.pk, 0), claims.get(row.pk, 0), one.get("ink", 0) - undone_ink.get(row.pk, 0),
                one.get("refused", 0), one.get("refused_inked", 0), day.opened_ms if day else None,
                day.closed_ms if day else None, one.get("heard"), row.pk in waiting, bool(one.get("suspect")),
            )
        )  # fmt: skip
    return found


def _stations_below(scope: Scope, area: Area) -> list[Area]:
    level = laws.load_law(area.election.law).station_level
    rows = Area.objects.filter(below(area.path), election=area.election_id, level=level)
    known = rows.filter(Q(poll_devices__isnull=False) | Q(poll_segments__isnull=False) | Q(poll_day__isnull=False))
    return list(scope.filter(known, Right.SEE, "").distinct().order_by("code"))


def _sums(ids: list[int]) -> dict[int, dict[str, Any]]:
    rows = Segment.objects.filter(station__in=ids).order_by().values("station")
    summed = rows.annotate(
        ink=Sum("inked"), refused_=Sum("refused"), inked_fingers=Sum("refused_inked"), heard=Max("arrival__at"),
        odd=Count("pk", filter=Q(suspect=True)),
    )  # fmt: skip
    return {
        row["station"]: {
            "ink": row["ink"], "refused": row["refused_"], "refused_inked": row["inked_fingers"],
            "heard": row["heard"], "suspect": row["odd"],
        }
        for row in summed
    }  # fmt: skip


def _undone_ink() -> QuerySet[Any]:
    from satusuara.pollbook.models import Undo

    return Undo.objects.filter(counts=True, kind=int(Kind.INK_APPLIED))


def _count(rows: QuerySet[Any], ids: list[int], field: str) -> dict[int, int]:
    found = rows.filter(**{f"{field}__in": ids}).order_by().values_list(field).annotate(n=Count("pk"))
    return dict(found)


def roll_sizes(ids: Iterable[int]) -> dict[int, int]:
    """{station: lines of its roll as far as keys were loaded}."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = RollKey.objects.filter(pk__gte=min(wanted) * LINES, pk__lt=(max(wanted) + 1) * LINES)
    found = rows.order_by().values_list(F("pk") / LINES).annotate(n=Count("pk"))
    return {station: n for station, n in found if station in wanted}


@dataclass(frozen=True, slots=True)
class HourLine:
    """Check-ins of one hour of the day, local time, by category (places in the law)."""

    hour: str  # "07:00"
    by_category: tuple[int, ...]

    @property
    def check_ins(self) -> int:
        return sum(self.by_category)


def turnout_per_hour(scope: Scope, area: Area) -> list[HourLine]:
    """Live check-ins by the hour that their device gives them; clocks that run ahead count where they were heard."""
    law = laws.load_law(area.election.law)
    zone = ZoneInfo(law.zone_of(area.code)[0])
    rows = Claim.objects.filter(below(area.path, field="station__path"), station__election=area.election_id)
    rows = scope.filter(rows.filter(undone=False), Right.SEE, "station")
    counts: dict[int, list[int]] = {}
    for hour, category, n in rows.order_by().values_list(F("ms") / HOUR_MS, "category").annotate(n=Count("pk")):
        counts.setdefault(hour, [0] * len(law.categories))[min(category, len(law.categories) - 1)] += n
    found = []
    for hour, each in sorted(counts.items()):
        moment = datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone)
        found.append(HourLine(moment.strftime("%H:00"), tuple(each)))
    return found


# --- what an evening adds up to ---


def replica_of(station: Area) -> Replica:
    """Everything that was heard of a station, as the core merges it, with the persons of its roll."""
    first = station.pk * LINES
    rows = RollKey.objects.filter(pk__gte=first, pk__lt=first + LINES).values_list("pk", "key")
    keys = {pk - first: bytes(key) for pk, key in rows}

    def person(code: str, voter: int | bytes) -> bytes:
        return keys.get(voter, b"") or line_person(code, voter) if isinstance(voter, int) else voter

    replica = Replica(person)
    for raw in Segment.objects.filter(station=station).order_by("device", "first").values_list("raw", flat=True):
        replica.add(open_segment(bytes(raw), checked=True))
    return replica


def totals_of(station: Area) -> close.Totals:
    """One station's sums by the events themselves."""
    law = laws.load_law(station.election.law)
    parts = len(law.forms[0].parts) - 1
    return close.totals(
        replica_of(station).state(), station.code,
        contests=len(law.contests), categories=len(law.categories), parts=parts,
    )  # fmt: skip


def reconciliation(scope: Scope, station: Area) -> list[close.Line]:
    """The lines of the close. :raises Forbidden: without SEE at the station"""
    scope.require(Right.SEE, station)
    return close.reconcile(totals_of(station))


def attendance_columns(election: Election) -> list[str]:
    """Columns of the attendance export, as the forms name them: users by category and part, then all of them."""
    law = laws.load_law(election.law)
    suffixes = [part.suffix for part in law.forms[0].parts]
    names = [f"{category.code}_used" for category in law.categories]
    return ["tps_id", "contest", *(name + suffix for name in (*names, "voters") for suffix in suffixes)]


def attendance(scope: Scope, area: Area) -> Iterator[list[Any]]:
    """Rows of the attendance export, a station and contest each: counts for the form's section, never a voter.

    :raises Forbidden: without EXPORT at the area
    """
    scope.require(Right.EXPORT, area)
    law = laws.load_law(area.election.law)
    for station in _stations_below(scope, area):
        said = totals_of(station)
        for n, contest in enumerate(law.contests):
            cells: list[int] = []
            for row in (*said.users[n], [sum(column) for column in zip(*said.users[n], strict=True)]):
                cells += [*row, sum(row)]
            yield [station.code, contest.code, *cells]


# --- packets ---


def regency_filter(scope: Scope, area: Area) -> bytes:
    """The filter of every voter key on a roll below the area. :raises Forbidden: without SETTINGS there"""
    scope.require(Right.SETTINGS, area)
    level = laws.load_law(area.election.law).station_level
    ids = Area.objects.filter(below(area.path), election=area.election_id, level=level).aggregate(
        first=Min("pk"), last=Max("pk")
    )
    wanted = set(
        Area.objects.filter(below(area.path), election=area.election_id, level=level).values_list("pk", flat=True)
    )
    if ids["first"] is None:
        return voters.build_filter([]).to_bytes()
    rows = RollKey.objects.filter(pk__gte=ids["first"] * LINES, pk__lt=(ids["last"] + 1) * LINES)
    keys = (bytes(key) for pk, key in rows.values_list("pk", "key").iterator(10_000) if pk // LINES in wanted)
    return voters.build_filter(keys).to_bytes()


def envelope_code(scope: Scope, station: Area) -> str:
    """What is printed into the station's sealed envelope. :raises Forbidden: without SETTINGS at the station"""
    scope.require(Right.SETTINGS, station)
    secret = keystore.secrets_of(station.election_id).packet_secret
    return packets.envelope_code(secret, station.election_id, station.code)


def station_pin(scope: Scope, station: Area) -> str:
    """What the station's officer is told by word or in another envelope. :raises Forbidden: without SETTINGS there"""
    scope.require(Right.SETTINGS, station)
    secret = keystore.secrets_of(station.election_id).packet_secret
    return packets.station_pin(secret, station.election_id, station.code)
