"""Outlines for maps as GeoJSON: public, the same for everyone, and only sent again where they changed."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_safe

from satusuara import law as laws
from satusuara.areas import queries
from satusuara.areas.models import Area
from satusuara.kernel.hashing import payload_hash


def _etag(request: HttpRequest, election: str, area_code: str) -> str:
    state = queries.outline_state(election)
    return f'"{payload_hash([election, area_code, request.GET.get("level", ""), state])[:32]}"'


@require_safe
@cache_control(public=True, max_age=3600)
@gzip_page
@condition(etag_func=_etag)
def geojson(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET ?level=: the areas of one level at or below an area (RFC 7946); without it, of the next level that has some.

    An area without an outline but with a marker is a point, with its note.
    """
    here = queries.area(election, area_code)
    law = laws.load_law(here.election.law)
    level = request.GET.get("level") or _next_level(here)
    if level:
        law.level(level)
    found = {
        "type": "FeatureCollection",
        "features": list(queries.features(here, level)) if level else [],
        "sources": queries.outline_sources(here, level),
    }
    body = json.dumps(found, separators=(",", ":"), ensure_ascii=False)
    return HttpResponse(body, content_type="application/geo+json")


def _next_level(here: Area) -> str:
    levels = queries.outline_levels(here)
    return next((each for each in levels if each != here.level), levels[0] if levels else "")
