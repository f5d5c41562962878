"""One risk: its bow-tie, its sentence, what was said, decided and done about it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from satusuara.kernel import photos
from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.parts import Crumb
from satusuara.people.models import User
from satusuara.people.queries import not_your_area
from satusuara.risk import actions, queries, queries_rakor
from satusuara.risk.choices import Origin, RiskState, Side
from satusuara.risk.models import Comment, Risk
from satusuara.risk.pages.register_bowtie import draw
from satusuara.risk.pages.register_place import Here, here, photo_folder
from satusuara.risk.queries import RiskView
from satusuara.risk.rules.lifecycle import RISK


@dataclass(frozen=True, slots=True)
class Said:
    """One line of what was said and done."""

    at: datetime
    who: str
    kind: str  # raised, comment, proposal, decision, agenda
    label: str
    text: str
    reason: str = ""
    pk: int = 0


@require_http_methods(["GET", "POST"])
@login_required
def risk(request: HttpRequest, election: str, area_code: str, code: str) -> HttpResponse:
    """GET: the risk. POST: one deed on it, named by ``deed``."""
    at = here(request, election, area_code)
    view = queries.risk(at.scope, at.register, code)
    refused = ""
    if request.method == "POST":
        deed = _DEEDS.get(request.POST.get("deed", ""))
        try:
            if deed is None:
                raise not_your_area()
            messages.success(request, deed(at, view.risk, request))
        except Refusal as refusal:
            refused = refusal.in_(at.lang)
        else:
            return redirect(request.path)
    context = at.context("list", Crumb(code)) | _context(at, view) | {"refused": refused, "typed": request.POST}
    return render(request, "risk/risk.html", context, status=422 if refused else 200)


def _context(at: Here, view: RiskView) -> dict[str, Any]:
    one = view.risk
    decides = bool(at.offices(one))
    stations = queries_rakor.stations_of(at.register.area)
    said = history(at, one)
    following = [(to, RiskState(to).label) for to in RISK[one.state]]
    return {
        "view": view,
        "risk": one,
        "stage_name": dict(at.stages).get(one.stage, one.stage),
        "tie": draw(at, view),
        "sentence": view.problem.sentence() if view.problem else None,
        "expected": queries_rakor.expected(view, at.register.area, stations),
        "owners": [at.owner(code) for code in view.problem.owners] if view.problem else [],
        "said": said,
        "proposals": [each for each in said if each.kind == "proposal"],
        "decides": decides,
        "offices": at.offices(one),
        "following": following if decides and not one.duplicate_of_id else [],
        "may_join": decides and one.origin == Origin.FIELD and not one.duplicate_of_id,
        "similar": _similar(at, one),
        "client_id": secrets.token_hex(16),
        "roles": [(code, name.in_(at.lang)) for code, name in queries_rakor.owners(at.law, one)],
        "barrier_sides": [(Side.PREVENT.value, Side.PREVENT.label), (Side.RESPOND.value, Side.RESPOND.label)],
        "states_here": list(queries.states(at.scope, at.register).filter(barrier__risk=one)[:40]),
    }  # fmt: skip


def _similar(at: Here, one: Risk) -> list[RiskView]:
    """What an issue from the field may be a duplicate of."""
    if one.origin != Origin.FIELD or one.duplicate_of_id:
        return []
    found = queries.suggest_duplicates(at.scope, at.register, f"{one.title} {one.detail}", most=4)
    return [each for each, _score in found if each.risk.pk != one.pk]


def history(at: Here, one: Risk) -> list[Said]:
    """What was said and decided about a risk, oldest first."""
    names = dict(User.objects.filter(username__in=_accounts(one)).values_list("username", "display_name"))

    def who(account: str) -> str:
        return names.get(account) or account

    found = []
    if one.origin == Origin.FIELD:
        found.append(Said(one.at, who(one.by), "raised", _("dilaporkan"), one.title))
    for each in one.comments.all():
        kind, label = ("proposal", _("usulan")) if each.proposal else ("comment", _("tanggapan"))
        found.append(Said(each.at, who(each.by), kind, label, each.text, pk=each.pk))
    for made in one.decisions.all():
        by = f"{who(made.decider)}, {at.owner(made.office)}"
        found.append(Said(made.at, by, "decision", _("keputusan"), made.text, made.reason))
    for item in one.agenda_items.filter(removed=False).select_related("meeting"):
        found.append(Said(item.at, who(item.by), "agenda", _("masuk agenda rakor"), item.meeting.title))
    return sorted(found, key=lambda each: each.at)


def _accounts(one: Risk) -> list[str]:
    accounts = {one.by, *one.comments.values_list("by", flat=True), *one.decisions.values_list("decider", flat=True)}
    return sorted(accounts | set(one.agenda_items.values_list("by", flat=True)))


def _comment(at: Here, one: Risk, request: HttpRequest) -> str:
    proposal = request.POST.get("kind") == "proposal"
    said = request.POST.get("text", "")[:4000]
    client = request.POST.get("client_id", "")[:64]
    actions.comment(scope=at.scope, risk=one, text=said, proposal=proposal, client_id=client, at=at.at)
    return _("Usulan tercatat.") if proposal else _("Tanggapan tercatat.")


def _decide(at: Here, one: Risk, request: HttpRequest) -> str:
    number = request.POST.get("proposal", "")
    proposal = Comment.objects.filter(risk=one, pk=int(number)).first() if number.isdigit() else None
    actions.decide(
        scope=at.scope, risk=one, office=request.POST.get("office", ""), text=request.POST.get("text", "")[:4000],
        reason=request.POST.get("reason", "")[:4000], proposal=proposal, at=at.at,
    )  # fmt: skip
    return _("Keputusan tercatat.")


def _move(at: Here, one: Risk, request: HttpRequest) -> str:
    to = request.POST.get("to", "")
    actions.move_risk(
        scope=at.scope, risk=one, to=to, minutes=request.POST.get("minutes", "")[:100],
        reason=request.POST.get("reason", "")[:500], at=at.at,
    )  # fmt: skip
    return _("Status diubah.")


def _legal(at: Here, one: Risk, request: HttpRequest) -> str:
    actions.name_legal_basis(scope=at.scope, risk=one, legal=request.POST.get("legal", "")[:500], at=at.at)
    return _("Dasar hukum tercatat.")


def _barrier(at: Here, one: Risk, request: HttpRequest) -> str:
    days = request.POST.get("days", "")
    actions.add_barrier(
        scope=at.scope, risk=one, side=request.POST.get("side", ""), text=request.POST.get("text", "")[:500],
        owner_role=request.POST.get("owner", ""), days=-int(days) if days.isdigit() and int(days) < 400 else None,
        at=at.at,
    )  # fmt: skip
    return _("Ditambahkan.")


def _join(at: Here, one: Risk, request: HttpRequest) -> str:
    kept = queries.risk(at.scope, at.register, request.POST.get("of", "")).risk
    actions.mark_duplicate(scope=at.scope, risk=one, of=kept, reason=request.POST.get("reason", "")[:500], at=at.at)
    return _("Digabung; keduanya tetap tercatat.")


_DEEDS: dict[str, Callable[[Here, Risk, HttpRequest], str]] = {
    "comment": _comment, "decide": _decide, "move": _move, "legal": _legal, "barrier": _barrier, "join": _join,
}  # fmt: skip


@require_GET
@login_required
def photo(request: HttpRequest, election: str, area_code: str, code: str) -> HttpResponse:
    """GET: the photo of an issue, for whoever may see the issue."""
    at = here(request, election, area_code)
    one = queries.risk(at.scope, at.register, code).risk
    if not one.photo:
        raise NotFound("no-photo", Text("Foto tidak ada", "There is no such photo"))
    return HttpResponse(photos.read(photo_folder(), one.photo), content_type="image/jpeg")
