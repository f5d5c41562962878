"""Voting elsewhere: who leaves and who comes, the form with his ballots before the letter is issued, and the letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from satusuara.areas import queries as areas
from satusuara.areas.models import Area
from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.parts import Tab
from satusuara.kernel.paper import qr_svg
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import not_your_area
from satusuara.roll import actions, queries
from satusuara.roll.choices import LetterState
from satusuara.roll.forms import MoveForm, ReasonForm
from satusuara.roll.models import MovingLetter, Voter
from satusuara.roll.pages.place import Place, here, place_of
from satusuara.roll.queries_tree import letters_of

A_PAGE = 50
_FOUND = 20


@dataclass(frozen=True, slots=True)
class Ballot:
    """A contest and whether a moved voter gets its ballot (None: to be asked), and why."""

    name: str
    colour: str
    given: bool | None
    why: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody may vote elsewhere, and until which day."""

    code: str
    name: str
    last: date
    open: bool


@require_GET
@login_required
def letters(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    """GET: letters in force of those who leave, or with ?arah=datang of those who come."""
    place = place_of(request, election, area_code)
    side = "destination" if request.GET.get("arah") == "datang" else "origin"
    rows = queries.letters(place.scope, place.area, side=side)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("hal"))
    base = place.href("letters")
    context = place.context("letters") | {
        "page": page,
        "rows": [(row, place.whole_name(row.origin.area), place.whole_name(row.destination.area)) for row in page],
        "coming": side == "destination",
        "sides": [
            Tab(_("Yang pergi"), base, side == "origin"),
            Tab(_("Yang datang"), f"{base}?arah=datang", side == "destination"),
        ],
        "reasons": reasons(place, timezone.now()),
    }
    return render(request, "roll/letters.html", context)


def reasons(place: Place, now: datetime) -> list[Reason]:
    """The reasons of the law with the last day of each, in the clock of the place."""
    today = now.astimezone(ZoneInfo(place.zone[0])).date()
    found = []
    for each in place.spec.move_reasons:
        deadline = next(one for one in place.law.deadlines if one.code == each.deadline)
        last = deadline.until or place.law.election_day - timedelta(days=deadline.limit)
        found.append(Reason(each.code, each.name.in_(place.lang), last, today <= last))
    return found


@require_http_methods(["GET", "POST"])
@login_required
def move(request: HttpRequest, number: int) -> HttpResponse:
    """GET: ?cari= looks for a station, ?tujuan= shows the ballots there and why. POST: issues the letter."""
    scope = scope_for(request)
    row = queries.voter(scope, number)
    area = Area.objects.select_related("election", "parent__parent__parent__parent").get(pk=row.area_id)
    place = here(scope, area)
    scope.require(Right.ROLL_MANAGE, area)
    text = request.GET.get("cari", "").strip()[:80]
    to = _station(place, request.GET.get("tujuan", ""))
    open_ones = reasons(place, timezone.now())
    form = MoveForm(request.POST or None, reasons=[(each.code, each.name) for each in open_ones if each.open])
    if request.method == "POST" and to is not None and form.is_valid():
        try:
            letter = actions.issue_letter(
                scope=scope, voter=row, to=to, reason=form.cleaned_data["reason"], at=timezone.now()
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, refusal.in_(place.lang))
        else:
            messages.success(request, _("Surat terbit; baris di TPS asal terkunci."))
            return redirect("roll:letter", letter.pk)
    context = place.context() | {
        "row": row,
        "form": form,
        "text": text,
        "to": to,
        "to_name": place.whole_name(to) if to else "",
        "found": _stations(place, text) if text and to is None else [],
        "ballots": ballots(place, row.area, to) if to else [],
        "reasons": open_ones,
    }
    return render(request, "roll/move.html", context, status=422 if form.errors else 200)


def _station(place: Place, code: str) -> Area | None:
    rows = Area.objects.filter(election=place.area.election_id, code=code, level=place.law.station_level)
    return rows.select_related("parent__parent__parent__parent", "election").first() if code else None


def _stations(place: Place, text: str) -> list[tuple[Area, str]]:
    """Stations below the areas that the words name, and those whose code begins so."""
    found: dict[int, Area] = {}
    for area in areas.search(place.area.election_id, text, limit=_FOUND):
        rows = [area] if area.level == place.law.station_level else _below(place, area)
        for each in rows:
            if each.pk != place.area.pk and len(found) < _FOUND:
                found.setdefault(each.pk, each)
    return [(each, place.whole_name(each)) for each in found.values()]


def _below(place: Place, area: Area) -> list[Area]:
    from satusuara.people.queries import below

    rows = Area.objects.filter(below("path", area.path, "default"), election=area.election_id)
    return list(rows.filter(level=place.law.station_level).select_related("parent").order_by("code")[:_FOUND])


def ballots(place: Place, home: Area, to: Area) -> list[Ballot]:
    """Every contest with the reason why its ballot is given or not."""
    given = queries.ballots_of_move(place.law, home, to)
    found = []
    for contest in place.law.contests:
        what = _("dapil") if contest.district_level == "district" else ""
        if not what and contest.district_level:
            what = place.law.level(contest.district_level).name.in_(place.lang).lower()
        found.append(
            Ballot(
                contest.name.in_(place.lang), contest.colour_token, given[contest.code], _why(what, given[contest.code])
            )
        )
    return found


def _why(what: str, given: bool | None) -> str:
    if not what:
        return _("satu pemilihan untuk semua wilayah") if given else ""
    if given is None:
        return _("wilayah terbagi beberapa dapil: tanyakan alamat lengkap")
    return (_("%(what)s sama") if given else _("%(what)s berbeda")) % {"what": what}


def _letter(request: HttpRequest, number: int) -> tuple[MovingLetter, Place]:
    scope = scope_for(request)
    row = letters_of(scope, number)
    if row is None:
        raise NotFound("no-letter", Text("Surat itu tidak ada", "There is no such letter"))
    area = Area.objects.select_related("election", "parent__parent__parent__parent").get(pk=row.origin.area_id)
    return row, here(scope, area)


@require_GET
@login_required
def letter(request: HttpRequest, number: int) -> HttpResponse:
    """GET: the letter as it is printed, with the ballots that it entitles to and its code."""
    row, place = _letter(request, number)
    contests = {contest.code: contest for contest in place.law.contests}
    given = [
        (contests[code].name.in_(place.lang), contests[code].colour_token) for code in row.contests if code in contests
    ]
    reason = place.spec.move_reason(row.reason)
    manages = place.manages or place.scope.allows(Right.ROLL_MANAGE, row.destination.area)
    context: dict[str, Any] = place.context() | {
        "row": row,
        "voter": row.destination,
        "nik": queries.masked_nik(row.destination),
        "origin": place.whole_name(row.origin.area),
        "destination": place.whole_name(row.destination.area),
        "given": given,
        "withheld": [c.name.in_(place.lang) for code, c in contests.items() if code not in row.contests],
        "reason": reason.name.in_(place.lang) if reason else row.reason,
        "state": LetterState(row.state),
        "qr": mark_safe(qr_svg(f"SSP1:{row.code}")),  # noqa: S308 (drawn by us from hexadecimal digits)
        "hours": next(c for c in place.law.categories if c.code == place.spec.moved_category),
        "cancels": manages and row.state == LetterState.ISSUED,
    }
    return render(request, "roll/letter.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """GET: asks why. POST: takes the letter back; the line at home is his again."""
    row, place = _letter(request, number)
    if not place.manages and not place.scope.allows(Right.ROLL_MANAGE, row.destination.area):
        raise not_your_area()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel_letter(scope=place.scope, letter=row, note=form.cleaned_data["reason"], at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, refusal.in_(place.lang))
        else:
            messages.success(request, _("Surat dibatalkan; pemilih kembali aktif di TPS asal."))
            return redirect("roll:letter", row.pk)
    voter: Voter = row.origin
    words = {
        "title": _("Batalkan surat pindah memilih"), "icon": "undo-2", "button": _("Batalkan surat"), "done": "",
        "lead": _("Baris di TPS tujuan dicoret dan baris di TPS asal aktif kembali, dalam satu perbuatan."),
    }  # fmt: skip
    context = place.context() | {"row": voter, "form": form, "words": words}
    return render(request, "roll/deed.html", context, status=422 if form.errors else 200)
