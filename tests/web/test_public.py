"""The public pages: the figure first, then how sure it is; nobody signs in."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from satusuara.areas.models import Area
from satusuara.count.models import Source
from tests.count.regency import file_of, load
from tests.web.conftest import HERE, STATIONS, THERE


def page_of(client: Client, code: str, **query: str) -> str:
    response = client.get(address(code), query)
    assert response.status_code == 200, response.status_code
    return text(response.content.decode())


def address(code: str, name: str = "web:results") -> str:
    return reverse(name, args=["id-2024", "ppwp", code])


def text(page: str) -> str:
    """What a reader sees: without markup, blanks made one."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.requirement(2, "9", "anybody sees an area's votes with the status of every form, without signing in")
def test_an_area_shows_votes_and_how_many_forms_are_in_which_state(client: Client, sirekap: Source) -> None:
    page = page_of(client, "7322")
    assert "3 suara untuk semua pilihan" not in page
    assert "6 suara untuk semua pilihan" in page
    assert "2 dari 4 formulir cocok seluruhnya" in page
    for word, count in (("cocok", 2), ("belum lengkap", 0), ("tidak cocok", 1), ("kosong", 1)):
        assert f"{word} {count}" in page
    assert "Bukan hasil resmi." in page
    batch = sirekap.batches.first()
    assert batch is not None
    assert f"SHA-256 {batch.file_sha256}" in page
    assert "WITA" in page


@pytest.mark.requirement(2, "9", "a station shows its status, what does not hold in a sentence, and every version")
def test_a_station_shows_its_status_its_findings_and_its_history(client: Client, sirekap: Source) -> None:
    failing = page_of(client, STATIONS[3])
    assert "tidak cocok Sedikitnya satu hitungan tidak cocok. Kertasnya perlu diperiksa." in failing
    assert "2 + 1 = 3, tertulis 9." in failing
    corrected = page_of(client, STATIONS[0])
    assert "Semua sel terisi" in corrected or "Sebagian sel" in corrected
    history = corrected[corrected.index("Riwayat angka") :]
    assert "2 berlaku" in history
    assert history.index("1 berubah") < history.index("1.101")


def test_a_blank_is_a_dash_and_never_a_zero(client: Client, sirekap: Source) -> None:
    page = page_of(client, STATIONS[2])
    assert "kosong Sumber mencantumkan formulir ini tanpa satu angka suara pun." in page
    assert "Belum ada suara yang tertulis pada sumber ini." in page
    village = client.get(address(HERE)).content.decode()
    row = village[village.index(f'data-row="{STATIONS[2]}"') :]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row)[:3] == ["–", "–", "–"]


def test_rows_are_filtered_and_sorted_by_the_address(client: Client, sirekap: Source) -> None:
    def codes(**query: str) -> list[str]:
        return re.findall(r'data-row="(\d+)"', client.get(address("7322"), query).content.decode())

    both = ["732201", "732202"]
    assert codes() == both
    assert codes(urut="-area") == both[::-1]
    assert codes(urut="-failing") == both[::-1]
    assert codes(urut="paslon_1") == both[::-1]
    assert codes(status="failing") == ["732202"]
    assert codes(cari="kecamatan 202") == ["732202"]
    assert codes(cari="tidak ada") == []
    assert codes(urut="'; drop table", status="<b>") == both


def test_the_recapitulation_comes_first_and_says_where_it_stops(client: Client, recap: Source) -> None:
    area = page_of(client, "732201")
    assert "9 suara untuk semua pilihan" in area
    assert "Bukan hasil resmi." not in area
    assert "1 dari 1 desa/kelurahan sudah direkapitulasi" in area
    assert "Bukan hasil resmi." in page_of(client, "732201", sumber="sirekap")
    assert "Sumber ini tidak merinci sampai ke bawah wilayah ini" in page_of(client, HERE)
    assert "belum semua dapat dibandingkan" in page_of(client, HERE), "a blank form is no difference"


@pytest.mark.requirement(2, "9", "results from the nation down to the polling station")
def test_complete_sources_that_differ_are_lit(client: Client, recap: Source, tmp_path: Path) -> None:
    load(Source.objects.get(name="sirekap"), file_of(tmp_path, f"{STATIONS[2]},1,2,3,2,1,3,1,1,0", name="c.csv"))
    page = client.get(address(HERE)).content.decode()
    assert "2 angka berbeda" in text(page)
    assert page.count("differs") >= 2


def test_the_nation_is_the_sum_of_its_provinces_known_or_not(client: Client, sirekap: Source) -> None:
    Area.objects.create(
        election=sirekap.election, code="74", level="provinsi", name="SEBERANG", path="/74/", stations=10, source="t"
    )
    page = page_of(client, "0")
    assert "6 suara untuk semua pilihan" in page
    assert "2 dari 14 formulir cocok seluruhnya" in page
    assert "Seberang" in page
    assert "Indonesia" in page_of(client, "73")


def test_the_front_page_begins_where_the_figures_are(client: Client, recap: Source) -> None:
    page = client.get("/").content.decode()
    assert address("732201") in page or address("7322") in page
    assert "4 44,4" in text(page)


def test_without_figures_the_front_page_says_so(client: Client, db: None) -> None:
    assert "Belum ada hasil" in client.get("/").content.decode()


def test_an_address_without_results_offers_the_search(client: Client, sirekap: Source) -> None:
    for path in (address("9999"), reverse("web:results", args=["id-1955", "ppwp", "7322"]), "/tidak/ada/"):
        response = client.get(path)
        assert response.status_code == 404
        assert 'role="search"' in response.content.decode()


@pytest.mark.parametrize(
    ("words", "found"),
    [("desa 001", [HERE, THERE]), (STATIONS[1], [STATIONS[1]]), ("x", []), ("tidak ada", []), ("%' or 1=1", [])],
)
def test_areas_are_found_by_name_or_code(client: Client, sirekap: Source, words: str, found: list[str]) -> None:
    answer = client.get(reverse("web:search"), {"q": words}, headers={"accept": "application/json"}).json()
    assert [hit["code"] for hit in answer["hits"] if hit["code"] in {*found, HERE, THERE, *STATIONS}][
        : len(found)
    ] == found
    page = client.get(reverse("web:search"), {"q": words}).content.decode()
    assert all(code in page for code in found)


def test_the_file_says_what_the_page_says(client: Client, sirekap: Source) -> None:
    Area.objects.filter(code=HERE).update(name="=cmd|x")
    body = b"".join(client.get(address("732201", "web:results_csv")).streaming_content).decode()  # type: ignore[attr-defined]
    (row,) = csv.DictReader(io.StringIO(body))
    assert row["area_name"] == "'=cmd|x"
    figures = {name: row[name] for name in ("area_code", "paslon_1", "forms", "forms_consistent", "status")}
    assert figures == {
        "area_code": HERE, "paslon_1": "2", "forms": "3", "forms_consistent": "2", "status": "incomplete",
    }  # fmt: skip
    assert len(row["file_sha256"]) == 64


@pytest.mark.requirement(2, "8", "the language of the page is chosen and kept; English is complete")
def test_the_language_is_switched_without_a_token(client: Client, sirekap: Source) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert '<html lang="id"' in strict.get("/").content.decode()
    answer = strict.post(reverse("set_language"), {"language": "en", "next": address("7322")})
    assert answer.headers["Location"] == address("7322")
    page = strict.get(address("7322")).content.decode()
    assert '<html lang="en"' in page
    assert "Not official results." in page
    assert "forms add up throughout" in page


def test_public_pages_set_no_cookie_and_can_be_kept(client: Client, sirekap: Source) -> None:
    for path in ("/", address("7322"), address(STATIONS[0]), reverse("web:about"), reverse("web:search")):
        response = client.get(path)
        assert not response.cookies, path
        assert "no-store" not in response.headers.get("Cache-Control", "")


def test_the_theme_is_drawn_by_the_server(client: Client, db: None) -> None:
    assert '<html lang="id">' in client.get("/tentang/").content.decode()
    client.cookies["rupa"] = "gelap"
    assert 'data-theme="dark"' in client.get("/tentang/").content.decode()
    client.cookies["rupa"] = '"><script>'
    assert "<script>" not in client.get("/tentang/").content.decode()


def test_the_masthead_marks_one_entry_as_the_place_where_one_is(client: Client, sirekap: Source) -> None:
    for path in ("/", address("7322"), address(STATIONS[0])):
        nav = client.get(path).content.decode().split('class="top-nav"')[1].split("</nav>")[0]
        assert nav.count("aria-current") == 1
    assert "aria-current" not in client.get("/tentang/").content.decode().split('class="top-nav"')[1].split("</nav>")[0]


def test_a_page_asks_the_database_a_bounded_number_of_times(
    client: Client, recap: Source, django_assert_max_num_queries: Any
) -> None:
    for code in ("0", "7322", HERE, STATIONS[0]):
        with django_assert_max_num_queries(32):
            client.get(address(code))


def test_what_breaks_inside_is_said_without_the_database(client: Client) -> None:
    from django.test import RequestFactory

    from satusuara.web.pages.frame import broken

    response = broken(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Bukan karena Anda." in response.content.decode()
