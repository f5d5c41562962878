"""Outlines of areas as a drawing without figures: pages fill it. Kept in memory until areas are imported again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from satusuara.areas.choices import LinkKind
from satusuara.areas.models import Area, AreaImport, AreaLink, Boundary
from satusuara.areas.queries import below, features
from satusuara.kernel.pages import words
from satusuara.kernel.pages.outline import Outline, draw
from satusuara.kernel.pages.outline import Place as Spot

KEPT = 64  # drawings of areas that stay in memory: a few hundred kilobytes each at most


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map. ``own``: the outlines are this election's own, so that they can also be had as GeoJSON."""

    outline: Outline
    own: bool


def drawing_of(area: Area, level: str) -> Drawing | None:
    """The areas of ``level`` below ``area``, not yet filled; None where no outline is known. One query once drawn."""
    last = AreaImport.objects.order_by("-pk").values_list("pk", flat=True).first()
    return _drawn(area.pk, level, last or 0)


@lru_cache(maxsize=KEPT)
def _drawn(area_pk: int, level: str, _import: int) -> Drawing | None:
    area = Area.objects.get(pk=area_pk)
    spots, source, own = list(_own(area, level)), "", True
    if any(spot.coordinates for spot in spots):
        inside = Boundary.objects.filter(below(area.path, field="area__path"), area__election=area.election_id)
        source = inside.filter(area__level=level).values_list("source", flat=True).first() or ""
    else:
        spots, source, own = *_of_a_later_election(area, level), False
    outline = draw(spots, bands=(), title="", source=source)
    return Drawing(outline, own) if outline else None


def _own(area: Area, level: str) -> Iterator[Spot]:
    for each in features(area, level):
        shape, name = each["geometry"], words.proper(each["properties"]["name"])
        if shape["type"] == "MultiPolygon":
            yield Spot(each["id"], name, name, "", 0, coordinates=shape["coordinates"])
        else:
            yield Spot(each["id"], name, name, "", 0, marker=(shape["coordinates"][0], shape["coordinates"][1]))


def _of_a_later_election(area: Area, level: str) -> tuple[list[Spot], str]:
    """Where an election has no outlines of its own: those of the same villages in a later one, by the crosswalk."""
    rows = AreaLink.objects.filter(
        below(area.path, field="earlier__path"), earlier__election=area.election_id, earlier__level=level,
        kind__in=[LinkKind.SAME, LinkKind.RENAMED], later__boundary__isnull=False,
    ).select_related("earlier", "later__boundary", "later__election")  # fmt: skip
    spots, sources = [], set()
    for row in rows.order_by("earlier__code"):
        name = words.proper(row.earlier.name)
        spots.append(Spot(row.earlier.code, name, name, "", 0, coordinates=row.later.boundary.coordinates))
        sources.add(f"{row.later.election.name_id}, {row.later.boundary.source}")
    return spots, "; ".join(sorted(sources))
