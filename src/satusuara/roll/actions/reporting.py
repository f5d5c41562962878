"""What officers say beside the lists: how many may come unlisted, which notices came back, who works where."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.roll.models import Voter
from satusuara.roll.models_work import Duty, StationReport
from satusuara.roll.payloads import duty_payload, report_payload
from satusuara.roll.queries import spec_of


def report_station(
    *, scope: Scope, station: Area, possible_unlisted: int | None, undelivered: Mapping[str, int], at: datetime
) -> StationReport:
    """Possible unlisted voters and notices that came back, by reason of the law; the newest report stands.

    :raises Forbidden: without READY at the station
    :raises Refusal: ``not-a-station``, ``figure-negative``
    :raises NotFound: ``no-notice-reason``
    """
    scope.require(Right.READY, station)
    law = laws.load_law(station.election.law)
    if station.level != law.station_level:
        raise Refusal("not-a-station", Text("Laporan ini per TPS", "This report is per station"))
    unknown = set(undelivered) - set(spec_of(station.election).notice_reasons)
    if unknown:
        raise NotFound(
            "no-notice-reason", Text(f"Alasan {min(unknown)} tidak dikenal", f"The reason {min(unknown)} is unknown")
        )
    if min([possible_unlisted or 0, *undelivered.values()]) < 0:
        raise Refusal("figure-negative", Text("Jumlah tidak boleh negatif", "A count cannot be negative"))
    kept = {reason: n for reason, n in undelivered.items() if n}
    with transaction.atomic():
        row, _made = StationReport.objects.update_or_create(
            area=station,
            defaults={"possible_unlisted": possible_unlisted, "undelivered": kept, "at": at, "by": scope.name},
        )
        seal(at=at, by=scope.name, seals=[Seal("roll.report", "roll.report", str(row.pk), report_payload(row))])
    return row


def put_on_duty(*, scope: Scope, voter: Voter, station: Area, role: str, at: datetime) -> Duty:
    """Notes that a voter works at a station on voting day; the same again changes nothing, another ends the first.

    :raises Forbidden: without ROLL_MANAGE at his own station or at that one
    :raises Refusal: ``not-a-station``
    """
    if not scope.allows(Right.ROLL_MANAGE, voter.area):
        scope.require(Right.ROLL_MANAGE, station)
    law = laws.load_law(voter.election.law)
    law.role(role)
    if station.election_id != voter.election_id or station.level != law.station_level:
        raise Refusal("not-a-station", Text("Petugas bertugas di sebuah TPS", "Duty is at a station"))
    with transaction.atomic():
        old = Duty.objects.select_for_update().filter(voter=voter, ended_at=None).first()
        if old is not None and (old.station_id, old.role) == (station.pk, role):
            return old
        seals = []
        if old is not None:
            old.ended_at = at
            old.save(update_fields=["ended_at"])
            seals.append(Seal("roll.end_duty", "roll.duty", str(old.pk), duty_payload(old)))
        duty = Duty.objects.create(voter=voter, station=station, role=role, at=at, by=scope.name)
        seals.append(Seal("roll.put_on_duty", "roll.duty", str(duty.pk), duty_payload(duty)))
        seal(at=at, by=scope.name, seals=seals)
    return duty


def end_duty(*, scope: Scope, duty: Duty, at: datetime) -> Duty:
    """He does not work there after all. :raises Forbidden: without ROLL_MANAGE at either station"""
    if not scope.allows(Right.ROLL_MANAGE, duty.voter.area):
        scope.require(Right.ROLL_MANAGE, duty.station)
    with transaction.atomic():
        row = Duty.objects.select_for_update().get(pk=duty.pk)
        if row.ended_at is None:
            row.ended_at = at
            row.save(update_fields=["ended_at"])
            seal(at=at, by=scope.name, seals=[Seal("roll.end_duty", "roll.duty", str(row.pk), duty_payload(row))])
    return row
