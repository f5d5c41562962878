"""The pages of typing a form: blind, in few requests, by whoever has the right, with its photos."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

import pytest
from django.test import Client
from PIL import Image

from satusuara.areas.models import Area, Election
from satusuara.count.models import Entry, FormVersion, Photo
from satusuara.count.rules.entry import Value
from satusuara.people.models import Appointment, User
from tests.count.papers import AT, at, drill, written
from tests.count.regency import station

pytestmark = pytest.mark.django_db


@pytest.fixture
def election() -> Election:
    return drill()


@pytest.fixture(autouse=True)
def _no_second_factor(settings) -> None:  # type: ignore[no-untyped-def]
    settings.REQUIRE_SECOND_FACTOR = False


def client(name: str, election: Election, role: str = "ppk-teknis", code: str = "732201") -> Client:
    user = User.objects.create(username=name, display_name=name)
    area = Area.objects.get(election=election, code=code)
    Appointment.objects.create(
        user=user, role=role, election=election, area=area, starts=AT, granted_by="t", reason="t",
        participant="1" if role == "saksi" else "",
    )  # fmt: skip
    found = Client()
    found.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return found


def address(contest: str, tail: str = "", code: str = "") -> str:
    return f"/entri/latihan-2024/{contest}/{code or station(1)}/{tail}"


def fields(cells: Mapping[str, Value], **more: str) -> dict[str, str]:
    return {**{f"c.{column}": str(value) for column, value in cells.items()}, **more}


@pytest.mark.requirement(6, "bar", "one form entered twice, compared and accepted: four requests")
@pytest.mark.parametrize("contest", ["ppwp", "dpr"])
def test_four_requests_accept_a_form(election: Election, contest: str) -> None:
    for name in ("ani", "budi"):
        who = client(name, election)
        assert who.get(address(contest)).status_code == 200
        answer = who.post(address(contest), fields(written(at(election), contest), dari="732201"))
        assert answer.status_code == 302
        assert answer["Location"].startswith(f"/entri/latihan-2024/{contest}/")
    assert FormVersion.objects.get().form.status == "consistent"


@pytest.mark.requirement(6, "2", "blind: whoever types second is shown nothing of the first entry")
def test_the_second_person_sees_nothing_of_the_first(election: Election) -> None:
    cells = written(at(election), "ppwp", dpt_l=88, dpt_p=110, dpt=198, ballots_received=202, ballots_unused=81)
    client("ani", election).post(address("ppwp"), fields(cells))
    assert Entry.objects.get().nth == 1
    body = client("budi", election).get(address("ppwp")).content.decode()
    assert "Entri kedua" in body
    assert 'value="198"' not in body
    assert "198" not in body.split('id="entri-data"')[1].split("</script>")[0]


def test_what_is_missing_is_named_and_nothing_typed_is_lost(election: Election) -> None:
    cells = written(at(election), "ppwp")
    sent = fields({c: v for c, v in cells.items() if c != "invalid"}) | {"c.valid": "1o0"}
    answer = client("ani", election).post(address("ppwp"), sent)
    assert answer.status_code == 422
    assert 'href="#c.valid"' in answer.content.decode()
    assert 'value="200"' in answer.content.decode()
    assert not Entry.objects.exists()


def test_findings_are_answered_without_a_script(election: Election) -> None:
    ani = client("ani", election)
    cells = written(at(election), "ppwp", total=121)
    answer = ani.post(address("ppwp"), fields(cells))
    assert answer.status_code == 422
    assert 'name="f.I6"' in answer.content.decode()
    notes = {f"{kind}.{code}": "1" for code in ("I5", "I5.used", "I6") for kind in "fr"}
    assert ani.post(address("ppwp"), fields(cells, **notes)).status_code == 302
    assert Entry.objects.get().notes["I6"] == {"as_written": True, "reason": "1"}


def test_a_draft_comes_back_to_its_writer_alone(election: Election) -> None:
    ani, budi = client("ani", election), client("budi", election)
    sent = json.dumps({"c.dpt_l": "90", "c.dpt_p": "x", "c.dpt": "123", "w.valid": "seratus"})
    assert ani.post(address("ppwp", "draf/"), sent, content_type="application/json").status_code == 200
    assert 'value="123"' in ani.get(address("ppwp")).content.decode()
    assert 'value="123"' not in budi.get(address("ppwp")).content.decode()
    assert ani.post(address("ppwp", "draf/"), "[1]", content_type="application/json").status_code == 409


@pytest.mark.requirement(6, "2", "differences are settled on a page that shows only them; then a version is there")
def test_a_third_person_settles_on_the_page(election: Election) -> None:
    area = at(election)
    client("ani", election).post(address("ppwp"), fields(written(area, "ppwp")))
    budi = client("budi", election)
    budi.post(address("ppwp"), fields(written(area, "ppwp", paslon_1=60, paslon_2=50)))
    assert budi.get(address("ppwp", "selisih/")).status_code == 302
    cici = client("cici", election)
    body = cici.get(address("ppwp"), follow=True).content.decode()
    assert body.count('class="e-in"') == 2
    sent = {"c.paslon_1": "70", "c.paslon_2": "40"}
    shown = cici.post(address("ppwp", "selisih/"), sent, follow=True).content.decode()
    assert "selisih diselesaikan orang ketiga" in shown
    assert FormVersion.objects.get().cells["paslon_1"] == 70


def test_a_correction_on_the_page_keeps_the_version_before(election: Election) -> None:
    for name in ("ani", "budi"):
        client(name, election).post(address("ppwp"), fields(written(at(election), "ppwp")))
    cici = client("cici", election)
    changed = fields(written(at(election), "ppwp", paslon_1=71, paslon_2=39))
    assert cici.post(address("ppwp", "koreksi/"), changed).status_code == 422
    grounds = {"alasan": "kotak dihitung ulang", "dasar": "recount", "saksi": "Ketua PPK\nSaksi 1"}
    shown = cici.post(address("ppwp", "koreksi/"), changed | grounds, follow=True).content.decode()
    assert "penghitungan ulang surat suara: kotak dihitung ulang" in shown
    assert "70 → 71" in shown
    assert list(FormVersion.objects.values_list("number", flat=True)) == [1, 2]
    cici.post(address("ppwp", "buka/"), {"alasan": "foto TPS lain"})
    assert "Entri pertama" in cici.get(address("ppwp")).content.decode()


@pytest.mark.requirement(6, "2", "the next form: a second entry first, never one's own, never one that somebody types")
def test_the_next_form_is_one_that_waits_for_oneself(election: Election) -> None:
    ani, budi = client("ani", election), client("budi", election)
    ani.post(address("ppwp"), fields(written(at(election), "ppwp")))

    def next_of(who: Client) -> str:
        return who.get("/entri/latihan-2024/ppwp/732201/berikut/")["Location"]

    assert next_of(budi) == address("ppwp")
    assert next_of(ani) == address("ppwp", code=station(2))
    sent = json.dumps({"c.dpt": "1"})
    budi.post(address("ppwp", "draf/", station(2)), sent, content_type="application/json")
    assert next_of(ani) == address("ppwp", code=station(3))
    assert next_of(budi) == address("ppwp", code=station(2))


def test_the_work_list_counts_what_waits(election: Election) -> None:
    ani = client("ani", election)
    ani.post(address("ppwp"), fields(written(at(election), "ppwp")))
    body = ani.get("/entri/", follow=True).content.decode()
    assert "PPWP 0/3" in body
    assert "menunggu entri kedua" in ani.get("/entri/latihan-2024/daftar/7322012001/").content.decode()


@pytest.mark.requirement(
    6, "2", "photos: turned by EXIF, without metadata, hashed, bound to the version, by right only"
)
def test_a_photo_is_kept_without_metadata_and_bound_to_the_version(election: Election) -> None:
    ani = client("ani", election)
    into = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Telepon"
    Image.new("RGB", (40, 20), "white").save(into, "JPEG", exif=exif)
    file = io.BytesIO(into.getvalue())
    file.name = "lembar.jpg"
    ani.post(address("ppwp", "foto/"), {"foto": file})
    photo = Photo.objects.get()
    answer = ani.get(address("ppwp", f"foto/{photo.sha256}.jpg"))
    with Image.open(io.BytesIO(answer.content)) as kept:
        assert kept.size == (20, 40)
        assert not kept.getexif()
    assert (
        client("ptps", election, "ptps", station(1)).get(address("ppwp", f"foto/{photo.sha256}.jpg")).status_code == 200
    )
    far = client("jauh", election, "ptps", station(2))
    assert far.get(address("ppwp", f"foto/{photo.sha256}.jpg")).status_code == 403
    assert ani.get(address("dpd", f"foto/{photo.sha256}.jpg")).status_code == 404
    ani.post(address("ppwp"), fields(written(at(election), "ppwp")))
    client("budi", election).post(address("ppwp"), fields(written(at(election), "ppwp")))
    assert FormVersion.objects.get().acceptance.photos == [photo.sha256]


@pytest.mark.parametrize("role", ["saksi", "ptps"])
def test_who_may_not_import_types_nothing(election: Election, role: str) -> None:
    who = client("x", election, role, station(1))
    assert who.get(address("ppwp")).status_code == 403
    assert who.post(address("ppwp"), fields(written(at(election), "ppwp"))).status_code == 403
    assert not Entry.objects.exists()


@pytest.mark.requirement(6, "1", "a drill says so on every page; real names never carry made-up votes")
def test_a_drill_says_so_and_has_no_real_name(election: Election) -> None:
    for contest in ("ppwp", "dpr"):
        body = client(contest, election).get(address(contest)).content.decode()
        assert "partai dan calon di sini rekaan" in body
        assert "Latihan" in body
        for real in ("Prabowo", "Baswedan", "Golkar", "Demokrat"):
            assert real not in body
