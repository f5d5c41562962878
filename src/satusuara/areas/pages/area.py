"""One area: what is known of it, what lies below, where it belongs, what it was and became in other elections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from satusuara import law as laws
from satusuara.areas import queries
from satusuara.areas.models import Area, Boundary, Election
from satusuara.areas.pages import rows
from satusuara.kernel.pages.outline import Outline, Place, draw
from satusuara.kernel.pages.words import number
from satusuara.law.model import Law

PAGE = 100
LONGEST = 80


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """GET: the elections whose areas are here, and how many of each level."""
    elections = [_summary(each) for each in Election.objects.all()]
    return render(request, "areas/index.html", {"elections": elections})


def _summary(election: Election) -> dict[str, Any]:
    law = laws.load_law(election.law)
    tree = Area.objects.filter(election=election).order_by()
    counts = dict(tree.values_list("level").annotate(n=Count("pk")))
    stations = tree.filter(parent=None).aggregate(n=Sum("stations"))["n"] or 0
    listed = counts.pop(law.station_level, 0)
    held = dict(queries.contests_with_districts(election.code))
    return {
        "election": election,
        "levels": [(each.name, counts.get(each.code, 0)) for each in law.levels if each.code != law.station_level],
        "stations": (law.level(law.station_level).name, max(stations, listed), listed),
        "districts": [(each.code, each.short, held[each.code]) for each in law.contests if each.code in held],
        "links": sum(queries.link_counts(election.code).values()),
    }


@require_safe
def top(request: HttpRequest, election: str) -> HttpResponse:
    """GET: the top of an election's tree. ?cari= looks for areas by name or code in all of it."""
    found = queries.election(election)
    law = laws.load_law(found.law)
    words = request.GET.get("cari", "").strip()[:LONGEST]
    lang = get_language() or "id"
    listed: Sequence[Area] = queries.search(election, words, limit=PAGE) if words else list(queries.roots(election))
    context = {
        "election": found,
        "rows": [rows.area_row(law, each, lang) for each in listed],
        "words": words,
        "level": None if words else law.levels[0].name,
        "summary": _summary(found),
        "way": rows.way_to(found, law, (), "")[:1] + rows.way_to(found, law, (), rows.election_name(found))[2:],
        "election_links": [
            {
                "label": rows.election_name(each),
                "href": reverse("areas:top", args=[each.code]),
                "current": each.pk == found.pk,
            }
            for each in Election.objects.all()
        ],
    }
    return render(request, "areas/top.html", context)


@require_safe
def area(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: an area's facts. ?cari= filters what lies below, ?urut= sorts it, ?hal= is its page."""
    here = queries.area(election, area_code)
    law = laws.load_law(here.election.law)
    lang = get_language() or "id"
    below = queries.children(here)
    words = request.GET.get("cari", "").strip()[:LONGEST]
    for word in words.split():
        below = below.filter(name__icontains=word) if not word.isdigit() else below.filter(code__contains=word)
    sort = request.GET.get("urut", "code")
    order = {"code": "code", "name": "name", "stations": "stations"}.get(sort.removeprefix("-"), "code")
    page = Paginator(below.order_by(f"-{order}" if sort.startswith("-") else order, "code"), PAGE).get_page(
        request.GET.get("hal")
    )
    earlier, later = queries.links_of(here)
    above = queries.ancestors(here)
    children = list(page.object_list)
    name = rows.name_of(law, here)
    context = {
        "area": here,
        "election": here.election,
        "name": name,
        "level": law.level(here.level).name,
        "is_station": here.level == law.station_level,
        "note": rows.note_of(here, lang),
        "rows": [rows.area_row(law, each, lang) for each in children],
        "child_level": law.level(children[0].level).name if children else None,
        "below": queries.children(here).count(),
        "words": words,
        "page": page,
        "sort": sort,
        "belongings": rows.belongings(law, here),
        "earlier": [(each, _linked(each.earlier), rows.source_of(each)) for each in earlier],
        "later": [(each, _linked(each.later), rows.source_of(each)) for each in later],
        "map": _map(here, law, children, name, lang) if not words else None,
        "first_contest": law.contests[0].code if law.contests else "",
        "way": rows.way_to(here.election, law, above, name),
        "marker": _marker(here),
    }
    return render(request, "areas/area.html", context)


def _linked(other: Area) -> dict[str, str]:
    law = laws.load_law(other.election.law)
    above = rows.name_of(law, other.parent) if other.parent else ""
    name, href = rows.name_of(law, other), rows.href_of(other)
    return {
        "name": name,
        "code": other.code,
        "href": href,
        "election": rows.election_name(other.election),
        "above": above,
    }


def _marker(area: Area) -> tuple[str, str] | None:
    """(lon, lat) in decimal degrees, where the area has a marker instead of an outline."""
    if area.lon_e6 is None or area.lat_e6 is None:
        return None
    return f"{area.lon_e6 / 1_000_000:.6f}", f"{area.lat_e6 / 1_000_000:.6f}"


def _map(here: Area, law: Law, children: Sequence[Area], name: str, lang: str) -> Outline | None:
    """The areas just below as a drawing, or the area itself where nothing below has an outline."""
    outlines = {each.area_id: each for each in Boundary.objects.filter(area__in=[here, *children])}
    shown = [each for each in children if each.pk in outlines or each.lon_e6 is not None]
    if not any(each.pk in outlines for each in shown):
        shown = [here] if here.pk in outlines else []
    places = [
        Place(
            each.code,
            rows.name_of(law, each),
            _("%(name)s: %(stations)s TPS")
            % {"name": rows.name_of(law, each), "stations": number(each.stations, lang)},
            rows.href_of(each),
            1 if each.pk in outlines else 0,
            outlines[each.pk].coordinates if each.pk in outlines else None,
            None if each.pk in outlines else ((each.lon_e6 or 0) / 1_000_000, (each.lat_e6 or 0) / 1_000_000),
        )
        for each in shown
    ]
    source = next((outlines[each.pk].source for each in shown if each.pk in outlines), "")
    bands = (_("hanya penanda, batas tidak ada"), _("batas ada"))
    return draw(places, bands=bands, title=_("Peta %(name)s") % {"name": name}, source=source)
