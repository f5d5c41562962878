"""No identity number and no name leaves by a side door: addresses, logs, files, pages, exports."""

from __future__ import annotations

import io
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from satusuara.areas.models import Area
from satusuara.ledger.verify import verify
from satusuara.roll.actions import erase_roll
from satusuara.roll.models import Voter
from satusuara.roll.vault import vault
from tests.roll.lists import HERE, ROOT, list_of, nik, read, regency, row, voter
from tests.roll.test_pages import officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def area(tmp_path: Path, settings: Any) -> Area:
    settings.HOME = tmp_path / "home"
    settings.REQUIRE_SECOND_FACTOR = False
    election, area = regency()
    read(list_of(tmp_path, row(1), row(2), row(3)), election, area)
    return area


def pages(area: Area) -> list[str]:
    here = [area.election_id, f"{HERE}001"]
    views = ("area", "voters", "printed", "checks", "duplicates", "watch", "letters", "versions")
    found = [reverse(f"roll:{view}", args=here) for view in views]
    return [*found, reverse("roll:voter", args=[voter(1).pk]), f"{reverse('roll:voters', args=here)}unduh.csv"]


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


@pytest.mark.requirement(3, "9", "pages and exports show identity numbers masked")
def test_no_page_and_no_export_holds_a_whole_number(area: Area) -> None:
    client = officer(area)
    for address in pages(area):
        said = body(client, address)
        assert nik(1) not in said, address
        assert not re.findall(r"(?<![\d/-])\d{16}(?!\d)", said), address
        assert nik(1) not in address
        assert "Contoh" not in address


@pytest.mark.requirement(3, "9", "a search by number or name stands in no address and in no log")
def test_a_search_leaves_no_trace(area: Area, caplog: pytest.LogCaptureFixture) -> None:
    client = officer(area)
    address = reverse("roll:voters", args=[area.election_id, area.code])
    with caplog.at_level(logging.DEBUG):
        answer = client.post(address, {"cari": nik(2)})
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "Contoh 2" in said
    assert "Contoh 1" not in said
    requests = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert not [line for line in requests if nik(2) in line]
    assert client.get(address, {"cari": nik(2)}).content.decode().count("Contoh") >= 3  # an address finds nobody


@pytest.mark.requirement(3, "9", "numbers are encrypted at rest: no cell of the database holds one in clear")
def test_no_cell_of_the_database_holds_a_number(area: Area) -> None:
    wanted = nik(1)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(("roll_", "ledger_")):
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            for cells in cursor.fetchall():
                text = io.StringIO()
                for cell in cells:
                    text.write(str(bytes(cell)) if isinstance(cell, bytes | memoryview) else str(cell))
                assert wanted not in text.getvalue(), table
    sealed = Voter.objects.get(pk=voter(1).pk).nik_sealed
    assert sealed is not None
    assert vault().open(sealed) == wanted


@pytest.mark.requirement(3, "9", "a whole number is shown once, for a reason, and that somebody looked is sealed")
def test_a_number_is_shown_for_a_reason_only(area: Area) -> None:
    client = officer(area)
    address = reverse("roll:reveal", args=[voter(1).pk])
    assert nik(1) not in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    answer = client.post(address, {"reason": "laporan warga"})
    assert nik(1) in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    viewer = officer(area, "kpu-hukum", "hukum")
    assert viewer.post(address, {"reason": "ingin tahu"}).status_code == 403


@pytest.mark.requirement(3, "9", "after the election the roll is erased; what was sealed says so and still verifies")
def test_the_roll_is_erased(area: Area) -> None:
    counts = erase_roll(scope=ROOT, election=area.election, reason="berakhir", at=timezone.now())
    assert counts["voter"] == 3
    assert Voter.objects.count() == 0
    assert verify().problems == []
