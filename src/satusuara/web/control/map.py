"""The map of an area: its villages coloured by failing checks per form. Drawn here, from outlines of our own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from django.utils.translation import gettext as _

from satusuara.areas.pages.drawing import Drawing, drawing_of
from satusuara.kernel.pages import words
from satusuara.kernel.pages.outline import Place as Spot
from satusuara.kernel.pages.outline import Shape
from satusuara.web.control.place import Place
from satusuara.web.control.rows import STEPS, AreaRow


def map_of(place: Place, level: str, rows: Sequence[AreaRow]) -> Drawing | None:
    """The areas of ``level`` below the place, one row each; None where no outline is known. One query once drawn."""
    drawing = drawing_of(place.area, level)
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
    some, none = _("%(name)s: %(failing)s dari %(forms)s formulir tidak cocok"), _("%(name)s: belum ada formulir")
    return tuple(
        replace(shape, place=_spot(shape.place, row, some if row.forms_in else none, lang))
        if (row := rows.get(shape.place.code))
        else shape
        for shape in shapes
    )


def _spot(spot: Spot, row: AreaRow, sentence: str, lang: str) -> Spot:
    said = sentence % {
        "name": row.name,
        "failing": words.number(row.failing, lang),
        "forms": words.number(row.forms_in, lang),
    }
    return replace(spot, band=0 if row.step is None else row.step + 1, said=said, href=row.href)
