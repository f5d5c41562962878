"""The look of every page of the face, in a real Chromium: on a phone, in the dark, by keyboard, without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit

KAB, VILLAGE, STATION = (f"/hasil/id-2024/ppwp/{code}/" for code in ("7322", "7322012001", "7322012001001"))
BESIDE = "/hasil/id-2019/ppwp/72007/"
PUBLIC = ("/", "/hasil/id-2024/ppwp/0/", KAB, VILLAGE, STATION, BESIDE, "/cari/?q=pattimang", "/tentang/", "/masuk/")
OWN = ("/akun/", "/akun/sandi/", "/akun/faktor-kedua/", "/petugas/id-2024/7322/", "/petugas/id-2024/7322/tugaskan/")


def sideways(page: Page) -> int:
    """How far the page can be pushed to the side, in pixels."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def small_targets(page: Page) -> list[str]:
    """What a thumb would miss: controls lower than 40 pixels (links inside sentences and tables' heads aside)."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll(
                'button, summary, input:not([type=hidden]), select, .button, .top a, .tabs a, .pages a, tbody th a')]
              .filter(e => e.checkVisibility() && !e.closest('dialog, .hash, .menu-sheet'))
              .filter(e => !e.matches('[type=checkbox], [type=radio]'))
              .map(e => [e, e.getBoundingClientRect()]).filter(([e, box]) => box.height > 0 && box.height < 40)
              .map(([e, box]) => `${e.tagName} ${e.textContent.trim().slice(0, 30)} ${box.height}`)"""
        )
    )


@pytest.mark.requirement(2, "8", "usable at 360 px: nothing runs out of the screen, a thumb hits every control")
@pytest.mark.parametrize("path", PUBLIC)
def test_a_phone_shows_all_of_a_public_page(visit: Visit, path: str) -> None:
    page = visit(path=path, width=360, height=740, has_touch=True, is_mobile=True)
    assert sideways(page) == 0
    assert small_targets(page) == []


@pytest.mark.parametrize("path", OWN)
def test_a_phone_shows_all_of_an_officer_s_page(visit: Visit, path: str) -> None:
    page = visit("kpu-ketua", path, width=360, height=740, has_touch=True, is_mobile=True)
    assert sideways(page) == 0
    assert small_targets(page) == []


@pytest.mark.requirement(2, "8", "everything is reached by keyboard, and one sees where one is")
@pytest.mark.parametrize("path", ["/", KAB, STATION, "/masuk/"])
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(visit: Visit, path: str) -> None:
    page = visit(path=path)
    wanted = page.evaluate(
        """() => { const all = [...document.querySelectorAll(
                'a[href], button, input:not([type=hidden]), select, summary')]
            .filter(e => e.checkVisibility() && e.tabIndex >= 0 && !e.disabled && !e.closest('dialog:not([open])'));
            all.forEach((e, n) => e.dataset.nth = n); return all.length }"""
    )
    page.evaluate("document.activeElement.blur(); window.getSelection().removeAllRanges()")
    reached: set[str] = set()
    dark: list[str] = []
    for _step in range(wanted * 2 + 10):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => { const e = document.activeElement; const s = getComputedStyle(e);
                return [e.dataset.nth ?? '', e.textContent.trim().slice(0, 30),
                        s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 || s.boxShadow !== 'none'] }"""
        )
        if found[0]:
            reached.add(found[0])
            dark += [] if found[2] else [found[1]]
    assert len(reached) == wanted
    assert not dark, f"no ring of focus on {dark}"


def test_the_first_stop_leads_past_the_masthead(visit: Visit) -> None:
    page = visit(path=KAB)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.requirement(2, "8", "areas are found by keyboard alone")
def test_the_palette_finds_a_station(visit: Visit) -> None:
    page = visit(path="/")
    page.keyboard.press("Control+k")
    page.keyboard.type("pattimang 1")
    expect(page.get_by_role("option").first).to_contain_text("TPS 001")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/hasil/id-2024/ppwp/7322012001001/"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Tombol pintas")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Tombol pintas")).to_be_hidden()


@pytest.mark.requirement(2, "8", "light and dark: by the device, or as somebody chose, kept from page to page")
def test_dark_by_the_device_and_by_choice(visit: Visit) -> None:
    def ground(page: Page) -> str:
        return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))

    page = visit(path="/", color_scheme="dark")
    dark = ground(page)
    assert ground(visit(path="/", color_scheme="light")) != dark
    page.locator("summary").last.click()
    page.get_by_role("button", name="Tampilan gelap atau terang").click()
    light = ground(page)
    assert light != dark
    page.goto(KAB)
    assert ground(page) == light


@pytest.mark.requirement(2, "8", "without a script the figures, the filters and the menus are there")
def test_without_a_script_everything_that_counts_is_there(visit: Visit) -> None:
    page = visit(path=KAB, java_script_enabled=False)
    expect(page.get_by_text("68.640").first).to_be_visible()
    expect(page.locator(".outline-map svg").first).to_be_visible()
    expect(page.locator(".js-only:visible")).to_have_count(0)
    page.get_by_label("Nama atau kode", exact=True).fill("seko")
    page.get_by_role("button", name="Saring").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Seko").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Seko")
    page.locator("details.menu summary").last.click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_map_and_the_list_light_up_together(visit: Visit) -> None:
    page = visit(path=KAB)
    page.locator('[data-row="732207"] a').focus()
    expect(page.locator('[data-area="732207"]')).to_have_class(re.compile("lit"))
    expect(page.locator("[data-map-label]")).to_contain_text("Seko")
    page.locator('[data-area="732201"] path').hover()
    expect(page.locator('[data-row="732201"]')).to_have_class(re.compile("lit"))
    page.locator('[data-area="732201"] path').click()
    page.wait_for_url(re.compile("/732201/"))


@pytest.mark.requirement(2, "8", "English is a full translation: no sentence of a page is left in Indonesian")
@pytest.mark.parametrize("path", PUBLIC)
def test_english_leaves_no_indonesian_sentence(visit: Visit, path: str) -> None:
    page = visit(path=path, language="en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.evaluate("document.querySelectorAll('.facts dd, .c-form').forEach(e => e.remove())")  # as the source says it
    said = page.locator("body").inner_text()
    assert re.findall(r"\b(?:yang|dari|belum|tidak|dengan|adalah|untuk|semua|angka|wilayah|suara sah)\b", said) == []


def test_print_is_black_on_white_without_what_only_a_screen_can_do(visit: Visit) -> None:
    page = visit(path=KAB, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator(".top-tools")).to_be_hidden()
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.get_by_text("68.640").first).to_be_visible()


def test_the_movable_map_stands_on_the_drawn_one(visit: Visit) -> None:
    page = visit("kpu-ketua", "/kendali/id-2024/ppwp/7322/")
    expect(page.locator(".map-canvas[data-ready] canvas")).to_be_visible(timeout=30_000)
    expect(page.locator(".map-replaced")).to_have_count(1)


def test_without_webgl_the_drawing_stays(visit: Visit) -> None:
    page = visit("kpu-ketua", "/kendali/")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/kendali/id-2024/ppwp/7322/")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".outline-map > svg").first).to_be_visible()
    expect(page.locator(".map-canvas")).to_have_count(0)


@pytest.mark.requirement(2, "8", "every way of an officer with many rights is seen whole on a laptop")
@pytest.mark.parametrize(("width", "language"), [(1280, "id"), (1024, "en")])
def test_no_way_is_cut_off(visit: Visit, width: int, language: str) -> None:
    page = visit("kpu-ketua", "/kendali/id-2024/ppwp/7322/", width=width, language=language)
    cut = page.evaluate("(nav => nav.scrollWidth - nav.clientWidth)(document.querySelector('.top-nav'))")
    assert cut == 0, "a way of the navigation is hidden at the side"
    assert sideways(page) == 0
