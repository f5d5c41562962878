"""The roll in a browser: review by keyboard alone, no sideways scrolling on a phone, marked as made up everywhere."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import Visit

AREA = ("id-2024", "732203")


@pytest.mark.requirement(3, "4", "a pair is decided with the keyboard alone, and undone from the next one")
def test_a_reviewer_needs_the_keyboard_only(visit: Visit) -> None:
    page = visit("kpu-rendatin", reverse("roll:queue", args=["id-2024", "7322"]))
    expect(page.locator("#putusan-form")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("b")
    expect(page.locator("input[name=keep][value=b]")).to_be_checked()
    page.keyboard.press("3")
    expect(page.locator("[data-only=same]")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".review-last")).to_contain_text("Belum yakin", ignore_case=True)
    page.locator(".review-last button").click()
    expect(page.locator("#putusan-form")).to_be_visible()


@pytest.mark.requirement(3, "6", "nobody can take a made-up list for a real one: every page of it says so")
@pytest.mark.parametrize("view", ["area", "voters", "checks", "duplicates", "letters", "versions"])
def test_every_page_says_that_the_list_is_made_up(visit: Visit, view: str) -> None:
    page = visit("kpu-rendatin", reverse(f"roll:{view}", args=AREA), width=360)
    expect(page.locator(".made-up")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
