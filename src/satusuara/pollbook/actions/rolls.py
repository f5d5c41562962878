"""What stations are given before the day: voter keys of their rolls, and the locked packet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import Seal, seal
from satusuara.people.queries import Scope
from satusuara.pollbook import keystore, payloads
from satusuara.pollbook.actions.devices import MANAGE
from satusuara.pollbook.actions.doubles import ClaimId, raise_doubles
from satusuara.pollbook.actions.store import insert_rows
from satusuara.pollbook.models import LINES, Claim, RollKey, StationPacket
from satusuara.pollbook.places import origin_rules
from satusuara.pollbook.rules import packets, voters
from satusuara.pollbook.rules.events import MAX_LINE
from satusuara.pollbook.rules.merge import line_person

PIN_LENGTH = 6


@dataclass(frozen=True, slots=True)
class RollEntry:
    """A line of a station's roll as the roll chapter knows it. ``identity``: digits, used here and kept nowhere; ""
    where the list has none: then the line itself is the person."""

    line: int
    name: str
    part: int
    identity: str
    locked: bool = False  # a moving letter was issued
    ask_more: bool = False  # in a cluster of suspected duplicates

    @property
    def flags(self) -> int:
        return self.locked * packets.LOCKED | self.ask_more * packets.ASK_MORE


@dataclass(frozen=True, slots=True)
class Expected:
    """A moved voter who is expected at a station, and the ballots he is due (``rules.entitlement``)."""

    name: str
    part: int
    identity: str
    origin: str
    mask: int


def load_station_roll(*, scope: Scope, station: Area, roll: Sequence[RollEntry], at: datetime) -> int:
    """The voter keys behind a station's lines; earlier ones are replaced, claims already made are named anew.

    :raises Forbidden: without the right at the station
    :raises Refusal: ``roll-line`` a line twice, or out of range; ``roll-identity`` a number that is not digits
    """
    scope.require(MANAGE, station)
    _require_lines(roll)
    regency_key = keystore.secrets_of(station.election_id).regency_key
    rows = [
        (station.pk * LINES + entry.line, _key_of(regency_key, station, entry), entry.part, entry.flags)
        for entry in roll
    ]
    with transaction.atomic():
        Election.objects.select_for_update().get(pk=station.election_id)
        first = station.pk * LINES
        RollKey.objects.filter(pk__gte=first, pk__lt=first + LINES).delete()
        insert_rows(RollKey, ("id", "key", "part", "flags"), rows)
        said = Seal("pollbook.load_roll", "pollbook.roll", str(station.pk), payloads.roll(station, rows))
        seals = [said, *_rename_claims(station, {pk - first: key for pk, key, _, _ in rows}, at)]
        seal(at=at, by=scope.name, seals=seals)
    return len(rows)


def publish_packet(
    *,
    scope: Scope,
    station: Area,
    roll: Sequence[RollEntry],
    expected: Sequence[Expected],
    regency_filter: bytes,
    pin: str,
    built_at: datetime,
    expires_at: datetime,
    at: datetime,
    rounds: int = packets.ROUNDS,
) -> StationPacket:
    """The station's locked packet, and its roll's keys. The same call gives the same bytes.

    ``regency_filter``: ``queries.regency_filter`` of the regency, made once for all its stations. The envelope's code
    is ``queries.envelope_code``.

    :raises Forbidden: without the right at the station
    :raises Refusal: ``pin-too-short``, ``roll-line``, ``roll-identity``
    """
    scope.require(MANAGE, station)
    if not (pin.isascii() and pin.isdigit() and len(pin) >= PIN_LENGTH):
        raise Refusal(
            "pin-too-short", Text(f"PIN: paling sedikit {PIN_LENGTH} angka", f"PIN: at least {PIN_LENGTH} digits")
        )
    _require_lines(roll)
    own = keystore.secrets_of(station.election_id)
    law = laws.load_law(station.election.law)
    packet = packets.Packet(
        election=station.election_id, station=station.code, name=station.name, built_ms=_ms(built_at),
        expires_ms=_ms(expires_at), categories=tuple(c.code for c in law.categories),
        contests=tuple(c.code for c in law.contests), hours=tuple((c.opens, c.closes) for c in law.categories),
        roll=tuple(
            packets.RollLine(
                e.line, e.name, e.part, e.identity[-4:], _key_of(own.regency_key, station, e), e.flags
            )
            for e in roll
        ),
        movers=tuple(
            packets.Mover(_key(own.regency_key, 0, e.identity), e.name, e.part, e.identity[-4:], e.origin, e.mask)
            for e in expected
        ),
        origins=tuple(origin_rules(station)), filter=regency_filter, regency_key=own.regency_key,
        matching_public=own.matching_public, log_key=str(keystore.log_key()), commission=own.commission,
    )  # fmt: skip
    code = packets.envelope_code(own.packet_secret, station.election_id, station.code)
    body = packets.lock_packet(
        packets.encode_packet(packet), election=station.election_id, station=station.code, pin=pin, code=code,
        secret=own.packet_secret, seed=own.commission_seed, rounds=rounds,
    )  # fmt: skip
    with transaction.atomic():
        load_station_roll(scope=scope, station=station, roll=roll, at=at)
        digest = hashlib.sha256(body).hexdigest()
        row, _made = StationPacket.objects.update_or_create(
            station=station, defaults={"body": body, "sha256": digest, "at": at, "by": scope.name}
        )
        said = Seal("pollbook.publish_packet", "pollbook.packet", str(station.pk), payloads.packet(row))
        seal(at=at, by=scope.name, seals=[said])
    return row


def _rename_claims(station: Area, keys: dict[int, bytes], at: datetime) -> Iterable[Seal]:
    """Claims made before the roll was here get the persons that it names; doubles that show now are raised."""
    claimed: dict[bytes, list[ClaimId]] = {}
    left: set[bytes] = set()
    for claim in Claim.objects.filter(station=station, line__isnull=False).select_related("device"):
        line = claim.line or 0
        person = keys.get(line) or line_person(station.code, line)
        if bytes(claim.person) != person:
            left.add(bytes(claim.person))
            claim.person = person
            claim.save(update_fields=["person"])
            claimed.setdefault(person, []).append((claim.device.device, claim.seq))
    raised = raise_doubles(claimed, left, at) if claimed else []
    for case, claims in raised:
        yield Seal("pollbook.raise_double", "pollbook.conflict", case, payloads.conflict(case, claims))


def _require_lines(roll: Sequence[RollEntry]) -> None:
    seen: set[int] = set()
    for entry in roll:
        if not 1 <= entry.line <= MAX_LINE or entry.line in seen:
            raise Refusal(
                "roll-line",
                Text(f"Nomor urut {entry.line} tidak sah atau ganda", f"Line {entry.line} is out of range or twice"),
            )
        seen.add(entry.line)


def _key_of(regency_key: bytes, station: Area, entry: RollEntry) -> bytes:
    if not entry.identity:
        return line_person(station.code, entry.line)
    return _key(regency_key, entry.line, entry.identity)


def _key(regency_key: bytes, line: int, identity: str) -> bytes:
    try:
        return voters.voter_key(regency_key, identity)
    except ValueError:
        raise Refusal(
            "roll-identity",
            Text(f"Nomor urut {line}: NIK bukan angka", f"Line {line}: the identity number is not digits"),
        ) from None


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
