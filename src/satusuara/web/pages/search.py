"""Areas by name or code: a page of its own, and the answer to the palette (Ctrl K)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from operator import or_

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from satusuara.areas.models import Area
from satusuara.count.models import Source
from satusuara.kernel.pages.words import proper
from satusuara.law import load_law
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import Scope, below
from satusuara.web.pages.public import name_of

MOST = 12
LONGEST = 80
ANCHORS = 40
"""So many areas of the longest word are looked below."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An area that answers to the words, and where its figures stand."""

    name: str
    code: str
    place: str
    href: str


def find(scope: Scope, words: str, *, most: int = MOST) -> list[Hit]:
    """Areas whose own name holds the words, or that lie below one whose name does; the newest election's first.

    "pattimang 1" finds TPS 001 of Pattimang. A code is matched from its start. The longest word is looked up first, so
    that the others are asked only below what it found.
    """
    asked = sorted((word for word in words.split()[:6] if len(word) > 1 or word.isdigit()), key=_rank)
    if not asked:
        return []
    known = dict(Source.objects.order_by("-id").values_list("election_id", "contest"))
    areas = scope.filter(Area.objects.filter(election__in=known), Right.PUBLIC, area_field="")
    rows = areas.filter(_own(asked[0]))
    if len(asked) > 1:
        anchors = list(rows.order_by("path")[:ANCHORS])
        rows = areas.filter(functools.reduce(or_, (_at_or_below(one) for one in anchors), Q(pk__in=[])))
        for word in asked[1:]:
            rows = rows.filter(_own(word) | Q(parent__name__icontains=word))
    rows = rows.select_related("parent__parent", "election").order_by("-election__day", "path")
    first = asked[0].casefold()
    found = list(rows[: most * 8])
    found.sort(
        key=lambda area: (
            not area.name.casefold().startswith(first),
            area.path.count("/"),
            -area.election.day.toordinal(),
        )
    )
    return [_hit(area, known[area.election_id]) for area in found[:most]]


def _rank(word: str) -> tuple[bool, int]:
    """Names before numbers, long before short."""
    return word.isdigit(), -len(word)


def _own(word: str) -> Q:
    name = Q(name__icontains=word)
    return name | Q(code__startswith=word) if word.isdigit() else name


def _at_or_below(area: Area) -> Q:
    return Q(election=area.election_id) & below("path", area.path, "default")


def _hit(area: Area, contest: str) -> Hit:
    above = area.parent
    names = [proper(above.name), proper(above.parent.name) if above.parent else ""] if above else []
    place = ", ".join(filter(None, names))
    year = area.election.name_en if (get_language() or "id").startswith("en") else area.election.name_id
    href = reverse("web:results", args=[area.election_id, contest, area.code])
    return Hit(name_of(load_law(area.election.law), area), area.code, f"{place} · {year}" if place else year, href)


@require_safe
@vary_on_headers("Accept")
def search(request: HttpRequest) -> HttpResponse:
    """GET ?q=: the areas that match, as a page, or as JSON {hits} for who asks for it."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    hits = find(scope_for(request), words, most=MOST if request.accepts("text/html") else 8) if len(words) > 1 else []
    if not request.accepts("text/html"):
        return JsonResponse(
            {"hits": [{"name": h.name, "code": h.code, "place": h.place, "href": h.href} for h in hits]}
        )
    return render(request, "web/search.html", {"words": words, "hits": hits, "asked": len(words) > 1})
