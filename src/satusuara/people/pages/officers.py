"""The officers of one's area: who holds which role, new appointments, their end, new links."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from satusuara.areas.models import Area, Election
from satusuara.kernel.errors import Refusal
from satusuara.people import actions
from satusuara.people.choices import Right
from satusuara.people.forms import AppointForm, LinkForm, ReasonForm
from satusuara.people.models import Appointment, User
from satusuara.people.pages.door import scope_for
from satusuara.people.pages.rows import WHOLE_TREE_CODE, officer_row
from satusuara.people.queries import (
    Place,
    WholeTree,
    accounts_without_appointment,
    grantable_roles,
    not_your_area,
    officers_below,
    place_of,
    require_over,
)
from satusuara.people.rules import WHOLE_TREE

_A_PAGE = 50


@require_safe
@login_required
def roots(request: HttpRequest) -> HttpResponse:
    """GET: the areas from which down one manages people; straight to the only one."""
    scope = scope_for(request)
    places = scope.reach.paths(Right.PEOPLE)
    if not places:
        raise not_your_area()
    links = [_link(election, path) for election, path in places]
    if len(links) == 1:
        return redirect(links[0]["address"])
    return render(request, "people/officers_roots.html", {"links": links})


def _link(election: str, path: str) -> dict[str, Any]:
    code = WHOLE_TREE_CODE if path == WHOLE_TREE else path.rstrip("/").rsplit("/", 1)[-1]
    area = None if path == WHOLE_TREE else Area.objects.filter(election=election, code=code).first()
    name = area.name if area else _("Seluruh wilayah")
    where = Election.objects.get(code=election)
    return {"address": reverse("people:officers_at", args=[election, code]), "name": name, "election": where}


@require_safe
@login_required
def at_area(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: officers at the area and below it, accounts without an appointment, and the areas one step down."""
    scope = scope_for(request)
    where, area, place = _place(request, election, area_code)
    now, lang = timezone.now(), get_language() or "id"
    page = Paginator(officers_below(scope, place, at=now), _A_PAGE).get_page(request.GET.get("hal"))
    return render(
        request,
        "people/officers.html",
        {
            "election": where,
            "area": area,
            "area_code": area_code,
            "up": _up(request, area),
            "page": page,
            "rows": [officer_row(row, lang) for row in page],
            "accounts": accounts_without_appointment(scope, place, at=now)[:_A_PAGE],
            "children": _children(where, area),
            "can_appoint": bool(grantable_roles(scope, where, area)),
        },
    )


def _children(election: Election, area: Area | None) -> QuerySet[Area]:
    return Area.objects.filter(election=election, parent=area)


def _up(request: HttpRequest, area: Area | None) -> Area | None:
    parent = area.parent if area else None
    return parent if parent and scope_for(request).allows(Right.PEOPLE, parent) else None


def _place(request: HttpRequest, election: str, area_code: str) -> tuple[Election, Area | None, Place]:
    """The place of an address; the same refusal whether it does not exist or is not one's own."""
    scope = scope_for(request)
    where = Election.objects.filter(code=election).first()
    whole = area_code == WHOLE_TREE_CODE
    area = None if whole else Area.objects.filter(election=election, code=area_code).select_related("parent").first()
    if where is None or (area is None and not whole):
        raise not_your_area()
    place: Place = area or WholeTree(election)
    scope.require(Right.PEOPLE, place)
    return where, area, place


@require_http_methods(["GET", "POST"])
@login_required
def appoint(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: the form. POST: appoints at the area; makes the account where there is none and shows its link, once."""
    scope = scope_for(request)
    where, area, _ignored = _place(request, election, area_code)
    roles = grantable_roles(scope, where, area)
    form = AppointForm(request.POST or None, roles=roles)
    if request.method == "POST" and form.is_valid():
        try:
            user, link = _appoint(request, form, where, area)
        except Refusal as refusal:
            _tell(form, refusal)
        else:
            if link:
                return _show_link(request, user, link, reverse("people:officers_at", args=[election, area_code]))
            messages.success(request, _("Penugasan tersimpan."))
            return redirect("people:officers_at", election, area_code)
    context = {"form": form, "election": where, "area": area, "area_code": area_code, "roles": roles}
    return render(request, "people/appoint.html", context, status=422 if form.errors else 200)


def _appoint(
    request: HttpRequest, form: AppointForm, election: Election, area: Area | None
) -> tuple[User, actions.SetupLink | None]:
    scope, now, data = scope_for(request), timezone.now(), form.cleaned_data
    user = User.objects.filter(username=data["username"].strip().lower()).first()
    with actions.together():
        is_new = user is None
        if user is None:
            user = actions.create_account(
                scope=scope,
                username=data["username"],
                display_name=data["display_name"],
                home=area,
                reason=data["reason"],
                at=now,
            )
        actions.appoint(
            scope=scope,
            user=user,
            role=data["role"],
            election=election,
            area=area,
            participant=data["participant"],
            ends=data["ends"],
            reason=data["reason"],
            at=now,
        )
        link = actions.issue_setup_link(scope=scope, user=user, reason=data["reason"], at=now) if is_new else None
    return user, link


@require_http_methods(["GET", "POST"])
@login_required
def end(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """GET: asks why. POST: ends the appointment now."""
    scope = scope_for(request)
    row = Appointment.objects.select_related("area", "user", "election").filter(pk=appointment_id).first()
    if row is None or not scope.allows(Right.PEOPLE, place_of(row)):
        raise not_your_area()
    back = reverse("people:officers_at", args=[row.election_id, row.area.code if row.area else WHOLE_TREE_CODE])
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_appointment(scope=scope, appointment=row, reason=form.cleaned_data["reason"], at=timezone.now())
        except Refusal as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, _("Penugasan diakhiri."))
            return redirect(back)
    context = {"form": form, "row": officer_row(row, get_language() or "id"), "back": back}
    return render(request, "people/end.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def new_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """GET: asks why. POST: a new one-time link, shown once; the old password ends with it."""
    scope, now = scope_for(request), timezone.now()
    user = User.objects.select_related("home").filter(pk=user_id).first()
    if user is None:
        raise not_your_area()
    require_over(scope, user, at=now)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        with actions.together():
            if form.cleaned_data["second_factor"] and user != request.user:
                actions.remove_second_factor(scope=scope, user=user, reason=reason, at=now)
            link = actions.issue_setup_link(scope=scope, user=user, reason=reason, at=now)
        return _show_link(request, user, link, reverse("people:officers"))
    return render(request, "people/new_link.html", {"form": form, "officer": user}, status=422 if form.errors else 200)


def _show_link(request: HttpRequest, user: User, link: actions.SetupLink, back: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("people:set_up", args=[link.uid, link.token]))
    return render(request, "people/link.html", {"officer": user, "address": address, "back": back})


def _tell(form: Form, refusal: Refusal) -> None:
    form.add_error(None, refusal.in_(get_language() or "id"))
