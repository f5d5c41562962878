"""The register in pages: filtered by its address, an issue from a phone in a minute, decided by named officers."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from satusuara.people.models import User
from satusuara.people.queries import Scope
from satusuara.risk.models import Comment, Register, Risk
from tests.risk.conftest import STATIONS, Regency

pytestmark = pytest.mark.django_db


def requirement(text: str) -> pytest.MarkDecorator:
    return pytest.mark.requirement(5, "2", text)


@pytest.fixture(autouse=True)
def _quiet(settings: object, tmp_path: Path) -> None:
    settings.REQUIRE_SECOND_FACTOR = False  # type: ignore[attr-defined]
    settings.HOME = tmp_path  # type: ignore[attr-defined]


def signed_in(scope: Scope) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=scope.name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(name: str, *more: str) -> str:
    return reverse(f"register:{name}", args=["id-2024", "7322", *more])


@pytest.fixture
def desk(chair: Scope) -> Client:
    return signed_in(chair)


@requirement("the list is filtered by stage, gap, state, lead and words, all in its address")
@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ("", "VOT-10", "L-1"),
        ("tahap=VOT", "VOT-10", "HIT-02"),
        ("kurang=no_legal_basis", "HIT-12", "VOT-10"),
        ("cari=tinta", "VOT-10", "HIT-02"),
        ("cari=tinta&hal=1&urut=-gaps", "VOT-10", "HIT-02"),
    ],
)
def test_the_list_is_filtered(desk: Client, query: str, there: str, absent: str) -> None:
    page = desk.get(f"{address('list')}?{query}").content.decode()
    listed = page.partition("<tbody>")[2]
    assert address("risk", there) in page or query == ""
    assert address("risk", absent) not in listed


def test_a_filter_without_a_match_says_what_to_do(desk: Client) -> None:
    page = desk.get(f"{address('list')}?status=armed").content.decode()
    assert "Tidak ada yang sesuai saringan" in page


@requirement("a risk is a bow-tie with its gaps in words, and its sentence stands in both languages")
def test_a_risk_shows_its_bow_tie_and_its_sentence(desk: Client) -> None:
    page = desk.get(address("risk", "VOT-10")).content.decode()
    assert page.count('class="bow ') == 5
    assert "slot-gap" in page
    assert "Belum ada sinyal yang aktif" in page
    assert '<p lang="id">Jika tinta habis' in page
    assert '<p lang="en" class="hint">If the ink is missing' in page


@requirement("an issue from a phone: area, stage, photo without its metadata, once; seen where it lies")
def test_an_issue_from_a_phone(regency: Regency, ppk: Scope, desk: Client) -> None:
    into = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Pembuat"
    Image.new("RGB", (40, 20), "red").save(into, "JPEG", exif=exif)
    phone = signed_in(ppk)
    form = phone.get(address("issue")).content.decode()
    assert STATIONS[0] in form
    assert STATIONS[4] not in form, "only one's own area"
    sent = {"title": "Jembatan putus", "area": STATIONS[0], "stage": "PRA", "client_id": "hp-1"}
    for _ in range(2):
        photo = SimpleUploadedFile("a.jpg", into.getvalue(), "image/jpeg")
        answer = phone.post(address("issue"), {**sent, "photo": photo})
        assert answer.status_code == 302, answer.content.decode()
    issue = Risk.objects.get(code="L-1")
    assert Risk.objects.filter(code__startswith="L-").count() == 1
    picture = desk.get(address("photo", "L-1"))
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert b"Pembuat" not in picture.content
    elsewhere = signed_in(regency.officer("ppk-ketua", "732202"))
    assert elsewhere.get(address("photo", "L-1")).status_code == 404
    assert elsewhere.get(address("risk", "L-1")).status_code == 404
    assert issue.area.code == STATIONS[0]


@requirement("duplicates are suggested while the issue is written, and what was typed is kept")
def test_duplicates_are_suggested_while_writing(ppk: Scope) -> None:
    phone = signed_in(ppk)
    said = phone.post(address("similar"), {"q": "tinta habis dan mudah hilang"}).content.decode()
    assert address("risk", "VOT-10") in said
    assert phone.post(address("similar"), {"q": "ti"}).content.decode().strip() == ""
    wrong = phone.post(address("issue"), {"title": "Tinta habis", "area": STATIONS[0], "stage": "XXX"})
    assert wrong.status_code == 422
    assert 'value="Tinta habis"' in wrong.content.decode()


@requirement("discussion and proposals by members; a decision with office and reason; refusals keep what was typed")
def test_discussion_and_decision(ppk: Scope, desk: Client) -> None:
    phone = signed_in(ppk)
    here = address("risk", "VOT-10")
    phone.post(here, {"deed": "comment", "kind": "proposal", "text": "Uji setiap botol", "client_id": "c1"})
    phone.post(here, {"deed": "comment", "kind": "proposal", "text": "Uji setiap botol", "client_id": "c1"})
    assert Comment.objects.count() == 1
    decision = {"deed": "decide", "text": "Uji semua", "office": "kpu-ketua", "proposal": Comment.objects.get().pk}
    refused = desk.post(here, decision)
    assert refused.status_code == 422
    assert "Uji semua" in refused.content.decode()
    assert desk.post(here, {**decision, "reason": "2019"}).status_code == 302
    assert phone.post(here, {**decision, "reason": "2019"}).status_code == 422, "a PPK does not decide for the regency"
    page = phone.get(here).content.decode()
    assert "Alasan: 2019" in page
    for deed, more in (
        ("barrier", {"side": "prevent", "text": "Botol cadangan", "owner": "ppk-kul", "days": "3"}),
        ("move", {"to": "agreed", "minutes": "12"}),
    ):
        assert desk.post(here, {"deed": deed, **more}).status_code == 302
    assert desk.post(here, {"deed": "unknown"}).status_code == 422
    page = desk.get(here).content.decode()
    assert "Botol cadangan" in page
    assert "Notulen 12" in page


@requirement("a playbook is adopted from the page by whoever may decide")
def test_a_playbook_is_adopted_from_the_page(regency: Regency, ppk: Scope, chair: Scope) -> None:
    Register.objects.all()  # the regency has one already: nothing is offered below it
    page = signed_in(ppk).get(reverse("register:home"))
    assert page.status_code == 302
    answer = signed_in(chair).post(reverse("register:home"), {"where": "id-2024:7322"})
    assert answer.status_code == 302
    assert Register.objects.count() == 1
    refused = signed_in(ppk).post(reverse("register:home"), {"where": "id-2024:7322"})
    assert refused.status_code == 403
    assert regency.register.area.code == "7322"
