"""What a station is given of the roll: locked and doubtful lines, moved voters, the same bytes from the same roll."""

from __future__ import annotations

from pathlib import Path

import pytest

from satusuara.areas.models import Area
from satusuara.kernel.errors import Forbidden
from satusuara.law import load_law
from satusuara.people.queries import Scope
from satusuara.people.rules import Grant, Reach
from satusuara.pollbook.actions.provisioning import Provided, provide_packets
from satusuara.pollbook.keystore import secrets_of
from satusuara.pollbook.rules.entitlement import contests_of
from satusuara.pollbook.rules.packets import Packet, unlock_packet
from satusuara.pollbook.rules.voters import voter_key
from satusuara.roll.actions import issue_letter, record_linkage, strike_voter
from satusuara.roll.actions.linking import FoundPair
from tests.roll.lists import AT, HERE, ROOT, THERE, list_of, nik, read, regency, row, voter

pytestmark = pytest.mark.django_db


@pytest.fixture
def area(tmp_path: Path, settings: object) -> Area:
    """Six lines: 1 votes elsewhere, 2 and 5 may be one person, 3 is struck; 4 has no number."""
    settings.HOME = tmp_path / "home"  # type: ignore[attr-defined]
    election, area = regency()
    rows = [row(1), row(2), row(3), row(4, nik=""), row(5, at=f"{THERE}001"), row(6)]
    read(list_of(tmp_path, *rows), election, area)
    issue_letter(scope=ROOT, voter=voter(1), to=Area.objects.get(code=f"{THERE}001"), reason="duty", at=AT)
    strike_voter(scope=ROOT, voter=voter(3), reason="deceased", note="akta", at=AT)
    found = [FoundPair(voter(2).pk, voter(5).pk, 0.9, "review", ["nama sama"])]
    record_linkage(
        scope=ROOT, election=election, area=area, design="t", settings={}, records=6, found=found, at=AT
    )  # fmt: skip
    return area


def provided(area: Area) -> dict[str, Provided]:
    return {each.station.code: each for each in provide_packets(scope=ROOT, area=area, at=AT, rounds=1)}


def opened(each: Provided) -> Packet:
    commission = secrets_of(each.station.election_id).commission
    return unlock_packet(bytes(each.packet.body), pin=each.pin, code=each.code, commission=commission)


@pytest.mark.requirement(3, "7", "a packet holds roll, locked lines, suspected duplicates, moved voters, filter")
def test_a_packet_says_what_the_roll_says(area: Area) -> None:
    found = provided(area)
    here, there = opened(found[f"{HERE}001"]), opened(found[f"{THERE}001"])
    assert [(line.line, line.flags) for line in here.roll] == [(1, 1), (2, 2), (4, 0), (6, 0)]  # 3 is struck
    assert [line.flags for line in there.roll] == [2]
    (guest,) = there.movers
    assert guest.origin == f"{HERE}001"
    assert contests_of(load_law("id-2024"), guest.mask)[0] == "ppwp"
    key = voter_key(secrets_of(area.election_id).regency_key, nik(5))
    assert key in {line.key for line in there.roll}
    assert here.filter == there.filter  # of the whole regency


@pytest.mark.requirement(3, "7", "an unchanged roll gives the same bytes; a changed one does not")
def test_the_same_roll_gives_the_same_bytes(area: Area) -> None:
    first = {code: bytes(each.packet.body) for code, each in provided(area).items()}
    assert {code: bytes(each.packet.body) for code, each in provided(area).items()} == first
    strike_voter(scope=ROOT, voter=voter(6), reason="deceased", note="akta", at=AT)
    assert {code: bytes(each.packet.body) for code, each in provided(area).items()} != first


@pytest.mark.requirement(3, "7", "packets are made by whoever may, for his own area")
def test_packets_need_the_right(area: Area) -> None:
    pps = Scope("pps", Reach((Grant("id-2024", area.path, frozenset({"roll", "roll-manage"})),)))
    with pytest.raises(Forbidden):
        provide_packets(scope=pps, area=area, at=AT, rounds=1)
