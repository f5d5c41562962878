"""A regency of two sub-districts and six stations, its officers, and the playbook adopted there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from satusuara import law
from satusuara.areas.models import Area, Election
from satusuara.ledger.verify import verify
from satusuara.people.models import Appointment, User
from satusuara.people.queries import Scope, scope_of
from satusuara.risk import actions
from satusuara.risk.models import Register, Risk
from tests.count.regency import build_tree, station

AT = datetime(2024, 2, 8, 2, tzinfo=UTC)  # the day of the meeting, six days before voting
STATIONS = [station(n) for n in (1, 2, 3)] + [station(n, "7322021002") for n in (1, 2, 3)]


@dataclass
class Regency:
    election: Election
    register: Register

    def area(self, code: str) -> Area:
        return Area.objects.get(election=self.election, code=code)

    def risk(self, code: str) -> Risk:
        return Risk.objects.select_related("area", "register__election").get(register=self.register, code=code)

    def officer(self, role: str, code: str, name: str = "") -> Scope:
        """Somebody appointed to a role at an area, as he may act now."""
        name = name or f"{role}-{code}"
        user, _ = User.objects.get_or_create(username=name)
        assert law.load_law("id-2024").role(role)
        Appointment.objects.get_or_create(
            user=user, role=role, election=self.election, area=self.area(code),
            defaults={"starts": AT, "granted_by": "t", "reason": "t"},
        )  # fmt: skip
        return scope_of(user, at=AT)


@pytest.fixture
def regency(db: None) -> Regency:
    election = build_tree(STATIONS)
    area = Area.objects.get(election=election, code="7322")
    register = actions.adopt_playbook(scope=Scope.system("test"), election=election, area=area, at=AT)
    return Regency(election, register)


@pytest.fixture
def chair(regency: Regency) -> Scope:
    return regency.officer("kpu-ketua", "7322")


@pytest.fixture
def ppk(regency: Regency) -> Scope:
    """The chair of the first sub-district."""
    return regency.officer("ppk-ketua", "732201")


def wrong_in_the_log() -> list[str]:
    """What the ledger finds wrong about this chapter's rows and about itself; officers are put in by hand here."""
    return [each.code for each in verify().problems if not each.kind.startswith("people.")]
