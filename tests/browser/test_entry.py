"""Forms typed by keyboard in a real browser: two people, a difference, a third; nothing typed is lost."""

from __future__ import annotations

import io
import json
import subprocess

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from satusuara.count.ballots import KnownBallot
from satusuara.count.rules.entry import Value, columns_of
from satusuara.law import load_law
from tests.browser.conftest import Visit
from tests.browser.site import PROGRAM, Site, environment
from tests.count.papers import cells_of

PPK, PPS, CHAIR = "ppk-malangke", "pps-pattimang", "teknis"
TPS, PLACE = "7322012001001", "/entri/id-2024"
LAW = load_law("id-2024")


def lines(site: Site, contest: str) -> KnownBallot:
    """The ballot as the served instance has it."""
    code = (
        "import django; django.setup();"
        "from satusuara.areas.models import Area; from satusuara.count.ballots import ballot_at;"
        "from satusuara.law import load_law;"
        f"a = Area.objects.get(election='id-2024', code='{TPS}');"
        f"import json; print(json.dumps(dict(ballot_at(load_law('id-2024'), '{contest}', a).lines)))"
    )
    done = subprocess.run(
        [PROGRAM[0], "-c", code], env=environment(site.home, DJANGO_SETTINGS_MODULE="satusuara.ops.settings"),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return KnownBallot(0, contest, "", json.loads(done.stdout), {})


def type_form(page: Page, columns: tuple[str, ...], cells: dict[str, Value]) -> None:
    """Every box in the order of the paper, with figures and Enter alone."""
    expect(page.locator(f'input[name="c.{columns[0]}"]')).to_be_focused()
    for column in columns:
        page.keyboard.type(str(cells[column]))
        page.keyboard.press("Enter")


@pytest.mark.requirement(6, "1", "a form of 18 parties by keyboard alone; the photo turns and grows by keys")
def test_a_form_of_eighteen_parties_by_keyboard(site: Site, visit: Visit) -> None:
    ballot = lines(site, "dpr")
    columns = columns_of(LAW, "dpr", ballot.lines)
    cells = cells_of(columns, "dpr")
    page = visit(PPK, f"{PLACE}/dpr/{TPS}/")
    first_vote = columns.index("1.0")
    for column in columns[:first_vote]:
        page.keyboard.type(str(cells[column]))
        page.keyboard.press("Enter")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    page.keyboard.type("60")
    page.keyboard.press("Enter")
    page.keyboard.press(".")  # the rest of the party is 0
    expect(page.locator('input[name="c.1.T"]')).to_be_focused()
    expect(page.locator('input[name="c.1.7"]')).to_have_value("0")
    page.keyboard.type("71")
    page.keyboard.press("Enter")
    expect(page.locator("[data-latest]")).to_contain_text("71")
    expect(page.locator('[data-party-state="1"]')).to_have_text("≠")
    page.keyboard.press("ArrowUp")
    page.keyboard.type("70")
    page.keyboard.press("Enter")
    expect(page.locator('[data-party-state="1"]')).to_have_text("✓")
    expect(page.locator('[data-words="1.T"]')).to_have_text("tujuh puluh")
    for column in columns[columns.index("2.0") :]:
        page.keyboard.type(str(cells[column]))
        page.keyboard.press("Enter")
    expect(page.locator("[data-left]")).to_have_text("Semua kotak terisi")
    expect(page.locator("[data-finish]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".notice-good")).to_contain_text("Entri pertama")


@pytest.mark.requirement(
    6, "2", "two people in two browsers differ; a third settles beside the photo; blind throughout"
)
def test_two_people_differ_and_a_third_settles(site: Site, visit: Visit) -> None:
    columns = columns_of(LAW, "ppwp", {"": ("1", "2", "3")})
    cells = cells_of(columns, "ppwp")
    page = visit(PPK, f"{PLACE}/ppwp/{TPS}/")
    into = io.BytesIO()
    Image.new("RGB", (60, 90), "white").save(into, "JPEG")
    page.set_input_files("#foto-pilih", {"name": "c.jpg", "mimeType": "image/jpeg", "buffer": into.getvalue()})
    page.locator(".e-upload button").click()
    expect(page.locator(".viewer-photo img")).to_have_count(1)
    page.keyboard.press("]")
    page.keyboard.press("\\")
    assert "rotate(90deg) scale(1.5)" in (page.locator(".viewer-photo img").get_attribute("style") or "")
    type_form(page, columns, cells)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice-good")).to_be_visible()
    second = visit(PPS, f"{PLACE}/ppwp/{TPS}/")
    expect(second.locator(".e-pass")).to_contain_text("Entri kedua")
    type_form(second, columns, cells | {"paslon_1": 60, "paslon_2": 50})
    second.keyboard.press("Control+Enter")
    expect(second.locator(".notice-good")).to_contain_text("orang ketiga")
    third = visit(CHAIR, f"{PLACE}/ppwp/{TPS}/")
    expect(third.locator("input.e-in")).to_have_count(2)
    third.keyboard.type("70")
    third.keyboard.press("Enter")
    third.keyboard.type("40")
    third.keyboard.press("Control+Enter")
    expect(third.locator(".e-history")).to_contain_text("selisih diselesaikan orang ketiga")


@pytest.mark.requirement(6, "1", "nothing typed is lost: the page closed in the middle comes back as it was")
def test_a_page_that_is_closed_comes_back(site: Site, visit: Visit) -> None:
    page = visit(PPK, f"{PLACE}/ppwp/7322012001002/")
    for text in ("91", "102"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    page.keyboard.press("x")
    page.reload()
    expect(page.locator('input[name="c.dpt_p"]')).to_have_value("102")
    expect(page.locator('input[name="c.dpt"]')).to_have_value("x")
    expect(page.locator('input[name="c.dpt_used_l"]')).to_be_focused()
    expect(page.locator("[data-saved]")).to_have_text("Tersimpan")
    other = visit(PPK, f"{PLACE}/ppwp/7322012001002/")  # another computer: from the server
    expect(other.locator('input[name="c.dpt_p"]')).to_have_value("102")


def test_words_that_differ_and_a_finding_are_answered_by_keyboard(site: Site, visit: Visit) -> None:
    columns = columns_of(LAW, "ppwp", {"": ("1", "2", "3")})
    cells = cells_of(columns, "ppwp") | {"total": 121}
    page = visit(PPK, f"{PLACE}/ppwp/7322012001003/")
    type_form(page, columns, cells)
    expect(page.locator("[data-findings] > li")).to_have_count(3)
    for _ in range(3):
        page.keyboard.press("Enter")  # the paper does say so
        page.keyboard.type("tertulis demikian")
        page.keyboard.press("Enter")
    expect(page.locator("[data-finish]")).to_be_focused()
    page.locator('input[name="c.paslon_1"]').focus()
    page.keyboard.press("t")
    page.keyboard.type("tujuh puluh satu")
    page.keyboard.press("Enter")
    expect(page.locator("[data-findings] > li")).to_have_count(4)
    page.locator('input[name="r.I14.paslon_1"]').fill("huruf lain")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice-good")).to_contain_text("Entri pertama")


def test_a_phone_can_type_a_form(visit: Visit) -> None:
    page = visit(PPK, f"{PLACE}/dpr/7322012001004/", width=360, height=740)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator('input[name="c.1.0"]').bounding_box()["height"] >= 44  # type: ignore[index]
