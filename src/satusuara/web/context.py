"""What every page's frame knows: theme, where one can go, whether this is a demonstration, who publishes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for

THEME_COOKIE = "rupa"
THEMES = {"terang": "light", "gelap": "dark"}


@dataclass(frozen=True, slots=True)
class Way:
    """An entry of the main navigation: where it leads, and the right that one must hold somewhere to be shown it."""

    label: str | Promise
    view: str
    right: Right = Right.PUBLIC


WAYS = (
    Way(_("Hasil"), "web:front"),
    Way(_("Ruang kendali"), "control:home", Right.SEE),
    Way(_("Kesiapan"), "readiness:home", Right.SEE),
    Way(_("Risiko"), "register:home", Right.SEE),
    Way(_("Wilayah"), "areas:index", Right.SEE),
    Way(_("Daftar pemilih"), "roll:home", Right.ROLL),
    Way(_("Entri"), "count:work_home", Right.IMPORT),
    Way(_("Impor"), "count:imports", Right.IMPORT),
    Way(_("Petugas"), "people:officers", Right.PEOPLE),
)
"""In the order of a day's work. A chapter that is not installed has no address and no entry."""


def face(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Nothing here asks the database unless a template uses it."""
    return {
        "theme": THEMES.get(request.COOKIES.get(THEME_COOKIE, ""), ""),
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
        "is_demo": (Path(settings.HOME) / "demo.json").exists(),
        "publisher": settings.PUBLISHER,
    }


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    scope = scope_for(request)
    found: list[dict[str, Any]] = []
    for way in WAYS:
        if not scope.holds(way.right):
            continue
        try:
            href = reverse(way.view)
        except NoReverseMatch:
            continue
        root = "/hasil/" if href == "/" else href
        found.append({"label": way.label, "href": href, "here": False, "root": root})
    inside = [one for one in found if request.path.startswith(one["root"]) or request.path == one["href"]]
    if inside:
        max(inside, key=lambda one: len(one["root"]))["here"] = True  # /kendali/impor/ lies in two of them
    return found
