"""What the ledger seals of this chapter's rows, as they stand now: counts and hashes, never a voter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC
from typing import Any

from satusuara.areas.models import Area
from satusuara.pollbook.models import LINES, Arrival, Conflict, Device, Fork, RollKey, Segment, StationPacket


def device(row: Device) -> dict[str, Any]:
    return {
        "device": row.device,
        "election": row.election_id,
        "area": row.area.code,
        "dev_ix": row.dev_ix,
        "role": row.role,
        "manifest": bytes(row.manifest).hex(),
        "revoked_at": row.revoked_at.astimezone(UTC).isoformat() if row.revoked_at else None,
        "revoked_by": row.revoked_by,
        "revoke_reason": row.revoke_reason,
    }


def devices(ids: Iterable[str]) -> dict[str, Any]:
    return {row.device: device(row) for row in Device.objects.filter(device__in=list(ids)).select_related("area")}


def device_ids() -> list[str]:
    return list(Device.objects.values_list("device", flat=True))


def arrival(hashes: Iterable[bytes]) -> dict[str, Any]:
    """Segment hashes in byte order: who voted cannot be read from them."""
    return {"segments": sorted(one.hex() for one in hashes)}


def arrivals(ids: Iterable[str]) -> dict[str, Any]:
    """What the ledger seals of arrivals: the hashes of the segments that came together."""
    known = [int(one) for one in ids]
    found: dict[int, list[bytes]] = {pk: [] for pk in Arrival.objects.filter(pk__in=known).values_list("pk", flat=True)}
    for pk, hashed in Segment.objects.filter(arrival__in=known).values_list("arrival_id", "hash"):
        found[pk].append(bytes(hashed))
    return {str(pk): arrival(hashes) for pk, hashes in found.items()}


def arrival_ids() -> list[str]:
    return [str(pk) for pk in Arrival.objects.values_list("pk", flat=True)]


def conflict(case_id: str, claims: Iterable[tuple[str, int]]) -> dict[str, Any]:
    return {"case": case_id, "claims": [list(claim) for claim in claims]}


def conflicts(ids: Iterable[str]) -> dict[str, Any]:
    rows = Conflict.objects.filter(case_id__in=list(ids)).select_related("first__device", "second__device")
    return {
        row.case_id: conflict(row.case_id, ((c.device.device, c.seq) for c in (row.first, row.second))) for row in rows
    }


def conflict_ids() -> list[str]:
    return list(Conflict.objects.values_list("case_id", flat=True))


def fork(device_hex: str, seq: int, hashes: tuple[str, str]) -> dict[str, Any]:
    return {"device": device_hex, "seq": seq, "hashes": list(hashes)}


def forks(ids: Iterable[str]) -> dict[str, Any]:
    rows = Fork.objects.filter(pk__in=[int(one) for one in ids]).select_related("device")
    return {str(row.pk): fork(row.device.device, row.seq, (row.first_hash, row.second_hash)) for row in rows}


def fork_ids() -> list[str]:
    return [str(pk) for pk in Fork.objects.values_list("pk", flat=True)]


def roll(station: Area, rows: Iterable[tuple[int, bytes, int, int]]) -> dict[str, Any]:
    """One hash over every line of a station's roll: (line, voter key, part, flags); no key can be read from it."""
    digest, lines = hashlib.sha256(), 0
    for pk, key, part, flags in sorted(rows):
        digest.update(b"%d %b %d %d\n" % (pk - station.pk * LINES, key.hex().encode(), part, flags))
        lines += 1
    return {"election": station.election_id, "area": station.code, "lines": lines, "sha256": digest.hexdigest()}


def rolls(ids: Iterable[str]) -> dict[str, Any]:
    """What the ledger seals of stations' rolls, by the area's number: a line changed or unlocked no longer fits."""
    found = {}
    for station in Area.objects.filter(pk__in=[int(one) for one in ids]):
        first = station.pk * LINES
        rows = RollKey.objects.filter(pk__gte=first, pk__lt=first + LINES).values_list("id", "key", "part", "flags")
        found[str(station.pk)] = roll(station, ((pk, bytes(key), part, flags) for pk, key, part, flags in rows))
    return found


def packet(row: StationPacket) -> dict[str, Any]:
    """The hash of what devices fetch, taken of the bytes themselves."""
    return {
        "election": row.station.election_id,
        "area": row.station.code,
        "sha256": hashlib.sha256(bytes(row.body)).hexdigest(),
        "stated": row.sha256,
        "by": row.by,
    }


def packets(ids: Iterable[str]) -> dict[str, Any]:
    """What the ledger seals of stations' packets, by the area's number."""
    rows = StationPacket.objects.filter(station__in=[int(one) for one in ids]).select_related("station")
    return {str(row.station_id): packet(row) for row in rows}


def packet_ids() -> list[str]:
    return [str(pk) for pk in StationPacket.objects.values_list("station", flat=True)]
