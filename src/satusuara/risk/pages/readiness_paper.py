"""The checklist on paper: one sheet a station, with boxes to tick, a code to scan and a message to send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from satusuara.areas.models import Area
from satusuara.kernel import paper
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages import words
from satusuara.people.queries import below
from satusuara.risk import queries
from satusuara.risk.choices import Side
from satusuara.risk.pages.readiness_place import Here, here_of
from satusuara.risk.rules.messages import PREFIX
from satusuara.risk.rules.readiness import due_date

MOST = 150
"""Sheets of one print: those of a sub-district."""
_DOCUMENT = Path(__file__).parent.parent / "paper" / "readiness.typ"


@require_GET
@login_required
def sheets(request: HttpRequest, election: str, area_code: str, ending: str = "") -> HttpResponse:
    """GET: the sheets of an area's stations, as a page to print or (``lembar.pdf``) as PDF/A.

    :raises Refusal: ``too-many-sheets``
    """
    here = here_of(request, election, area_code)
    made = _sheets(request, here)
    context = here.context("readiness:area", _("Lembar periksa")) | {"sheets": made, "gates": _gates(here)}
    if ending != "pdf":
        for each in made:
            each["qr"] = paper.qr_svg(each["address"])
        return render(request, "risk/readiness_sheet.html", context)
    data = {
        "sheets": [each | {"qr": paper.qr_svg(each["address"])} for each in made],
        "gates": _gates(here),
        "words": _words(here),
        "lang": here.lang.split("-")[0],
    }
    content = paper.pdf(_DOCUMENT.read_text(encoding="utf-8"), data, at=here.at)
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="lembar-{election}-{area_code}.pdf"'
    return answer


def _sheets(request: HttpRequest, here: Here) -> list[dict[str, Any]]:
    rows = Area.objects.filter(election=here.election, level=here.law.station_level)
    rows = rows.filter(below("path", here.area.path, rows.db)).select_related("parent__parent").order_by("code")
    count = rows.count()
    if count > MOST:
        raise Refusal(
            "too-many-sheets",
            Text(f"{count} lembar terlalu banyak untuk sekali cetak", f"{count} sheets are too many for one print"),
            remedy=Text("Bukalah lembar sebuah kecamatan atau desa.", "Open those of a sub-district or village."),
        )
    return [
        {
            "code": each.code,
            "name": here.name_of(each),
            "where": ", ".join(words.proper(above.name) for above in _above(each)),
            "address": request.build_absolute_uri(here.href(code=each.code)),
            "message": f"{PREFIX} {each.code[-3:]} A_ B_ C_ …",
            "full": f"{PREFIX} {each.code} A_ B_ C_ …",
        }
        for each in rows
    ]


def _above(area: Area) -> list[Area]:
    return [each for each in (area.parent, area.parent.parent if area.parent else None) if each is not None]


def _gates(here: Here) -> list[dict[str, Any]]:
    rows = queries.playbook_of(here.register).gates
    dues = {
        each.code: due_date(here.election.day, each.days) for each in here.register.barriers.filter(side=Side.READY)
    }
    return [
        {
            "letter": gate.letter,
            "name": gate.name.in_(here.lang),
            "due": words.day(dues[f"SIAP.{gate.letter}"], here.lang),
            "owner": here.law.role(gate.owner).name.in_(here.lang),
            "checks": [each.in_(here.lang) for each in gate.checks],
        }
        for gate in rows
        if f"SIAP.{gate.letter}" in dues
    ]


def _words(here: Here) -> dict[str, str]:
    election = here.election
    return {
        "title": _("Lembar periksa kesiapan TPS"),
        "election": election.name_en if here.lang.startswith("en") else election.name_id,
        "due": _("Paling lambat"),
        "owner": _("Penanggung jawab"),
        "ready": _("Siap"),
        "not_ready": _("Belum"),
        "scan": _("Pindai untuk melapor dengan foto"),
        "message": _("Atau kirim pesan: 1 siap, 0 belum, @ untuk catatan"),
        "first": _("Dikerjakan oleh (nama, tanda tangan, waktu)"),
        "second": _("Diperiksa oleh orang kedua (nama, tanda tangan, waktu)"),
        "note": _("Catatan"),
    }
