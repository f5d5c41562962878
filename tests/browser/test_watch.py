"""The served demo itself: people get in, and whatever a page does wrong is noticed."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import Visit, Watch
from tests.browser.site import Site

EVERYTHING = ("",)


def test_everybody_sees_the_front_page_and_it_does_nothing_wrong(visit: Visit) -> None:
    page = visit()
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "id"
    assert visit(language="en").locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("role", ["kpu-ketua", "pps-ketua", "bawaslu"])
def test_an_account_of_the_demo_gets_in(visit: Visit, site: Site, role: str) -> None:
    page = visit(role, reverse("people:account"))
    assert urlsplit(page.url).path == reverse("people:account")
    expect(page.locator("body")).to_contain_text(site.account(role).username)


@pytest.mark.parametrize(
    ("deed", "seen"),
    [
        ("console.error('something broke')", "console: something broke"),
        ("setTimeout(() => { throw new Error('thrown') })", "thrown"),
        ("fetch('http://127.0.0.9:9/x').catch(() => 0)", "Content Security Policy"),
        ("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')", "inline style"),
    ],
)
def test_what_a_page_does_wrong_is_noticed(visit: Visit, watch: Watch, deed: str, seen: str) -> None:
    page = visit(allow=EVERYTHING)
    page.evaluate(f"() => {{ {deed} }}")
    page.wait_for_timeout(200)
    assert any(seen in problem for problem in watch.problems), watch.problems
    assert not watch.wrong, "what was allowed is left alone"


def test_a_request_to_another_host_is_noticed(watch: Watch) -> None:
    watch._request("https://elsewhere.example/font.woff2")
    assert watch.problems.pop() == "a request to another host: https://elsewhere.example/font.woff2"
    watch._request(f"http://{watch.host}/x")
    watch._request("data:image/png;base64,x")
    assert not watch.problems
