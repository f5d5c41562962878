"""Bringing results in by a page: look first, then take in; bad files are refused or named, a wrong one superseded."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from satusuara.areas.models import Area, Election
from satusuara.count.models import Form, FormVersion, ImportBatch, Source
from satusuara.lake import uploads
from satusuara.ledger import queries as ledger
from satusuara.ledger.verify import verify
from satusuara.people.models import Appointment, User
from tests.count.regency import AT, HEADER, ROOT, build_tree, counts, file_of, load, source_of, station
from tests.count.test_published import PHOTO, archive, served

HERE, THERE = "7322012001", "7322022001"
STATIONS = [station(1, HERE), station(2, HERE), station(1, THERE)]
GOOD = f"{STATIONS[0]},1,2,3,2,1,3,1,1,0"
PAGE = "count:imports"


@pytest.fixture
def client(db: None, settings: Any, tmp_path: Path) -> Client:
    """The commission's operator, signed in, on an instance of its own."""
    settings.HOME = tmp_path / "home"
    settings.REQUIRE_SECOND_FACTOR = False
    build_tree(STATIONS)
    return signed_in("ketua", "kpu-ketua", "7322")


def signed_in(name: str, role: str, code: str) -> Client:
    area = Area.objects.get(code=code)
    user = User.objects.create(username=name, display_name=name, home=area)
    Appointment.objects.create(
        user=user, role=role, election=area.election, area=area, starts=AT, granted_by="system:test", reason="t"
    )
    client = Client(headers={"accept-language": "id"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def problems() -> list[str]:
    """What the ledger says of sources and forms; the accounts of this test were made past it."""
    return [one.code for one in verify().problems if not one.kind.startswith("people.")]


def table(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def send(client: Client, content: bytes, name: str = "hasil.csv", **more: Any) -> Any:
    data = {"contest": "id-2024~ppwp", "source": "sirekap", "kind": "form", "level": "tps", "title": "Sirekap", **more}
    return client.post(reverse(PAGE), {**data, "file": SimpleUploadedFile(name, content)})


def looked_at(client: Client, content: bytes, name: str = "hasil.csv", **more: Any) -> tuple[str, Any]:
    """The address of the look, and its page."""
    sent = send(client, content, name, **more)
    assert sent.status_code == 302, sent.content.decode()
    return sent.headers["Location"], client.get(sent.headers["Location"])


def taken_in(client: Client, content: bytes, name: str = "hasil.csv", **more: Any) -> ImportBatch:
    address, _ = looked_at(client, content, name, **more)
    done = client.post(address)
    assert done.status_code == 302, done.content.decode()
    assert client.get(done.headers["Location"]).status_code == 200
    return ImportBatch.objects.latest("pk")


@pytest.mark.requirement(
    2, "4", "a file is looked at before anything changes, then taken in, by a page without scripts"
)
def test_a_look_changes_nothing_and_then_it_goes_in(client: Client) -> None:
    assert client.get(reverse(PAGE)).status_code == 200
    content = table(GOOD, f"{STATIONS[1]},1,2,4,2,1,4,1,1,0", "7399999999999,1,2,3,2,1,3,1,1,0")
    _, page = looked_at(client, content)
    context = page.context
    assert counts(context["outcome"]) == (2, 0, 0, 1)
    assert "7399999999999" in page.content.decode()
    assert (Source.objects.count(), Form.objects.count(), list(ledger.lines())) == (0, 0, [])
    batch = taken_in(client, content)
    assert (batch.added, batch.rejected, batch.by, batch.file_name) == (2, 1, "ketua", "hasil.csv")
    assert problems() == []
    assert client.get(reverse(PAGE)).content.decode().count("hasil.csv") == 1


def test_what_would_change_is_shown_cell_by_cell(client: Client) -> None:
    taken_in(client, table(GOOD))
    _, page = looked_at(client, table(GOOD.replace(",1,1,0", ",2,,0")))
    (change,) = page.context["changes"]
    assert [(before, after) for _, before, after in change["cells"]] == [(1, 2), (1, None)]
    assert change["area"].code == STATIONS[0]
    assert len(page.context["lost"]) == 1, "what becomes blank is said before it does"
    _, again = looked_at(client, table(GOOD))
    assert again.context["outcome"].repeated
    assert "Tidak ada yang berubah" in again.content.decode()


def test_rows_held_back_are_listed_and_can_be_taken_along(client: Client) -> None:
    content = table(*[f"{STATIONS[0][:10]}{n},x,2,3,2,1,3,1,1,0" for n in range(100, 250)], GOOD)
    address, page = looked_at(client, content)
    assert len(page.context["held"]) == 100
    before = lines(client.get(f"{address}tertahan.csv"))
    batch = taken_in(client, content)
    after = lines(client.get(reverse("count:import_rejects", args=[batch.pk])))
    assert before == after
    assert len(after) == 150
    assert (after[0]["file"], after[0]["row"], after[0]["column"], after[0]["value"]) == (
        "hasil.csv",
        "2",
        "voters_l",
        "x",
    )


def lines(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


@pytest.mark.requirement(
    2, "bad-input", "import page: wrong header, missing key, empty, cut off, wrong encoding: refused, nothing kept"
)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("judul.csv", b"tps_id,suara\n1,2\n"),
        ("kurang.csv", b"valid,invalid\n1,2\n"),
        ("kosong.csv", b"\n"),
        ("potong.csv", table(GOOD, "7322012001002,1,2")),
        ("potong.parquet", b"PAR1\0\0\0\0"),
        ("bukan.xlsx", b"PK\x03\x04 rusak"),
        ("latin.csv", HEADER.encode() + b"\nCaf\xe9,1\n"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(name: str, content: bytes, client: Client) -> None:
    address, page = looked_at(client, content, name)
    assert page.status_code == 422
    assert name in page.content.decode()
    assert client.post(address).status_code == 422
    assert (Source.objects.count(), ImportBatch.objects.count()) == (0, 0)


@pytest.mark.requirement(
    2, "bad-input", "import page: text, negative, fraction, too large, double and unknown stations are held back"
)
def test_bad_rows_are_held_back_and_the_others_go_in(client: Client) -> None:
    rows = [
        GOOD, f"{STATIONS[1]},1,-2,3,2,1,3,1,1,0", f"{STATIONS[1][:-1]}9,1,2,3,2,1,3,1.5,1,0",
        f"{STATIONS[1][:-1]}8,1,2,3,2,1,3,1,3000000000,0", f"{STATIONS[2]},1,2,3,2,1,3,1,1,0",
        f"{STATIONS[2]},1,2,3,2,1,3,1,1,0", "=HYPERLINK(1),1,2,3,2,1,3,1,1,0",
    ]  # fmt: skip
    batch = taken_in(client, table(*rows))
    assert (batch.added, batch.rejected) == (1, 6)
    told = client.get(reverse("count:import_rejects", args=[batch.pk]))
    assert b",'=HYPERLINK(1)," in b"".join(told.streaming_content)  # type: ignore[attr-defined]
    billion = taken_in(client, table(GOOD.replace(",1,1,0", ",1000000000,1,0")), name="besar.csv")
    assert (billion.changed, Form.objects.get(area__code=STATIONS[0]).status) == (1, "failing")


@pytest.mark.requirement(
    2, "bad-input", "import page: tricks with paths in a name end nowhere; two files of one name are told apart"
)
@pytest.mark.parametrize(
    "name", ["../../../etc/passwd.csv", "..\\..\\win.csv", "/abs/x.csv", "a\x00b.csv", "hasil.csv"]
)
def test_a_name_is_never_a_path(name: str, client: Client, settings: Any) -> None:
    batch = taken_in(client, table(GOOD), name)
    assert not set("/\\\0") & set(batch.file_name)
    other = taken_in(client, table(GOOD.replace("1,1,0", "1,0,1")), name)
    assert batch.file_name == other.file_name
    assert batch.file_sha256 != other.file_sha256
    kept = sorted(path.name for path in (settings.HOME / "uploads").iterdir())
    assert kept == sorted([f"{batch.file_sha256}.csv", f"{other.file_sha256}.csv"])
    assert {path.stat().st_mode & 0o777 for path in (settings.HOME / "uploads").iterdir()} == {0o600}


@pytest.mark.parametrize("name", ["hasil.exe", "hasil", "hasil.csv.html"])
def test_other_endings_are_refused(name: str, client: Client, settings: Any) -> None:
    assert send(client, table(GOOD), name).status_code == 422
    assert not list((settings.HOME / "uploads").glob("*"))


@pytest.mark.requirement(
    2, "bad-input", "import page: more than 2 GB is refused before it is read, with what to do instead"
)
def test_a_file_that_is_too_large_is_refused_before_it_is_read(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = client.generic(
        "POST", reverse(PAGE), b"", content_type="multipart/form-data; boundary=x",
        headers={"content-length": str(uploads.LARGEST * 2)},
    )  # fmt: skip
    assert refused.status_code == 400
    assert "satusuara import" in refused.content.decode()
    monkeypatch.setattr(uploads, "LARGEST", 10)
    assert send(client, table(GOOD)).status_code == 422


@pytest.mark.requirement(2, "7", "nobody brings in what lies outside his area, nor sees what others brought in")
def test_nobody_imports_outside_his_area(client: Client) -> None:
    ppk = signed_in("ppk", "ppk-ketua", "732201")
    _, page = looked_at(ppk, table(GOOD, f"{STATIONS[2]},1,2,3,2,1,3,1,1,0"))
    assert page.status_code == 422
    batch = taken_in(client, table(f"{STATIONS[2]},1,2,3,2,1,3,1,1,0"))
    for name in ("count:import_batch", "count:import_rejects"):
        assert ppk.get(reverse(name, args=[batch.pk])).status_code == 403
    assert client.get(reverse("count:import_batch", args=[batch.pk + 9])).status_code == 403
    mine = taken_in(ppk, table(GOOD))
    assert client.get(reverse("count:import_batch", args=[mine.pk])).status_code == 200
    assert signed_in("saksi", "pengawas", "732201").get(reverse(PAGE)).status_code == 403


def test_a_form_from_elsewhere_is_refused(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert send(strict, table(GOOD)).status_code == 403


def test_a_file_that_no_longer_waits_is_asked_for_again(client: Client) -> None:
    gone = client.get(reverse("count:import_preview", args=["0" * 64]), follow=True)
    assert "Kirim sekali lagi" in gone.content.decode()


@pytest.mark.requirement(
    2, "4", "a wrong file is superseded, not deleted: what was shown before is shown again, with a reason"
)
def test_a_wrong_file_is_superseded_not_deleted(client: Client) -> None:
    taken_in(client, table(GOOD))
    wrong = taken_in(client, table(GOOD.replace(",1,1,0", ",0,1,1"), f"{STATIONS[1]},1,2,3,2,1,3,1,1,0"), "keliru.csv")
    address = reverse("count:import_batch", args=[wrong.pk])
    assert client.post(address, {"reason": " "}).status_code == 422
    done = client.post(address, {"reason": "berkas TPS lain"})
    assert done.status_code == 302
    first, second = (Form.objects.get(area__code=code) for code in STATIONS[:2])
    assert first.version is not None
    assert second.version is not None
    assert (first.version.number, first.version.cells["paslon_1"], first.status) == (3, 1, "consistent")
    assert (second.version.number, second.status, set(second.version.cells.values())) == (2, "empty", {None})
    assert FormVersion.objects.filter(batch=wrong).count() == 2, "what was wrong stays"
    entry = [line for line in ledger.lines() if line["action"] == "count.supersede_import"]
    assert [(line["actor"], line["reason"]) for line in entry] == [("ketua", "berkas TPS lain")]
    assert problems() == []
    again = client.post(address, {"reason": "sekali lagi"})
    assert again.status_code == 422
    assert "Tidak ada formulir yang masih menampilkan" in again.content.decode()


def test_figures_of_another_level_stay_out_of_a_source(client: Client, tmp_path: Path) -> None:
    rekap = source_of(Election.objects.get(code="id-2024"), "rekap", "desa")
    load(rekap, file_of(tmp_path, f"{HERE},5,6,7", header="area_code,paslon_1,paslon_2,paslon_3"), scope=ROOT)
    _, page = looked_at(client, table(GOOD), source="rekap")
    assert counts(page.context["outcome"]) == (0, 0, 0, 1)


@pytest.mark.requirement(6, "5", "a ZIP of the commission's public JSON goes through the same look and the same door")
def test_a_zip_of_public_json_comes_in_by_the_page(client: Client, tmp_path: Path) -> None:
    path = archive(tmp_path, (f"{STATIONS[0]}.json", served()), ("rusak.json", "{"))
    _, page = looked_at(client, path.read_bytes(), "sirekap.zip")
    assert "rusak.json" in page.content.decode()
    taken_in(client, path.read_bytes(), "sirekap.zip")
    assert Form.objects.get().area.code == STATIONS[0]
    station_page = reverse("control:area", args=["id-2024", "ppwp", STATIONS[0]])
    shown = client.get(station_page).content.decode()
    assert PHOTO in shown
    assert "status_suara: True" in shown
