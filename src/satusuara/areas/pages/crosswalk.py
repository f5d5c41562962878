"""The crosswalk: which village of an earlier election is which of this one, and which have no link at all."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from satusuara import law as laws
from satusuara.areas import queries
from satusuara.areas.choices import LinkKind
from satusuara.areas.models import Area, AreaLink, Election
from satusuara.areas.pages import rows
from satusuara.kernel.pages.parts import Tab
from satusuara.law.model import Law

PAGE = 100
LONGEST = 80
NEW, LOST = "baru", "lama"  # unlinked: of this election, of the earlier one


@require_safe
def crosswalk(request: HttpRequest, election: str) -> HttpResponse:
    """GET: ?jenis= same, renamed, split, merged; baru, lama: areas of this or the earlier election without a link.

    ?dari= the earlier election, ?cari= a name or code.
    """
    found = queries.election(election)
    candidates = queries.earlier_of(election)
    earlier = next((each for each in candidates if each.code == request.GET.get("dari")), None) or next(
        iter(candidates), None
    )
    kind = request.GET.get("jenis", "")
    text = request.GET.get("cari", "").strip()[:LONGEST]
    law = laws.load_law(found.law)
    context: dict[str, Any] = {
        "election": found,
        "earlier": earlier,
        "kind": kind,
        "text": text,
        "unlinked": kind in {NEW, LOST},
        "way": rows.way_to(found, law, (), _("Padanan")),
    }
    if earlier is not None:
        context |= _listed(request, found, earlier, kind, text)
    return render(request, "areas/links.html", context)


def _listed(request: HttpRequest, election: Election, earlier: Election, kind: str, text: str) -> dict[str, Any]:
    counts = queries.link_counts(election.code, earlier.code)
    new, lost = (
        queries.unlinked_later(election.code, earlier.code),
        queries.unlinked_earlier(election.code, earlier.code),
    )
    law, former = laws.load_law(election.law), laws.load_law(earlier.law)
    tabs = [Tab(_("semua padanan"), "?", not kind, sum(counts.values()))]
    tabs += [Tab(str(each.label), f"?jenis={each.value}", kind == each.value, counts[each]) for each in LinkKind]
    for only, which, areas in ((NEW, election, new), (LOST, earlier, lost)):
        label = _("tanpa padanan, %(election)s") % {"election": rows.election_name(which)}
        tabs.append(Tab(label, f"?jenis={only}", kind == only, areas.count()))
    if kind in {NEW, LOST}:
        areas = (lost if kind == LOST else new).select_related("parent__parent")
        for word in text.split():
            areas = areas.filter(Q(name__icontains=word) | Q(code__startswith=word) | Q(parent__name__icontains=word))
        page: Page[Any] = Paginator(areas, PAGE).get_page(request.GET.get("hal"))
        listed: list[Any] = [_side(former if kind == LOST else law, each) for each in page.object_list]
    else:
        links = queries.links(election.code, kind if kind in LinkKind.values else "").filter(earlier__election=earlier)
        for word in text.split():
            links = links.filter(
                Q(later__name__icontains=word) | Q(earlier__name__icontains=word) | Q(later__code__startswith=word)
                | Q(later__parent__name__icontains=word)
            )  # fmt: skip
        page = Paginator(links, PAGE).get_page(request.GET.get("hal"))
        listed = [_pair(former, law, each) for each in page.object_list]
    return {"tabs": tabs, "page": page, "rows": listed}


def _pair(former: Law, law: Law, link: AreaLink) -> dict[str, Any]:
    earlier, later = _side(former, link.earlier), _side(law, link.later)
    moved = earlier["above"] != later["above"]
    return {"link": link, "source": rows.source_of(link), "earlier": earlier, "later": later, "moved": moved}


def _side(law: Law, area: Area) -> dict[str, str]:
    parent = area.parent
    above = rows.name_of(law, parent) if parent else ""
    return {"name": rows.name_of(law, area), "code": area.code, "href": rows.href_of(area), "above": above}
