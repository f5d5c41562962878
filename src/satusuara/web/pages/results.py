"""Public results: the figure first, then how sure it is. Nobody signs in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.count import queries
from satusuara.count.choices import FormStatus, SourceKind
from satusuara.count.models import ImportBatch, Source
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.parts import Tab
from satusuara.lake.write import csv_lines
from satusuara.people.queries import Scope
from satusuara.web.pages import public
from satusuara.web.pages.below import below, station, table
from satusuara.web.pages.place import Here, find, lang


@dataclass(frozen=True, slots=True)
class Opening:
    """One contest of one election on the front page."""

    election: Election
    contest: str
    title: Text
    area: Area
    source: Source
    votes: public.Votes
    sure: tuple[int, str] | None
    href: str


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """GET: every contest that has figures, newest election first, at the area where they all lie."""
    openings = list(_openings())
    return render(request, "web/front.html", {"openings": openings, "first": openings[0] if openings else None})


def _openings() -> Iterator[Opening]:
    scope = Scope.public()
    pairs = Source.objects.order_by("-election__day", "contest").values_list("election", "contest").distinct()
    for code, contest in dict.fromkeys(pairs):
        election = queries.election(code)
        law = laws.load_law(election.law)
        area = public.home_area(election, contest)
        if area is None:
            continue
        here = {one.source_id: one for one in queries.summaries(scope, area, contest)}
        sources = list(queries.sources(scope, code, contest))
        source = public.choose(sources, "", here)
        voices = {v.source.pk: v for v in public.voices_at(sources, list(here.values()), {}, lang())}
        yield Opening(
            election, contest, law.contest(contest).name, area, source,
            public.votes_of(law, contest, voices.get(source.pk), lang()),
            public.sure_of(law, here.get(source.pk), source, lang()),
            reverse("web:results", args=[code, contest, area.code]),
        )  # fmt: skip


@require_safe
def at_area(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """GET ?sumber=&cari=&status=&urut=: an area's results, or at a station its form as every source shows it."""
    here = find(election, contest, area_code, request.GET.get("sumber", ""))
    context = _common(request, here)
    context |= station(here) if here.is_station else below(request, here)
    return render(request, "web/station.html" if here.is_station else "web/results.html", context)


def _common(request: HttpRequest, here: Here) -> dict[str, Any]:
    law, area, contest = here.law, here.area, here.contest
    own = reverse("web:results", args=[area.election_id, contest, area.code])
    summary = here.summaries.get(here.source.pk)
    return {
        "here": here,
        "area": area,
        "title": public.name_of(law, area),
        "level": law.level(area.level).name if area.pk else None,
        "contest": law.contest(contest),
        "election": area.election,
        "way": public.way_to(law, area, contest, lang()),
        "contest_tabs": _contest_tabs(here),
        "election_links": _election_links(here),
        "source": here.source,
        "source_tabs": _source_tabs(here, own),
        "votes": here.votes,
        "summary": summary,
        "pieces": public.pieces_of(summary, here.source, law, f"{own}?{urlencode({'sumber': here.source.name})}"),
        "official": here.source.kind == SourceKind.RECAP,
        "beside": here.beside,
        "status_words": {status.value: status.label for status in FormStatus},
        "sure": public.sure_of(law, summary, here.source, lang()),
        "batch": ImportBatch.objects.filter(source=here.source).first(),
        "zone": here.zone,
        "judged": here.judged,
        "own": own,
        "query": request.GET.urlencode(),
    }


def _contest_tabs(here: Here) -> list[Tab]:
    pairs = set(Source.objects.filter(election=here.area.election_id).values_list("contest", flat=True))
    found = [contest for contest in here.law.contests if contest.code in pairs]
    return [
        Tab(
            one.name.in_(lang()),
            reverse("web:results", args=[here.area.election_id, one.code, here.area.code]),
            one.code == here.contest,
        )
        for one in found
    ]


def _election_links(here: Here) -> list[dict[str, Any]]:
    """Other elections with figures. Codes of one mean nothing in another: each leads to its own beginning."""
    found: list[dict[str, Any]] = []
    elections = Election.objects.filter(sources__isnull=False).distinct()
    for one in elections:
        current = one.code == here.area.election_id
        contests = list(dict.fromkeys(one.sources.values_list("contest", flat=True)))
        contest = here.contest if here.contest in contests else contests[0]
        area = here.area if current else public.home_area(one, contest)
        if area is not None:
            label = one.name_en if lang().startswith("en") else one.name_id
            href = reverse("web:results", args=[one.code, contest, area.code])
            found.append({"label": label, "href": href, "current": current})
    return found if len(found) > 1 else []


def _source_tabs(here: Here, own: str) -> list[Tab]:
    if len(here.sources) < 2:
        return []
    english = lang().startswith("en")
    return [
        Tab(one.title_en if english else one.title_id, f"{own}?sumber={one.name}", one.pk == here.source.pk)
        for one in here.sources
    ]


@require_safe
def download(request: HttpRequest, election: str, contest: str, area_code: str) -> StreamingHttpResponse:
    """GET ?sumber=: the areas one step down as CSV: figures, forms by status, and which file they were read from."""
    here = find(election, contest, area_code, request.GET.get("sumber", ""))
    head, rows = table(here)
    answer = StreamingHttpResponse(csv_lines(head, rows), content_type="text/csv; charset=utf-8")
    name = f"{here.area.election_id}-{here.contest}-{here.area.code}-{here.source.name}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
