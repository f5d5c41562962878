"""Undos applied and doubles raised, inside the commit that brings the claim. The meaning is ``rules.merge``'s."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from satusuara.pollbook.actions.prepare import Prepared
from satusuara.pollbook.actions.store import insert_rows, select_in
from satusuara.pollbook.models import Claim, Conflict, Device, Segment, Undo
from satusuara.pollbook.rules.events import EventId, Kind
from satusuara.pollbook.rules.merge import UNDOABLE, cases
from satusuara.pollbook.rules.segments import open_segment

if TYPE_CHECKING:
    from satusuara.pollbook.actions.batch import Sender, Station

ClaimId = tuple[str, int]
"""Device (hex) and number."""

_UNDO = ("device_id", "seq", "station_id", "target_device", "target_seq", "kind", "counts")


def apply_undos(
    fresh: Sequence[Prepared],
    senders: Mapping[str, Sender],
    stations: Mapping[tuple[str, str], Station],
) -> set[bytes]:
    """Writes new undos, and lets old ones that named something not heard yet take effect: persons concerned."""
    rows = []
    for one in fresh:
        segment = one.segment
        if segment is None or not one.undos:
            continue
        sender, station = senders[segment.device.hex()], stations[segment.election, segment.station]
        known = set(
            Undo.objects.filter(device=sender.pk, seq__in=[seq for seq, _ in one.undos]).values_list(
                "seq", "target_device", "target_seq"
            )
        )
        for seq, target in dict.fromkeys(one.undos):
            row = (sender.pk, seq, station.pk, target.device.hex(), target.seq, None, False)
            if (seq, target.device.hex(), target.seq) not in known:
                rows.append(row)
    insert_rows(Undo, _UNDO, rows)
    names = {(target, seq) for _, _, _, target, seq, _, _ in rows}
    names |= _named_before(fresh)
    return _take_effect(names) if names else set()


def _named_before(fresh: Sequence[Prepared]) -> set[ClaimId]:
    """New events that an earlier undo named already."""
    devices = {one.segment.device.hex() for one in fresh if one.segment}
    named = select_in("SELECT target_device, target_seq FROM pollbook_undo WHERE target_device IN ({})", devices)
    if not named:
        return set()
    ranges = [(one.segment.device.hex(), one.segment.first, one.segment.last) for one in fresh if one.segment]
    return {(d, seq) for d, seq in named if any(d == device and a <= seq <= b for device, a, b in ranges)}


def _take_effect(names: Iterable[ClaimId]) -> set[bytes]:
    """Marks what the undos of ``names`` take back, where they may."""
    changed: set[bytes] = set()
    pks = dict(Device.objects.filter(device__in={d for d, _ in names}).values_list("device", "pk"))
    for device, seq in sorted(names):
        if device not in pks:
            continue
        found = _event_kinds(pks[device], seq)
        for undo in Undo.objects.filter(target_device=device, target_seq=seq):
            same_device = undo.device_id == pks[device]
            kinds = [kind for station, kind in found if station == undo.station_id and kind in UNDOABLE]
            if not kinds or (same_device and seq >= undo.seq):
                continue
            undo.counts, undo.kind = True, int(kinds[0])
            undo.save(update_fields=["counts", "kind"])
            for claim in Claim.objects.filter(device=pks[device], seq=seq, undone=False):
                changed.add(bytes(claim.person))
                claim.undone = True
                claim.save(update_fields=["undone"])
    return changed


def _event_kinds(device_pk: int, seq: int) -> list[tuple[int, Kind]]:
    """(station, kind) of what stands under a number: one, or more where the device forked."""
    rows = Segment.objects.filter(device=device_pk, first__lte=seq, last__gte=seq).values_list("station_id", "raw")
    found = []
    for station, raw in rows:
        segment = open_segment(bytes(raw), checked=True)
        found.append((station, segment.events[seq - segment.first].kind))
    return found


def raise_doubles(
    claimed: Mapping[bytes, list[ClaimId]], changed: set[bytes], at: datetime
) -> list[tuple[str, list[ClaimId]]]:
    """Raises a case for every pair of live claims of the persons concerned, and ends those that are none any more.

    Returns the new cases: name and its two claims.
    """
    persons = set(claimed) | changed
    live: dict[tuple[str, bytes], dict[EventId, int]] = defaultdict(dict)
    rows = select_in(
        "SELECT d.election_id, c.person, d.device, c.seq, c.id FROM pollbook_claim c "
        "JOIN pollbook_device d ON d.id = c.device_id WHERE c.person IN ({}) AND NOT c.undone",
        persons,
    )
    for election, person, device, seq, pk in rows:
        live[election, bytes(person)].setdefault(EventId(bytes.fromhex(device), seq), pk)
    raised: list[tuple[str, list[ClaimId]]] = []
    names: set[str] = set()
    for (election, person), claims in sorted(live.items(), key=lambda item: item[0]):
        pairs = cases(claims) if len(claims) > 1 else {}
        names |= {case.hex() for case in pairs}
        if pairs:
            raised += _raise(election, person, pairs, claims, at)
    if changed:
        over = Conflict.objects.filter(person__in=changed, ended_at=None).exclude(case_id__in=names)
        over.update(ended_at=at)
    return raised


def _raise(
    election: str,
    person: bytes,
    pairs: Mapping[bytes, tuple[EventId, EventId]],
    pks: Mapping[EventId, int],
    at: datetime,
) -> list[tuple[str, list[ClaimId]]]:
    names = {case.hex(): pair for case, pair in pairs.items()}
    known = set(Conflict.objects.filter(case_id__in=names).values_list("case_id", flat=True))
    new = sorted(set(names) - known)
    Conflict.objects.bulk_create(
        [
            Conflict(
                case_id=name, election_id=election, person=person, first_id=pks[names[name][0]],
                second_id=pks[names[name][1]], raised_at=at,
            )
            for name in new
        ]
    )  # fmt: skip
    return [(name, [(one.device.hex(), one.seq) for one in names[name]]) for name in new]
