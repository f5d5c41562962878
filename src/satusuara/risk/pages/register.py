"""The register: what it holds, filtered by its address; adopting a playbook; an issue from the field."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satusuara.areas.models import Area
from satusuara.areas.queries import area as area_at
from satusuara.areas.queries import below
from satusuara.kernel import photos
from satusuara.kernel.errors import Refusal
from satusuara.kernel.pages.parts import Crumb
from satusuara.kernel.pages.words import proper
from satusuara.law.playbook_files import has_playbook
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import Scope, not_your_area
from satusuara.risk import actions, queries
from satusuara.risk.choices import GapKind, Origin, RiskState
from satusuara.risk.forms_register import IssueForm
from satusuara.risk.models import Register
from satusuara.risk.pages.register_place import Here, here, photo_folder
from satusuara.risk.queries import RiskView

PAGE = 50
_OVERHEAD = 1 << 20
_STATIONS = 400  # more areas than this and a choice is no choice: sub-districts and villages only


@require_http_methods(["GET", "POST"])
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """GET: the registers of which one sees a part, and where a playbook can be adopted. POST: adopts one."""
    scope = scope_for(request)
    if not scope.holds(Right.SEE):
        raise not_your_area()
    if request.method == "POST":
        election, _colon, code = request.POST.get("where", "").partition(":")
        area = area_at(election, code)
        register = actions.adopt_playbook(scope=scope, election=area.election, area=area, at=timezone.now())
        messages.success(request, _("Buku panduan ditetapkan."))
        return redirect("register:list", register.election_id, register.area.code)
    found = queries.registers(scope)
    if len(found) == 1 and not _adoptable(scope, found):
        return redirect("register:list", found[0].election_id, found[0].area.code)
    context = {"registers": found, "adoptable": _adoptable(scope, found), "way": [Crumb(_("Risiko"))]}
    return render(request, "risk/register_home.html", context)


def _adoptable(scope: Scope, found: Sequence[Register]) -> list[Area]:
    """Areas of one's own appointments with the right to decide, below which there is no register yet."""
    known = {(row.election_id, row.area_id) for row in found}
    rows = []
    for election, path in scope.reach.paths(Right.RISK.value):
        area = Area.objects.select_related("election").filter(election=election, path=path).first()
        if area is None or (election, area.pk) in known or not has_playbook(area.election.law):
            continue
        if not any(row.election_id == election and area.path.startswith(row.area.path) for row in found):
            rows.append(area)
    return rows


@require_GET
@login_required
def listed(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: the risks. ?tahap= ?kurang= ?status= ?asal= ?pemilik= ?cari= filter, ?urut= sorts, ?hal= is its page."""
    at = here(request, election, area_code)
    asked = {name: request.GET.get(name, "")[:80] for name in ("tahap", "kurang", "status", "asal", "pemilik", "cari")}
    every = queries.risks(at.scope, at.register)
    shown = [view for view in every if _wanted(view, asked)]
    sort = request.GET.get("urut", "") or "code"
    shown.sort(key=_key(sort.removeprefix("-"), at.lang), reverse=sort.startswith("-"))
    counted = [
        {"code": kind.value, "label": kind.label, "count": sum(kind in view.gaps for view in every)}
        for kind in GapKind
    ]  # fmt: skip
    leads = {code for view in every if view.problem for code in view.problem.owners[:1]}
    context = at.context("list") | {
        "page": Paginator(shown, PAGE).get_page(request.GET.get("hal")),
        "asked": asked,
        "sort": sort,
        "gaps": counted,
        "total": len(every),
        "ready": sum(not view.gaps for view in every),
        "states": RiskState.choices,
        "origins": Origin.choices,
        "kinds": GapKind.choices,
        "leads": sorted(((code, at.owner(code)) for code in leads), key=lambda pair: pair[1]),
    }
    return render(request, "risk/register_list.html", context)


def _wanted(view: RiskView, asked: dict[str, str]) -> bool:
    risk = view.risk
    said = f"{risk.code} {view.title.id} {view.title.en} {risk.detail}".lower()
    if view.problem:
        said += f" {view.problem.event.id} {view.problem.event.en}".lower()
    return (
        asked["tahap"] in {"", risk.stage}
        and asked["status"] in {"", risk.state}
        and asked["asal"] in {"", risk.origin}
        and (not asked["kurang"] or asked["kurang"] in view.gaps)
        and (not asked["pemilik"] or bool(view.problem and asked["pemilik"] in view.problem.owners))
        and all(word in said for word in asked["cari"].lower().split())
    )


def _key(name: str, lang: str) -> Any:
    keys: dict[str, Any] = {
        "title": lambda view: view.title.in_(lang).lower(),
        "gaps": lambda view: (len(view.gaps), view.risk.code),
        "state": lambda view: (RiskState.values.index(view.risk.state), view.risk.code),
    }
    return keys.get(name, lambda view: (view.risk.origin != Origin.FIELD, view.risk.code))


@require_http_methods(["GET", "POST"])
@login_required
def raise_issue(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: the form. POST: the issue, once, however often a phone sends it."""
    at = here(request, election, area_code)
    if not at.speaks:
        raise not_your_area()
    if request.method == "POST" and int(request.META.get("CONTENT_LENGTH") or 0) > photos.LARGEST + _OVERHEAD:
        raise photos.too_large()
    first = {"client_id": secrets.token_hex(16), "area": request.GET.get("di", "")}
    form = IssueForm(
        request.POST or None, request.FILES or None, areas=_areas(at), stages=at.stages, initial=first
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            sent = said["photo"]
            photo = photos.keep(photo_folder(), sent.read()) if sent else ""
            risk = actions.raise_issue(
                scope=at.scope, register=at.register, area=area_at(election, said["area"]), stage=said["stage"],
                title=said["title"], detail=said["detail"], photo=photo, client_id=said["client_id"], at=at.at,
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, refusal.in_(at.lang))
        else:
            messages.success(request, _("Masalah tercatat sebagai %(code)s.") % {"code": risk.code})
            return redirect("register:risk", election, area_code, risk.code)
    context = at.context("list", Crumb(_("Masalah baru"))) | {
        "form": form,
        "similar_href": reverse("register:similar", args=at.arguments),
        "similar": _similar(at, request.POST.get("title", "")),
    }
    return render(request, "risk/issue.html", context, status=422 if form.errors else 200)


def _areas(at: Here) -> list[tuple[str, str]]:
    """Where somebody may raise an issue: his areas and what lies below, stations only where these are few."""
    rows: list[Area] = []
    for path in at.ready_paths:
        inside = Area.objects.filter(below(path), election=at.register.election_id)
        rows += inside.exclude(level=at.law.station_level) if inside.count() > _STATIONS else inside
    seen = {row.pk: row for row in rows}
    ordered = sorted(seen.values(), key=lambda row: row.path)
    depth = min((row.path.count("/") for row in ordered), default=0)

    def said(row: Area) -> str:
        indent = "\u2003" * (row.path.count("/") - depth)
        return f"{indent}{at.law.level(row.level).name.in_(at.lang)} {proper(row.name)}"

    return [(row.code, said(row)) for row in ordered]


@require_POST
@login_required
def similar(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """POST: a fragment: what the register says already about ``q`` (by POST, so that it stands in no log)."""
    at = here(request, election, area_code)
    return render(request, "risk/_similar.html", {"here": at, "similar": _similar(at, request.POST.get("q", ""))})


def _similar(at: Here, words: str) -> list[RiskView]:
    if len(words.strip()) < 4:
        return []
    return [view for view, _score in queries.suggest_duplicates(at.scope, at.register, words[:400], most=3)]
