"""What stations need, from the number of their listed voters; and the way to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.ballots.actions.common import lock_stores, require_words
from satusuara.ballots.choices import Transport
from satusuara.ballots.models import Need, NeedList, Route
from satusuara.ballots.payloads import sealed
from satusuara.ballots.queries import districts_of, stations_of
from satusuara.ballots.rules import need
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope

_NAMED = 5


def set_needs(*, scope: Scope, area: Area, voters: Mapping[str, int], source: str, at: datetime) -> NeedList:
    """Ballots and supplies for every station of an area from ``voters``: {station's code: listed voters}.

    The same numbers from the same source again change nothing. Otherwise a new list is made; older ones stay.

    :raises Forbidden: without READY at the area
    :raises Refusal: ``source-missing``, ``stations-missing``, ``station-unknown``, ``voters-unfit``,
        ``district-unknown``
    """
    scope.require(Right.READY, area)
    source = require_words(source, "source", Text("Sumber jumlah pemilih", "The source of the voters"), longest=200)
    law = laws.load_law(area.election.law)
    stations = list(stations_of(area))
    _require_whole({station.code for station in stations}, voters)
    districts = districts_of(law, stations)
    rows: list[Need] = []
    for station in stations:
        n = voters[station.code]
        for contest in law.contests:
            district = districts.get((station.pk, contest.code))
            if district is None:
                raise _no_district(station, contest.short)
            ballots = need(n, law.station.reserve_percent, law.station.reserve_rounding)
            rows.append(Need(area=station, item=contest.code, district=district, voters=n, quantity=ballots))
        rows += [
            Need(area=station, item=supply.code, district="", voters=n, quantity=supply.each)
            for supply in law.station.supplies
        ]
    listed = [[row.area.code, row.item, row.district, row.voters, row.quantity] for row in rows]
    hashed = hashlib.sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest()
    with transaction.atomic():
        lock_stores(area)
        last = NeedList.objects.filter(area=area).first()
        if last is not None and (last.rows_sha256, last.source) == (hashed, source):
            return last
        made = NeedList.objects.create(
            area=area, number=last.number + 1 if last else 1, source=source, rows_sha256=hashed, by=scope.name, at=at
        )
        for row in rows:
            row.list = made
        Need.objects.bulk_create(rows, batch_size=500)
        seal(at=at, by=scope.name, seals=[sealed("set_needs", made)])
    return made


def _require_whole(stations: set[str], voters: Mapping[str, int]) -> None:
    if not stations:
        raise Refusal("stations-missing", Text("Wilayah ini tidak memiliki TPS", "This area has no stations"))
    other = sorted(set(voters) - stations)
    if other:
        raise Refusal(
            "station-unknown",
            Text(f"TPS tidak dikenal: {', '.join(other[:_NAMED])}", f"Unknown stations: {', '.join(other[:_NAMED])}"),
        )
    absent = sorted(stations - set(voters))
    if absent:
        said = ", ".join(absent[:_NAMED])
        raise Refusal(
            "stations-missing",
            Text(f"{len(absent)} TPS tanpa jumlah pemilih: {said}", f"{len(absent)} stations without voters: {said}"),
            remedy=Text("Lengkapi tabelnya: satu baris untuk setiap TPS.", "Complete the table: one row a station."),
        )
    unfit = sorted(code for code, n in voters.items() if not 0 <= n < 100_000)
    if unfit:
        raise Refusal(
            "voters-unfit",
            Text(
                f"Jumlah pemilih tidak masuk akal: {', '.join(unfit[:_NAMED])}",
                f"Impossible numbers of voters: {', '.join(unfit[:_NAMED])}",
            ),
        )


def _no_district(station: Area, contest: Text) -> Refusal:
    return Refusal(
        "district-unknown",
        Text(
            f"Dapil {contest.id} TPS {station.code} tidak dapat ditentukan dari wilayahnya",
            f"The {contest.en} district of station {station.code} does not follow from its area",
        ),
        remedy=Text(
            "Lengkapi tabel daerah pemilihan sampai tingkat yang membedakannya.",
            "Complete the table of constituencies down to the level that tells them apart.",
        ),
    )


def set_route(*, scope: Scope, area: Area, transport: str, hours: int, at: datetime, note: str = "") -> Route:
    """How long the way to an area takes. The same again changes nothing.

    :raises Forbidden: without READY at the area
    :raises Refusal: ``transport-unknown``, ``hours-unfit``
    """
    scope.require(Right.READY, area)
    if transport not in Transport.values:
        raise Refusal("transport-unknown", Text("Angkutan itu tidak dikenal", "That transport is unknown"))
    if not 0 < hours <= 24 * 30:
        raise Refusal(
            "hours-unfit", Text("Lama perjalanan antara 1 dan 720 jam", "The way takes between 1 and 720 hours")
        )
    with transaction.atomic():
        lock_stores(area)
        last = Route.objects.filter(area=area).first()
        if last is not None and (last.transport, last.hours, last.note) == (transport, hours, note.strip()[:300]):
            return last
        row = Route.objects.create(
            area=area, transport=transport, hours=hours, note=note.strip()[:300], by=scope.name, at=at
        )
        seal(at=at, by=scope.name, seals=[sealed("set_route", row)])
    return row
