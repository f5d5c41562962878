"""The constituencies (dapil) of one contest: their areas, and their seats where a source gives them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from satusuara import law as laws
from satusuara.areas import queries
from satusuara.areas.models import District
from satusuara.areas.pages import rows
from satusuara.kernel.pages.parts import Tab

PAGE = 50
LONGEST = 80


@require_safe
def listing(request: HttpRequest, election: str, contest: str) -> HttpResponse:
    """GET: ?cari= by name or code, ?wilayah= below an area, ?kursi=ada|belum by seats, ?pecah=1 with a split area."""
    found = queries.election(election)
    law = laws.load_law(found.law)
    spec, lang = law.contest(contest), get_language() or "id"
    every = queries.districts(election, contest)
    within = request.GET.get("wilayah", "")
    place = queries.area(election, within) if within else None
    text = request.GET.get("cari", "").strip()[:LONGEST]
    shown = every
    if place is not None:
        shown = shown.filter(pk__in=queries.districts_below(place, contest).values("pk"))
    for word in text.split():
        shown = shown.filter(Q(name__icontains=word) | Q(code__startswith=word))
    shown = _by_seats(shown, request.GET.get("kursi", ""))
    split = request.GET.get("pecah") == "1"
    if split:
        shown = shown.filter(pk__in=District.objects.filter(members__part__gt="").values("pk"))
    page = Paginator(shown.prefetch_related("members__area"), PAGE).get_page(request.GET.get("hal"))
    context = {
        "election": found,
        "contest": spec,
        "page": page,
        "rows": list(page.object_list),
        "total": every.count(),
        "with_seats": every.filter(seats__isnull=False).count(),
        "seats": sum(each or 0 for each in every.values_list("seats", flat=True)),
        "text": text,
        "place": place,
        "place_name": rows.name_of(law, place) if place else "",
        "kursi": request.GET.get("kursi", ""),
        "split": split,
        "filtered": bool(text or place or split or request.GET.get("kursi")),
        "others": [
            Tab(
                law.contest(code).short.in_(lang),
                reverse("areas:districts", args=[election, code]),
                code == contest,
                count,
            )
            for code, count in queries.contests_with_districts(election)
        ],
        "way": rows.way_to(found, law, (), spec.short.in_(lang)),
    }
    return render(request, "areas/districts.html", context)


def _by_seats(shown: QuerySet[District], seats: str) -> QuerySet[District]:
    return shown.filter(seats__isnull=seats == "belum") if seats in {"ada", "belum"} else shown
