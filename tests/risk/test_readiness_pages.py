"""Readiness as officers meet it: the grid, a gate, who may do what, a photo, files, paper, signals and likelihood."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from satusuara.people.models import User
from satusuara.risk import actions, queries, queries_likelihood
from satusuara.risk.choices import SignalMode
from satusuara.risk.models import BarrierReport, BarrierState, Opinion, RiskScore, SignalDef
from satusuara.risk.rules.readiness import CELLS
from tests.count.regency import station
from tests.risk.conftest import AT, Regency, wrong_in_the_log

HERE = "/kesiapan/id-2024"
ONE = station(1)
As = Callable[[str, str], Client]


@pytest.fixture
def as_(regency: Regency, settings: Any, tmp_path: Path) -> As:
    """A browser of somebody who holds a role at an area."""
    settings.HOME = tmp_path
    settings.REQUIRE_SECOND_FACTOR = False

    def signed_in(role: str, code: str) -> Client:
        scope = regency.officer(role, code)
        client = Client()
        client.force_login(
            User.objects.get(username=scope.name), backend="django.contrib.auth.backends.ModelBackend"
        )  # fmt: skip
        return client

    return signed_in


def _gate(client: Client, letter: str = "A", **typed: Any) -> Any:
    return client.post(f"{HERE}/{ONE}/{letter}/", typed)


def _state(letter: str = "A") -> BarrierState:
    return BarrierState.objects.get(area__code=ONE, barrier__code=f"SIAP.{letter}")


def _photo() -> BytesIO:
    """A JPEG that says where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "S"
    exif[0x010F] = "MakerOfPhones"
    into = BytesIO()
    Image.new("RGB", (64, 48), "purple").save(into, "JPEG", exif=exif)
    into.seek(0)
    into.name = "IMG.jpg"
    return into


# --- the grid ---


@pytest.mark.requirement(5, "4", "stations x gates by sub-district; not due differs from not reported")
def test_the_grid_says_not_due_due_and_overdue_apart_by_the_day(as_: As) -> None:
    client = as_("ppk-ketua", "732201")
    for day, words in (
        ("2024-01-15", {"not_due": 36}),
        ("2024-02-12", {"overdue": 15, "due": 21}),
        ("2024-02-14", {"overdue": 36}),
    ):
        page = client.get(f"{HERE}/732201/", {"hari": day}).content.decode()
        seen = {code: page.count(f'<td class="g g-{code}">') for code in CELLS}
        assert {code: n for code, n in seen.items() if n} == words, day
    assert "belum dilaporkan" in page


def test_said_not_ready_is_no_silence(as_: As, regency: Regency) -> None:
    client = as_("kpps-ketua", ONE)
    assert _gate(client, keadaan="planned", catatan="belum dilatih").status_code == 302
    page = as_("ppk-ketua", "732201").get(f"{HERE}/732201/", {"hari": "2024-02-12"}).content.decode()
    assert page.count('<td class="g g-said_not">') == 1


def test_filter_sort_and_worst_name_the_gates(as_: As, regency: Regency) -> None:
    _gate(as_("kpps-ketua", ONE), "D", keadaan="failed", catatan="botol pecah")
    client = as_("ppk-ketua", "732201")
    only = client.get(f"{HERE}/732201/", {"butir": "D", "keadaan": "failed"}).content.decode()
    assert only.count("<tr data-row=") == 1
    first = client.get(f"{HERE}/732201/", {"hari": "2024-02-12"})
    assert f'data-row="{ONE}"' in first.content.decode().split("<tbody>")[1][:200]
    worst = first.context["worst"]
    assert (worst[0].code, worst[0].why[0][0], worst[0].why[0][2]) == (ONE, "failed", "D")
    assert client.get(f"{HERE}/732201/", {"keadaan": "verified"}).content.decode().count("<tr data-row=") == 0


def test_a_regency_of_many_stations_is_shown_by_sub_district(as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("satusuara.risk.pages.readiness.MANY", 5)
    _gate(as_("kpps-ketua", ONE), keadaan="done")
    answer = as_("kpu-ketua", "7322").get(f"{HERE}/7322/", {"hari": "2024-02-12"})
    lines = {line.code: line for line in answer.context["lines"]}
    assert {code: line.stations for code, line in lines.items()} == {"732201": 3, "732202": 3}
    gate = lines["732201"].gates[0]
    assert (gate.letter, gate.stand, gate.of, gate.worst, gate.wants) == ("A", 1, 3, "overdue", 2)


# --- one gate ---


@pytest.mark.requirement(5, "4", "verification only by a second person, and the button says why not")
def test_a_second_person_verifies_and_the_first_is_told_why_not(as_: As, regency: Regency) -> None:
    first, second = as_("kpps-ketua", ONE), as_("pps-ketua", "7322012001")
    assert _gate(first, keadaan="done").status_code == 302
    page = first.get(f"{HERE}/{ONE}/A/").content.decode()
    assert "Anda yang melaporkannya" in page
    assert 'disabled aria-describedby="sebab"' in page
    refused = _gate(first, deed="periksa")
    assert (refused.status_code, _state().condition) == (422, "done")
    assert _gate(second, deed="periksa").status_code == 302
    assert (_state().condition, _state().verified_by) == ("verified", "pps-ketua-7322012001")
    assert wrong_in_the_log() == []


@pytest.mark.requirement(5, "4", "a waiver has a name, a reason and an end; a deed can be taken back")
def test_a_waiver_ends_and_a_deed_is_taken_back(as_: As, regency: Regency) -> None:
    kpps, chair = as_("kpps-ketua", ONE), as_("ppk-ketua", "732201")
    assert _gate(kpps, deed="kecualikan", catatan="x", sampai="2099-01-01").status_code == 403
    assert _gate(chair, deed="kecualikan", catatan="", sampai="2099-01-01").status_code == 422
    assert _gate(chair, deed="kecualikan", catatan="menunggu pengganti", sampai="").status_code == 422
    assert _gate(chair, deed="kecualikan", catatan="menunggu pengganti", sampai="2099-01-01").status_code == 302
    assert _state().condition == "waived"
    assert _gate(kpps, deed="urungkan").status_code == 422  # another one's deed
    assert _gate(chair, deed="urungkan").status_code == 302
    assert (_state().condition, _state().waived_by) == ("planned", "")
    assert [row.deed for row in BarrierReport.objects.order_by("pk")] == ["waive", "undo"]
    assert wrong_in_the_log() == []


def test_an_undo_is_fresh_ones_own_and_single(regency: Regency) -> None:
    kpps = regency.officer("kpps-ketua", ONE)
    barrier, area = queries.gate(regency.register, "A"), regency.area(ONE)
    actions.report_gate(scope=kpps, barrier=barrier, area=area, condition="failed", note="x", at=AT)
    done = actions.report_gate(scope=kpps, barrier=barrier, area=area, condition="done", at=AT + timedelta(minutes=1))
    for late in (timedelta(hours=1), timedelta(minutes=32)):
        with pytest.raises(Exception, match="nothing-to-undo"):
            actions.undo_gate(scope=kpps, state=done, at=AT + late)
    back = actions.undo_gate(scope=kpps, state=done, at=AT + timedelta(minutes=5))
    assert (back.condition, back.note) == ("failed", "x")
    with pytest.raises(Exception, match="nothing-to-undo"):
        actions.undo_gate(scope=kpps, state=done, at=AT + timedelta(minutes=6))
    assert wrong_in_the_log() == []


@pytest.mark.requirement(5, "4", "a photo is kept without place and phone, by its hash, and seen within the area only")
def test_a_photo_keeps_nothing_of_place_or_phone_and_is_seen_within_the_area_only(as_: As, tmp_path: Path) -> None:
    kpps = as_("kpps-ketua", ONE)
    assert _gate(kpps, keadaan="done", foto=_photo()).status_code == 302
    sha256 = _state().photo
    kept = (tmp_path / "uploads" / "kesiapan" / f"{sha256}.jpg").read_bytes()
    assert b"MakerOfPhones" not in kept
    assert not Image.open(BytesIO(kept)).getexif()
    address = f"{HERE}/{ONE}/A/foto/{sha256}.jpg"
    assert kpps.get(address).content == kept
    assert as_("ppk-ketua", "732202").get(address).status_code == 403
    assert kpps.get(f"{HERE}/{ONE}/B/foto/{sha256}.jpg").status_code == 404
    wrong = BytesIO(b"no picture")
    wrong.name = "x.jpg"
    assert _gate(kpps, keadaan="done", foto=wrong).status_code == 422


@pytest.mark.requirement(5, "4", "a phone's queue sends each report once, however often it tries")
def test_the_queue_is_idempotent_by_the_phones_number_and_keeps_its_time(as_: As) -> None:
    kpps = as_("kpps-ketua", ONE)
    typed = {"keadaan": "done", "nomor": "7d0f", "saat": "2024-02-12T01:00:00Z"}
    send = lambda: kpps.post(f"{HERE}/{ONE}/A/", typed, headers={"Accept": "application/json"})  # noqa: E731
    assert send().json()["state"] == "done"
    state = _state()
    assert state.reported_at is not None
    assert state.reported_at.isoformat() == "2024-02-12T01:00:00+00:00"
    _gate(as_("pps-ketua", "7322012001"), deed="periksa")
    assert send().status_code == 200  # it was received: somebody's verification since then stays
    assert (_state().condition, BarrierReport.objects.count()) == ("verified", 2)
    refused = kpps.post(f"{HERE}/{ONE}/B/", {"keadaan": "failed"}, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (409, "note-missing")
    assert kpps.get("/kesiapan/siapa.json").json()["user"] == f"kpps-ketua-{ONE}"


def test_who_only_sees_cannot_report(as_: As) -> None:
    watcher = as_("bawaslu", "7322")
    assert watcher.get(f"{HERE}/{ONE}/A/").status_code == 200
    assert "data-queue data-label" not in watcher.get(f"{HERE}/{ONE}/").content.decode()
    assert _gate(watcher, keadaan="done").status_code == 403


# --- files and paper ---


def test_the_table_goes_out_as_it_is_shown(as_: As) -> None:
    _gate(as_("kpps-ketua", ONE), keadaan="done")
    client = as_("ppk-ketua", "732201")
    answer = client.get(f"{HERE}/732201/kesiapan.csv", {"hari": "2024-02-12", "urut": "kode"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].startswith("tps_id,tps,desa,hari,A,B,C")
    assert lines[1].startswith(f"{ONE},")
    assert "dilaporkan siap" in lines[1]
    assert len(lines) == 4


@pytest.mark.requirement(5, "4", "a paper checklist for a station, with a code that leads to its page")
def test_the_sheet_of_paper_has_boxes_a_code_and_a_message(as_: As) -> None:
    client = as_("kpps-ketua", ONE)
    page = client.get(f"{HERE}/{ONE}/lembar/").content.decode()
    assert page.count('class="check-box"') == 24
    assert "<svg" in page
    assert "SIAP 001" in page
    pdf = client.get(f"{HERE}/{ONE}/lembar.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert client.get(f"{HERE}/732202/lembar/").status_code == 403


def test_the_worker_and_the_phones_words_are_there(as_: As) -> None:
    page = as_("kpps-ketua", ONE).get(f"{HERE}/{ONE}/").content.decode()
    assert "data-queue-panel" in page
    assert page.count("data-queue data-label") == 12


# --- signals ---


@pytest.mark.requirement(5, "6", "signals are armed, snoozed with an end and retired by the commission, with a runbook")
def test_signals_are_armed_snoozed_and_retired_by_who_decides(as_: As, regency: Regency) -> None:
    one = regency.register.signals.get(detector="risk.readiness", risk__code="VOT-10")
    address = f"{HERE}/7322/sinyal/{one.pk}/"
    chair, watcher = as_("kpu-ketua", "7322"), as_("bawaslu", "7322")
    assert watcher.post(address, {"deed": "aktif"}).status_code == 403
    assert chair.post(address, {"deed": "aktif"}).status_code == 302
    assert chair.post(address, {"deed": "tunda", "alasan": "", "sampai": "2099-01-01"}).status_code == 422
    assert chair.post(address, {"deed": "tunda", "alasan": "salah baca", "sampai": "2099-01-01"}).status_code == 302
    assert SignalDef.objects.get(pk=one.pk).mode == SignalMode.SNOOZED
    assert chair.post(address, {"deed": "henti", "alasan": "diganti"}).status_code == 302
    page = chair.get(address)
    assert page.context["runbook"]
    assert "Hentikan" not in page.content.decode()
    assert chair.get(f"{HERE}/7322/sinyal/", {"mode": "retired"}).context["lines"][0]["risk"]


# --- likelihood ---


@pytest.mark.requirement(
    5, "5", "expected against hands by area, with interval, reasons and opinions; matrix beside it"
)
def test_likelihood_is_computed_explained_and_bounded(as_: As, regency: Regency) -> None:
    chair = as_("kpu-ketua", "7322")
    address = f"{HERE}/7322/kemungkinan/"
    assert chair.post(f"{address}?risiko=PRA-18", {"deed": "hitung"}).status_code == 302
    answer = chair.get(address, {"risiko": "PRA-18"})
    page = answer.content.decode()
    assert RiskScore.objects.count() == 2
    assert "angka dasar dari luar" in page  # nothing happened here yet, and the page says so
    line = answer.context["lines"][0]
    assert line.reasons
    assert line.low != line.high
    typed = {"deed": "pendapat", "wilayah": "732201", "terjadi": "2", "dari": "10", "sampai": "2099-01-01"}
    assert chair.post(f"{address}?risiko=PRA-18", typed | {"alasan": ""}).status_code == 422
    assert chair.post(f"{address}?risiko=PRA-18", typed | {"alasan": "x", "dari": "11"}).status_code == 422
    assert chair.post(f"{address}?risiko=PRA-18", typed | {"alasan": "banyak pengganti"}).status_code == 302
    assert Opinion.objects.get().of == 10
    assert "banyak pengganti" in chair.get(address, {"risiko": "PRA-18"}).content.decode()
    matrix = chair.get(address, {"tampil": "matriks"})
    placed = sum(len(cell) for _name, cells in matrix.context["matrix"]["rows"] for cell in cells)
    assert placed + len(matrix.context["matrix"]["unknown"]) == 86


def test_halves_say_when_history_is_worth_nothing_and_when_it_is() -> None:
    noise = [(("a" if n % 2 else "b",), n % 10 == 0 or n % 10 == 5) for n in range(400)]
    told = [(("a" if n % 2 else "b",), n % 2 == 1 and n % 4 == 1) for n in range(400)]
    assert queries_likelihood.halves(noise).paired is not None
    assert not queries_likelihood.halves(noise).paired.better  # type: ignore[union-attr]
    assert queries_likelihood.halves(told).paired.better  # type: ignore[union-attr]
    assert queries_likelihood.halves(noise[:30]).paired is None


def test_the_home_leads_to_the_area_one_holds(as_: As) -> None:
    assert as_("ppk-ketua", "732201").get("/kesiapan/").headers["Location"] == f"{HERE}/732201/"
    assert as_("kpps-ketua", ONE).get("/kesiapan/").headers["Location"] == f"{HERE}/{ONE}/"
