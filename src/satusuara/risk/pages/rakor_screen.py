"""The projector: one risk a slide, led by keys; every key is a button that works without a script too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from satusuara.areas.models import Area
from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.words import proper
from satusuara.kernel.paper import qr_svg
from satusuara.risk import actions, queries, queries_rakor
from satusuara.risk.choices import ItemPhase, MeetingState
from satusuara.risk.models import AgendaItem, Handout
from satusuara.risk.pages import rakor_figure, rakor_words
from satusuara.risk.pages.rakor_place import Room, answer_if_changed, canonical, enter, short_address
from satusuara.risk.pages.register_bowtie import draw
from satusuara.risk.pages.register_place import Here

_MOST_SEATS = 80


@require_http_methods(["GET", "POST"])
@login_required
@canonical
def screen(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the slide. POST: one deed of whoever leads, named by ``deed``; a script gets 204."""
    room = enter(request, slug)
    room.require_lead()
    by_script = request.headers.get("Sec-Fetch-Dest") == "empty" and "X-Satusuara" in request.headers
    if request.method == "POST":
        try:
            done = _do(request, room)
        except Refusal as refusal:
            if by_script:
                return HttpResponse(refusal.in_(room.lang), status=409, content_type="text/plain; charset=utf-8")
            messages.error(request, refusal.in_(room.lang))
        else:
            if by_script:
                return HttpResponse(done, status=200, content_type="text/plain; charset=utf-8")
        return redirect("rakor:screen", room.meeting.slug)
    return render(request, "risk/rakor_screen.html", slide(request, room))


@require_GET
@login_required
def now(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the slide's parts; 304 while nobody came, voted or decided anything."""
    room = enter(request, slug)
    room.require_lead()
    tag = f"{room.meeting.pk}.{room.meeting.pulse}.{room.meeting.stage}.{room.lang}"
    return answer_if_changed(request, tag, lambda: render(request, "risk/_rakor_slide.html", slide(request, room)))


def slide(request: HttpRequest, room: Room) -> dict[str, Any]:
    """Everything on the screen. What is known in figures only once it is shown."""
    meeting = room.meeting
    items = queries_rakor.items(meeting)
    seats = queries_rakor.seats(meeting)
    context: dict[str, Any] = {
        "room": room,
        "meeting": meeting,
        "place_name": room.place,
        "items": items,
        "seats": seats[:_MOST_SEATS],
        "seat_count": len(seats),
        "voters": queries_rakor.voting_seats(meeting),
        "address": short_address(request, meeting),
        "qr": qr_svg(short_address(request, meeting)),
    }
    current = next((each for each in items if each.pk == meeting.current_id), None)
    if current is None or meeting.state != MeetingState.OPEN:
        return context
    return context | _current(room, current, items)


def _current(room: Room, item: AgendaItem, items: list[AgendaItem]) -> dict[str, Any]:
    at = Here(room.scope, room.law, room.meeting.register, room.at, room.lang)
    view = queries.risk(room.scope, room.meeting.register, item.risk.code)
    shown = item.phase == ItemPhase.REVEALED
    tally = queries_rakor.tally(item) if shown else None
    words = (rakor_words.probability_words(), rakor_words.impact_words())
    handouts = [each for each in queries_rakor.handouts(room.meeting) if each.item_id == item.pk]
    stations = queries_rakor.stations_of(room.meeting.area)
    number = next(n for n, each in enumerate(items, 1) if each.pk == item.pk)
    voted = queries_rakor.voted(item) if item.phase == ItemPhase.VOTING else set()
    return {
        "item": item,
        "number": number,
        "view": view,
        "tie": draw(at, view),
        "sentence": view.problem.sentence().in_(room.lang) if view.problem else "",
        "shown": shown,
        "expected": queries_rakor.expected(view, room.meeting.area, stations) if shown else None,
        "tally": tally,
        "strips": rakor_figure.strips(tally, rakor_words.names(), words, room.lang) if tally else [],
        "voted": voted,
        "voted_count": len(voted),
        "handouts": [(each, room.owner(each.owner_role)) for each in handouts],
        "barriers": [slot for slot in (*draw(at, view).preventers, *draw(at, view).responders) if slot.pk],
        "places": queries_rakor.places(room.meeting),
        "roles": [(code, name.in_(room.lang)) for code, name in queries_rakor.owners(room.law, item.risk)],
        "offices": at.offices(item.risk),
        "proposals": list(item.risk.comments.filter(proposal=True)),
    }


# --- deeds ---


def _do(request: HttpRequest, room: Room) -> str:
    deed = _DEEDS.get(request.POST.get("deed", ""))
    if deed is None:
        raise NotFound("no-deed", Text("Perintah itu tidak dikenal", "That command is unknown"))
    return deed(request, room)


def _shown_item(room: Room) -> AgendaItem:
    current = room.meeting.current
    if current is None:
        raise NotFound("no-agenda-item", Text("Belum ada yang ditayangkan", "Nothing is on the screen"))
    return queries_rakor.item(room.meeting, current.pk)


def _step(by: int) -> Callable[[HttpRequest, Room], str]:
    def step(_request: HttpRequest, room: Room) -> str:
        items = queries_rakor.items(room.meeting)
        here = next((n for n, each in enumerate(items) if each.pk == room.meeting.current_id), 0)
        target = items[max(0, min(len(items) - 1, here + by))]
        actions.show_item(scope=room.scope, item=target, at=room.at)
        return ""

    return step


def _goto(request: HttpRequest, room: Room) -> str:
    said = request.POST.get("number", "")
    items = queries_rakor.items(room.meeting)
    if said.isdigit() and 1 <= int(said) <= len(items):
        actions.show_item(scope=room.scope, item=items[int(said) - 1], at=room.at)
    return ""


def _vote(_request: HttpRequest, room: Room) -> str:
    item = _shown_item(room)
    deed = actions.close_vote if item.phase == ItemPhase.VOTING else actions.open_vote
    deed(scope=room.scope, item=item, at=room.at)
    return ""


def _reveal(_request: HttpRequest, room: Room) -> str:
    actions.reveal(scope=room.scope, item=_shown_item(room), at=room.at)
    return ""


def _open(_request: HttpRequest, room: Room) -> str:
    actions.open_meeting(scope=room.scope, meeting=room.meeting, at=room.at)
    return ""


def _hand_out(request: HttpRequest, room: Room) -> str:
    item = _shown_item(room)
    number = request.POST.get("barrier", "")
    barrier = item.risk.barriers.filter(pk=int(number) if number.isdigit() else 0).select_related("register").first()
    if barrier is None:
        raise NotFound("no-barrier", Text("Pilih pencegahan atau penanganan", "Choose a prevention or response"))
    places = queries_rakor.places(room.meeting)
    code = request.POST.get("area", "")
    chosen: list[Area] = places if code == "*" else [each for each in [*places, room.meeting.area] if each.code == code]
    if not chosen:
        raise NotFound("no-area", Text("Pilih wilayah", "Choose an area"))
    due = request.POST.get("due", "")
    day = dt.date.fromisoformat(due) if len(due) == 10 and due[4] == due[7] == "-" else None
    for area in chosen:
        actions.hand_out(
            scope=room.scope, item=item, barrier=barrier, area=area, owner_role=request.POST.get("role", ""), due=day,
            at=room.at,
        )  # fmt: skip
    return _("%(barrier)s: %(place)s") % {
        "barrier": barrier.code, "place": _("semua kecamatan") if code == "*" else proper(chosen[0].name),
    }  # fmt: skip


def _take_back(request: HttpRequest, room: Room) -> str:
    number = request.POST.get("handout", "")
    rows = Handout.objects.select_related("item__meeting__area").filter(item__meeting=room.meeting)
    row = rows.filter(pk=int(number) if number.isdigit() else 0).first()
    if row is None:
        raise NotFound("no-handout", Text("Penugasan itu tidak ada", "There is no such task"))
    actions.take_back(scope=room.scope, handout=row, again=request.POST.get("again") == "1", at=room.at)
    return _("Penugasan diurungkan.")


def _decide(request: HttpRequest, room: Room) -> str:
    item = _shown_item(room)
    number = request.POST.get("proposal", "")
    proposal = item.risk.comments.filter(pk=int(number)).first() if number.isdigit() else None
    actions.decide_item(
        scope=room.scope, item=item, office=request.POST.get("office", ""), text=request.POST.get("text", "")[:4000],
        reason=request.POST.get("reason", "")[:4000], proposal=proposal, at=room.at,
    )  # fmt: skip
    return _("Keputusan tercatat.")


_DEEDS: dict[str, Callable[[HttpRequest, Room], str]] = {
    "next": _step(1), "prev": _step(-1), "goto": _goto, "vote": _vote, "reveal": _reveal, "open": _open,
    "hand_out": _hand_out, "take_back": _take_back, "decide": _decide,
}  # fmt: skip
