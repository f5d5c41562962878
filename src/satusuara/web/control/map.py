"""The map of an area: its villages coloured by failing checks per form. Drawn here, from outlines of our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from django.utils.translation import gettext as _

from satusuara.areas.models import Area, AreaImport, Boundary
from satusuara.areas.queries import below, features
from satusuara.kernel.pages import words
from satusuara.kernel.pages.outline import Outline, Shape, draw
from satusuara.kernel.pages.outline import Place as Spot
from satusuara.web.control.place import Place
from satusuara.web.control.rows import STEPS, AreaRow

KEPT = 64  # drawings of areas that stay in memory: a few hundred kilobytes each at most


def map_of(place: Place, level: str, rows: Sequence[AreaRow]) -> Outline | None:
    """The areas of ``level`` below the place, one row each; None where no outline is known. One or two queries."""
    bare = _drawing(place.area, level)
    if bare is None:
        return None
    known = {row.code: row for row in rows}
    return replace(
        bare,
        shapes=_filled(bare.shapes, known, place.lang),
        points=_filled(bare.points, known, place.lang),
        bands=legend(place.lang),
        title=_("Hitungan yang tidak cocok per formulir, menurut %(level)s") % {"level": place.level_name(level)},
    )


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


def _drawing(area: Area, level: str) -> Outline | None:
    """The outlines alone, which change only when areas are imported."""
    last = AreaImport.objects.filter(election=area.election_id).order_by("-pk").values_list("pk", flat=True).first()
    return _drawn(area.pk, level, last or 0)


@lru_cache(maxsize=KEPT)
def _drawn(area_pk: int, level: str, _import: int) -> Outline | None:
    area = Area.objects.get(pk=area_pk)
    inside = Boundary.objects.filter(below(area.path, field="area__path"), area__election=area.election_id)
    source = inside.filter(area__level=level).values_list("source", flat=True).first()
    if source is None:
        return None
    spots = []
    for each in features(area, level):
        shape, name = each["geometry"], words.proper(each["properties"]["name"])
        outlined = shape["type"] == "MultiPolygon"
        marker = None if outlined else (shape["coordinates"][0], shape["coordinates"][1])
        coordinates = shape["coordinates"] if outlined else None
        spots.append(Spot(each["id"], name, name, "", 0, coordinates=coordinates, marker=marker))
    return draw(spots, bands=(), title="", source=source)
