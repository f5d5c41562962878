"""Who stands in which meeting: the scope of the request, and the seat that his account or his phone holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from satusuara import law as laws
from satusuara.kernel.pages.words import proper
from satusuara.law.model import Law
from satusuara.people.choices import Right
from satusuara.people.models import User
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import Scope, not_your_area
from satusuara.risk import queries_rakor
from satusuara.risk.models import Meeting, Seat

_SESSION = "rakor"


@dataclass(frozen=True)
class Room:
    """A meeting, as whoever asks stands in it. ``serial``: of the phone, for a seat taken by code."""

    meeting: Meeting
    scope: Scope
    seat: Seat | None
    serial: int
    at: datetime
    lang: str

    @property
    def law(self) -> Law:
        return laws.load_law(self.meeting.register.election.law)

    @property
    def leads(self) -> bool:
        return queries_rakor.may_lead(self.scope, self.meeting)

    @property
    def zone(self) -> tuple[str, str]:
        return self.law.zone_of(self.meeting.area.code)

    @property
    def place(self) -> str:
        return proper(self.meeting.area.name)

    def owner(self, code: str) -> str:
        return queries_rakor.owner_name(self.law, self.meeting.register, code).in_(self.lang)

    def require_lead(self) -> None:
        """:raises Forbidden: to whoever does not decide at the meeting's area"""
        self.scope.require(Right.RISK, self.meeting.area)

    def require_member(self) -> None:
        """:raises Forbidden: to whoever is no member of the meeting's register"""
        if not queries_rakor.may_look(self.scope, self.meeting):
            raise not_your_area()


def enter(request: HttpRequest, slug: str) -> Room:
    """The room behind an address.

    :raises NotFound: ``no-meeting``
    """
    meeting = queries_rakor.meeting(slug)
    seat, serial = _seat(request, meeting)
    return Room(meeting, scope_for(request), seat, serial, timezone.now(), get_language() or "id")


def _seat(request: HttpRequest, meeting: Meeting) -> tuple[Seat | None, int]:
    """One's own seat while it is held: that of the account first, then the one that this phone took by code."""
    if isinstance(request.user, User):
        own = meeting.seats.select_related("area").filter(account=request.user.get_username(), present=True).first()
        if own is not None:
            return own, own.serial
    number, serial = request.session.get(_SESSION, {}).get(str(meeting.pk), (0, 0))
    seat = meeting.seats.select_related("area").filter(pk=number, present=True).first() if number else None
    return (seat, serial) if seat is not None and seat.serial == serial else (None, 0)


def remember(request: HttpRequest, seat: Seat) -> None:
    """This phone holds the seat from now on."""
    held = request.session.get(_SESSION, {})
    request.session[_SESSION] = {**held, str(seat.meeting_id): [seat.pk, seat.serial]}


def answer_if_changed(request: HttpRequest, tag: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """304 without a body where the asker has this state already: the usual answer to a page that asks each second."""
    known = request.headers.get("If-None-Match") == f'"{tag}"'
    said = HttpResponse(status=304) if known else answer()
    said.headers["ETag"] = f'"{tag}"'
    said.headers["Cache-Control"] = "private, no-store"
    patch_vary_headers(said, ("Cookie", "Accept-Language"))
    return said


def short_address(request: HttpRequest, meeting: Meeting) -> str:
    """What people type or scan to join, as this request reached the server."""
    return request.build_absolute_uri(reverse("rakor:phone", args=[meeting.slug]))


def canonical(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A slug typed in small letters leads to the same room."""

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, **more: str) -> HttpResponse:
        if request.method == "GET" and slug != slug.upper():
            return redirect(request.path.replace(f"/{slug}/", f"/{slug.upper()}/", 1))
        return view(request, slug, **more)

    return wrapped
