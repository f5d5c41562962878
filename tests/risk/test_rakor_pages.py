"""A rakor in pages: joined by code without an account, silent until it is shown, led by buttons."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from satusuara.people.queries import Scope
from satusuara.risk import queries_rakor
from satusuara.risk.choices import ItemPhase, MeetingState
from satusuara.risk.models import AgendaItem, Meeting, Vote
from tests.risk.conftest import Regency
from tests.risk.test_register_pages import signed_in

pytestmark = pytest.mark.django_db


def requirement(text: str, point: str = "3") -> pytest.MarkDecorator:
    return pytest.mark.requirement(5, point, text)


@pytest.fixture(autouse=True)
def _quiet(settings: object, tmp_path: Path) -> None:
    settings.REQUIRE_SECOND_FACTOR = False  # type: ignore[attr-defined]
    settings.HOME = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def desk(chair: Scope) -> Client:
    return signed_in(chair)


@pytest.fixture
def meeting(regency: Regency, desk: Client) -> Meeting:
    """Called from the page and opened."""
    here = reverse("rakor:list", args=["id-2024", "7322"])
    answer = desk.post(here, {"title": "Rakor mitigasi", "day": "2024-02-08", "place": "Aula"})
    assert answer.status_code == 302, answer.content.decode()
    meeting = Meeting.objects.get()
    desk.post(reverse("rakor:lead", args=[meeting.slug]), {"deed": "open"})
    return Meeting.objects.select_related("area", "register__election").get()


def at(name: str, meeting: Meeting, **more: str) -> str:
    return reverse(f"rakor:{name}", kwargs={"slug": meeting.slug, **more})


def phone(meeting: Meeting, area: str) -> Client:
    """A phone that came in by the code of its sub-district."""
    place = next(each for each in queries_rakor.places(meeting) if each.code == area)
    client = Client()
    answer = client.post(at("phone", meeting), {"code": queries_rakor.code_for(meeting, place), "name": f"PPK {area}"})
    assert answer.status_code == 302, answer.content.decode()
    return client


def lead(desk: Client, meeting: Meeting, deed: str, **more: str) -> None:
    assert desk.post(at("screen", meeting), {"deed": deed, **more}).status_code == 302


def current(meeting: Meeting) -> AgendaItem:
    found = Meeting.objects.select_related("current__risk").get(pk=meeting.pk).current
    assert found is not None
    return found


def votes(client: Client, meeting: Meeting, probability: int, impact: int) -> None:
    item = current(meeting)
    said = {"item": item.pk, "round": item.round, "probability": probability, "impact": impact}
    assert client.post(at("vote", meeting), said).status_code == 302


@requirement("a PPK joins by the code of his sub-district without an account; the wrong code says what to do")
def test_joining_by_code(meeting: Meeting, desk: Client) -> None:
    stranger = Client()
    assert stranger.get(at("phone", meeting).lower()).headers["Location"] == at("phone", meeting)
    found = stranger.post(reverse("rakor:join"), {"slug": meeting.slug.lower()})
    assert found.headers["Location"] == at("phone", meeting)
    wrong = stranger.post(at("phone", meeting), {"code": "AAAAAAAA", "name": "x"})
    assert wrong.status_code == 422
    assert "Periksa kode" in wrong.content.decode()
    assert 'name="name" value="x"' in wrong.content.decode()
    phone(meeting, "732201")
    assert "PPK 732201" in desk.get(at("lead", meeting)).content.decode()
    slips = desk.get(at("codes", meeting)).content.decode()
    assert len(re.findall(r'class="slip-code">[2-9A-Z]{4}-[2-9A-Z]{4}<', slips)) == 2


@requirement("a PPK joins by his own account")
def test_joining_by_account(meeting: Meeting, ppk: Scope) -> None:
    own = signed_in(ppk)
    assert "Hadir dengan akun ini" in own.get(at("phone", meeting)).content.decode()
    own.post(at("phone", meeting), {"as": "account"})
    assert f"{ppk.name} · " in own.get(at("phone", meeting)).content.decode()
    assert meeting.seats.get().account == ppk.name


@requirement("figures and votes are seen by nobody before the vote is closed and shown")
def test_a_vote_is_silent_until_it_is_shown(meeting: Meeting, desk: Client) -> None:
    one, two = phone(meeting, "732201"), phone(meeting, "732202")
    lead(desk, meeting, "vote")
    votes(one, meeting, 2, 5)
    votes(one, meeting, 4, 5)
    votes(two, meeting, 1, 1)
    assert Vote.objects.count() == 2
    for page in (desk.get(at("screen", meeting)), two.get(at("phone", meeting))):
        said = page.content.decode()
        assert "spread-dot" not in said
        assert "Perkiraan di sini" not in said
    assert "Terkirim: kemungkinan 4, akibat 5" in one.get(at("phone", meeting)).content.decode()
    lead(desk, meeting, "vote")
    assert "spread-dot" not in desk.get(at("screen", meeting)).content.decode()
    lead(desk, meeting, "reveal")
    for page in (desk.get(at("screen", meeting)), two.get(at("phone", meeting))):
        assert page.content.decode().count('class="spread-dot"') == 4, "two votes on two axes"
    assert "Perkiraan di sini" in desk.get(at("screen", meeting)).content.decode()


@requirement("a page asks each second and is nearly always answered by 304", "bar")
def test_what_has_not_changed_is_not_sent_again(meeting: Meeting, desk: Client) -> None:
    one = phone(meeting, "732201")
    for client, name in ((one, "phone_now"), (desk, "screen_now")):
        first = client.get(at(name, meeting))
        assert first.status_code == 200
        tag = first.headers["ETag"]
        again = client.get(at(name, meeting), headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        lead(desk, meeting, "next")
        fresh = client.get(at(name, meeting), headers={"If-None-Match": tag})
        assert fresh.status_code == 200
        assert fresh.headers["ETag"] != tag


def test_a_phone_without_a_seat_cannot_vote(meeting: Meeting, desk: Client) -> None:
    lead(desk, meeting, "vote")
    votes(Client(), meeting, 3, 3)
    assert not Vote.objects.exists()
    old, new = phone(meeting, "732201"), phone(meeting, "732201")
    votes(old, meeting, 5, 5)
    votes(new, meeting, 1, 2)
    assert [(each.probability, each.impact) for each in Vote.objects.all()] == [(1, 2)]


@requirement("keys are buttons: next, previous, number, vote, dispersion; only whoever leads presses them")
def test_the_screen_is_led_by_buttons(meeting: Meeting, desk: Client, ppk: Scope) -> None:
    items = queries_rakor.items(meeting)
    for deed, more, there in (
        ("next", {}, 1), ("next", {}, 2), ("prev", {}, 1), ("goto", {"number": "5"}, 4), ("goto", {"number": "99"}, 4),
    ):  # fmt: skip
        lead(desk, meeting, deed, **more)
        assert current(meeting).pk == items[there].pk
    page = desk.get(at("screen", meeting)).content.decode()
    assert set(re.findall(r'data-press="(\w+)"', page)) == {"ArrowLeft", "ArrowRight", "v", "d"}
    assert signed_in(ppk).post(at("screen", meeting), {"deed": "next"}).status_code == 403
    by_script = desk.post(
        at("screen", meeting), {"deed": "hand_out", "barrier": "0", "area": "*"},
        headers={"X-Satusuara": "1", "Sec-Fetch-Dest": "empty"},
    )  # fmt: skip
    assert by_script.status_code == 409
    assert "Pilih pencegahan" in by_script.content.decode()


@requirement("from the screen: a PPK on a barrier, undone and done again, a decision; then minutes and sheets")
def test_from_handout_to_paper(meeting: Meeting, desk: Client, ppk: Scope) -> None:
    item = current(meeting)
    barrier = item.risk.barriers.order_by("code")[0]
    lead(desk, meeting, "hand_out", barrier=str(barrier.pk), area="*", due="2024-02-10")
    given = queries_rakor.handouts(meeting)
    assert [row.area.code for row in given] == ["732201", "732202"]
    lead(desk, meeting, "take_back", handout=str(given[0].pk))
    assert len(queries_rakor.handouts(meeting)) == 1
    lead(desk, meeting, "take_back", handout=str(given[0].pk), again="1")
    lead(desk, meeting, "decide", office="kpu-ketua", text="Uji semua botol", reason="2019")
    desk.post(at("lead", meeting), {"deed": "list_hadir", "area": "732201", "name": "Tamu"})
    assert desk.get(at("minutes", meeting)).content.startswith(b"%PDF"), "a draft"
    assert signed_in(ppk).get(at("minutes", meeting)).status_code == 404
    closed = desk.post(at("lead", meeting), {"deed": "close", "number": "12/2024", "office": "kpu-ketua"})
    assert closed.status_code == 302
    done = Meeting.objects.get()
    assert done.state == MeetingState.CLOSED
    said = signed_in(ppk).get(at("minutes", meeting))
    assert hashlib.sha256(said.content).hexdigest() == done.minutes_sha256
    sheet = signed_in(ppk).get(at("tasks", meeting, ending="xlsx"))
    rows = CalamineWorkbook.from_filelike(BytesIO(sheet.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows] == ["kode_wilayah", "732201"], "a sub-district sees its own tasks"
    assert desk.get(at("tasks", meeting, ending="pdf")).content.startswith(b"%PDF")
    assert current(meeting).phase == ItemPhase.WAITING
