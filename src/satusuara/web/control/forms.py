"""All forms of an area: filter, sort, page; the address says which."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from satusuara.count.pages.listing import FILTERS, STATES, Asked, closing_columns, form_rows
from satusuara.kernel.pages.parts import Tab
from satusuara.web.control.place import Place, only_list, place_of
from satusuara.web.control.station import listed

A_PAGE = 50


@require_safe
@login_required
def forms(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """GET: the forms of one source at and below the area."""
    place = place_of(request, election, contest, area_code)
    asked = Asked.of(request.GET.dict(), place.law)
    context = place.context()
    context |= {
        "sections": place.sections("formulir"),
        "asked": asked,
        "sort": asked.sort or "area",
        "source_tabs": _tabs(place, asked),
        "statuses": _statuses(),
        "identities": _identities(place),
        "figure_names": [(each.mark, each.label) for each in closing_columns(place.law.form(contest), place.lang)],
    }
    if place.source is not None:
        context |= _page(request, place, asked)
    return render(request, "control/_forms.html" if only_list(request) else "control/forms.html", context)


def _page(request: HttpRequest, place: Place, asked: Asked) -> dict[str, Any]:
    if place.source is None:
        return {}
    page = Paginator(listed(place, place.source, asked, place.area), A_PAGE).get_page(request.GET.get("hal"))
    within = f"dari={place.area.code}"
    query = "&".join(part for part in (asked.query, within) if part)
    rows = form_rows(place.law, place.contest, list(page.object_list), place.lang)
    return {
        "page": page,
        "rows": [(row, f"{place.href(row.area.code)}?{query}", place.name_of(row.area)) for row in rows],
        "downloads": place.downloads(asked.query),
        "rows_have_downloads": True,
    }


def _tabs(place: Place, asked: Asked) -> list[Tab]:
    return [
        Tab(tab.label, place.href(place.area.code, "formulir/") + f"?{asked.but(source=source.name)}", tab.current)
        for tab, source in zip(place.source_tabs(), place.sources, strict=True)
    ]


def _statuses() -> list[tuple[str, str]]:
    """What may be asked of a status, in words."""
    words = {
        **{state.value: str(state.label) for state in STATES},
        "warning": _("perlu dijelaskan"),
        "in": _("sudah masuk"),
        "complete": _("terisi lengkap"),
        "differs": _("berbeda antarsumber"),
    }
    return [(code, words[code]) for code in FILTERS]


def _identities(place: Place) -> list[tuple[str, str]]:
    return [
        (identity.code, identity.title.in_(place.lang))
        for identity in place.law.identities_of(place.contest)
        if identity.kind != "cross"
    ]
