"""A real Chromium on the served demo. Every page is watched: an error in the console, a broken security policy, a
request to another host or an answer of 500 and more fails the test that opened it.

    def test_the_map_has_a_list_beside_it(visit: Visit) -> None:
        page = visit("kpu-data", "/ruang-kendali/")       # signed in as the demo's account of that role
        expect(page.get_by_role("table")).to_be_visible()

``visit()`` without a role is somebody who is not signed in. ``width=360`` is a phone; ``language="en"`` is English.
A page that is meant to refuse: ``visit(..., allow=("403",))`` names what may stand in the console.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.site import Site, demo_copy, served, shared_folder
from tools.house import chromium

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",  # the office's own authority, which no browser knows
)


class Visit(Protocol):
    """Opens a page as somebody; see the top of this file."""

    def __call__(
        self,
        role: str = "",
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 800,
        language: str = "id",
        allow: tuple[str, ...] = (),
        **context: Any,
    ) -> Page: ...


@dataclass
class Watch:
    """What went wrong on the pages of one test."""

    host: str
    problems: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = ()

    def over(self, context: BrowserContext, allow: tuple[str, ...]) -> None:
        """Listens to everything that happens in a context."""
        self.allowed += allow
        context.on("console", lambda message: message.type == "error" and self._note(f"console: {message.text}"))
        context.on("weberror", lambda error: self._note(f"script: {error.error}"))
        context.on("request", lambda request: self._request(request.url))
        context.on("response", lambda answer: answer.status >= 500 and self._note(f"{answer.status} {answer.url}"))

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self._note(f"a request to another host: {url}")

    def _note(self, problem: str) -> None:
        self.problems.append(problem)

    @property
    def wrong(self) -> list[str]:
        return [problem for problem in self.problems if not any(re.search(words, problem) for words in self.allowed)]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The served demo of this worker."""
    with served(demo_copy(shared_folder(tmp_path_factory), tmp_path_factory.getbasetemp() / "site")) as site:
        yield site


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    # Playwright keeps an event loop in this thread; tests of this worker that meet the database must still be let in.
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        yield playwright
    patch.undo()


@pytest.fixture(scope="session")
def browser(_playwright: Playwright) -> Iterator[Browser]:
    """The installed Chromium."""
    path = chromium.installed()
    if path is None:
        pytest.fail("No Chromium is installed: `./run test` installs it as root, else install the package chromium.")
    with _playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS]) as browser:
        yield browser


@pytest.fixture(scope="session")
def _signed_in() -> dict[tuple[str, str], Any]:
    """The cookies of each account that has signed in once: the form is tested elsewhere."""
    return {}


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    """Fails the test at its end for what its pages did wrong."""
    watch = Watch(urlsplit(site.address).netloc)
    yield watch
    assert not watch.wrong, "\n".join(watch.wrong)


@pytest.fixture
def visit(site: Site, browser: Browser, watch: Watch, _signed_in: dict[tuple[str, str], Any]) -> Iterator[Visit]:
    """See the top of this file."""
    opened: list[BrowserContext] = []

    def visit(
        role: str = "",
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 800,
        language: str = "id",
        allow: tuple[str, ...] = (),
        **context: Any,
    ) -> Page:
        cookies = _cookies(site, browser, role, _signed_in) if role else None
        fresh = browser.new_context(
            base_url=site.address,
            viewport={"width": width, "height": height},
            locale="id-ID" if language == "id" else "en-GB",
            timezone_id="Asia/Makassar",
            storage_state=cookies,
            ignore_https_errors=True,
            **context,
        )
        opened.append(fresh)
        watch.over(fresh, allow)
        page = fresh.new_page()
        page.set_default_timeout(15_000)
        page.goto(path)
        return page

    yield visit
    for context in opened:
        context.close()


def _cookies(site: Site, browser: Browser, role: str, kept: dict[tuple[str, str], Any]) -> Any:
    key = (site.address, site.account(role).username)
    if key not in kept:
        kept[key] = sign_in(site, browser, role)
    return kept[key]


def sign_in(site: Site, browser: Browser, role: str) -> Any:
    """Signs in by the form; gives the cookies of the session."""
    account = site.account(role)
    with browser.new_context(base_url=site.address, ignore_https_errors=True) as context:
        page = context.new_page()
        page.goto(reverse("account_login"))
        page.fill("input[name=login]", account.username)
        page.fill("input[name=password]", account.password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda address: reverse("account_login") not in address)
        return context.storage_state()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test, and slow."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
