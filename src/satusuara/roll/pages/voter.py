"""One voter: what the list says, what became of it, and the deeds that concern him."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from satusuara.areas.models import Area
from satusuara.kernel.errors import Refusal
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.roll import actions, queries
from satusuara.roll.choices import ChangeKind, VoterState
from satusuara.roll.forms import DutyForm, ReasonForm, StrikeForm
from satusuara.roll.models import MovingLetter, Pair, RollChange, Voter
from satusuara.roll.models_work import Duty
from satusuara.roll.pages.place import Place, here
from satusuara.roll.queries_checks import NAMES
from satusuara.roll.rules import flags
from satusuara.roll.vault import vault


@dataclass(frozen=True, slots=True)
class Told:
    """A change as the history tells it: each field that differs, and what stood there before."""

    change: RollChange
    kind: str
    reason: str
    before: list[tuple[str, str]]


def field_names() -> dict[str, str]:
    """Our fields in the page's language."""
    return {
        "area_id": _("TPS"), "name": _("nama"), "birth_place": _("tempat lahir"), "birth_date": _("tanggal lahir"),
        "sex": _("jenis kelamin"), "marital": _("status kawin"), "address": _("alamat"), "rt": "RT", "rw": "RW",
        "disability": _("ragam disabilitas"), "nik": "NIK", "nkk": _("nomor KK"), "state": _("status"),
    }  # fmt: skip


def told(place: Place, change: RollChange) -> Told:
    """What a change says. Identity numbers are named as changed and not shown."""
    names = field_names()
    earlier = json.loads(vault().open(change.before)) if change.before else {}
    before = [
        (names.get(name, name), str(earlier.get(name, "")))
        for name in change.fields
        if name not in ("area_id", "state")
    ]
    return Told(change, str(ChangeKind(change.kind).label), place.reason_name(change.reason), before)


def _voter(request: HttpRequest, number: int) -> tuple[Voter, Place]:
    scope = scope_for(request)
    row = queries.voter(scope, number)
    area = Area.objects.select_related("election", "parent__parent__parent__parent").get(pk=row.area_id)
    row.area = area
    return row, here(scope, area)


@require_GET
@login_required
def voter(request: HttpRequest, number: int) -> HttpResponse:
    """GET: a voter's line, its history, letters and pairs."""
    row, place = _voter(request, number)
    return render(request, "roll/voter.html", _context(row, place))


def _context(row: Voter, place: Place) -> dict[str, Any]:
    pairs = Pair.objects.filter(Q(a=row) | Q(b=row)).select_related("a__area__parent", "b__area__parent", "area")
    duty = Duty.objects.filter(voter=row, ended_at=None).select_related("station__parent").first()
    letters = MovingLetter.objects.filter(Q(origin=row) | Q(destination=row))
    return place.context() | {
        "row": row,
        "nik": queries.masked_nik(row),
        "nkk": queries.masked_nkk(row),
        "state": VoterState(row.state),
        "reason": place.reason_name(row.reason),
        "category": place.category_name(row.category),
        "flags": [NAMES[code] for code in flags.read(row.flags) if code in NAMES],
        "history": [told(place, change) for change in queries.history(place.scope, row)],
        "letters": letters.select_related("destination__area__parent", "origin__area__parent"),
        "pairs": list(place.scope.filter(pairs, Right.ROLL)),
        "duty": duty,
        "duty_place": place.whole_name(duty.station) if duty else "",
        "may_move": row.category == place.spec.home_category and row.state == VoterState.ACTIVE,
    }


Deed = Callable[[Place, Voter, Form, datetime], None]


def _deed(
    request: HttpRequest, number: int, make: Callable[[Place], Form], deed: Deed, words: dict[str, str]
) -> HttpResponse:
    """One form that asks why, and one deed. The page is told in ``words``: title, lead, button, icon, done."""
    row, place = _voter(request, number)
    place.scope.require(Right.ROLL_MANAGE, place.area)
    form = make(place)
    if request.method == "POST" and form.is_valid():
        try:
            deed(place, row, form, timezone.now())
        except Refusal as refusal:
            form.add_error(None, refusal.in_(place.lang))
        else:
            messages.success(request, words["done"])
            return redirect("roll:voter", row.pk)
    context = place.context() | {"row": row, "form": form, "words": words}
    return render(request, "roll/deed.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def strike(request: HttpRequest, number: int) -> HttpResponse:
    """GET: asks why. POST: strikes the line; it stays on the list, marked."""
    words = {
        "title": _("Coret dari daftar"), "icon": "x", "button": _("Coret"), "done": _("Baris dicoret."),
        "lead": _("Barisnya tetap ada dan bertanda; tidak ada yang dihapus. Dapat dikembalikan."),
    }  # fmt: skip

    def make(place: Place) -> Form:
        kinds = [(each.code, each.name.in_(place.lang)) for each in place.spec.strike_reasons]
        shown = [(code, name) for code, name in kinds if code not in ("not-in-new-list", "moved-vote", "duplicate")]
        return StrikeForm(request.POST or None, kinds=shown)

    def deed(place: Place, row: Voter, form: Form, at: datetime) -> None:
        data = form.cleaned_data
        actions.strike_voter(scope=place.scope, voter=row, reason=data["kind"], note=data["reason"], at=at)

    return _deed(request, number, make, deed, words)


@require_http_methods(["GET", "POST"])
@login_required
def restore(request: HttpRequest, number: int) -> HttpResponse:
    """GET: asks why. POST: takes a strike back."""
    words = {
        "title": _("Kembalikan ke daftar"), "icon": "undo-2", "button": _("Kembalikan"),
        "done": _("Baris berlaku kembali."), "lead": _("Pemilih ini aktif kembali di TPS-nya."),
    }  # fmt: skip

    def deed(place: Place, row: Voter, form: Form, at: datetime) -> None:
        actions.restore_voter(scope=place.scope, voter=row, note=form.cleaned_data["reason"], at=at)

    return _deed(request, number, lambda _place: ReasonForm(request.POST or None), deed, words)


@require_http_methods(["GET", "POST"])
@login_required
def reveal(request: HttpRequest, number: int) -> HttpResponse:
    """GET: asks why. POST: shows the whole identity number, on this answer only; the look is noted."""
    row, place = _voter(request, number)
    place.scope.require(Right.ROLL_MANAGE, place.area)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        whole = actions.reveal_nik(scope=place.scope, voter=row, reason=form.cleaned_data["reason"], at=timezone.now())
        return render(request, "roll/voter.html", _context(row, place) | {"whole_nik": whole})
    words = {
        "title": _("Lihat NIK lengkap"), "icon": "eye", "button": _("Tampilkan sekali"), "done": "",
        "lead": _("Siapa melihat, kapan, dan mengapa tercatat di buku catatan. Nomornya tampil sekali saja."),
    }  # fmt: skip
    context = place.context() | {"row": row, "form": form, "words": words}
    return render(request, "roll/deed.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def duty(request: HttpRequest, number: int) -> HttpResponse:
    """GET: where he works on voting day. POST: notes it, or with ``akhiri`` that he does not."""
    row, place = _voter(request, number)
    place.scope.require(Right.ROLL_MANAGE, place.area)
    known = Duty.objects.filter(voter=row, ended_at=None).select_related("station", "voter__area").first()
    if request.method == "POST" and "akhiri" in request.POST and known is not None:
        actions.end_duty(scope=place.scope, duty=known, at=timezone.now())
        messages.success(request, _("Tugas diakhiri."))
        return redirect("roll:voter", row.pk)
    roles = [
        (role.code, role.name.in_(place.lang)) for role in place.law.roles if place.law.station_level in role.levels
    ]
    initial = {"station": known.station.code, "role": known.role} if known else {}
    form = DutyForm(request.POST or None, roles=roles, initial=initial)
    if request.method == "POST" and form.is_valid():
        station = Area.objects.filter(election=row.election_id, code=form.cleaned_data["station"].strip()).first()
        if station is None:
            form.add_error("station", _("Tidak ada TPS dengan kode itu."))
        else:
            try:
                actions.put_on_duty(
                    scope=place.scope, voter=row, station=station, role=form.cleaned_data["role"], at=timezone.now()
                )  # fmt: skip
            except Refusal as refusal:
                form.add_error(None, refusal.in_(place.lang))
            else:
                messages.success(request, _("Tugas tercatat."))
                return redirect("roll:voter", row.pk)
    words = {
        "title": _("Bertugas pada hari pemungutan suara"), "icon": "badge-check", "button": _("Simpan"), "done": "",
        "lead": _("Petugas yang bertugas di TPS lain memerlukan surat pindah memilih."),
    }  # fmt: skip
    context = place.context() | {"row": row, "form": form, "words": words, "ends": known is not None}
    return render(request, "roll/deed.html", context, status=422 if form.errors else 200)
