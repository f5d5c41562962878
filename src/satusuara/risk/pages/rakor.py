"""Meetings of a register, and the table of whoever leads one: agenda, attendance, codes, paper, the close."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.parts import Crumb
from satusuara.kernel.paper import qr_svg
from satusuara.lake.write import write_table
from satusuara.people.choices import Right
from satusuara.people.queries import not_your_area
from satusuara.risk import actions, minutes, queries, queries_rakor
from satusuara.risk.forms_register import MeetingForm
from satusuara.risk.models import Seat
from satusuara.risk.pages.rakor_place import Room, canonical, enter, short_address
from satusuara.risk.pages.register_place import Here, here
from satusuara.risk.rules.rakor import spelled

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "POST"])
@login_required
def listed(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: the meetings of a register, and the form that calls one. POST: calls it, with an agenda."""
    at = here(request, election, area_code)
    if request.method == "POST" and not at.decides:
        raise not_your_area()
    form = MeetingForm(request.POST or None, initial={"day": timezone.localdate(at.at)})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            meeting = actions.call_meeting(
                scope=at.scope, register=at.register, area=at.register.area, title=said["title"], day=said["day"],
                place=said["place"], at=at.at,
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, refusal.in_(at.lang))
        else:
            return redirect("rakor:lead", meeting.slug)
    context = at.context("rakor") | {"form": form, "meetings": list(queries_rakor.meetings(at.scope, at.register))}
    return render(request, "risk/rakor_list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
@canonical
def lead(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the leader's table. POST: one deed, named by ``deed``."""
    room = enter(request, slug)
    room.require_lead()
    refused = ""
    if request.method == "POST":
        deed = _DEEDS.get(request.POST.get("deed", ""))
        try:
            if deed is None:
                raise NotFound("no-deed", Text("Perintah itu tidak dikenal", "That command is unknown"))
            deed(request, room)
        except Refusal as refusal:
            refused = refusal.in_(room.lang)
        else:
            return redirect(f"{request.path}#{request.POST.get('deed', '').partition('_')[2]}")
    context = _table(request, room) | {"refused": refused, "typed": request.POST}
    return render(request, "risk/rakor_lead.html", context, status=422 if refused else 200)


def _table(request: HttpRequest, room: Room) -> dict[str, Any]:
    meeting = room.meeting
    at = Here(room.scope, room.law, meeting.register, room.at, room.lang)
    items = queries_rakor.items(meeting)
    on = {each.risk_id for each in items}
    views = {view.risk.pk: view for view in queries.risks(room.scope, meeting.register)}
    return at.context("rakor", Crumb(meeting.title)) | {
        "room": room,
        "meeting": meeting,
        "items": [(each, views[each.risk_id]) for each in items if each.risk_id in views],
        "others": [view for pk, view in views.items() if pk not in on and not view.risk.duplicate_of_id],
        "seats": [(each, room.owner(each.office) if each.office else "") for each in queries_rakor.seats(meeting)],
        "places": [*queries_rakor.places(meeting), meeting.area],
        "handouts": queries_rakor.by_area(queries_rakor.handouts(meeting)),
        "offices": at.offices(),
        "address": short_address(request, meeting),
        "local": request.get_host().rpartition(":")[0] in _LOCAL or request.get_host() in _LOCAL,
        "minutes_size": len(queries_rakor.handouts(meeting)),
    }


def _item_deed(request: HttpRequest, room: Room) -> Any:
    number = request.POST.get("item", "")
    return queries_rakor.item(room.meeting, int(number) if number.isdigit() else 0)


def _move(by: int) -> Callable[[HttpRequest, Room], None]:
    def move(request: HttpRequest, room: Room) -> None:
        actions.move_item(scope=room.scope, item=_item_deed(request, room), by=by, at=room.at)

    return move


def _remove(request: HttpRequest, room: Room) -> None:
    item = actions.remove_item(scope=room.scope, item=_item_deed(request, room), at=room.at)
    messages.info(request, _("%(code)s dikeluarkan dari agenda; dapat ditambahkan lagi.") % {"code": item.risk.code})


def _add(request: HttpRequest, room: Room) -> None:
    risk = queries.risk(room.scope, room.meeting.register, request.POST.get("risk", "")).risk
    actions.add_item(scope=room.scope, meeting=room.meeting, risk=risk, at=room.at)


def _open(_request: HttpRequest, room: Room) -> None:
    actions.open_meeting(scope=room.scope, meeting=room.meeting, at=room.at)


def _list(request: HttpRequest, room: Room) -> None:
    code = request.POST.get("area", "")
    area = next((each for each in queries_rakor.places(room.meeting) if each.code == code), room.meeting.area)
    actions.list_present(
        scope=room.scope, meeting=room.meeting, area=area, name=request.POST.get("name", ""), at=room.at
    )


def _free(request: HttpRequest, room: Room) -> None:
    number = request.POST.get("seat", "")
    rows = Seat.objects.select_related("meeting__area").filter(meeting=room.meeting)
    seat = rows.filter(pk=int(number) if number.isdigit() else 0).first()
    if seat is not None:
        actions.free_seat(scope=room.scope, seat=seat, at=room.at)


def _close(request: HttpRequest, room: Room) -> None:
    actions.close_meeting(
        scope=room.scope, meeting=room.meeting, number=request.POST.get("number", "")[:100],
        office=request.POST.get("office", ""), at=room.at,
    )  # fmt: skip
    messages.success(request, _("Rakor ditutup. Sidik notulen tercatat dalam buku catatan."))


_DEEDS: dict[str, Callable[[HttpRequest, Room], None]] = {
    "up_agenda": _move(-1), "down_agenda": _move(1), "remove_agenda": _remove, "add_agenda": _add, "open": _open,
    "list_hadir": _list, "free_hadir": _free, "close": _close,
}  # fmt: skip


@require_GET
@login_required
@canonical
def codes(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: a slip for each sub-district with its code, to be cut and handed over. The code travels in no address."""
    room = enter(request, slug)
    room.require_lead()
    address = short_address(request, room.meeting)
    slips = []
    for area in queries_rakor.places(room.meeting):
        code = queries_rakor.code_for(room.meeting, area)
        slips.append({"area": area, "code": spelled(code), "qr": qr_svg(f"{address}#{code}")})  # "#": never sent
    return render(
        request, "risk/rakor_codes.html", {"room": room, "meeting": room.meeting, "slips": slips, "address": address}
    )


@require_GET
@login_required
def minutes_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: the minutes, as they were sealed; a draft before the close."""
    room = enter(request, slug)
    room.require_member()
    if not room.leads and not room.meeting.minutes_sha256:
        raise NotFound("no-minutes", Text("Notulen belum ada", "There are no minutes yet"))
    return _file(minutes.kept(room.meeting), "application/pdf", f"notulen-{room.meeting.slug}.pdf")


@require_GET
@login_required
def tasks(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """GET: tasks of the areas that one sees (?wilayah= of one), as PDF, XLSX or CSV."""
    room = enter(request, slug)
    room.require_member()
    code = request.GET.get("wilayah", "")
    every = [*queries_rakor.places(room.meeting), room.meeting.area]
    areas = [each for each in every if code in {"", each.code} and room.scope.allows(Right.SEE, each)]
    if not areas:
        raise not_your_area()
    name = f"tugas-{room.meeting.slug}{f'-{code}' if code else ''}.{ending}"
    if ending == "pdf":
        return _file(minutes.sheets_pdf(room.meeting, areas, room.lang), "application/pdf", name)
    rows = minutes.table(room.meeting, areas, room.lang)
    with TemporaryDirectory(prefix="satusuara-unduh-") as folder:
        path = Path(folder) / name
        write_table(path, [each.in_(room.lang) for each in minutes.COLUMNS], rows)
        return _file(path.read_bytes(), XLSX if ending == "xlsx" else "text/csv; charset=utf-8", name)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
