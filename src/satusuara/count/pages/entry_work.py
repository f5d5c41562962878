"""The work list: which forms of an area wait for a first, second or third person."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from satusuara import law as laws
from satusuara.areas import queries as areas
from satusuara.areas.models import Area
from satusuara.count.choices import EntryStage
from satusuara.count.pages.entry_place import STAGE_TONES, area_at, known_contest, next_href, work_href
from satusuara.count.queries_entry import WorkRow, home_area, stages_by_contest, work_rows
from satusuara.count.rules.entry import Stage
from satusuara.kernel.pages.parts import Crumb, Piece, Tab
from satusuara.kernel.pages.words import number, proper
from satusuara.law.model import Contest, Law
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import Scope, not_your_area


@require_GET
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """GET: leads to the work list of the asker's own area."""
    scope = scope_for(request)
    found = home_area(scope)
    if found is None:
        if scope.holds(Right.IMPORT):
            return redirect("areas:index")  # the whole tree is his: he chooses an area
        raise not_your_area()
    return redirect("count:work", election=found.election_id, area_code=found.code)


@require_GET
@login_required
def work(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: forms by stage for each contest, and the areas or stations below."""
    scope, area = area_at(request, election, area_code)
    law, lang = laws.load_law(area.election.law), get_language() or "id"
    contest = known_contest(law, request.GET.get("pemilihan", ""))
    stages = stages_by_contest(scope, area)
    spec = law.contest(contest)
    context = {
        "area": area,
        "title": proper(area.name),
        "level": law.level(area.level).name.in_(lang),
        "way": _way(scope, law, area, contest),
        "drill": law.drill,
        "contest": contest,
        "contest_name": spec.name.in_(lang),
        "ballot_colour": spec.colour_token,
        "tabs": [
            Tab(_label(each, stages[each.code], lang), work_href(law, area, each.code), current=each.code == contest)
            for each in law.contests
        ],
        "pieces": [Piece(STAGE_TONES[code], str(label), stages[contest][code]) for code, label in _ordered()],
        "total": sum(stages[contest].values()),
        "rows": _rows(law, contest, work_rows(scope, area, contest)),
        "stations": law.levels_between(area.level, law.station_level)[:1] == law.levels[-1:],
        "next_href": next_href(area, contest),
    }
    return render(request, "count/entry_work.html", context)


def _ordered() -> list[tuple[str, Any]]:
    labels = dict(EntryStage.choices)
    return [(stage.value, labels[stage.value]) for stage in reversed(Stage)]


def _label(contest: Contest, stages: dict[str, int], lang: str) -> str:
    done, forms = stages[Stage.ACCEPTED.value], sum(stages.values())
    return f"{contest.short.in_(lang)} {number(done, lang)}/{number(forms, lang)}"


def _way(scope: Scope, law: Law, area: Area, contest: str) -> list[Crumb]:
    above = [each for each in areas.ancestors(area) if scope.allows(Right.IMPORT, each)]
    return [*(Crumb(proper(each.name), work_href(law, each, contest)) for each in above), Crumb(proper(area.name))]


def _rows(law: Law, contest: str, rows: list[WorkRow]) -> list[dict[str, Any]]:
    labels = dict(EntryStage.choices)
    found = []
    for row in rows:
        station = row.area.level == law.station_level
        kwargs = {"election": row.area.election_id, "area_code": row.area.code}
        stage = next((code for code, n in row.stages.items() if n), Stage.FIRST.value)
        found.append(
            {
                "row": row,
                "station": station,
                "name": proper(row.area.name),
                "href": reverse("count:entry", kwargs={**kwargs, "contest": contest})
                if station
                else work_href(law, row.area, contest),
                "stage": STAGE_TONES[stage],
                "stage_words": labels[stage],
                "first": row.stages[Stage.FIRST.value],
                "second": row.stages[Stage.SECOND.value],
                "settling": row.stages[Stage.SETTLING.value],
            }
        )
    return found
