"""An area: figures at the top, the list below, and what of it an address can ask for."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from satusuara.areas.models import Boundary
from satusuara.areas.pages import drawing as drawn
from satusuara.count.models import AreaSummary
from satusuara.people.models import Appointment, User
from satusuara.web.control.rows import AreaRow, chosen_rows
from tests.control.scene import BASE, HERE, STATIONS, THERE, Scene, officer
from tests.control.test_form import body

REGENCY = f"{BASE}/7322/"


def figures(page: str) -> dict[str, str]:
    found = re.findall(r'figure-label">([^<]+)</span><span class="figure-value">(.*?)</span><span', page)
    return {label: re.sub(r"<[^>]+>|\s", "", value) for label, value in found}


def names(page: str) -> list[str]:
    return re.findall(r'<tr data-row="([^"]+)"', page)


@pytest.mark.requirement(2, "8", "figures at the top, each a link to the forms it counts")
def test_the_figures_lead_to_what_they_count(chair: Client) -> None:
    page = body(chair, REGENCY)
    assert figures(page) == {
        "Formulir masuk": "3", "Terisi lengkap": "3", "Tidak cocok": "1", "Berbeda antarsumber": "1",
    }  # fmt: skip
    for label, status, forms in (
        ("Formulir masuk", "in", 3),
        ("Terisi lengkap", "complete", 3),
        ("Tidak cocok", "failing", 1),
    ):
        address = re.search(rf'<a href="([^"]+)"[^>]*><span class="figure-label">{label}<', page)
        assert address is not None
        assert f"status={status}" in address[1]
        assert len(names(body(chair, address[1].replace("&amp;", "&")))) == forms
    assert "1 Desa/Kelurahan berbeda dengan Rekap" in page


@pytest.mark.requirement(2, "8", "click down sub-district, village, station, form: every step is a link in the list")
def test_the_list_leads_down_to_the_form(chair: Client) -> None:
    address = REGENCY
    for code in ("732201", HERE, STATIONS[0]):
        page = body(chair, address)
        link = re.search(rf'<tr data-row="{code}">.*?href="([^"]+)"', page)
        assert link is not None, code
        address = link[1]
    assert "C.Hasil-PPWP" in body(chair, address)


def test_the_worst_area_comes_first(chair: Client) -> None:
    assert names(body(chair, REGENCY)) == ["732201", "732202"]
    assert names(body(chair, f"{REGENCY}?urut=laju")) == ["732202", "732201"]
    assert names(body(chair, f"{REGENCY}?tingkat=desa&urut=nama")) == [THERE, HERE]  # "desa 001" before "Pattimang"
    assert names(body(chair, f"{REGENCY}?urut=;drop table")) == ["732201", "732202"]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("saring=gagal", ["732201"]),
        ("saring=selisih", ["732201"]),
        ("saring=belum", ["732201"]),
        ("cari=7322022", []),
        ("cari=732202", ["732202"]),
        ("tingkat=desa&cari=pattimang", [HERE]),
        ("tingkat=tps", ["732201", "732202"]),
        ("tingkat=bulan", ["732201", "732202"]),
    ],
)
def test_the_address_filters_the_list(chair: Client, query: str, codes: list[str]) -> None:
    assert names(body(chair, f"{REGENCY}?{query}")) == codes


def test_htmx_gets_the_list_alone(chair: Client) -> None:
    page = body(chair, f"{REGENCY}?saring=gagal", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="div#daftar")
    assert page.strip().startswith('<div id="daftar"')
    assert names(page) == ["732201"]
    restored = body(chair, f"{REGENCY}?saring=gagal", HTTP_HX_REQUEST="true", HTTP_HX_TARGET="body")
    assert "<html" in restored


@pytest.mark.requirement(2, "8", "a map coloured by failing checks per form, with a list that works without it")
def test_the_map_is_drawn_from_our_own_outlines(scene: Scene, chair: Client) -> None:
    assert "data-outline-map" not in body(chair, REGENCY)
    for n, code in enumerate((HERE, THERE)):
        area = scene.election.areas.get(code=code)
        square = [[[[n, 0], [n + 1, 0], [n + 1, 1], [n, 1], [n, 0]]]]
        Boundary.objects.create(area=area, coordinates=square, source="buatan")
    drawn._drawn.cache_clear()
    page = body(chair, REGENCY)
    shapes = dict(re.findall(r'class="shape band-(\d)" data-area="(\d+)"', page))
    assert {code: int(band) for band, code in shapes.items()} == {HERE: 4, THERE: 1}
    assert "batas.geojson?level=desa" in page
    assert f'href="{BASE}/{HERE}/"' in page
    drawn._drawn.cache_clear()


def test_sums_say_of_how_many_forms_they_are(chair: Client) -> None:
    page = body(chair, f"{BASE}/732201/")
    assert "2 dari 3" in page  # two of three forms give votes
    assert "kosong bukan nol" in page


def test_a_village_lists_its_stations_with_every_source(chair: Client) -> None:
    page = body(chair, f"{BASE}/{HERE}/")
    assert names(page) == list(STATIONS[:3])
    first = page[page.index(f'data-row="{STATIONS[0]}"') : page.index(f'data-row="{STATIONS[1]}"')]
    assert "tidak cocok" in first
    assert "belum lengkap" not in first.split("</td>")[0]
    assert names(body(chair, f"{BASE}/{HERE}/?saring=selisih")) == [STATIONS[0]]
    assert names(body(chair, f"{BASE}/{HERE}/?saring=belum")) == [STATIONS[1]]


def test_a_village_says_where_its_recapitulation_differs(chair: Client) -> None:
    page = body(chair, f"{BASE}/{THERE}/")
    assert "paslon 01 berjumlah 60 menurut formulir Sirekap, tertulis 61 pada Rekap" in page


def test_the_other_source_has_its_own_figures(chair: Client) -> None:
    page = body(chair, f"{REGENCY}?sumber=relawan")
    assert figures(page)["Formulir masuk"] == "3"
    assert f'href="{BASE}/732201/?sumber=relawan"' in page


def test_an_area_nobody_told_of_is_an_empty_place_with_a_next_step(scene: Scene, chair: Client) -> None:
    AreaSummary.objects.filter(area__code="732202").delete()
    page = body(chair, f"{BASE}/732202/")
    assert "Belum ada formulir di wilayah ini" in page


@pytest.mark.requirement(2, "8", "a witness sees his own area and nothing else")
def test_a_witness_begins_at_his_own_area(scene: Scene) -> None:
    witness = officer(scene, "saksi", "732201")
    start = witness.get("/kendali/")
    assert (start.status_code, start.headers["Location"]) == (302, f"{BASE}/732201/")
    page = body(witness, f"{BASE}/732201/")
    assert f'href="{REGENCY}"' not in page  # the way up is said, not opened
    assert "unduh." not in page  # he may not export
    assert witness.get(f"{BASE}/732201/unduh.csv").status_code == 403


def test_who_has_two_areas_chooses(scene: Scene) -> None:
    page = body(officer(scene, "saksi", "732201", "732202"), "/kendali/")
    assert f"{BASE}/732201/" in page
    assert f"{BASE}/732202/" in page


def test_the_whole_tree_begins_where_there_are_figures(scene: Scene, client: Client) -> None:
    user = User.objects.create(username="ri", display_name="RI")
    Appointment.objects.create(
        user=user, role="kpu-ri", election=scene.election, area=None, starts=datetime(2024, 1, 1, tzinfo=UTC),
        granted_by="system:test", reason="t",
    )  # fmt: skip
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/kendali/").headers["Location"] == f"{BASE}/73/"
    assert names(body(client, f"{BASE}/73/")) == ["7322"]


def test_strangers_sign_in_first_and_addresses_tell_nothing(scene: Scene, client: Client, chair: Client) -> None:
    assert "/masuk/" in client.get(REGENCY).headers["Location"]
    assert chair.get(f"{BASE}/7399/").status_code == 403
    assert chair.get("/kendali/id-1955/ppwp/7322/").status_code == 403
    assert chair.get("/kendali/id-2024/walikota/7322/").status_code == 404


def test_rows_of_equal_rate_go_by_name() -> None:
    rows = [
        AreaRow(
            code=name, name=name, parent="", href="", expected=1, forms_in=1, complete=1, incomplete=0, empty=0,
            consistent=1, failing=0, failures=0, warnings=0, differs=0, compared=0, status="consistent",
        )
        for name in "cab"
    ]  # fmt: skip
    assert [row.name for row in chosen_rows(rows)] == ["a", "b", "c"]
    assert rows[0].step == 0
