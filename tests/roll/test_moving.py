"""Who votes elsewhere is locked at home by the act that writes him where he goes; taken back, both are as before."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from satusuara import law as laws
from satusuara.areas.models import Area, District, DistrictArea, Election
from satusuara.kernel.errors import Forbidden, Refusal
from satusuara.ledger.verify import verify
from satusuara.people.queries import Scope
from satusuara.roll.actions import cancel_letter, erase_roll, issue_letter, restore_voter, reveal_nik, strike_voter
from satusuara.roll.choices import VoterState
from satusuara.roll.models import MovingLetter, RollChange, Voter
from satusuara.roll.queries import ballots_of_move, history, letters, voters
from tests.roll.lists import AT, HERE, ROOT, THERE, list_of, nik, read, regency, row, voter

pytestmark = pytest.mark.django_db
LATE = datetime(2024, 1, 15, 17, tzinfo=UTC)  # 16 January, 01:00 in Luwu Utara


@pytest.fixture
def moved(tmp_path: Path) -> tuple[Election, Area]:
    """Two voters in the first village; the two sub-districts lie in one district of every contest but the regency's."""
    election, area = regency()
    read(list_of(tmp_path, row(1), row(2)), election, area)
    for contest in ("dpr", "dprd_prov"):
        _district(election, contest, "1", area.code)
    _district(election, "dprd_kab", "1", "732201")
    _district(election, "dprd_kab", "2", "732299")
    return election, area


def _district(election: Election, contest: str, code: str, member: str, part: str = "") -> None:
    district, _ = District.objects.get_or_create(
        election=election, contest=contest, code=code, defaults={"name": code, "source": "t"}
    )
    area = Area.objects.get(election=election, code=member)
    DistrictArea.objects.create(district=district, area=area, area_code=member, name=member, part=part)


def station(code: str) -> Area:
    return Area.objects.get(election="id-2024", code=code)


@pytest.mark.requirement(3, "5", "the letter and the strike-out at home are one act; the destination gets a line")
def test_a_letter_locks_the_line_at_home(moved: tuple[Election, Area]) -> None:
    letter = issue_letter(scope=ROOT, voter=voter(1), to=station(f"{THERE}001"), reason="duty", at=AT)
    home, there = voter(1), letter.destination
    assert (home.state, home.reason) == (VoterState.LOCKED, "moved-vote")
    assert (there.area.code, there.category, there.state) == (f"{THERE}001", "dptb", VoterState.ACTIVE)
    assert letter.contests == ["ppwp", "dpd", "dpr", "dprd_prov"], "the regency's own districts differ"
    assert [one.number for one in letters(ROOT, station(f"{HERE}001"))] == [letter.number]
    assert [one.number for one in letters(ROOT, station(f"{THERE}001"), side="destination")] == [letter.number]
    assert verify().problems == []


@pytest.mark.requirement(3, "5", "a letter that is taken back leaves one line in force, the one at home")
def test_a_letter_taken_back_restores_the_line_at_home(moved: tuple[Election, Area]) -> None:
    letter = issue_letter(scope=ROOT, voter=voter(1), to=station(f"{THERE}001"), reason="duty", at=AT)
    cancel_letter(scope=ROOT, letter=letter, note="batal berangkat", at=AT)
    assert voter(1).state == VoterState.ACTIVE
    assert Voter.objects.get(pk=letter.destination_id).state == VoterState.STRUCK
    with pytest.raises(Refusal, match="letter-cancelled"):
        cancel_letter(scope=ROOT, letter=letter, note="lagi", at=AT)
    again = issue_letter(scope=ROOT, voter=voter(1), to=station(f"{THERE}002"), reason="duty", at=AT)
    assert again.destination.area.code == f"{THERE}002"
    assert verify().problems == []


@pytest.mark.requirement(3, "5", "deadlines by reason, in the time of the station")
def test_after_the_last_day_of_a_reason_there_is_no_letter(moved: tuple[Election, Area]) -> None:
    with pytest.raises(Refusal) as refused:
        issue_letter(scope=ROOT, voter=voter(1), to=station(f"{THERE}001"), reason="study", at=LATE)
    assert (refused.value.code, "15-01-2024" in refused.value.in_("id")) == ("move-too-late", True)
    assert issue_letter(scope=ROOT, voter=voter(1), to=station(f"{THERE}001"), reason="patient", at=LATE).pk
    assert not MovingLetter.objects.filter(reason="study").exists()


def test_nobody_moves_twice_or_nowhere(moved: tuple[Election, Area]) -> None:
    issue_letter(scope=ROOT, voter=voter(1), to=station(f"{THERE}001"), reason="duty", at=AT)
    with pytest.raises(Refusal, match="line-not-active"):
        issue_letter(scope=ROOT, voter=voter(1), to=station(f"{THERE}002"), reason="duty", at=AT)
    with pytest.raises(Refusal, match="move-nowhere"):
        issue_letter(scope=ROOT, voter=voter(2), to=station(f"{HERE}001"), reason="duty", at=AT)
    with pytest.raises(Refusal, match="not-a-station"):
        issue_letter(scope=ROOT, voter=voter(2), to=station(HERE), reason="duty", at=AT)
    with pytest.raises(Forbidden):
        issue_letter(scope=Scope.public(), voter=voter(2), to=station(f"{THERE}001"), reason="duty", at=AT)


@pytest.mark.requirement(3, "5", "the entitlement on the letter, where only a part of an area belongs to a district")
def test_a_split_area_gives_no_ballot_by_its_code_alone(moved: tuple[Election, Area]) -> None:
    election, _ = moved
    DistrictArea.objects.filter(district__contest="dpr").update(part="sebagian")
    law = laws.load_law(election.law)
    given = ballots_of_move(law, station(f"{HERE}001"), station(f"{THERE}001"))
    assert given == {"ppwp": True, "dpd": True, "dpr": None, "dprd_prov": True, "dprd_kab": given["dprd_kab"]}
    assert not given["dprd_kab"]


def test_a_strike_names_its_reason_and_can_be_taken_back(moved: tuple[Election, Area]) -> None:
    with pytest.raises(Refusal, match="no-strike-reason"):
        strike_voter(scope=ROOT, voter=voter(1), reason="nyinyir", note="", at=AT)
    strike_voter(scope=ROOT, voter=voter(1), reason="deceased", note="akta kematian", at=AT)
    with pytest.raises(Refusal, match="line-not-active"):
        strike_voter(scope=ROOT, voter=voter(1), reason="deceased", note="", at=AT)
    restore_voter(scope=ROOT, voter=voter(1), note="orang lain", at=AT)
    assert [(c.kind, c.note) for c in history(ROOT, voter(1))] == [
        ("restored", "orang lain"), ("struck", "akta kematian"),
    ]  # fmt: skip
    assert verify().problems == []


@pytest.mark.requirement(3, "9", "opening a whole identity number is a deed with a reason")
def test_looking_at_a_whole_number_is_a_deed(moved: tuple[Election, Area]) -> None:
    with pytest.raises(Refusal, match="reason-missing"):
        reveal_nik(scope=ROOT, voter=voter(1), reason=" ", at=AT)
    assert reveal_nik(scope=ROOT, voter=voter(1), reason="cocokkan dengan KTP-el", at=AT) == nik(1)
    assert verify().problems == []


@pytest.mark.requirement(3, "9", "after the election persons are erased, and the log still verifies")
def test_the_roll_is_erased_and_the_log_still_holds(moved: tuple[Election, Area]) -> None:
    election, area = moved
    issue_letter(scope=ROOT, voter=voter(1), to=station(f"{THERE}001"), reason="duty", at=AT)
    with pytest.raises(Forbidden):
        erase_roll(scope=Scope.public(), election=election, reason="selesai", at=AT)
    erased = erase_roll(scope=Scope.system("roll"), election=election, reason="masa simpan berakhir", at=AT)
    assert (erased["voter"], erased["movingletter"]) == (3, 1)
    assert not Voter.objects.exists()
    assert not RollChange.objects.exists()
    assert not voters(ROOT, area).exists()
    assert verify().problems == []
