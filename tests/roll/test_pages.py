"""The roll through its pages, as an officer uses them: what he sees, does, and finds again."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from satusuara.areas.models import Area
from satusuara.ledger.verify import verify
from satusuara.people.models import Appointment, User
from satusuara.roll import spawn
from satusuara.roll.actions import record_linkage
from satusuara.roll.actions.linking import FoundPair
from satusuara.roll.choices import JobState, PairState, VoterState
from satusuara.roll.models import Pair, RollVersion
from satusuara.roll.models_work import RollJob
from satusuara.roll.tasks import run_job
from tests.roll.lists import HEADER, HERE, ROOT, THERE, list_of, nik, read, regency, row, voter

pytestmark = pytest.mark.django_db
AT = datetime.fromisoformat("2024-01-10T03:00:00+00:00")


@pytest.fixture
def area(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Area:
    settings.HOME = tmp_path / "home"
    settings.REQUIRE_SECOND_FACTOR = False
    monkeypatch.setattr(spawn, "start", lambda number: run_job(RollJob.objects.get(pk=number)))
    election, area = regency()
    read(list_of(tmp_path, row(1), row(2, at=f"{THERE}001"), row(3), row(4)), election, area)
    return area


def officer(area: Area, role: str = "kpu-rendatin", name: str = "rendatin") -> Client:
    user = User.objects.create(username=name, display_name=name, home=area)
    Appointment.objects.create(
        user=user, role=role, election=area.election, area=area, starts=AT, granted_by="t", reason="t"
    )  # fmt: skip
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(client: Client, view: str, *arguments: Any, **query: str) -> str:
    answer = client.get(reverse(f"roll:{view}", args=arguments), query)
    assert answer.status_code == 200, answer
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.requirement(3, "1", "a list sent on a page is read apart from it; its version shows what it changed")
def test_a_list_is_sent_and_what_it_changed_is_seen(area: Area) -> None:
    client = officer(area)
    rows = "\n".join([HEADER, row(1), row(3, at=f"{HERE}002"), row(4, name="Contoh Empat"), row(9), ""])
    sent = {"category": "dpt", "source": "dpt", "file": SimpleUploadedFile("baru.csv", rows.encode())}
    answer = client.post(reverse("roll:versions", args=[area.election_id, area.code]), sent)
    job = RollJob.objects.get()
    assert (answer.status_code, job.state) == (302, JobState.DONE)
    version = RollVersion.objects.get(number=2)
    assert (version.added, version.struck, version.moved, version.changed) == (1, 1, 1, 1)
    assert client.get(answer.headers["Location"]).headers["Location"] == reverse("roll:version", args=[version.pk])
    assert "Contoh 9" in said(client, "version", version.pk, jenis="added")
    assert "Tidak ada lagi pada daftar yang baru" in said(client, "version", version.pk, jenis="struck")
    assert "sebelumnya Contoh 4" in said(client, "version", version.pk, jenis="changed")
    assert "TPS 1" in said(client, "version", version.pk, jenis="moved") or "→" in said(
        client, "version", version.pk, jenis="moved"
    )


@pytest.mark.requirement(3, "1", "what was sent lies encrypted until it is read and is removed afterwards")
def test_a_list_that_was_sent_leaves_no_readable_file(area: Area, settings: Any) -> None:
    client = officer(area)
    sent = {"category": "dpt", "source": "dpt", "file": SimpleUploadedFile("b.csv", f"{HEADER}\n{row(1)}\n".encode())}
    client.post(reverse("roll:versions", args=[area.election_id, area.code]), sent)
    files = [path for path in Path(settings.HOME).rglob("*") if path.is_file()]
    assert not [path for path in files if nik(1).encode() in path.read_bytes()]
    assert not [path for path in files if "upload" in path.name]


@pytest.mark.requirement(3, "1", "reading that broke off is taken up again from its page")
def test_work_that_broke_off_is_taken_up_again(area: Area) -> None:
    client = officer(area)
    job = RollJob.objects.create(
        election=area.election, area=area, kind="link", settings={}, at=AT, by="rendatin", beat=AT, state="running"
    )  # fmt: skip
    assert "Lanjutkan dari tempat terputus" in said(client, "job", job.pk)
    client.post(reverse("roll:resume", args=[job.pk]))
    assert RollJob.objects.get(pk=job.pk).state == JobState.DONE


@pytest.mark.requirement(3, "4", "the verdict comes before the score; two reviewers strike; undone with one click")
def test_a_pair_is_decided_blind_and_by_two(area: Area) -> None:
    reason = {"feature": "nik", "level": "same", "weight": 27_000, "id": "NIK sama", "en": "same NIK"}
    found = [FoundPair(voter(1).pk, voter(2).pk, 0.998, "strike", [reason])]
    record_linkage(
        scope=ROOT, election=area.election, area=area, design="t", settings={"start": -22_000}, records=4, found=found,
        at=timezone.now(),
    )  # fmt: skip
    pair = Pair.objects.get()
    first, second = officer(area), officer(area, "kpu-ketua", "ketua")
    queue = reverse("roll:queue", args=[area.election_id, area.code])
    assert first.get(queue).headers["Location"] == reverse("roll:pair", args=[pair.pk])
    blind = said(first, "pair", pair.pk)
    assert "99,8" not in blind
    assert "NIK sama" not in blind
    assert "baris A: tanggal pada NIK tidak ada dalam kalender" in blind, "a soft flag is said in words"
    address, verdict = reverse("roll:pair", args=[pair.pk]), {"verdict": "same", "keep": "a", "basis": "documents"}
    assert first.post(address, {"verdict": "same", "basis": "documents"}).status_code == 422  # which line stays?
    first.post(address, verdict)
    seen = said(first, "pair", pair.pk)
    assert "99,8" in seen
    assert "NIK sama" in seen
    assert "Seorang peninjau lain sudah memutuskan" in said(second, "pair", pair.pk)
    second.post(address, verdict)
    assert Pair.objects.get().state == PairState.STRUCK
    assert voter(2).state == VoterState.STRUCK
    second.post(reverse("roll:undo", args=[pair.pk]))
    assert voter(2).state == VoterState.ACTIVE
    assert [each for each in verify().problems if each.kind.startswith("roll")] == []


@pytest.mark.requirement(3, "5", "the form shows the ballots at once; the letter has them, and its code as a QR")
def test_a_letter_is_issued_on_a_page(area: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    client = officer(area)
    monkeypatch.setattr(timezone, "now", lambda: AT)
    form = said(client, "move", voter(1).pk, tujuan=f"{THERE}001")
    assert "tidak mendapat" in form or "tanyakan" in form or "mendapat" in form
    address = f"{reverse('roll:move', args=[voter(1).pk])}?tujuan={THERE}001"
    answer = client.post(address, {"reason": "duty"})
    assert answer.status_code == 302
    letter = client.get(answer.headers["Location"]).content.decode()
    assert "<svg" in letter
    assert "Berhak atas" in letter
    assert voter(1).state == VoterState.LOCKED
    assert "Contoh 1" in said(client, "letters", area.election_id, f"{HERE}001")
    assert "Contoh 1" in said(client, "letters", area.election_id, f"{THERE}001", arah="datang")
    assert "dikunci: pindah memilih" in said(client, "printed", area.election_id, f"{HERE}001")


@pytest.mark.requirement(3, "2", "every question of the law with its count, and the lines behind it")
def test_checks_name_the_lines_behind_them(area: Area, tmp_path: Path) -> None:
    client = officer(area)
    young = row(1, born="01|06|2010", kawin="B")
    read(list_of(tmp_path, young, row(2), row(3), row(4), name="v2.csv"), area.election, area)
    assert "belum cukup umur" in said(client, "checks", area.election_id, area.code)
    assert "Contoh 1" in said(client, "checks", area.election_id, area.code, temuan="age.under")
