"""Where sources, or levels, say different things: every difference in a sentence, votes that moved named as such."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from satusuara.count.choices import SourceKind
from satusuara.count.models import Source
from satusuara.kernel.pages.parts import Piece
from satusuara.recap import queries as recap
from satusuara.recap.choices import DifferenceKind
from satusuara.recap.models import ComparedArea, Difference
from satusuara.recap.pages.rows import DifferenceRow, difference_rows
from satusuara.web.control.place import Place, only_list, place_of, title_of

A_PAGE = 50
SORTS = tuple(recap.SORTS)
FIRST = "-votes"


@require_safe
@login_required
def differences(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """GET: the differences at and below the area; ``?pasangan=&jenis=&cari=&urut=&hal=``."""
    place = place_of(request, election, contest, area_code)
    compared = recap.comparisons(place.scope, place.area, contest)
    asked = _asked(request, compared)
    context = place.context()
    context |= {
        "sections": place.sections("selisih"),
        "asked": asked,
        "sort": asked["urut"] or FIRST,
        "pairs": [_pair(place, row, asked) for row in compared],
        "kinds": [(kind.value, str(kind.label)) for kind in DifferenceKind],
    }
    context |= _page(request, place, asked, compared)
    if only_list(request):
        return render(request, "control/_differences.html", context)
    context["agreed"] = _agreed(place, compared)
    return render(request, "control/differences.html", context)


def _asked(request: HttpRequest, compared: Sequence[ComparedArea]) -> dict[str, str]:
    """What was asked for; what means nothing is left out."""
    pair, kind, sort = (request.GET.get(name, "") for name in ("pasangan", "jenis", "urut"))
    return {
        "pasangan": pair if pair in {_name(row.a, row.b) for row in compared} else "",
        "jenis": kind if kind in DifferenceKind.values else "",
        "urut": sort if sort in SORTS else "",
        "cari": " ".join(request.GET.get("cari", "")[:80].split()),
    }


def _name(a: Source, b: Source) -> str:
    return f"{a.name}~{b.name}"


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two sources that were compared, and how their keys below the area fare."""

    name: str
    label: str
    level: str
    compared: int
    pieces: Sequence[Piece]
    href: str
    current: bool


def _pair(place: Place, row: ComparedArea, asked: dict[str, str]) -> PairRow:
    name = _name(row.a, row.b)

    def listed(kind: str = "") -> str:
        return place.href(place.area.code, "selisih/", pasangan=name, jenis=kind)

    kinds = DifferenceKind
    return PairRow(
        name=name,
        label=_("%(a)s dan %(b)s") % {"a": title_of(row.a, place.lang), "b": title_of(row.b, place.lang)},
        level=place.level_name(row.level),
        compared=row.equal + row.net_zero + row.net_nonzero,
        pieces=[
            Piece("differs", str(kinds.NET_ZERO.label), row.net_zero, listed(kinds.NET_ZERO.value)),
            Piece("bad", str(kinds.NET_NONZERO.label), row.net_nonzero, listed(kinds.NET_NONZERO.value)),
            Piece("empty", _("tidak dapat dibandingkan"), row.not_comparable),
            Piece("equal", _("sama"), row.equal),
        ],
        href=listed(),
        current=asked["pasangan"] == name,
    )


def _page(
    request: HttpRequest, place: Place, asked: dict[str, str], compared: Sequence[ComparedArea]
) -> dict[str, Any]:
    pair = next((row for row in compared if _name(row.a, row.b) == asked["pasangan"]), None)
    rows = recap.differences(
        place.scope, place.election.code, place.contest, place.area, a=pair.a if pair else None,
        b=pair.b if pair else None, kind=asked["jenis"], text=asked["cari"], sort=asked["urut"] or FIRST,
    )  # fmt: skip
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("hal"))
    return {"page": page, "rows": _rows(place, list(page.object_list))}


def _rows(place: Place, rows: Sequence[Difference]) -> list[DifferenceRow]:
    return difference_rows(place.law, rows, place.lang, place.href)


@dataclass(frozen=True, slots=True)
class Agreed:
    """Areas on whose every form two readings agree while the recapitulation differs."""

    recap: str
    readings: str
    level: str
    rows: Sequence[DifferenceRow]


def _agreed(place: Place, compared: Sequence[ComparedArea]) -> list[Agreed]:
    """For every recapitulation with two independent readings below it. One query each."""
    found = []
    for one, readings in readings_of(place.sources, compared):
        rows = list(recap.recap_differs_from_agreed(place.scope, readings, one, place.area))
        if rows:
            first, second = (title_of(each, place.lang) for each in readings)
            names = _("%(a)s dan %(b)s") % {"a": first, "b": second}
            level = place.level_name(one.level)
            found.append(Agreed(title_of(one, place.lang), names, level, _rows(place, rows)))
    return found


def readings_of(
    sources: Sequence[Source], compared: Sequence[ComparedArea]
) -> Iterator[tuple[Source, tuple[Source, Source]]]:
    """Every recapitulation with two independent readings below it, and these."""
    for one in sources:
        readings = _readings(one, compared) if one.kind == SourceKind.RECAP else None
        if readings is not None:
            yield one, readings


def _readings(one: Source, compared: Sequence[ComparedArea]) -> tuple[Source, Source] | None:
    """Two sources of a lower level that were compared with each other, and one of them with this one."""
    against = {row.a.pk if row.b == one else row.b.pk for row in compared if one in (row.a, row.b)}
    for row in compared:
        if one not in (row.a, row.b) and row.a.level == row.b.level and against & {row.a.pk, row.b.pk}:
            return row.a, row.b
    return None
