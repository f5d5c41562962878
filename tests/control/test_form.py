"""The form as it is drawn, with what does not hold, said in the law's sentences."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from satusuara.areas.models import Area
from satusuara.ledger.receipts import verify_file
from tests.control.scene import BASE, COLUMNS, HEADER, STATIONS, Scene, officer
from tests.count.regency import file_of, load

FORM = f"{BASE}/{STATIONS[0]}/"


def body(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, **headers)  # type: ignore[arg-type]
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.requirement(
    2, "8", "Pattimang TPS 001: what is written, said in a sentence, with the ground for a recount"
)
def test_pattimang_says_what_is_written(chair: Client) -> None:
    page = body(chair, FORM)
    for sentence in (
        "jumlah sah dan tidak sah tertulis 210, pengguna hak pilih tertulis 211 (L+P = 210): selisih 1, "
        "dasar hitung ulang pasal 374(2)h",
        "108 + 2 = 110, tertulis 210",
        "39 + 160 + 9 = 208, sah tertulis 108",
    ):
        assert sentence in page


@pytest.mark.requirement(2, "8", "the failing identity is lit in the form: the boxes it names, with number and words")
def test_the_boxes_that_a_finding_names_are_lit(chair: Client) -> None:
    page = body(chair, FORM)
    numbers = dict(re.findall(r'id="temuan-(\d+)".*?finding-code">([^<]+)<', page))
    i5 = next(number for number, code in numbers.items() if code == "I5")
    lit = re.findall(
        r'<td class="c-box c-written c-lit" data-finding="([\d ]+)"[^>]*><span class="c-figure">([\d.]+)', page
    )
    assert sorted(value for marks, value in lit if i5 in marks.split()) == ["210", "211"]
    assert f"(temuan {i5}" in page or f" {i5})" in page  # said, not only coloured
    dpt = re.search(r'<td class="c-box ([^"]*)"[^>]*><span class="c-figure">253', page)
    assert dpt is not None
    assert "c-lit" not in dpt[1]


def test_what_follows_in_law_and_what_to_do_next(chair: Client) -> None:
    page = body(chair, FORM)
    assert "Dasar penghitungan ulang surat suara di TPS" in page
    assert "UU 7/2017 pasal 374(2)h" in page
    assert re.search(r"PKPU 19/2020 pasal 15A[^<]*<span class=\"cited-unsure\">perlu dipastikan", page)
    assert not re.search(r"374\(2\)h <span class=\"cited-unsure\">", page)
    assert "Cocokkan C.Hasil dengan salinan saksi" in page


def test_a_blank_a_zero_and_a_cell_the_source_lacks_are_three_things(chair: Client) -> None:
    pattimang = body(chair, FORM)
    assert re.search(r'c-written[^>]*><span class="c-figure">0</span>', pattimang)
    assert 'class="c-blank">' not in pattimang
    assert pattimang.count("Sumber ini tidak memuat bagian ini.") == 2  # ballots, disabled
    blank = body(chair, f"{BASE}/{STATIONS[1]}/")
    assert blank.count('<span class="c-blank">kosong</span>') == len(COLUMNS)
    assert "c-figure" not in blank
    assert "Yang kosong belum dapat dihitung." in blank


@pytest.mark.requirement(2, "8", "side by side of sources; votes that moved are named as such")
def test_sources_stand_beside_each_other_and_a_shift_is_named(chair: Client) -> None:
    page = body(chair, FORM)
    assert "Suara bergeser, jumlah tetap." in page
    assert "bergeser 1 suara dari paslon 02 ke paslon 01, jumlah tetap" in page
    assert "TPS 001 Pattimang: paslon 01 tertulis 39 pada Sirekap, 40 pada Relawan" in page
    assert re.search(r'<td class="num differs">39 <svg class="icon" role="img" aria-label="berbeda">', page)
    other = body(chair, f"{FORM}?sumber=relawan")
    assert ">40</span>" in other
    assert "Tidak ada hitungan yang berbeda pada formulir ini." in other


def test_a_new_version_says_what_changed(scene: Scene, chair: Client, tmp_path: Path) -> None:
    corrected = "124,129,253,101,108,209,0,1,1,1,0,1,102,109,211,208,2,210,39,160,9,2024-02-19 08:00:00"
    load(scene.sirekap, file_of(tmp_path, f"{STATIONS[0]},{corrected}", name="baru.csv", header=HEADER))
    page = body(chair, FORM)
    assert "Versi 2" in page
    assert "Versi 1" in page
    changes = re.search(r'<ul class="changes">(.*?)</ul>', page)
    assert changes is not None
    assert re.findall(r'class="num">([\d.]+)</', changes[1]) == ["101", "102", "108", "208"]


def test_the_receipt_of_a_version_is_checked_without_us(scene: Scene, chair: Client, tmp_path: Path) -> None:
    answer = chair.get(f"{FORM}bukti.json?sumber=sirekap&versi=1")
    path = tmp_path / "bukti.json"
    path.write_bytes(answer.content)
    assert verify_file(path).entry["subject_kind"] == "count.form_version"
    assert json.loads(answer.content)["entry"]["action"] == "count.import_form"
    assert chair.get(f"{FORM}bukti.json?sumber=sirekap&versi=9").status_code == 404
    assert chair.get(f"{FORM}bukti.json?sumber=sirekap&versi=x").status_code == 404


def steps(page: str) -> list[str]:
    return re.findall(r'<a rel="(?:prev|next)" data-walk class="[^"]*" href="([^"]+)"', page)


def test_the_forms_before_and_after_are_one_key_away(chair: Client) -> None:
    assert steps(body(chair, FORM)) == [f"{BASE}/{STATIONS[1]}/"]
    assert steps(body(chair, f"{BASE}/{STATIONS[2]}/")) == [f"{BASE}/{STATIONS[1]}/", f"{BASE}/{STATIONS[3]}/"]


def test_who_comes_from_a_list_walks_that_list(chair: Client) -> None:
    page = body(chair, f"{BASE}/{STATIONS[2]}/?status=consistent&dari=7322")
    assert steps(page) == [f"{BASE}/{STATIONS[3]}/?status=consistent&amp;dari=7322"]
    assert "1 dari 2 dalam daftar" in page
    assert f'href="{BASE}/7322/formulir/?status=consistent&amp;dari=7322"' in page


def test_a_witness_of_one_sub_district_never_walks_out_of_it(scene: Scene) -> None:
    witness = officer(scene, "saksi", "732201")
    assert steps(body(witness, f"{BASE}/{STATIONS[2]}/")) == [f"{BASE}/{STATIONS[1]}/"]
    assert witness.get(f"{BASE}/{STATIONS[3]}/").status_code == 403
    assert witness.get(f"{BASE}/7322/").status_code == 403


def test_a_station_without_any_form_says_so(scene: Scene, chair: Client) -> None:
    village = Area.objects.get(code=STATIONS[0][:10])
    Area.objects.create(
        election=scene.election, code=f"{village.code}009", level="tps", name="TPS 009", parent=village,
        path=f"{village.path}{village.code}009/", source="t",
    )  # fmt: skip
    assert "Formulir TPS ini belum masuk" in body(chair, f"{BASE}/{village.code}009/")


def test_the_page_is_english_for_who_asks_for_it(chair: Client) -> None:
    page = body(chair, FORM, HTTP_ACCEPT_LANGUAGE="en")
    assert "What follows in law, and what to do next" in page
    assert "valid and invalid votes written 210" in page
    assert "to be confirmed" in page
