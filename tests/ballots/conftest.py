"""A regency of two sub-districts in two constituencies, four stations, and its officers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from satusuara import law
from satusuara.areas.models import Area, District, DistrictArea, Election
from satusuara.ballots.actions.boxes import pack
from satusuara.ballots.actions.handovers import Found, confirm, send
from satusuara.ballots.actions.needs import set_needs
from satusuara.ballots.actions.stock import receive, sort
from satusuara.ballots.choices import Arrived
from satusuara.ballots.models import Box, Deed, Handover
from satusuara.ballots.rules import Sorting
from satusuara.ledger.verify import verify
from satusuara.people.models import Appointment, User
from satusuara.people.queries import Scope, scope_of
from tests.count.regency import build_tree, station

AT = datetime(2024, 2, 1, 2, tzinfo=UTC)
LEFT = (station(1), station(2))
RIGHT = (station(1, "7322022001"), station(2, "7322022001"))
VOTERS = {LEFT[0]: 250, LEFT[1]: 201, RIGHT[0]: 300, RIGHT[1]: 99}


@dataclass
class Regency:
    election: Election
    numbers: count[int] = field(default_factory=lambda: count(1))

    def area(self, code: str) -> Area:
        return Area.objects.select_related("election").get(election=self.election, code=code)

    @property
    def top(self) -> Area:
        return self.area("7322")

    def officer(self, role: str, code: str, name: str = "") -> Scope:
        """Somebody appointed to a role at an area, as he may act now."""
        name = name or f"{role}-{code}"
        user, _ = User.objects.get_or_create(username=name)
        assert law.load_law("id-2024").role(role)
        Appointment.objects.get_or_create(
            user=user, role=role, election=self.election, area=self.area(code),
            defaults={"starts": AT - timedelta(days=1), "granted_by": "t", "reason": "t"},
        )  # fmt: skip
        return scope_of(user, at=AT)

    @property
    def kul(self) -> Scope:
        """The regency's division of logistics."""
        return self.officer("kpu-kul", "7322")

    def client_id(self) -> str:
        return f"c{next(self.numbers)}"

    def receive(self, item: str, district: str, quantity: int) -> Deed:
        return receive(
            scope=self.kul, area=self.top, item=item, district=district, quantity=quantity, reference="SJ-1",
            client_id=self.client_id(), at=AT,
        )  # fmt: skip

    def sort(self, item: str, district: str, *parts: int) -> Deed:
        return sort(
            scope=self.kul, area=self.top, item=item, district=district, sorting=Sorting(sum(parts), *parts),
            reference="BA-1", client_id=self.client_id(), at=AT,
        )  # fmt: skip

    def stocked(self, item: str, district: str, quantity: int) -> None:
        """So many good ones in the regency's store."""
        self.receive(item, district, quantity)
        self.sort(item, district, quantity)

    def pack(self, code: str, contents: Mapping[tuple[str, str], int], number: int = 1, seal: str = "") -> Box:
        return pack(
            scope=self.kul, store=self.top, station=self.area(code), number=number, contents=contents, at=AT,
            seal_no=seal or f"S{code}{number}", client_id=self.client_id(),
        )  # fmt: skip

    def send(self, scope: Scope, sender: str, receiver: str, *boxes: Box, at: datetime = AT) -> Handover:
        return send(
            scope=scope, sender=self.area(sender), receiver=self.area(receiver), boxes=boxes, transport="land",
            due=at + timedelta(hours=6), client_id=self.client_id(), at=at,
        )  # fmt: skip

    def to_station(self, box: Box) -> None:
        """From the regency straight to the station, found whole."""
        code = box.station.code
        way = self.send(self.kul, "7322", code, box)
        found = {box.pk: Found(Arrived.WHOLE, box.seal)}
        confirm(scope=self.officer("kpps-ketua", code), handover=way, found=found, at=AT)
        box.refresh_from_db()


@pytest.fixture
def bare(db: None) -> Regency:
    """No need was set yet; each sub-district is a constituency of the regency's assembly."""
    election = build_tree([*LEFT, *RIGHT])
    for contest, code, area_code in (
        ("dpr", "7303", "7322"), ("dprd_prov", "7311", "7322"),
        ("dprd_kab", "732201", "732201"), ("dprd_kab", "732202", "732202"),
    ):  # fmt: skip
        district, _ = District.objects.get_or_create(
            election=election, contest=contest, code=code, defaults={"name": f"Dapil {code}", "source": "t"}
        )
        area = Area.objects.get(election=election, code=area_code)
        DistrictArea.objects.create(district=district, area=area, area_code=area_code, name=area.name)
    return Regency(election)


@pytest.fixture
def regency(bare: Regency) -> Regency:
    set_needs(scope=bare.kul, area=bare.top, voters=VOTERS, source="DPT buatan", at=AT)
    return bare


def wrong_in_the_log() -> list[str]:
    """What the ledger finds wrong about this chapter's rows and about itself; officers are put in by hand here."""
    return [each.code for each in verify().problems if not each.kind.startswith("people.")]
