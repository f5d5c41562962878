"""The way into the control room: to the highest area that one may look at."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.count.models import AreaSummary, Source
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import Scope, not_your_area
from satusuara.people.rules import WHOLE_TREE
from satusuara.web.control.place import area_name, election_links, sees_of


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """GET: to the newest election that has figures and of which one sees something; says so where there is none."""
    scope = scope_for(request)
    if not scope.holds(Right.SEE):
        raise not_your_area()
    held = [election for election in Election.objects.order_by("-day") if sees_of(scope, election.code)]
    with_figures = set(Source.objects.order_by().values_list("election", flat=True).distinct())
    first = next((e for e in held if e.code in with_figures), held[0] if held else None)
    return _into(request, scope, first, "") if first else _nothing(request, None)


@require_safe
@login_required
def election(request: HttpRequest, election: str, contest: str = "") -> HttpResponse:
    """GET: to the highest area of an election; where there are several, to choose from."""
    scope = scope_for(request)
    found = Election.objects.filter(code=election).first()
    if found is None or not sees_of(scope, election):
        raise not_your_area()
    return _into(request, scope, found, contest)


def _into(request: HttpRequest, scope: Scope, election: Election, contest: str) -> HttpResponse:
    law = laws.load_law(election.law)
    contests = set(Source.objects.filter(election=election).order_by().values_list("contest", flat=True).distinct())
    wanted = contest or next((each.code for each in law.contests if each.code in contests), "")
    if not wanted:
        return _nothing(request, election)
    law.contest(wanted)
    areas = _tops(scope, election, wanted)
    if len(areas) == 1:
        return redirect("control:area", election.code, wanted, areas[0].code)
    lang = get_language() or "id"
    context = {
        "election": election,
        "contest": wanted,
        "areas": [(area.code, area_name(law, area, lang), law.level(area.level).name.in_(lang)) for area in areas],
        "election_links": election_links(scope, election, lang),
    }
    return render(request, "control/start.html", context)


def _tops(scope: Scope, election: Election, contest: str) -> list[Area]:
    """The highest areas that one may look at; of the whole tree, those at its top that have figures."""
    rows = Area.objects.filter(election=election).order_by("code")
    if Right.SEE in scope.reach.everywhere or (election.code, WHOLE_TREE) in scope.reach.paths(Right.SEE):
        given = AreaSummary.objects.filter(source__election=election, source__contest=contest)
        return list(rows.filter(parent=None, pk__in=given.values("area")))
    paths = [path for code, path in scope.reach.paths(Right.SEE) if code == election.code]
    return list(rows.filter(path__in=paths))


def _nothing(request: HttpRequest, election: Election | None) -> HttpResponse:
    lang = get_language() or "id"
    links = election_links(scope_for(request), election, lang)
    return render(request, "control/start.html", {"election": election, "areas": [], "election_links": links})
