"""Looking for people with more than one line: starting a run, what it found, and the watch list of both stations."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from satusuara.kernel.errors import Refusal
from satusuara.kernel.pages.parts import Piece
from satusuara.people.choices import Right
from satusuara.roll import queries, queries_tree, spawn
from satusuara.roll.actions import request_job
from satusuara.roll.choices import JobKind, PairDecision, PairState
from satusuara.roll.models import Pair
from satusuara.roll.pages.place import Place, place_of
from satusuara.roll.pages.versions import job_row
from satusuara.roll.queries_tree import Band

A_PAGE = 50
_TONES = {
    PairState.OPEN: "waiting", PairState.SECOND: "warn", PairState.UNSURE: "differs", PairState.DIFFERENT: "equal",
    PairState.STRUCK: "good",
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def duplicates(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: the last run and its pairs by state; ?status= lists them. POST: starts a run, whole or of changes only."""
    place = place_of(request, election, area_code)
    wrong = ""
    if request.method == "POST":
        place.scope.require(Right.ROLL_MANAGE, place.area)
        said = {"only_changes": request.POST.get("cara") == "perubahan"}
        try:
            job, fresh = request_job(
                scope=place.scope, area=place.area, kind=JobKind.LINK, said=said, at=timezone.now()
            )  # fmt: skip
        except Refusal as refusal:
            wrong = refusal.in_(place.lang)
        else:
            if fresh:
                spawn.start(job.pk)
            return redirect("roll:job", job.pk)
    asked = request.GET.get("status", "")
    asked = asked if asked in PairState.values else ""
    found = queries_tree.pair_counts(place.scope, place.area)
    rows = queries.pairs(place.scope, place.area, state=asked).order_by("-decision", "pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("hal"))
    run = queries_tree.last_run(place.area)
    context = place.context("duplicates") | {
        "run": run,
        "run_where": place.name_of(run.area) if run else "",
        "pieces": [
            Piece(_TONES[state], str(state.label), found.get(state, 0), f"?status={state}") for state in PairState
        ],
        "total": sum(found.values()),
        "waiting": found.get(PairState.OPEN, 0) + found.get(PairState.SECOND, 0),
        "unsettled": sum(found.get(s, 0) for s in (PairState.OPEN, PairState.SECOND, PairState.UNSURE)),
        "asked": asked,
        "page": page,
        "rows": [_row(place, pair) for pair in page],
        "bands": [band for band in queries_tree.measured(place.scope, place.area) if band.settled],
        "jobs": [job_row(place, each) for each in queries_tree.jobs(place.scope, place.area, JobKind.LINK)],
        "wrong": wrong,
    }
    return render(request, "roll/duplicates.html", context, status=422 if wrong else 200)


def _row(place: Place, pair: Pair) -> dict[str, Any]:
    """A pair on a list. Without its score: whoever reviews it has not decided yet."""
    return {
        "pair": pair,
        "state": PairState(pair.state),
        "tone": _TONES[PairState(pair.state)],
        "strong": pair.decision == PairDecision.STRIKE,
        "where": [place.whole_name(pair.a.area), place.whole_name(pair.b.area)],
        "apart": pair.a.area_id != pair.b.area_id,
    }


@require_GET
@login_required
def watch(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: the station's pairs that nobody has settled, to be printed for the door: one more question is asked."""
    place = place_of(request, election, area_code)
    pairs = []
    if place.is_station:
        for pair in queries.watch_list(place.scope, place.area):
            own, other = (pair.a, pair.b) if pair.a.area_id == place.area.pk else (pair.b, pair.a)
            pairs.append((pair, own, other, place.whole_name(other.area)))
    context = place.context() | {"pairs": pairs, "now": timezone.now()}
    return render(request, "roll/watch.html", context)


def share_said(band: Band | None) -> str:
    """How often settled pairs of that span were one person, in words."""
    if band is None or not band.settled:
        return _("belum ada pasangan selesai pada rentang nilai ini")
    said = _("%(same)s dari %(settled)s pasangan yang sudah diputus pada rentang ini ternyata orang yang sama")
    return said % {"same": band.same, "settled": band.settled}
