"""One gate at one station: what was reported by whom, its photo and history; report, verify, waive, take back."""

from __future__ import annotations

import contextlib
import datetime as dt
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from satusuara.kernel import photos
from satusuara.kernel.errors import Forbidden, NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.people.choices import Right
from satusuara.risk import actions, queries, queries_reports
from satusuara.risk.models import Barrier, BarrierState
from satusuara.risk.pages.readiness_place import Here, here_of
from satusuara.risk.pages.readiness_station import cards
from satusuara.risk.rules.readiness import not_ready

_OVERHEAD = 1 << 20  # bytes of a sent form that are not its photo


def photo_folder() -> Path:
    return Path(settings.HOME) / "uploads" / "kesiapan"


@csrf_exempt  # the size is asked before the body is read; what follows asks for the token
@require_http_methods(["GET", "POST"])
@login_required
def cell(request: HttpRequest, election: str, area_code: str, letter: str) -> HttpResponse:
    """GET: the gate. POST ``deed``: lapor, periksa, kecualikan, urungkan. A phone's queue asks for JSON."""
    if request.method == "POST" and int(request.META.get("CONTENT_LENGTH") or 0) > photos.LARGEST + _OVERHEAD:
        raise photos.too_large()
    return _cell(request, election, area_code, letter)


@csrf_protect
def _cell(request: HttpRequest, election: str, area_code: str, letter: str) -> HttpResponse:
    here = here_of(request, election, area_code)
    if not here.is_station:
        raise NotFound("no-gate", Text("Butir kesiapan milik sebuah TPS", "A gate belongs to a station"))
    barrier = queries.gate(here.register, letter)
    if request.method == "GET":
        return _page(request, here, barrier)
    quiet = "application/json" in request.headers.get("Accept", "")
    try:
        state = _deed(request, here, barrier)
    except Refusal as refusal:
        if quiet:
            return _answer(here, refusal)
        if isinstance(refusal, Forbidden):
            raise
        return _page(request, here, barrier, refusal)
    if quiet:
        return JsonResponse({"state": state.condition, "word": state.get_condition_display()})
    messages.success(request, _said(request, state))
    back = request.POST.get("kembali") == "tps"
    address = here.href() + f"#butir-{letter}" if back else here.href("readiness:cell", "", letter)
    return redirect(address)


def _deed(request: HttpRequest, here: Here, barrier: Barrier) -> BarrierState:
    deed, note = request.POST.get("deed", "lapor"), request.POST.get("catatan", "")[:2000]
    scope, area, at = here.scope, here.area, here.at
    if deed == "lapor":
        scope.require(Right.READY, area)
        state = BarrierState.objects.filter(barrier=barrier, area=area).first()
        condition = request.POST.get("keadaan", "")
        condition = not_ready(state.condition if state else "") if condition == "planned" else condition
        photo = request.FILES.get("foto")
        return actions.report_gate(
            scope=scope, barrier=barrier, area=area, condition=condition, at=at, note=note,
            photo=photos.keep(photo_folder(), photo.read()) if photo else "", reported_at=_moment(request),
            client_id=request.POST.get("nomor", ""), channel="web",
        )  # fmt: skip
    if deed == "kecualikan":
        return actions.waive_gate(
            scope=scope, barrier=barrier, area=area, until=_until(request), reason=note, at=at
        )  # fmt: skip
    state = BarrierState.objects.filter(barrier=barrier, area=area).select_related("area").first()
    if state is None:
        raise NotFound("nothing-reported", Text("Belum ada laporan tentang butir ini", "Nothing was reported of it"))
    if deed == "periksa":
        return actions.verify_gate(scope=scope, state=state, at=at, note=note)
    if deed == "urungkan":
        return actions.undo_gate(scope=scope, state=state, at=at)
    raise Refusal("deed-unknown", Text("Tindakan tidak dikenali", "That deed is unknown"))


def _moment(request: HttpRequest) -> datetime | None:
    """When a phone's person pressed the button; the phone held the report back since."""
    with contextlib.suppress(ValueError):
        when = datetime.fromisoformat(request.POST.get("saat", ""))
        return when if when.tzinfo else when.replace(tzinfo=UTC)
    return None


def _until(request: HttpRequest) -> dt.date:
    with contextlib.suppress(ValueError):
        return dt.date.fromisoformat(request.POST.get("sampai", ""))
    raise Refusal(
        "waiver-day-missing",
        Text("Tanggal akhir pengecualian belum diisi", "The waiver's last day is missing"),
        remedy=Text("Isi tanggal yang akan datang.", "Give a day to come."),
    )


def _answer(here: Here, refusal: Refusal) -> JsonResponse:
    """Why a report of the queue was not taken; 409 where sending it again would change nothing."""
    status = 403 if isinstance(refusal, Forbidden) else 404 if isinstance(refusal, NotFound) else 409
    return JsonResponse({"code": refusal.code, "detail": refusal.in_(here.lang)}, status=status)


def _said(request: HttpRequest, state: BarrierState) -> str:
    words = {
        "periksa": _("Pemeriksaan dicatat."),
        "kecualikan": _("Pengecualian dicatat."),
        "urungkan": _("Diurungkan: keadaan kembali seperti sebelumnya."),
    }
    said = _("Laporan dicatat: %(state)s.") % {"state": state.get_condition_display()}
    return words.get(request.POST.get("deed", ""), said)


def _page(request: HttpRequest, here: Here, barrier: Barrier, refusal: Refusal | None = None) -> HttpResponse:
    card = next(each for each in cards(here) if each.barrier.pk == barrier.pk)
    view = queries_reports.cell_view(here.scope, barrier, here.area)
    context: dict[str, Any] = here.context("readiness:area", card.gate.name.in_(here.lang)) | {
        "card": card,
        "state": view.state,
        "history": view.history,
        "owner": here.law.role(card.gate.owner).name.in_(here.lang),
        "serves": _serves(here, card.gate.serves),
        "undo": queries_reports.undoable(here.scope, view.state, here.at) if view.state else None,
        "refusal": refusal.in_(here.lang) if refusal else "",
        "typed": request.POST if refusal else {},
    }
    return render(request, "risk/readiness_cell.html", context, status=422 if refusal else 200)


def _serves(here: Here, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """(code, name) of the problems that the gate guards against."""
    playbook = queries.playbook_of(here.register)
    known = dict.fromkeys(code.split(".")[0] for code in codes)
    return [(code, playbook.problem(code).name.in_(here.lang)) for code in known]


@require_GET
@login_required
def photo(request: HttpRequest, election: str, area_code: str, letter: str, sha256: str) -> HttpResponse:
    """GET: a photo of a report of this gate at this station."""
    here = here_of(request, election, area_code)
    view = queries_reports.cell_view(here.scope, queries.gate(here.register, letter), here.area)
    if sha256 not in {each.photo for each in view.history} | {view.state.photo if view.state else ""}:
        raise NotFound("no-photo", Text("Foto tidak ada", "There is no such photo"))
    return HttpResponse(photos.read(photo_folder(), sha256), content_type="image/jpeg")
