"""Lists of forms and of differences, and what they hand out as files."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from satusuara.areas.models import Area
from satusuara.lake.write import RUN_BY_A_SPREADSHEET
from satusuara.recap.models import ComparedArea
from tests.control.scene import BASE, HERE, STATIONS, THERE, Scene, officer
from tests.control.test_area import names
from tests.control.test_form import body

FORMS, DIFFERENCES = f"{BASE}/7322/formulir/", f"{BASE}/7322/selisih/"


@pytest.mark.requirement(2, "8", "filter, sort and page of a list live in its address")
@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", STATIONS),
        ("status=failing", STATIONS[:1]),
        ("status=empty", STATIONS[1:2]),
        ("status=in", (STATIONS[0], *STATIONS[2:])),
        ("status=differs", STATIONS[:1]),
        ("status=apa", STATIONS),
        ("aturan=I5", STATIONS[:1]),
        ("aturan=I3", ()),
        ("aturan=X99", STATIONS),
        ("cari=pattimang", STATIONS[:3]),
        ("cari=pattimang+003", STATIONS[2:3]),
        ("urut=-area", STATIONS[::-1]),
        ("hal=99", STATIONS),
        ("sumber=relawan&status=in", (STATIONS[0], *STATIONS[2:])),
    ],
)
def test_forms_are_found_by_address(chair: Client, query: str, codes: tuple[str, ...]) -> None:
    assert names(body(chair, f"{FORMS}?{query}")) == list(codes)


def test_a_row_says_what_is_wrong_and_leads_on_within_the_list(chair: Client) -> None:
    page = body(chair, f"{FORMS}?status=failing")
    assert "jumlah pengguna hak pilih (B.1 + B.2 + B.3): 101 + 109 = 210, jumlah tertulis 211: selisih 1" in page
    assert re.search(r"\+4 lagi", page)
    assert f'href="{BASE}/{STATIONS[0]}/?status=failing&amp;dari=7322"' in page


def test_nothing_found_offers_the_way_back(chair: Client) -> None:
    page = body(chair, f"{FORMS}?status=warning")
    assert "Tidak ada formulir yang sesuai" in page
    assert f'href="{FORMS}"' in page


@pytest.mark.requirement(
    2, "8", "areas where both readings agree and the recapitulation differs have a place of their own"
)
def test_what_no_single_form_can_show_comes_first(chair: Client) -> None:
    page = body(chair, DIFFERENCES)
    assert "1 Desa/Kelurahan: kedua bacaan sepakat, Rekap berbeda" in page
    agreed = page[page.index('class="card agreed"') : page.index("Yang dibandingkan")]
    assert f'href="{BASE}/{THERE}/"' in agreed
    assert "paslon 01" in agreed


@pytest.mark.parametrize(
    ("query", "areas"),
    [
        ("jenis=net_zero", [STATIONS[0]]),
        ("jenis=net_nonzero", [THERE, THERE]),
        ("pasangan=sirekap~relawan", [STATIONS[0]]),
        ("pasangan=apa~saja", [THERE, THERE, STATIONS[0]]),
        ("cari=pattimang", [STATIONS[0]]),
        ("urut=votes", [STATIONS[0], THERE, THERE]),
    ],
)
def test_differences_are_found_by_address(chair: Client, query: str, areas: list[str]) -> None:
    assert names(body(chair, f"{DIFFERENCES}?{query}")) == [f"{BASE}/{code}/" for code in areas]


def test_differences_are_cut_to_one_s_own_area(scene: Scene) -> None:
    witness = officer(scene, "saksi", "732202")
    page = body(witness, f"{BASE}/732202/selisih/")
    assert STATIONS[0] not in page
    assert names(page) == [f"{BASE}/{THERE}/"] * 2


def test_without_a_second_source_the_page_says_what_is_missing(scene: Scene, chair: Client) -> None:
    ComparedArea.objects.all().delete()
    assert "Belum ada yang dibandingkan" in body(chair, DIFFERENCES)


def table(answer: Any, ending: str) -> list[list[Any]]:
    content = b"".join(answer.streaming_content)
    answer.close()
    if ending == "csv":
        return list(csv.reader(io.StringIO(content.decode())))
    if ending == "xlsx":
        return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    read = pq.read_table(io.BytesIO(content))
    return [read.column_names, *[list(row.values()) for row in read.to_pylist()]]


@pytest.mark.requirement(2, "8", "CSV, XLSX and Parquet of what the list shows, for whoever may export")
@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_download_holds_what_the_list_shows(scene: Scene, chair: Client, ending: str) -> None:
    answer = chair.get(f"{BASE}/7322/unduh.{ending}?status=failing")
    assert answer.status_code == 200
    assert f'filename="id-2024-ppwp-7322-sirekap.{ending}"' in answer.headers["Content-Disposition"]
    head, *rows = table(answer, ending)
    assert [str(row[head.index("tps_id")]) for row in rows] == [STATIONS[0]]
    assert int(rows[0][head.index("voters")]) == 211
    assert len(table(chair.get(f"{BASE}/7322/unduh.{ending}"), ending)) == 5


def test_a_download_is_no_attack_on_a_spreadsheet(scene: Scene, chair: Client) -> None:
    Area.objects.filter(code=HERE).update(name="=HYPERLINK(1)")
    head, *rows = table(chair.get(f"{BASE}/7322/unduh.csv"), "csv")
    found = [row[head.index("parent_name")] for row in rows]
    assert "'=HYPERLINK(1)" in found
    assert not any(cell.startswith(RUN_BY_A_SPREADSHEET) for row in rows for cell in row)


def test_who_may_look_but_not_export_gets_no_file(scene: Scene) -> None:
    assert officer(scene, "kpps-ketua", STATIONS[0]).get(f"{BASE}/{STATIONS[0]}/unduh.csv").status_code == 403


def test_an_ending_we_do_not_write_is_no_address(chair: Client) -> None:
    assert chair.get(f"{BASE}/7322/unduh.exe").status_code == 404


@pytest.mark.requirement(6, "4", "votes that moved are ranked in a page, each with what it could change and its paper")
def test_votes_that_moved_are_ranked_with_their_paper(chair: Client) -> None:
    page = body(chair, f"{BASE}/7322/pergeseran/?lihat=semua")
    assert "Semua selisih" in page
    assert "C.Hasil (plano)" in page
    assert "keunggulan paslon" in page
    assert "Pola menurut yang memasukkan" in page
    votes = [int(one) for one in re.findall(r'data-label="Suara"><strong>(\d+)', page)]
    assert votes == sorted(votes, reverse=True) != []
    ordered = body(chair, f"{BASE}/7322/pergeseran/?lihat=semua&urut=effect")
    assert names(ordered)
    assert set(names(ordered)) == set(names(page))


def test_who_entered_what_is_for_those_who_answer_for_people(scene: Scene) -> None:
    page = body(officer(scene, "saksi", "7322"), f"{BASE}/7322/pergeseran/?lihat=semua")
    assert "Pola menurut yang memasukkan" not in page
    assert "Peringkat" in page


def test_an_area_where_nothing_moved_says_so(chair: Client) -> None:
    assert "Tidak ada suara yang bergeser" in body(chair, f"{BASE}/{STATIONS[-1]}/pergeseran/")
