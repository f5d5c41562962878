"""The roll of an area in figures, down the tree to the station."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from satusuara import law as laws
from satusuara.areas import queries as areas
from satusuara.areas.models import Area
from satusuara.kernel.errors import Refusal
from satusuara.kernel.pages.parts import Piece
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import not_your_area
from satusuara.people.rules import WHOLE_TREE
from satusuara.roll import queries, queries_checks, queries_tree
from satusuara.roll.actions import report_station
from satusuara.roll.choices import PairState
from satusuara.roll.forms import ReportForm
from satusuara.roll.pages.place import Place, place_of
from satusuara.roll.queries_tree import Sums

_UNSETTLED = (PairState.OPEN, PairState.SECOND, PairState.UNSURE)


@dataclass(frozen=True, slots=True)
class Row:
    """An area just below, with its active lines by category and those of the own list that are no longer active."""

    name: str
    href: str
    code: str
    active: list[tuple[str, int]]
    locked: int
    struck: int


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """GET: the areas whose rolls one may see; straight to the only one."""
    scope = scope_for(request)
    places = scope.reach.paths(Right.ROLL)
    if not places and Right.ROLL not in scope.reach.everywhere:
        raise not_your_area()
    links = []
    for election, path in places:
        rows = Area.objects.filter(election=election).select_related("election")
        found = rows.filter(parent=None) if path == WHOLE_TREE else rows.filter(path=path)
        for area in found:
            if laws.load_law(area.election.law).roll is not None:
                href = reverse("roll:area", args=[election, area.code])
                links.append({"name": area.name, "election": area.election, "href": href})
    if len(links) == 1:
        return redirect(str(links[0]["href"]))
    return render(request, "roll/home.html", {"links": links})


@require_GET
@login_required
def area(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: how many are on the roll, by category, state and sex, here and in each area just below."""
    place = place_of(request, election, area_code)
    whole, parts = queries_tree.sums_below(place.scope, place.area)
    names = {each.code: each.name.in_(place.lang).split(" (")[-1].rstrip(")") for each in place.law.categories}
    own = whole.get(place.spec.home_category, Sums())
    pairs = queries_tree.pair_counts(place.scope, place.area)
    context = place.context("area") | {
        "figures": [(each.name.in_(place.lang), whole.get(each.code, Sums())) for each in place.law.categories],
        "own": own,
        "states": [
            Piece("good", _("aktif"), own.active, f"{place.href('voters')}?status=active"),
            Piece("locked", _("terkunci: pindah memilih"), own.locked, f"{place.href('voters')}?status=locked"),
            Piece("none", _("dicoret"), own.struck, f"{place.href('voters')}?status=struck"),
        ],
        "sexes": [(code, own.sexes.get(code, 0)) for code in place.spec.sexes],
        "cap": place.law.station.cap if place.is_station else None,
        "reserve": queries_checks.reserve_of(place.law, own.active) if place.is_station else None,
        "report": queries_checks.report_of(place.area) if place.is_station else None,
        "rows": _rows(place, parts, names),
        "category_names": names.values(),
        "child_level": _child_level(place),
        "waiting": sum(pairs.get(state, 0) for state in _UNSETTLED),
        "retention": queries.retention_of(place.area.election).words,
        "any": any(each.active or each.locked or each.struck for each in whole.values()),
    }
    return render(request, "roll/area.html", context)


def _rows(place: Place, parts: dict[str, dict[str, Sums]], names: dict[str, str]) -> list[Row]:
    found = []
    for below in areas.children(place.area).order_by("code"):
        sums = parts.get(below.code, {})
        own = sums.get(place.spec.home_category, Sums())
        figures = [(name, sums.get(code, Sums()).active) for code, name in names.items()]
        found.append(Row(place.name_of(below), place.href(area=below), below.code, figures, own.locked, own.struck))
    return found


def _child_level(place: Place) -> str:
    names = [level.code for level in place.law.levels]
    at = names.index(place.area.level) + 1
    return place.law.levels[at].name.in_(place.lang) if at < len(names) else ""


@require_http_methods(["GET", "POST"])
@login_required
def report(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: the form of a station's report. POST: possible unlisted voters and notices that came back."""
    place = place_of(request, election, area_code, right=Right.READY)
    known = queries_checks.report_of(place.area)
    reasons = {code: text.in_(place.lang) for code, text in place.spec.notice_reasons.items()}
    initial = {"possible_unlisted": known.possible_unlisted} if known else {}
    initial |= {f"back-{code}": n for code, n in known.undelivered.items()} if known else {}
    form = ReportForm(request.POST or None, reasons=reasons, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            report_station(
                scope=place.scope, station=place.area, possible_unlisted=form.cleaned_data["possible_unlisted"],
                undelivered=form.undelivered, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, refusal.in_(place.lang))
        else:
            messages.success(request, _("Laporan tersimpan."))
            return redirect(place.href("area") if place.scope.allows(Right.ROLL, place.area) else place.href("report"))
    context = place.context() | {"form": form, "known": known}
    return render(request, "roll/report.html", context, status=422 if form.errors else 200)
