"""Signals: what is armed, what it has seen against what was expected, and what to do when one speaks."""

from __future__ import annotations

import contextlib
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from satusuara.kernel.errors import Forbidden, NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.people.choices import Right
from satusuara.risk import actions, queries, registry
from satusuara.risk.choices import Disposition, Origin, SignalMode
from satusuara.risk.models import SignalDef
from satusuara.risk.pages.readiness_place import Here, here_of
from satusuara.risk.queries import SignalView

MODE_TONES = {"draft": "none", "shadow": "waiting", "active": "good", "snoozed": "waived", "retired": "missing"}
TONES = {"new": "warn", "attached": "good", "deduped": "none", "snoozed": "waived", "shadow": "waiting"}


@require_GET
@login_required
def signals(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: every definition of the register by mode, and the latest sightings at and below the area."""
    here = here_of(request, election, area_code)
    mode = request.GET.get("mode", "")
    every = queries.signals(here.scope, here.register)
    views = [each for each in every if not mode or each.definition.mode == mode]
    order = {"active": 0, "shadow": 1, "snoozed": 2, "draft": 3, "retired": 4}
    views.sort(
        key=lambda each: (order[each.definition.mode], -each.seen, not each.installed, each.definition.risk.code)
    )
    status = request.GET.get("status", "")
    status = status if status in Disposition.values else ""
    rows = queries.instances(here.scope, here.register, area=here.area, disposition=status)
    context = here.context("readiness:signals", _("Sinyal")) | {
        "lines": [_line(here, each) for each in views],
        "modes": [
            (value, label, sum(v.definition.mode == value for v in every)) for value, label in SignalMode.choices
        ],
        "mode": mode,
        "page": Paginator(rows, 50).get_page(request.GET.get("hal")),
        "status": status,
        "statuses": Disposition.choices,
        "tones": TONES,
        "stations": here.register.area.stations or 0,
    }
    return render(request, "risk/signals.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def signal(request: HttpRequest, election: str, area_code: str, number: int) -> HttpResponse:
    """GET: one definition with its runbook and sightings. POST ``deed``: uji, aktif, tunda, henti."""
    here = here_of(request, election, area_code)
    view = next((v for v in queries.signals(here.scope, here.register) if v.definition.pk == number), None)
    if view is None:
        raise NotFound("no-signal", Text("Sinyal itu tidak ada", "There is no such signal"))
    refusal = ""
    if request.method == "POST":
        try:
            row = _deed(request, here, view.definition)
        except Forbidden:
            raise
        except Refusal as refused:
            refusal = refused.in_(here.lang)
        else:
            messages.success(request, _("Sinyal sekarang: %(mode)s.") % {"mode": row.get_mode_display()})
            return redirect(here.href("readiness:signal", "", number))
    rows = queries.instances(here.scope, here.register, area=here.area)
    if view.definition.mode == SignalMode.SHADOW:
        rows = queries.instances(here.scope, here.register, area=here.area, disposition=Disposition.SHADOW)
    line = _line(here, view)
    context = here.context("readiness:signals", line["title"]) | {
        "line": line,
        "runbook": _runbook(here, view.definition),
        "page": Paginator(rows.filter(definition=view.definition), 50).get_page(request.GET.get("hal")),
        "tones": TONES,
        "may": here.scope.allows(Right.RISK, view.definition.risk.area),
        "refusal": refusal,
        "typed": request.POST if refusal else {},
        "tomorrow": here.at + timedelta(days=1),
    }
    return render(request, "risk/signal.html", context, status=422 if refusal else 200)


def _deed(request: HttpRequest, here: Here, definition: SignalDef) -> SignalDef:
    deed, reason = request.POST.get("deed", ""), request.POST.get("alasan", "")[:1000]
    if deed in {"uji", "aktif"}:
        mode = SignalMode.SHADOW if deed == "uji" else SignalMode.ACTIVE
        return actions.arm_signal(scope=here.scope, definition=definition, at=here.at, mode=mode, reason=reason)
    if deed == "tunda":
        return actions.snooze_signal(
            scope=here.scope, definition=definition, until=_until(request, here), reason=reason, at=here.at
        )
    if deed == "henti":
        return actions.retire_signal(scope=here.scope, definition=definition, reason=reason, at=here.at)
    raise Refusal("deed-unknown", Text("Tindakan tidak dikenali", "That deed is unknown"))


def _until(request: HttpRequest, here: Here) -> datetime:
    """The end of the day that was given, by the area's clock."""
    with contextlib.suppress(ValueError):
        day = datetime.fromisoformat(request.POST.get("sampai", "")).date()
        return datetime.combine(day, time(23, 59), ZoneInfo(here.zone[0]))
    raise Refusal("snooze-day-missing", Text("Tanggal akhir penundaan belum diisi", "The snooze's last day is missing"))


def _line(here: Here, view: SignalView) -> dict[str, Any]:
    one = view.definition
    stations = here.register.area.stations or 0
    expected = None if one.expected is None else (one.expected * stations + 500) // 1000
    name = registry.detector(one.detector).title.in_(here.lang) if view.installed else one.detector
    return {
        "definition": one,
        "risk": _risk_name(here, one),
        "title": name[:1].upper() + name[1:],
        "rules": ", ".join(one.rules),
        "mode_tone": MODE_TONES[one.mode],
        "seen": view.seen,
        "kept": view.kept,
        "expected": expected,
        "excess": view.excess,
        "installed": view.installed,
        "href": here.href("readiness:signal", "", one.pk),
    }


def _risk_name(here: Here, one: SignalDef) -> str:
    if one.risk.origin == Origin.FIELD:
        return one.risk.title
    return queries.playbook_of(here.register).problem(one.risk.code).name.in_(here.lang)


def _runbook(here: Here, one: SignalDef) -> list[dict[str, str]]:
    """The steps of the risk's response: who does what."""
    roles = {role.code: role.name.in_(here.lang) for role in here.law.roles}
    partners = queries.playbook_of(here.register).partners
    found = []
    for barrier in queries.barriers(here.scope, here.register, one.risk.code).filter(side="respond"):
        owner = roles.get(barrier.owner_role) or (
            partners[barrier.owner_role].in_(here.lang) if barrier.owner_role in partners else barrier.owner_role
        )
        text = barrier.text or queries.barrier_text(barrier).in_(here.lang)
        found.append({"text": text[:1].upper() + text[1:], "owner": owner})
    return found
