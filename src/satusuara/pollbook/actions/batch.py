"""One commit's worth of segments: who they are from, how they join what is known, what they mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from satusuara.areas.models import Election
from satusuara.kernel.hashing import sha256_hex
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.pollbook import payloads
from satusuara.pollbook.actions import doubles
from satusuara.pollbook.actions.chains import Chain, FoundFork
from satusuara.pollbook.actions.prepare import Prepared
from satusuara.pollbook.actions.store import insert_rows, select_in, update_rows
from satusuara.pollbook.models import LINES, Arrival, Claim, Fork, Quarantined, Segment, StationDay
from satusuara.pollbook.rules.events import Event
from satusuara.pollbook.rules.merge import line_person

_SEGMENT = (
    "arrival_id", "device_id", "station_id", "first", "last", "hash", "prev_hash", "last_hash", "raw", "check_ins",
    "inked", "refused", "refused_inked", "suspect",
)  # fmt: skip
_CLAIM = ("person", "device_id", "seq", "station_id", "line", "category", "part", "mask", "ms", "undone")
_KEPT = 8192  # bytes of a refused body
MOST_STRANGE = 10_000
"""Bodies that no key signed are kept up to this many."""


@dataclass(frozen=True, slots=True)
class Station:
    """A station of the tree as far as a segment needs it."""

    pk: int
    election_id: str
    path: str


@dataclass(slots=True)
class Sender:
    """A device's row, as a batch reads it once."""

    pk: int
    device: str
    election: str
    area_path: str
    chain: Chain
    valid_from: datetime
    valid_to: datetime
    revoked: bool


class Batch:
    """Writes prepared segments inside the caller's transaction. ``known``: {hash: (entry, ms)} of earlier ones."""

    def __init__(
        self, scope: Scope, prepared: Sequence[Prepared], at: datetime, pardoned: Collection[str] = ()
    ) -> None:
        """``pardoned``: reasons that an officer set aside (``held.release``)."""
        self.scope, self.prepared, self.at, self.pardoned = scope, prepared, at, pardoned
        self.at_ms = int(at.timestamp() * 1000)
        self.known: dict[bytes, tuple[int, int]] = {}
        self.entry = 0
        self.seals: list[Seal] = []
        self.claimed: dict[bytes, list[doubles.ClaimId]] = defaultdict(list)

    def write(self) -> None:
        elections = sorted({one.segment.election for one in self.prepared if one.segment})
        list(Election.objects.select_for_update().filter(pk__in=elections).order_by("pk"))  # one writer an election
        self.senders = self._senders()
        self.stations = self._stations()
        for one in self.prepared:
            one.code = one.code or self._refusal(one)
        self._mark_known()
        fresh = self._fresh()
        if fresh:
            self._store(fresh)
        self._quarantine([one for one in self.prepared if one.code])

    # --- who may say this ---

    def _senders(self) -> dict[str, Sender]:
        wanted = {one.segment.device.hex() for one in self.prepared if one.segment}
        rows = select_in(
            "SELECT d.id, d.device, d.election_id, a.path, d.head, d.head_hash, d.waiting, d.valid_from, d.valid_to, "
            "d.revoked_at FROM pollbook_device d JOIN areas_area a ON a.id = d.area_id WHERE d.device IN ({})",
            wanted,
        )
        found = {}
        for pk, device, election, path, head, head_hash, waiting, starts, ends, revoked in rows:
            chain = Chain(pk, bytes.fromhex(device), head, bytes(head_hash), bool(waiting))
            found[device] = Sender(
                pk, device, election, path, chain, _moment(starts), _moment(ends), revoked is not None
            )
        return found

    def _stations(self) -> dict[tuple[str, str], Station]:
        wanted = {one.segment.station for one in self.prepared if one.segment}
        rows = select_in("SELECT id, election_id, code, path FROM areas_area WHERE code IN ({})", wanted)
        return {(election, code): Station(pk, election, path) for pk, election, code, path in rows}

    def _refusal(self, one: Prepared) -> str:  # noqa: PLR0911  one reason a line, in order
        """Why an opened segment is not accepted, in order; "" where it is."""
        segment = one.segment
        if segment is None:
            return "segment-malformed"
        sender = self.senders.get(segment.device.hex())
        station = self.stations.get((segment.election, segment.station))
        if sender is None:
            return "device-unknown"
        if sender.revoked and "device-revoked" not in self.pardoned:
            return "device-revoked"
        if sender.election != segment.election:
            return "election-other"
        if station is None:
            return "station-unknown"
        if not station.path.startswith(sender.area_path):
            return "station-other"
        if not sender.valid_from <= self.at < sender.valid_to and "device-expired" not in self.pardoned:
            return "device-expired"
        if not self.scope.is_system and not self.scope.allows(Right.IMPORT, station):
            return "not-your-area"
        return ""

    def _mark_known(self) -> None:
        """Segments that are stored already. What follows a device's head cannot be: nothing is asked about it."""
        asked: set[bytes] = set()
        for one in self.prepared:
            if one.segment and not one.code:
                sender = self.senders[one.segment.device.hex()]
                if sender.chain.waiting or one.segment.first <= sender.chain.head:
                    asked.add(one.segment.hash)
        if not asked:
            return
        rows = select_in(
            "SELECT s.hash, r.entry, r.at FROM pollbook_segment s JOIN pollbook_arrival r ON r.id = s.arrival_id "
            "WHERE s.hash IN ({})",
            asked,
        )
        for hashed, entry, at in rows:
            self.known[bytes(hashed)] = (entry, int(_moment(at).timestamp() * 1000))

    def _fresh(self) -> list[Prepared]:
        """Accepted segments that are new, each once, by device and number."""
        found: dict[bytes, Prepared] = {}
        for one in self.prepared:
            if one.segment and not one.code and one.segment.hash not in self.known:
                found.setdefault(one.segment.hash, one)
        return sorted(found.values(), key=lambda one: (one.opened.device, one.opened.first))

    # --- what they mean ---

    def _store(self, fresh: list[Prepared]) -> None:
        arrival = Arrival.objects.create(at=self.at, segments_count=len(fresh))
        forks: list[FoundFork] = []
        again: set[tuple[int, int]] = set()
        rows = []
        touched: dict[str, Sender] = {}
        for one in fresh:
            segment = one.opened
            sender = self.senders[segment.device.hex()]
            touched[sender.device] = sender
            found, overlapping = sender.chain.join(segment)
            forks += found
            again |= {(sender.pk, seq) for seq in overlapping}
            station = self.stations[segment.election, segment.station]
            rows.append(
                (
                    arrival.pk, sender.pk, station.pk, segment.first, segment.last, segment.hash, segment.prev,
                    segment.hashes[-1], segment.raw, len(one.check_ins), one.inked, one.refused, one.refused_inked,
                    one.suspect(self.at_ms),
                )
            )  # fmt: skip
        insert_rows(Segment, _SEGMENT, rows)
        self._claims(fresh, again)
        update_rows(
            "UPDATE pollbook_device SET head = %s, head_hash = %s, waiting = %s WHERE id = %s",
            [(s.chain.head, s.chain.head_hash, s.chain.waiting, s.pk) for s in touched.values()],
        )
        self._days(fresh)
        hashes = [one.segment.hash for one in fresh if one.segment]
        self.seals.append(Seal("pollbook.ingest", "pollbook.arrival", str(arrival.pk), payloads.arrival(hashes)))
        self._forks(forks)
        self.entry = seal(at=self.at, by=self.scope.name, seals=self.seals)[0]
        arrival.entry = self.entry
        arrival.save(update_fields=["entry"])

    def _claims(self, fresh: list[Prepared], again: set[tuple[int, int]]) -> None:
        """``again``: (device, number) that stood in an earlier segment too: the same claim is not written twice."""
        wanted: list[tuple[Prepared, Event, Sender, Station]] = []
        for one in fresh:
            segment = one.opened
            sender, station = self.senders[segment.device.hex()], self.stations[segment.election, segment.station]
            wanted += [(one, event, sender, station) for event in one.check_ins]
        keys = self._roll_keys(wanted)
        written = (
            {
                (pk, seq, bytes(person))
                for pk, seq, person in Claim.objects.filter(
                    device__in={pk for pk, _ in again}, seq__in={seq for _, seq in again}
                ).values_list("device_id", "seq", "person")
            }
            if again
            else set()
        )
        rows = []
        for one, event, sender, station in wanted:
            line = event.voter if isinstance(event.voter, int) else None
            person = keys.get(station.pk * LINES + line, b"") if line is not None else event.voter
            if not isinstance(person, bytes) or not person:
                person = line_person(one.opened.station, line or 0)
            if again and (sender.pk, event.seq, person) in written:
                continue
            if again:
                written.add((sender.pk, event.seq, person))
            rows.append(
                (
                    person, sender.pk, event.seq, station.pk, line, event.category, event.detail[0], event.mask,
                    event.stamp.ms, False,
                )
            )  # fmt: skip
            self.claimed[person].append((sender.device, event.seq))
        insert_rows(Claim, _CLAIM, rows)
        changed = doubles.apply_undos(fresh, self.senders, self.stations)
        raised = doubles.raise_doubles(self.claimed, changed, self.at)
        self.seals += [
            Seal("pollbook.raise_double", "pollbook.conflict", case, payloads.conflict(case, claims))
            for case, claims in raised
        ]

    def _roll_keys(self, wanted: Iterable[tuple[Prepared, Event, Sender, Station]]) -> dict[int, bytes]:
        ids = {station.pk * LINES + event.voter for _, event, _, station in wanted if isinstance(event.voter, int)}
        rows = select_in('SELECT id, "key" FROM pollbook_rollkey WHERE id IN ({})', ids)
        return {pk: bytes(key) for pk, key in rows}

    def _days(self, fresh: list[Prepared]) -> None:
        """Opening and closing of stations, the earliest and the latest that was heard."""
        for one in fresh:
            segment = one.segment
            if segment is None or (one.opened_ms is None and one.closed_ms is None):
                continue
            station = self.stations[segment.election, segment.station]
            day, _ = StationDay.objects.get_or_create(station_id=station.pk)
            if one.opened_ms is not None:
                day.opened_ms = min(one.opened_ms, day.opened_ms or one.opened_ms)
            if one.closed_ms is not None:
                day.closed_ms = max(one.closed_ms, day.closed_ms or 0)
            day.save()

    def _forks(self, found: list[FoundFork]) -> None:
        for one in found:
            row, made = Fork.objects.get_or_create(
                device_id=one.device_pk, seq=one.seq, first_hash=one.hashes[0], second_hash=one.hashes[1],
                defaults={"raised_at": self.at},
            )  # fmt: skip
            if made:
                payload = payloads.fork(one.device.hex(), one.seq, one.hashes)
                self.seals.append(Seal("pollbook.prove_fork", "pollbook.fork", str(row.pk), payload))

    # --- what is not accepted ---

    def _quarantine(self, refused: Sequence[Prepared]) -> None:
        """Keeps the bytes as they came. The same bytes again are counted, not kept twice."""
        strangers = [one for one in refused if one.segment is None]
        full = bool(strangers) and Quarantined.objects.filter(device_signed=False).count() >= MOST_STRANGE
        for one in refused:
            segment, raw = one.segment, one.incoming.raw
            if segment is None and full:
                continue  # whoever sent it still has it; a flood of noise does not fill the disk
            station = self.stations.get((segment.election, segment.station)) if segment else None
            row, made = Quarantined.objects.get_or_create(
                sha256=sha256_hex(raw),
                defaults={
                    "raw": raw if len(raw) <= _KEPT else b"", "size": len(raw), "code": one.code,
                    "detail": one.detail[:200], "device": segment.device.hex() if segment else one.incoming.device[:32],
                    "station_id": station.pk if station else None, "carrier": one.incoming.carrier, "at": self.at,
                    "device_signed": segment is not None,
                },
            )  # fmt: skip
            if not made:
                row.times += 1
                row.code = one.code
                row.save(update_fields=["times", "code"])


def _moment(value: datetime | str) -> datetime:
    """A time as a raw cursor gives it: text without a zone on SQLite."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
