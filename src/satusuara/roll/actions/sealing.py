"""The lists of stations added up again after their lines changed, and sealed."""

from __future__ import annotations

from collections.abc import Iterable

from satusuara.areas.models import Area
from satusuara.ledger.actions import Seal
from satusuara.roll.models import StationList
from satusuara.roll.payloads import ListHash, list_hashes, list_payload


def seals_of_lists(areas: Iterable[int], *, action: str, reason: str = "") -> list[Seal]:
    """Brings ``StationList`` of the stations up to their lines; one seal for each list that changed."""
    wanted = set(areas)
    known = {(row.area_id, row.category): row for row in StationList.objects.filter(area__in=wanted)}
    codes = dict(Area.objects.filter(pk__in=wanted).values_list("pk", "code"))
    fresh: list[StationList] = []
    changed: list[StationList] = []
    found = {(each.area, each.category): each for each in list_hashes(wanted)}
    for key in sorted({*found, *known}):
        now, row = found.get(key, ListHash(*key)), known.get(key)
        if row is not None and row.content_sha256 == now.content:
            continue
        (fresh if row is None else changed).append(row or StationList(area_id=key[0], category=key[1]))
        row = row or fresh[-1]
        row.lines, row.active, row.content_sha256 = now.lines, now.active, now.content
        row.locked, row.sexes = now.locked, dict(now.sexes)
    StationList.objects.bulk_create(fresh)
    StationList.objects.bulk_update(changed, ["lines", "active", "locked", "sexes", "content_sha256"], batch_size=200)
    return [
        Seal(action, "roll.list", str(row.pk), list_payload(codes[row.area_id], found_of(row)), reason)
        for row in (*fresh, *changed)
    ]


def found_of(row: StationList) -> ListHash:
    sexes = tuple(sorted(row.sexes.items()))
    return ListHash(row.area_id, row.category, row.lines, row.active, row.locked, sexes, row.content_sha256)
