"""The map of an area: its villages coloured by failing checks per form. Drawn here, from outlines of our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from django.utils.translation import gettext as _

from satusuara.areas.choices import LinkKind
from satusuara.areas.models import Area, AreaImport, AreaLink, Boundary
from satusuara.areas.queries import below, features
from satusuara.kernel.pages import words
from satusuara.kernel.pages.outline import Outline, Shape, draw
from satusuara.kernel.pages.outline import Place as Spot
from satusuara.web.control.place import Place
from satusuara.web.control.rows import STEPS, AreaRow

KEPT = 64  # drawings of areas that stay in memory: a few hundred kilobytes each at most


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map. ``own``: the outlines are this election's own, so that they can also be had as GeoJSON."""

    outline: Outline
    own: bool


def map_of(place: Place, level: str, rows: Sequence[AreaRow]) -> Drawing | None:
    """The areas of ``level`` below the place, one row each; None where no outline is known. One query once drawn."""
    drawing = _drawing(place.area, level)
    if drawing is None:
        return None
    bare, known = drawing.outline, {row.code: row for row in rows}
    filled = replace(
        bare,
        shapes=_filled(bare.shapes, known, place.lang),
        points=_filled(bare.points, known, place.lang),
        bands=legend(place.lang),
        title=_("Hitungan yang tidak cocok per formulir, menurut %(level)s") % {"level": place.level_name(level)},
    )
    return Drawing(filled, drawing.own)


def legend(lang: str) -> tuple[str, ...]:
    """Words for the bands: none in, none failing, and the steps, in checks per hundred forms."""
    limits = [round(100 * step) for step in STEPS]
    steps = [f"{words.number(a + 1, lang)}–{words.number(b, lang)}" for a, b in pairwise(limits)]
    last = _("lebih dari %(limit)s") % {"limit": words.number(limits[-1], lang)}
    return (_("belum ada formulir"), _("semua cocok"), *steps, _("%(more)s per 100 formulir") % {"more": last})


def _filled(shapes: Sequence[Shape], rows: Mapping[str, AreaRow], lang: str) -> tuple[Shape, ...]:
    return tuple(replace(shape, place=_spot(shape.place, rows.get(shape.place.code), lang)) for shape in shapes)


def _spot(spot: Spot, row: AreaRow | None, lang: str) -> Spot:
    if row is None:
        return spot
    said = _("%(name)s: %(failing)s dari %(forms)s formulir tidak cocok") % {
        "name": row.name,
        "failing": words.number(row.failing, lang),
        "forms": words.number(row.forms_in, lang),
    }
    if not row.forms_in:
        said = _("%(name)s: belum ada formulir") % {"name": row.name}
    return replace(spot, band=0 if row.step is None else row.step + 1, said=said, href=row.href)


def _drawing(area: Area, level: str) -> Drawing | None:
    """The outlines alone, which change only when areas are imported."""
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
