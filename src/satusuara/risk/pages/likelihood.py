"""Likelihood: how many events are expected where, how sure that is and why; beside it, who stands against them."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from satusuara.areas.models import Area
from satusuara.areas.pages.drawing import drawing_of
from satusuara.kernel.errors import Forbidden, NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages import words
from satusuara.kernel.pages.outline import Outline
from satusuara.kernel.pages.parts import Tab
from satusuara.people.choices import Right
from satusuara.risk import actions, queries, queries_likelihood
from satusuara.risk.models import Risk, RiskScore
from satusuara.risk.pages.readiness_place import Here, here_of
from satusuara.risk.queries_likelihood import Placed, Skill
from satusuara.risk.rules.likelihood import OPINION_CAP

COLUMNS = (1, 5, 20, 100)
"""Expected events in the register at which a column of the matrix ends."""


@require_http_methods(["GET", "POST"])
@login_required
def likelihood(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: ``?risiko=`` on the map, or ``?tampil=matriks``. POST ``deed``: hitung, pendapat."""
    here = here_of(request, election, area_code)
    refusal = ""
    one = _risk(request, here)
    level = _level(request, here)
    if request.method == "POST" and one is not None:
        try:
            said = _deed(request, here, one, level)
        except Forbidden:
            raise
        except Refusal as refused:
            refusal = refused.in_(here.lang)
        else:
            messages.success(request, said)
            return redirect(f"{here.href('readiness:likelihood')}?risiko={one.code}&tingkat={level}")
    matrix = request.GET.get("tampil") == "matriks"
    placed = queries_likelihood.placed(here.scope, here.register, here.lang)
    context = here.context("readiness:likelihood", _("Kemungkinan")) | {
        "risk": one,
        "risks": [(each.code, each.name) for each in placed],
        "view_tabs": [
            Tab(_("Peta dan angka"), f"?risiko={one.code if one else ''}", current=not matrix),
            Tab(_("Matriks 5 × 5"), "?tampil=matriks", current=matrix),
        ],
        "matrix": _matrix(placed) if matrix else None,
        "level_now": level,
        "refusal": refusal,
        "typed": request.POST if refusal else {},
        "cap": OPINION_CAP,
    }
    if one is not None and not matrix:
        context |= _map(here, one, level)
    return render(request, "risk/likelihood.html", context, status=422 if refusal else 200)


def _risk(request: HttpRequest, here: Here) -> Risk | None:
    """The risk that was asked for; else the first one that has scores."""
    wanted = request.GET.get("risiko") or request.POST.get("risiko", "")
    rows = here.register.risks.select_related("area", "register__election", "register__area")
    if wanted:
        queries.risk(here.scope, here.register, wanted)
        return rows.get(code=wanted)
    scored = queries_likelihood.scored_risks(here.scope, here.register)
    return rows.filter(code=scored[0]).first() if scored else rows.order_by("code").first()


def _level(request: HttpRequest, here: Here) -> str:
    levels = [each.code for each in here.law.levels_between(here.area.level, here.law.station_level)][:-1]
    wanted = request.GET.get("tingkat") or request.POST.get("tingkat", "")
    if not levels:
        return here.area.level
    return wanted if wanted in levels else levels[0]


def _deed(request: HttpRequest, here: Here, one: Risk, level: str) -> str:
    if request.POST.get("deed") == "hitung":
        rows = actions.score_risk(scope=here.scope, risk=one, at=here.at, level=level)
        return _("Dihitung untuk %(count)d wilayah.") % {"count": len(rows)}
    area = Area.objects.filter(election=here.election, code=request.POST.get("wilayah", "")).first()
    if area is None or not here.scope.allows(Right.SEE, area):
        raise NotFound("no-area", Text("Wilayah itu tidak ada", "There is no such area"))
    numbers = [request.POST.get(name, "") for name in ("terjadi", "dari")]
    happened, of = (int(each) if each.isascii() and each.isdigit() else -1 for each in numbers)
    expires = here.at.date()
    with contextlib.suppress(ValueError):
        expires = dt.date.fromisoformat(request.POST.get("sampai", ""))
    actions.give_opinion(
        scope=here.scope, risk=one, area=area, happened=happened, of=of, reason=request.POST.get("alasan", "")[:1000],
        expires=expires, at=here.at,
    )  # fmt: skip
    return _("Pendapat dicatat; berlaku pada hitungan berikutnya.")


@dataclass(frozen=True, slots=True)
class Line:
    """An area: its expected number with an interval, why, and the hands there."""

    code: str
    name: str
    parent: str
    href: str
    stations: int
    expected: str
    low: str
    high: str
    per_thousand: str
    strength: str
    reasons: Sequence[str]
    officers: int
    band: int
    as_of: Any


def _map(here: Here, one: Risk, level: str) -> dict[str, Any]:
    rows = list(queries_likelihood.scores_at(here.scope, one, here.area, level))
    hands = queries_likelihood.hands(here.scope, here.area, level, at=here.at)
    top = max((row.p * row.stations for row in rows), default=0)
    lines = [_line(here, row, hands, top) for row in rows]
    lines.sort(key=lambda line: -line.band)
    skill = queries_likelihood.skill(here.scope, one)
    levels = here.law.levels_between(here.area.level, here.law.station_level)[:-1]
    lang = here.lang
    expected = sum(row.p * row.stations for row in rows) / 1_000_000
    return {
        "lines": lines,
        "map": _drawn(here, level, lines) if lines else None,
        "expected": decimal(expected, lang),
        "stations": sum(row.stations for row in rows),
        "officers": sum(hands.values()),
        "as_of": max((row.as_of for row in rows), default=None),
        "skill": skill,
        "verdict": _verdict(skill, here),
        "level_tabs": [
            Tab(each.name.in_(lang), f"?risiko={one.code}&tingkat={each.code}", current=each.code == level)
            for each in levels
        ],
        "level_name": here.law.level(level).name.in_(lang),
        "opinions": queries_likelihood.opinions(here.scope, one, here.area, at=here.at),
        "risk_view": queries.risk(here.scope, here.register, one.code),
        "may_score": here.scope.allows(Right.RISK, one.area),
        "places": [(line.code, line.name) for line in lines] or [(here.area.code, here.name_of(here.area))],
        "common": lines[0].reasons if lines and len({tuple(line.reasons) for line in lines}) == 1 else None,
    }


def _line(here: Here, row: RiskScore, hands: Mapping[str, int], top: int) -> Line:
    area, lang = row.area, here.lang
    strength = {
        "own": _("terutama kejadian di sini"), "mixed": _("campuran"), "borrowed": _("dari wilayah lain"),
    }  # fmt: skip
    share = row.p * row.stations / top if top else 0
    band = 1 + sum(share > step for step in (0.25, 0.5, 0.75))
    said = [each["en" if lang.startswith("en") else "id"] for each in row.reasons]
    return Line(
        area.code, here.name_of(area), here.name_of(area.parent) if area.parent else "",
        here.href("readiness:likelihood", area.code) + f"?risiko={row.risk.code}", row.stations,
        decimal(row.p * row.stations / 1_000_000, lang), decimal(row.low * row.stations / 1_000_000, lang),
        decimal(row.high * row.stations / 1_000_000, lang), decimal(row.p / 1000, lang),
        strength[row.strength], said, hands.get(area.code, 0), band, row.as_of,
    )  # fmt: skip


def _drawn(here: Here, level: str, lines: Sequence[Line]) -> Outline | None:
    """The areas filled by their expected number, in quarters of the largest."""
    drawing = drawing_of(here.area, level)
    if drawing is None:
        return None
    known = {line.code: line for line in lines}

    def spot(place: Any) -> Any:
        line = known.get(place.code)
        if line is None:
            return place
        said = _("%(name)s: kira-kira %(n)s dari %(stations)s TPS, antara %(low)s dan %(high)s") % {
            "name": line.name, "n": line.expected, "stations": words.number(line.stations, here.lang),
            "low": line.low, "high": line.high,
        }  # fmt: skip
        return replace(place, band=line.band, said=said, href=line.href)

    bare = drawing.outline
    return replace(
        bare,
        shapes=tuple(replace(shape, place=spot(shape.place)) for shape in bare.shapes),
        points=tuple(replace(shape, place=spot(shape.place)) for shape in bare.points),
        bands=(
            _("belum dihitung"), _("sampai seperempat dari yang terbesar"), _("sampai setengah"),
            _("sampai tiga perempat"), _("di atas tiga perempat"),
        ),
        title=_("Perkiraan banyaknya kejadian, menurut %(level)s")
        % {"level": here.law.level(level).name.in_(here.lang)},
    )  # fmt: skip


def _verdict(skill: Skill, here: Here) -> str:
    """Whether the differences between areas can be trusted, in one sentence."""
    numbers = {"events": words.number(skill.events, here.lang), "n": words.number(skill.stations, here.lang)}
    if not skill.stations:
        return _(
            "Belum ada kejadian yang tercatat di sini: angka ini angka dasar dari luar, sama di semua wilayah, "
            "dan belum dapat diuji."
        )
    if skill.paired is None:
        return _(
            "Baru %(events)s kejadian dari %(n)s TPS: terlalu sedikit untuk menguji apakah perbedaan antarwilayah "
            "nyata."
        ) % numbers  # fmt: skip
    if skill.paired.better:
        return _(
            "Diuji pada %(n)s TPS, setengah memperkirakan setengah: lebih baik daripada satu angka rata-rata."
        ) % numbers  # fmt: skip
    return _(
        "Diuji pada %(n)s TPS, setengah memperkirakan setengah: tidak lebih baik daripada satu angka rata-rata. "
        "Pakailah angka rata-rata; perbedaan antarwilayah di bawah ini belum berarti."
    ) % numbers  # fmt: skip


def decimal(value: float, lang: str) -> str:
    """One decimal place below ten, none above; what is not nothing is never said as 0."""
    comma = "." if lang.startswith("en") else ","
    if 0 < value < 0.05:
        return f"< 0{comma}1"
    if value >= 10:
        return words.number(round(value), lang)
    return f"{value:.1f}".replace(".", comma)


def _matrix(placed: Sequence[Placed]) -> dict[str, Any]:
    """Rows by urgency, columns by expected number. A view of the figures; nothing is computed from it."""
    cells: dict[tuple[int, int], list[Placed]] = {}
    for each in placed:
        if each.expected is not None:
            cells.setdefault((each.severity, sum(each.expected >= step for step in COLUMNS)), []).append(each)
    heads = [_("kurang dari 1"), _("1 sampai 4"), _("5 sampai 19"), _("20 sampai 99"), _("100 atau lebih")]
    rows = {1: _("segera"), 2: _("jam ini"), 3: _("hari ini"), 4: _("catatan"), 5: _("belum ada sinyal")}
    return {
        "heads": heads,
        "rows": [(name, [cells.get((severity, column), []) for column in range(5)]) for severity, name in rows.items()],
        "unknown": [each for each in placed if each.expected is None],
    }
