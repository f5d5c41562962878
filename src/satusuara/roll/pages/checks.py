"""What the law asks of a roll: questions with their counts, and the lines or stations behind each."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from satusuara.people.choices import Right
from satusuara.roll import queries_checks, queries_tree
from satusuara.roll.pages.lists import Line
from satusuara.roll.pages.place import Place, place_of
from satusuara.roll.queries_checks import NAMES, OF_GROUPS, OF_LINES, OF_STATIONS
from satusuara.roll.rules.checks import SOFT

A_PAGE = 50
_KEPT = 600  # seconds


@require_GET
@login_required
def checks(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: every question and how many lines or stations it names; ?temuan= lists them."""
    place = place_of(request, election, area_code)
    asked = request.GET.get("temuan", "")
    found = _counts(place)
    context = place.context("checks") | {
        "groups": [
            (
                _("Perlu keputusan"),
                _("Hak seseorang atau suara ganda bisa bergantung padanya."),
                _of(found, soft=False),
            ),
            (
                _("Isyarat saja"),
                _("NIK berlaku seumur hidup dan tidak berubah saat pindah: bukan bukti bahwa datanya salah."),
                _of(found, soft=True),
            ),
        ],
        "asked": asked if asked in NAMES else "",
    }  # fmt: skip
    if asked in (*OF_LINES, *OF_GROUPS):
        rows = queries_checks.found_by(place.scope, place.area, asked)
        page = Paginator(rows, A_PAGE).get_page(request.GET.get("hal"))
        context |= {"page": page, "lines": _grouped(place, page, asked), "asked_name": NAMES[asked].in_(place.lang)}
    elif asked in OF_STATIONS:
        stations = queries_checks.stations_by(place.scope, place.area, asked)
        context |= {
            "stations": [(each, place.whole_name(each.area), place.href(area=each.area)) for each in stations],
            "asked_name": NAMES[asked].in_(place.lang),
            "compared": any(each.most is not None for each in stations),
        }
    return render(request, "roll/checks.html", context)


def _counts(place: Place) -> dict[str, int]:
    """The counts of an area, asked once for as long as no list below it changes and nobody reports anew."""
    own = "".join(f"{e}{p}" for e, p in sorted(place.scope.reach.paths(Right.ROLL)))
    key = f"roll-checks-{place.area.pk}-{hash((queries_tree.fingerprint(place.area), own))}"
    found: dict[str, int] | None = cache.get(key)
    if found is None:
        found = queries_checks.counts(place.scope, place.area)
        cache.set(key, found, _KEPT)
    now = {code: len(queries_checks.stations_by(place.scope, place.area, code)) for code in OF_STATIONS}
    now[queries_checks.DUTY] = queries_checks.found_by(place.scope, place.area, queries_checks.DUTY).count()
    return found | now


def _of(found: dict[str, int], *, soft: bool) -> list[tuple[str, Any, int, bool]]:
    return [
        (code, NAMES[code], found[code], code in OF_STATIONS)
        for code in NAMES
        if code in found and (code in SOFT) == soft
    ]


def _grouped(place: Place, page: Any, asked: str) -> list[tuple[Line, bool]]:
    """Lines, and whether a new group of one number or one family card begins with it."""
    field = {"nik.shared": "nik_token", "family.split": "nkk_token"}.get(asked)
    found = []
    last: object = None
    for row in page:
        key = bytes(getattr(row, field) or b"") if field else None
        found.append((Line(place, row), field is not None and key != last))
        last = key
    return found
