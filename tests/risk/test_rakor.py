"""A rakor in deeds: seats, silent votes counted once, decisions, handouts, and minutes whose hash is sealed."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from satusuara.kernel.errors import Forbidden, NotFound, Refusal
from satusuara.ledger.models import Entry
from satusuara.people.models import User
from satusuara.people.queries import Scope
from satusuara.risk import actions, minutes, queries_rakor
from satusuara.risk.choices import ItemPhase, MeetingState, SeatKind
from satusuara.risk.models import AgendaItem, Barrier, BarrierState, Handout, Meeting, Seat, Tally, Vote
from tests.risk.conftest import AT, Regency, wrong_in_the_log

pytestmark = pytest.mark.django_db


def requirement(text: str, point: str = "3") -> pytest.MarkDecorator:
    return pytest.mark.requirement(5, point, text)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path_factory: pytest.TempPathFactory, settings: object) -> None:
    settings.HOME = tmp_path_factory.mktemp("home")  # type: ignore[attr-defined]


@pytest.fixture
def meeting(regency: Regency, chair: Scope) -> Meeting:
    """Called and opened by the chair."""
    called = actions.call_meeting(
        scope=chair, register=regency.register, area=regency.register.area, title="Rakor mitigasi",
        day=date(2024, 2, 8), place="Aula KPU", at=AT,
    )  # fmt: skip
    return actions.open_meeting(scope=chair, meeting=called, at=AT)


def first_item(meeting: Meeting) -> AgendaItem:
    return queries_rakor.items(Meeting.objects.get(pk=meeting.pk))[0]


def by_code(meeting: Meeting, area: str) -> Seat:
    place = next(each for each in queries_rakor.places(meeting) if each.code == area)
    code = queries_rakor.code_for(meeting, place)
    return actions.take_seat_by_code(meeting=meeting, code=code.lower(), name=f"PPK {area}", at=AT)


def vote(seat: Seat, item: AgendaItem, probability: int, impact: int, round_: int = 1) -> Vote:
    return actions.cast_vote(
        seat=seat, serial=seat.serial, item=item, round_=round_, probability=probability, impact=impact
    )


@requirement("a meeting is called once, with an agenda from what was named, expected numbers and gaps")
def test_a_meeting_has_an_agenda(regency: Regency, chair: Scope, ppk: Scope) -> None:
    said = {
        "register": regency.register, "area": regency.register.area, "title": "Rakor", "day": date(2024, 2, 8),
        "place": "Aula", "at": AT,
    }  # fmt: skip
    with pytest.raises(Forbidden):
        actions.call_meeting(scope=ppk, **said)
    called = actions.call_meeting(scope=chair, **said)
    assert actions.call_meeting(scope=chair, **said).pk == called.pk
    order = queries_rakor.items(called)
    assert len(order) == 15
    named = {view.risk.code for view, _ in queries_rakor.candidates(chair, regency.register, called.area)
             if view.problem and view.problem.priority}  # fmt: skip
    assert {each.risk.code for each in order[: len(named)]} == named
    assert all(each.why for each in order)
    with pytest.raises(Refusal, match="place-missing"):
        actions.call_meeting(scope=chair, **(said | {"place": " "}))
    assert wrong_in_the_log() == []


@requirement("the agenda is put in another order, things are taken off and come back")
def test_the_agenda_is_changed_and_the_change_undone(meeting: Meeting, chair: Scope, ppk: Scope) -> None:
    codes = [each.risk.code for each in queries_rakor.items(meeting)]
    second = queries_rakor.items(meeting)[1]
    actions.move_item(scope=chair, item=second, by=-1, at=AT)
    assert [each.risk.code for each in queries_rakor.items(meeting)] == [codes[1], codes[0], *codes[2:]]
    actions.move_item(scope=chair, item=second, by=-1, at=AT)
    actions.move_item(scope=chair, item=second, by=1, at=AT)
    assert [each.risk.code for each in queries_rakor.items(meeting)] == codes
    last = queries_rakor.items(meeting)[-1]
    actions.remove_item(scope=chair, item=last, at=AT)
    assert last.risk.code not in [each.risk.code for each in queries_rakor.items(meeting)]
    assert actions.add_item(scope=chair, meeting=meeting, risk=last.risk, at=AT).pk == last.pk
    assert [each.risk.code for each in queries_rakor.items(meeting)] == codes
    with pytest.raises(Refusal, match="item-is-shown"):
        actions.remove_item(scope=chair, item=first_item(meeting), at=AT)
    with pytest.raises(Forbidden):
        actions.move_item(scope=ppk, item=second, by=1, at=AT)
    assert wrong_in_the_log() == []


@requirement("a committee joins by account or by its one-meeting code, never by both")
def test_one_seat_a_committee(regency: Regency, meeting: Meeting, ppk: Scope, chair: Scope) -> None:
    user = User.objects.get(username="ppk-ketua-732201")
    seat = actions.take_seat(scope=ppk, user=user, meeting=meeting, at=AT)
    assert actions.take_seat(scope=ppk, user=user, meeting=meeting, at=AT).pk == seat.pk
    assert (seat.kind, seat.area.code, seat.office) == (SeatKind.ACCOUNT, "732201", "ppk-ketua")
    with pytest.raises(Refusal, match="seat-taken-by-account"):
        by_code(meeting, "732201")
    other = by_code(meeting, "732202")
    again = by_code(meeting, "732202")
    assert (again.pk, again.serial) == (other.pk, other.serial + 1), "on another phone the seat moves there"
    with pytest.raises(Refusal, match="seat-taken-by-code"):
        actions.take_seat(
            scope=regency.officer("ppk-teknis", "732202"), user=User.objects.get(username="ppk-teknis-732202"),
            meeting=meeting, at=AT,
        )  # fmt: skip
    with pytest.raises(Refusal, match="code-unknown"):
        actions.take_seat_by_code(meeting=meeting, code="AAAA-AAAA", name="x", at=AT)
    witness = regency.officer("bawaslu", "7322")
    with pytest.raises(Forbidden):
        actions.take_seat(scope=witness, user=User.objects.get(username="bawaslu-7322"), meeting=meeting, at=AT)
    led = actions.take_seat(scope=chair, user=User.objects.get(username="kpu-ketua-7322"), meeting=meeting, at=AT)
    assert led.area.code == "7322"
    assert wrong_in_the_log() == []


@requirement("attendance, also of somebody without a phone; a seat is freed")
def test_attendance(regency: Regency, meeting: Meeting, chair: Scope) -> None:
    area = regency.area("732201")
    listed = actions.list_present(scope=chair, meeting=meeting, area=area, name="Tanpa ponsel", at=AT)
    assert actions.list_present(scope=chair, meeting=meeting, area=area, name="Tanpa ponsel", at=AT).pk == listed.pk
    seat = by_code(meeting, "732202")
    assert [each.name for each in queries_rakor.seats(meeting)] == ["Tanpa ponsel", "PPK 732202"]
    assert queries_rakor.voting_seats(meeting) == 1
    item = actions.open_vote(scope=chair, item=first_item(meeting), at=AT)
    with pytest.raises(Refusal, match="seat-without-vote"):
        vote(listed, item, 3, 3)
    actions.free_seat(scope=chair, seat=seat, at=AT)
    with pytest.raises(Refusal, match="seat-gone"):
        vote(seat, item, 3, 3)
    assert wrong_in_the_log() == []


@requirement("one vote a person a question, changed until the vote is closed, every vote counted once", "bar")
def test_a_vote_is_changed_until_it_is_closed_and_counted_once(meeting: Meeting, chair: Scope) -> None:
    item = first_item(meeting)
    seats = [by_code(meeting, "732201"), by_code(meeting, "732202")]
    with pytest.raises(Refusal, match="vote-closed"):
        vote(seats[0], item, 3, 3)
    actions.open_vote(scope=chair, item=item, at=AT)
    first = vote(seats[0], item, 2, 3)
    assert vote(seats[0], item, 5, 4).pk == first.pk
    vote(seats[1], item, 1, 4)
    with pytest.raises(Refusal, match="vote-beyond-scale"):
        vote(seats[1], item, 0, 4)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(item=item, round=1, seat=seats[0], probability=1, impact=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.filter(pk=first.pk).update(impact=6)
    before = Entry.objects.count()
    item = actions.close_vote(scope=chair, item=item, at=AT)
    assert actions.close_vote(scope=chair, item=item, at=AT).phase == ItemPhase.COUNTED
    assert Entry.objects.count() == before + 1, "the log holds the sums, not the votes"
    tally = Tally.objects.get(item=item)
    assert (tally.votes, tally.seats, sum(tally.cells)) == (2, 2, 2)
    assert (tally.cells[4 * 5 + 3], tally.cells[0 * 5 + 3]) == (1, 1)
    with pytest.raises(Refusal, match="vote-closed"):
        vote(seats[0], item, 1, 1)
    assert wrong_in_the_log() == []


@requirement("what was seen is no longer silent: another vote is another round")
def test_after_the_figures_a_new_round_begins(meeting: Meeting, chair: Scope) -> None:
    item, seat = first_item(meeting), by_code(meeting, "732201")
    actions.open_vote(scope=chair, item=item, at=AT)
    vote(seat, item, 5, 5)
    actions.close_vote(scope=chair, item=item, at=AT)
    item = actions.open_vote(scope=chair, item=item, at=AT)
    assert item.round == 1, "counted but not seen: the same vote goes on"
    item = actions.reveal(scope=chair, item=item, at=AT)
    item = actions.open_vote(scope=chair, item=item, at=AT)
    assert item.round == 2
    with pytest.raises(Refusal, match="vote-closed"):
        vote(seat, item, 1, 1, round_=1)
    vote(seat, item, 3, 3, round_=2)
    actions.reveal(scope=chair, item=item, at=AT)
    assert [(each.round, each.votes) for each in Tally.objects.filter(item=item)] == [(1, 1), (2, 1)]
    assert wrong_in_the_log() == []


def test_the_phone_that_held_a_seat_before_no_longer_votes(meeting: Meeting, chair: Scope) -> None:
    old = by_code(meeting, "732201")
    item = actions.open_vote(scope=chair, item=first_item(meeting), at=AT)
    vote(old, item, 2, 2)
    new = by_code(meeting, "732201")
    with pytest.raises(Refusal, match="seat-gone"):
        vote(old, item, 5, 5)
    vote(new, item, 4, 4)
    assert Vote.objects.filter(item=item).count() == 1


@requirement("a committee put on a barrier has a day; undone before the close; in force with it")
def test_handouts_are_in_force_when_the_meeting_is_closed(regency: Regency, meeting: Meeting, chair: Scope) -> None:
    item = next(each for each in queries_rakor.items(meeting) if each.risk.barriers.exists())
    barrier = item.risk.barriers.filter(days__isnull=False).order_by("code")[0]
    area = regency.area("732201")
    said = {"scope": chair, "item": item, "barrier": barrier, "area": area, "at": AT}
    given = actions.hand_out(**said)
    assert given.due == regency.election.day + timedelta(days=barrier.days or 0)
    assert actions.hand_out(**said).pk == given.pk
    later = actions.hand_out(**said, owner_role="ppk-kul", due=date(2024, 2, 10))
    assert [each.pk for each in queries_rakor.handouts(meeting)] == [later.pk]
    actions.take_back(scope=chair, handout=later, at=AT)
    assert queries_rakor.handouts(meeting) == []
    actions.take_back(scope=chair, handout=later, again=True, at=AT)
    assert not BarrierState.objects.filter(barrier=barrier).exists()
    with pytest.raises(Refusal, match="handout-replaced"):
        actions.take_back(scope=chair, handout=given, again=True, at=AT)
    with pytest.raises(Refusal, match="owner-unknown"):
        actions.hand_out(**said, owner_role="raja")
    foreign = Barrier.objects.exclude(risk=item.risk).exclude(risk=None)[0]
    with pytest.raises(Refusal, match="barrier-of-another-risk"):
        actions.hand_out(**(said | {"barrier": foreign}))
    with pytest.raises(IntegrityError), transaction.atomic():
        Handout.objects.filter(pk=given.pk).update(undone=False)
    actions.close_meeting(scope=chair, meeting=meeting, number="12/RAKOR/2024", office="kpu-ketua", at=AT)
    state = BarrierState.objects.get(barrier=barrier, area=area)
    assert (state.owner_role, state.due) == ("ppk-kul", date(2024, 2, 10))
    assert wrong_in_the_log() == []


@requirement("a named officer decides with a reason; the risk is agreed under the number of the minutes")
def test_a_decision_is_agreed_with_the_minutes(meeting: Meeting, chair: Scope) -> None:
    item = first_item(meeting)
    with pytest.raises(Forbidden, match="office-not-held"):
        actions.decide_item(scope=chair, item=item, office="kpu-hukum", text="x", reason="y", at=AT)
    actions.decide_item(scope=chair, item=item, office="kpu-ketua", text="Uji tinta", reason="2019", at=AT)
    item = actions.decide_item(scope=chair, item=item, office="kpu-ketua", text="Uji semua", reason="2019", at=AT)
    assert item.decision is not None
    assert item.decision.text == "Uji semua"
    assert item.risk.decisions.count() == 2, "the earlier one stays beside it"
    with pytest.raises(Refusal, match="minutes-missing"):
        actions.close_meeting(scope=chair, meeting=meeting, number=" ", office="kpu-ketua", at=AT)
    actions.close_meeting(scope=chair, meeting=meeting, number="12", office="kpu-ketua", at=AT)
    item.risk.refresh_from_db()
    assert (item.risk.state, item.risk.minutes) == ("agreed", "12")


@requirement("minutes as PDF/A, their hash sealed in the ledger, the same bytes every time")
def test_minutes_are_sealed_by_their_hash(regency: Regency, meeting: Meeting, chair: Scope) -> None:
    item = first_item(meeting)
    actions.open_vote(scope=chair, item=item, at=AT)
    vote(by_code(meeting, "732201"), item, 4, 5)
    with pytest.raises(Refusal, match="vote-still-open"):
        actions.close_meeting(scope=chair, meeting=meeting, number="12", office="kpu-ketua", at=AT)
    actions.reveal(scope=chair, item=item, at=AT)
    actions.decide_item(scope=chair, item=item, office="kpu-ketua", text="#panic()", reason="$ * _", at=AT)
    barrier = item.risk.barriers.order_by("code")[0]
    actions.hand_out(scope=chair, item=item, barrier=barrier, area=regency.area("732202"), at=AT)
    draft = minutes.kept(Meeting.objects.get(pk=meeting.pk))
    closed = actions.close_meeting(scope=chair, meeting=meeting, number="12", office="kpu-ketua", at=AT)
    assert actions.close_meeting(scope=chair, meeting=meeting, number="13", office="kpu-ketua", at=AT).number == "12"
    said = minutes.kept(closed)
    assert said.startswith(b"%PDF-1.7")
    assert b"pdfaid:part>2<" in said
    assert said != draft
    assert hashlib.sha256(said).hexdigest() == closed.minutes_sha256
    (minutes.folder() / f"{closed.minutes_sha256}.pdf").unlink()
    again = Meeting.objects.select_related("area", "register__election").get(pk=meeting.pk)
    assert minutes.kept(again) == said, "written anew from the tables: the same bytes"
    assert Entry.objects.filter(action="risk.close_meeting", subject_id=str(meeting.pk)).count() == 1
    Seat.objects.filter(meeting=meeting).update(name="Orang lain")
    with pytest.raises(NotFound, match="minutes-lost"):
        minutes.kept(again)
    with pytest.raises(Refusal, match="meeting-closed"):
        actions.open_vote(scope=chair, item=item, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(number="")
    assert closed.state == MeetingState.CLOSED


@requirement("assignment sheets per sub-district, as PDF and as a table")
def test_sheets_per_sub_district(regency: Regency, meeting: Meeting, chair: Scope) -> None:
    with pytest.raises(NotFound, match="no-tasks"):
        minutes.sheets_pdf(meeting, queries_rakor.places(meeting), "id")
    item = first_item(meeting)
    for barrier in item.risk.barriers.order_by("code")[:2]:
        for area in queries_rakor.places(meeting):
            actions.hand_out(scope=chair, item=item, barrier=barrier, area=area, at=AT)
    one = queries_rakor.places(meeting)[:1]
    rows = minutes.table(meeting, one, "id")
    assert [row[0] for row in rows] == ["732201"] * 2
    assert [len(row) for row in rows] == [len(minutes.COLUMNS)] * 2
    every = minutes.sheets_pdf(meeting, queries_rakor.places(meeting), "en")
    assert every.startswith(b"%PDF")
    assert every != minutes.sheets_pdf(meeting, one, "en")


def test_only_whoever_leads_leads(meeting: Meeting, ppk: Scope) -> None:
    item = first_item(meeting)
    for deed in (actions.open_vote, actions.close_vote, actions.reveal, actions.show_item):
        with pytest.raises(Forbidden):
            deed(scope=ppk, item=item, at=AT)
    with pytest.raises(Forbidden):
        actions.close_meeting(scope=ppk, meeting=meeting, number="1", office="ppk-ketua", at=AT)
