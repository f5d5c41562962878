"""Readiness on a phone in a real browser: reported without a network, kept, sent when it is back; 360 px."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import PROGRAM, Site, environment

STATION = "/kesiapan/id-2024/7322012001001/"
PHONE = {"width": 360, "height": 740, "allow": (r"ERR_INTERNET_DISCONNECTED", r"Failed to fetch", r"offline")}


@pytest.fixture(scope="module", autouse=True)
def adopted(site: Site) -> None:
    """The playbook adopted for the demo's regency; the same again changes nothing."""
    words = [*PROGRAM, "playbook", "adopt", "--area", "7322", "--election", "id-2024"]
    env = {**os.environ, **environment(site.home)}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.requirement(5, "4", "offline queue on the phone: typed without a network, kept with its age, sent once")
def test_a_report_without_a_network_waits_with_its_age_and_is_sent_once(visit: Visit) -> None:
    page = visit("kpps-pattimang-001", STATION, **PHONE)
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # from now on the worker keeps the page
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    card = page.locator('[data-gate="D"]')
    card.get_by_role("button", name="Siap").first.click()
    panel = page.locator("[data-queue-panel]")
    expect(panel).to_be_visible()
    expect(panel.locator("li")).to_have_count(1)
    expect(panel).to_contain_text("menunggu jaringan, baru saja")
    expect(card.locator("[data-state]")).to_have_text("Tersimpan di ponsel ini")
    page.reload()  # the phone was put away and the page opened again, still without a network
    expect(page.locator("h1")).to_contain_text("TPS 001")
    expect(page.locator("[data-queue-panel] li")).to_have_count(1)
    page.context.set_offline(False)
    expect(page.locator('[data-gate="D"] [data-state]')).to_contain_text("dilaporkan siap", timeout=30_000)
    expect(page.locator("[data-queue-panel]")).to_be_hidden()
    page.goto(f"{STATION}D/")
    expect(page.locator(".gate-history li")).to_have_count(1)


def test_what_the_server_refuses_stays_on_the_phone_with_its_reason(visit: Visit) -> None:
    page = visit("kpps-pattimang-001", STATION, allow=("409",), width=360, height=740)
    card = page.locator('[data-gate="F"]')
    card.locator("summary").click()
    card.get_by_role("button", name=re.compile("Gagal")).click()  # without a note
    panel = page.locator("[data-queue-panel]")
    expect(panel).to_contain_text("Tidak diterima")
    expect(panel).to_contain_text("Catatan belum diisi")
    panel.get_by_role("button", name="Buang").click()
    expect(panel).to_be_hidden()


@pytest.mark.requirement(5, "bar", "the readiness grid is usable at 360 px: no sideways scroll, targets for a thumb")
@pytest.mark.parametrize("address", [STATION, "/kesiapan/id-2024/732201/", "/kesiapan/id-2024/7322/"])
def test_a_phone_of_360_px_needs_no_sideways_scroll(visit: Visit, address: str) -> None:
    page = visit("ketua", address, width=360, height=740)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    targets = page.locator(".gate-buttons .button:visible, .grid td.g a:visible").all()[:24]
    assert targets
    for target in targets:
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 47.5
