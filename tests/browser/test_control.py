"""The control room in a real browser: clicked and by keyboard alone, on a desk and on a phone."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.conftest import Visit

A, B = "/kendali/id-2024/ppwp", "/kendali/id-2019/ppwp"
PATTIMANG = f"{A}/7322012001001/"
PAGES = (
    f"{A}/7322/", f"{A}/732201/", f"{A}/7322012001/", PATTIMANG, f"{A}/7322/formulir/?status=failing",
    f"{A}/7322/selisih/", f"{B}/72007/", f"{B}/72009/", f"{B}/72009001/", f"{B}/72007/selisih/",
)  # fmt: skip


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement?.textContent?.trim() ?? ''"))


@pytest.mark.requirement(2, "8", "click down from the regency to the form, whose failing identity is lit")
def test_a_commissioner_clicks_down_to_the_form(visit: Visit) -> None:
    page = visit("kpu-ketua", "/kendali/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Luwu Utara")
    page.get_by_role("link", name="Malangke", exact=True).click()
    page.get_by_role("link", name="Pattimang", exact=True).click()
    page.get_by_role("link", name="TPS 001").click()
    expect(page).to_have_url(re.compile(r"/7322012001001/$"))
    said = page.locator(".finding-said")
    expect(said.filter(has_text="dasar hitung ulang pasal 374(2)h")).to_have_text(
        "jumlah sah dan tidak sah tertulis 210, pengguna hak pilih tertulis 211 (L+P = 210): selisih 1, "
        "dasar hitung ulang pasal 374(2)h"
    )
    expect(said.filter(has_text="108 + 2 = 110, tertulis 210")).to_be_visible()
    page.locator(".finding").filter(has_text="374(2)h").hover()
    lit = page.locator(".c-box.is-lit")
    assert sorted(re.sub(r"\D", "", text)[-3:] for text in lit.locator(".c-figure").all_inner_texts()) == ["210", "211"]


@pytest.mark.requirement(2, "8", "the whole way by keyboard alone, shortcuts listed on ?")
def test_the_whole_way_by_keyboard(visit: Visit) -> None:
    page = visit("kpu-ketua", f"{A}/7322/")
    page.keyboard.press("/")
    expect(page.locator("#f-cari")).to_be_focused()
    page.keyboard.type("malangke")
    expect(page.locator("#daftar [data-row]")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"cari=malangke"))
    page.keyboard.press("ArrowDown")
    assert focused(page) == "Malangke"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/732201/"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/732201\d{4}/|/7322\d{6}/"))
    page.goto(PATTIMANG)
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(r"/7322012001002/"))
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(r"/7322012001001/"))
    page.keyboard.press("?")
    expect(page.locator("#bantuan-tombol")).to_contain_text("Formulir berikutnya")
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(r"/7322012001/"))


@pytest.mark.requirement(2, "8", "a filter changes the list without reloading the page, and the address follows")
def test_a_filter_keeps_the_address(visit: Visit) -> None:
    page = visit("kpu-hukum", f"{A}/7322/formulir/")
    page.evaluate("window.stayed = true")
    page.select_option("#f-status", "failing")
    expect(page.locator(".list-head")).to_contain_text("56 formulir")
    expect(page).to_have_url(re.compile(r"status=failing"))
    page.select_option("#f-aturan", "I5")
    expect(page.locator(".list-head")).to_contain_text("29 formulir")
    page.get_by_role("link", name="TPS", exact=True).click()
    expect(page).to_have_url(re.compile(r"urut=-area"))
    expect(page.locator(".list-head")).to_contain_text("29 formulir")
    page.select_option("#f-aturan", "I7")
    expect(page.locator(".list-head")).to_contain_text("16 formulir")
    expect(page).to_have_url(re.compile(r"urut=-area"))
    page.go_back()
    expect(page.locator(".list-head")).to_contain_text("29 formulir")
    assert page.evaluate("window.stayed") is True
    again = page.url
    page.goto(again)
    expect(page.locator(".list-head")).to_contain_text("29 formulir")
    page.locator("#daftar [data-row] a").first.click()
    expect(page.locator(".walk-list")).to_contain_text("dari 29 dalam daftar")


def test_without_a_script_everything_still_works(visit: Visit) -> None:
    page = visit("kpu-hukum", f"{A}/7322/formulir/", java_script_enabled=False)
    page.select_option("#f-status", "failing")
    page.get_by_role("button", name="Saring").click()
    expect(page).to_have_url(re.compile(r"status=failing"))
    expect(page.locator(".list-head")).to_contain_text("56 formulir")
    page.locator("#daftar [data-row] a").first.click()
    expect(page.locator(".c-form")).to_be_visible()
    expect(page.locator(".c-lit").first).to_be_visible()


@pytest.mark.requirement(2, "8", "exports open as what they say they are")
def test_downloads_open_as_real_files(visit: Visit, tmp_path: Path) -> None:
    page = visit("kpu-ketua", f"{A}/7322/formulir/?status=failing", accept_downloads=True)
    for name in ("CSV", "XLSX", "Parquet"):
        with page.expect_download() as waiting:
            page.locator(".list-files").get_by_role("link", name=name).click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        if name == "CSV":
            rows = len(list(csv.reader(path.read_text(encoding="utf-8").splitlines()))) - 1
        elif name == "XLSX":
            rows = len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 1
        else:
            rows = pq.read_table(path).num_rows
        assert rows == 56, name


@pytest.mark.requirement(2, "8", "usable at 360 px: nothing scrolls sideways, rows are cards, targets fit a thumb")
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_phone_scrolls_only_down(visit: Visit, language: str) -> None:
    page = visit("kpu-ketua", PAGES[0], width=360, height=740, language=language, has_touch=True)
    for address in PAGES:
        page.goto(address)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider == 0, address
    page.goto(PATTIMANG)
    expect(page.locator(".c-lit").first).to_be_visible()


@pytest.mark.requirement(2, "8", "the eleven villages of 2019 where both readings agree and the recapitulation differs")
def test_the_eleven_villages_have_their_own_place(visit: Visit) -> None:
    page = visit("kpu-hukum", f"{B}/72007/selisih/")
    agreed = page.locator(".agreed")
    expect(agreed).to_contain_text("11 Desa/Kelurahan: kedua bacaan sepakat")
    expect(agreed.locator(".difference")).to_have_count(11)
    expect(agreed.locator(".difference").filter(has_text="Sabbang (Sabbang)")).to_contain_text("327")


def test_a_map_and_its_list_light_up_together(visit: Visit) -> None:
    page = visit("kpu-ketua", f"{A}/7322/?tingkat=desa")
    assert page.locator(".shape[data-area]").count() == 173
    page.locator('#daftar [data-row="7322012001"] a').focus()
    expect(page.locator('#daftar [data-row="7322012001"]')).to_have_class(re.compile("lit"))


def test_a_witness_sees_no_download(visit: Visit) -> None:
    page = visit("saksi-1", f"{A}/7322/")
    expect(page.locator(".control-tiles")).to_be_visible()
    expect(page.get_by_text("Unduh")).to_have_count(0)
