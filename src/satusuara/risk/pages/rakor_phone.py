"""The phone in the hand of a PPK: joining by account or code, and a silent vote. All of it works without a script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satusuara.kernel.errors import Refusal
from satusuara.people.models import User
from satusuara.risk import actions, queries, queries_rakor
from satusuara.risk.choices import ItemPhase, MeetingState
from satusuara.risk.models import AgendaItem
from satusuara.risk.pages import rakor_figure, rakor_words
from satusuara.risk.pages.rakor_place import Room, answer_if_changed, canonical, enter, remember


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """GET: asks for the meeting's four letters. POST: leads there."""
    if request.method == "POST":
        meeting = queries_rakor.meeting(request.POST.get("slug", "")[:16])
        return redirect("rakor:phone", meeting.slug)
    return render(request, "risk/rakor_find.html")


@require_http_methods(["GET", "POST"])
@canonical
def phone(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the door for whoever has no seat, else what the room is looking at. POST: takes a seat."""
    room = enter(request, slug)
    refused = ""
    if request.method == "POST":
        try:
            _take_seat(request, room)
        except Refusal as refusal:
            refused = refusal.in_(room.lang)
        else:
            return redirect("rakor:phone", room.meeting.slug)
    context = _now(room) | {
        "refused": refused,
        "typed": request.POST,
        "may_sit": request.user.is_authenticated and _may_sit(room),
        "sign_in": f"{reverse('account_login')}?next={request.path}",
    }
    return render(request, "risk/rakor_phone.html", context, status=422 if refused else 200)


def _take_seat(request: HttpRequest, room: Room) -> None:
    if request.POST.get("as") == "account" and isinstance(request.user, User):
        actions.take_seat(scope=room.scope, user=request.user, meeting=room.meeting, at=room.at)
        return
    seat = actions.take_seat_by_code(
        meeting=room.meeting,
        code=request.POST.get("code", "")[:32],
        name=request.POST.get("name", "")[:150],
        at=room.at,
    )
    remember(request, seat)


def _may_sit(room: Room) -> bool:
    try:
        queries.require_member(room.scope, room.meeting.register)
    except Refusal:
        return False
    return True


@require_GET
def now(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: a fragment of what the room is looking at; 304 while that is the same."""
    room = enter(request, slug)
    tag = f"{room.meeting.pk}.{room.meeting.stage}.{room.seat.pk if room.seat else 0}.{room.serial}.{room.lang}"
    return answer_if_changed(request, tag, lambda: render(request, "risk/_rakor_phone.html", _now(room)))


def _now(room: Room) -> dict[str, Any]:
    """What somebody with a seat may see: nothing of the figures before they are shown to all."""
    meeting = room.meeting
    context: dict[str, Any] = {"room": room, "meeting": meeting, "place_name": room.place}
    current = meeting.current
    if room.seat is None or current is None or meeting.state != MeetingState.OPEN:
        return context
    return context | _item(room, current)


def _item(room: Room, item: AgendaItem) -> dict[str, Any]:
    problem = queries.problem_of(item.risk)
    vote = item.votes.filter(round=item.round, seat=room.seat).first()
    tally = queries_rakor.tally(item) if item.phase == ItemPhase.REVEALED else None
    words = (rakor_words.probability_words(), rakor_words.impact_words())
    return {
        "item": item,
        "title": problem.name.in_(room.lang) if problem else item.risk.title,
        "event": problem.event.in_(room.lang) if problem else item.risk.detail,
        "vote": vote,
        "scales": [
            {
                "field": field, "name": name, "chosen": getattr(vote, field, 0),
                "points": list(enumerate(said, 1)),
            }
            for field, name, said in zip(("probability", "impact"), rakor_words.names(), words, strict=True)
        ],
        "strips": rakor_figure.strips(tally, rakor_words.names(), words, room.lang) if tally else [],
    }  # fmt: skip


@require_POST
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    """POST: this seat's vote on the risk that its page showed; again changes it."""
    room = enter(request, slug)
    said = {name: _number(request, name) for name in ("item", "round", "probability", "impact")}
    if room.seat is None:
        messages.error(request, _("Kursi Anda dipakai di ponsel lain. Masuklah lagi dengan kode."))
        return redirect("rakor:phone", room.meeting.slug)
    try:
        item = queries_rakor.item(room.meeting, said["item"])
        actions.cast_vote(
            seat=room.seat, serial=room.serial, item=item, round_=said["round"],
            probability=said["probability"], impact=said["impact"],
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal.in_(room.lang))
    return redirect("rakor:phone", room.meeting.slug)


def _number(request: HttpRequest, name: str) -> int:
    said = request.POST.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else 0
