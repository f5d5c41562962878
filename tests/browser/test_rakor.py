"""A rakor in real browsers: fifteen phones of 360 px, some without a script, and a projector; no internet.

One story in one test: it is what a regency does in an afternoon, and each step stands on the one before.
"""

from __future__ import annotations

import re
import subprocess
import time

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import PROGRAM, Site, environment

REGISTER = ["id-2024", "7322"]
WITHOUT_SCRIPT = {3, 8, 14}
SEEN_WITHIN = 1.0  # seconds


def adopt(site: Site) -> None:
    words = [*PROGRAM, "playbook", "adopt", "--area", "7322"]
    done = subprocess.run(words, env=environment(site.home), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def wide(page: Page) -> int:
    """How far a page reaches beyond its window sideways."""
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


@pytest.mark.requirement(5, "3", "15 PPK on phones at once, some without a script, and a projector, in real browsers")
@pytest.mark.requirement(5, "bar", "a rakor of 15 phones: every vote counted once, seen on the projector")
def test_fifteen_phones_and_a_projector(visit: Visit, site: Site) -> None:
    adopt(site)
    table = visit("kpu-ketua", reverse("rakor:list", args=REGISTER))
    table.get_by_label("Nama rapat").fill("Rakor mitigasi")
    table.get_by_label("Tempat").fill("Aula KPU")
    table.get_by_role("button", name="Susun agenda").click()
    table.get_by_role("button", name="Buka rapat").click()
    slug = re.search(r"/rakor/(\w{4})/", table.url)
    assert slug
    room = reverse("rakor:phone", args=[slug[1]])
    table.goto(reverse("rakor:codes", args=[slug[1]]))
    codes = table.locator(".slip-code").all_inner_texts()
    assert len(codes) == 15

    screen = visit("kpu-ketua", reverse("rakor:screen", args=[slug[1]]), width=1920, height=1080)
    phones = []
    for number, code in enumerate(codes):
        script = number not in WITHOUT_SCRIPT
        phone = visit(path=f"{room}#{code}", width=360, height=740, java_script_enabled=script)
        if script:
            expect(phone.locator("#code")).to_have_value(code)
        else:
            phone.fill("#code", code)
        phone.fill("#name", f"PPK {number + 1}")
        phone.locator("form:has(#code) button").click()
        expect(phone.locator(".seat")).to_contain_text(f"PPK {number + 1}")
        phones.append(phone)
    expect(screen.locator(".slide-join")).to_contain_text("15 hadir")

    screen.keyboard.press("v")
    expect(screen.locator(".slide-count")).to_contain_text("0 dari 15")
    for number, phone in enumerate(phones):
        if number in WITHOUT_SCRIPT:
            phone.reload()  # a page without a script looks again by itself each five seconds
        phone.locator(f"input[name=probability][value='{1 + number % 5}']").check()
        phone.locator(f"input[name=impact][value='{1 + number // 3}']").check()
        assert wide(phone) <= 0
    seen = []
    for number, phone in enumerate(phones, 1):
        phone.locator(".vote-send").click()
        sent = time.monotonic()
        expect(screen.locator(".slide-count strong")).to_have_text(str(number))
        seen.append(time.monotonic() - sent)
        expect(phone.locator(".voted")).to_be_visible()
    assert sorted(seen)[13] <= SEEN_WITHIN, f"p95 of 15: {seen}"
    assert screen.locator(".spread-dot").count() == 0, "silent until it is shown"

    phones[0].locator("input[name=probability][value='5']").check()
    phones[0].locator(".vote-send").click()
    expect(phones[0].locator(".voted")).to_contain_text("kemungkinan 5")
    expect(screen.locator(".slide-count")).to_contain_text("15 dari 15")
    screen.keyboard.press("v")
    expect(screen.locator(".slide-count")).to_contain_text("Ditutup")
    screen.keyboard.press("d")
    expect(screen.locator(".spread-dot")).to_have_count(30)
    expect(screen.locator(".slide-vote")).to_contain_text("15 dari 15 kursi")
    expect(phones[1].locator(".spread-dot")).to_have_count(30)
    assert wide(screen) <= 0

    screen.locator(".drag-places li", has_text="Seko").drag_to(screen.locator("[data-barrier]").first)
    expect(screen.locator(".slide-handouts")).to_contain_text("Seko")
    screen.get_by_role("button", name="Urungkan penugasan").click()
    expect(screen.locator(".slide-handouts")).not_to_contain_text("Seko")
    screen.keyboard.press("t")
    screen.locator("#t-area").select_option(label="Rampi")
    screen.locator("#tugaskan").get_by_role("button", name="Tugaskan").click()
    expect(screen.locator(".slide-handouts")).to_contain_text("Rampi")
    screen.keyboard.press("p")
    screen.fill("#p-text", "Berkas dikumpulkan sejak hari H")
    screen.fill("#p-reason", "Pengalaman 2019")
    screen.keyboard.press("Enter")
    expect(screen.locator(".slide-numbers")).to_contain_text("Berkas dikumpulkan")
    expect(phones[2].locator("#kini")).to_contain_text("Berkas dikumpulkan")
    screen.locator("h1").click()
    for key, place in ((" ", "2 / "), ("ArrowRight", "3 / "), ("ArrowLeft", "2 / "), ("5", "5 / ")):
        screen.keyboard.press(key)
        expect(screen.locator(".slide-code")).to_contain_text(place)

    table.goto(reverse("rakor:lead", args=[slug[1]]))
    table.get_by_label("Nomor notulen").fill("12/PP.05/2024")
    table.get_by_role("button", name="Tutup dan segel").click()
    expect(table.locator(".hash")).to_have_text(re.compile("[0-9a-f]{64}"))
    minutes = table.request.get(reverse("rakor:minutes", args=[slug[1]]))
    assert minutes.body().startswith(b"%PDF-1.7")
    expect(phones[4].locator("#kini")).to_contain_text("ditutup")
