"""Differences settled by a third person, and accepted figures corrected or opened again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from satusuara.count import actions, papers
from satusuara.count.actions.accepting import shown_reading
from satusuara.count.choices import CorrectionBasis
from satusuara.count.pages.entry import open_findings, sheet_data, wrong_boxes
from satusuara.count.pages.entry_place import EntryPlace, entry_place
from satusuara.count.pages.entry_posted import Posted, posted
from satusuara.count.pages.entry_sheet import box_labels, law_html, sheet_html
from satusuara.count.rules import entry as rules
from satusuara.count.rules.entry import Reading, Stage
from satusuara.kernel.errors import Refusal


@require_http_methods(["GET", "POST"])
@login_required
def settle(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """GET: the cells in which two entries differ, with the photo. POST: what the paper has in each of them."""
    place = entry_place(request, election, contest, area_code)
    if not place.may_settle:
        return redirect(place.href("entry"))
    if request.method == "GET":
        return _settle_page(request, place, Posted(Reading({}), {}, {}))
    sent = posted(request.POST.dict())
    try:
        sent.require_legible()
        actions.settle_differences(
            scope=place.scope, area=place.area, contest=contest, chosen=sent.reading.typed, said=sent.reading.said,
            notes=sent.notes, reason=request.POST.get("alasan", "")[:500], at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _settle_page(request, place, sent, refusal)
    messages.success(request, _("Selisih diselesaikan; formulir diterima."))
    return redirect(place.href("entry"))


def _settle_page(
    request: HttpRequest, place: EntryPlace, sent: Posted, refusal: Refusal | None = None
) -> HttpResponse:  # fmt: skip
    first, second = (papers.reading_of(entry) for entry in place.entries[:2])
    columns = rules.columns_of(place.law, place.contest, place.ballot.lines)
    differing = rules.differing(columns, first, second)
    labels = box_labels(place.law, place.contest, place.ballot, place.lang)
    agreed = {column: value for column, value in first.typed.items() if column not in differing}
    whole = Posted(Reading({**agreed, **sent.reading.typed}, sent.reading.said), sent.notes, sent.wrong)
    rows = [
        {
            "column": column,
            "label": labels[column],
            "readings": [
                (n, each.typed[column], each.said.get(column, "")) for n, each in enumerate((first, second), 1)
            ],
            "value": sent.reading.typed.get(column, ""),
            "said": sent.reading.said.get(column, ""),
        }
        for column in differing
    ]
    said = {column: text for column, text in first.said.items() if column not in differing} | dict(sent.reading.said)
    data = sheet_data(place, Posted(Reading({}, said), sent.notes, sent.wrong), refusal)
    context = place.context() | {
        "rows": rows,
        "sheet_law": law_html(place.law, place.contest, place.ballot, place.lang),
        "sheet_data": data | {"draft": "", "known": agreed, "key": f"{data['key']}#3"},
        "findings": open_findings(place, whole) if refusal else [],
        "refusal": refusal,
        "said": refusal.in_(place.lang) if refusal else "",
        "wrong": wrong_boxes(place, refusal),
        "reason": request.POST.get("alasan", ""),
    }
    return render(request, "count/entry_settle.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "POST"])
@login_required
def correct(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """GET: the accepted figures in boxes. POST: other figures, with reason, basis and witnesses."""
    place = entry_place(request, election, contest, area_code)
    if place.paper is None or place.progress.stage is not Stage.ACCEPTED:
        return redirect(place.href("entry"))
    if request.method == "GET":
        return _correct_page(request, place, Posted(shown_reading(place.paper), {}, {}))
    sent = posted(request.POST.dict())
    try:
        sent.require_legible()
        actions.correct_form(
            scope=place.scope, area=place.area, contest=contest, chosen=sent.reading.typed, said=sent.reading.said,
            notes=sent.notes, reason=request.POST.get("alasan", "")[:500], basis=request.POST.get("dasar", ""),
            witnesses=request.POST.get("saksi", "")[:2000].splitlines(), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _correct_page(request, place, sent, refusal)
    messages.success(request, _("Koreksi dicatat sebagai versi berikutnya; versi sebelumnya tetap ada."))
    return redirect(place.href("entry"))


def _correct_page(
    request: HttpRequest, place: EntryPlace, sent: Posted, refusal: Refusal | None = None
) -> HttpResponse:  # fmt: skip
    data: dict[str, Any] = sheet_data(place, sent, refusal)
    context = place.context() | {
        "sheet": sheet_html(place.law, place.contest, place.ballot, place.lang, sent.reading.typed),
        "sheet_law": law_html(place.law, place.contest, place.ballot, place.lang),
        "sheet_data": data | {"draft": "", "key": f"{data['key']}#k"},
        "findings": open_findings(place, sent),
        "refusal": refusal,
        "said": refusal.in_(place.lang) if refusal else "",
        "wrong": wrong_boxes(place, refusal),
        "bases": CorrectionBasis.choices,
        "posted": request.POST,
    }
    return render(request, "count/entry_correct.html", context, status=422 if refusal else 200)


@require_POST
@login_required
def reopen(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """POST: opens an accepted form for a new round, with a reason."""
    place = entry_place(request, election, contest, area_code)
    try:
        actions.reopen_form(
            scope=place.scope, area=place.area, contest=contest, reason=request.POST.get("alasan", "")[:500],
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal.in_(place.lang))
    else:
        messages.success(request, _("Formulir dibuka kembali. Angka sebelumnya tampil sampai yang baru diterima."))
    return redirect(place.href("entry"))
