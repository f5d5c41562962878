"""One form typed: the page of an entry, its drafts, and what is shown of a form that waits or is accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satusuara.count import actions, papers, queries
from satusuara.count.choices import CorrectionBasis, EntryStage
from satusuara.count.models import Acceptance, Form
from satusuara.count.pages.entry_place import STAGE_TONES, EntryPlace, area_at, entry_place, next_href
from satusuara.count.pages.entry_posted import Posted, posted, posted_json
from satusuara.count.pages.entry_sheet import box_labels, law_html, sheet_html
from satusuara.count.pages.sheet import draw
from satusuara.count.queries_entry import next_form
from satusuara.count.rules import entry as rules
from satusuara.count.rules import sentence_of, sort_out
from satusuara.count.rules.entry import Reading, Stage
from satusuara.count.rules.form import apart
from satusuara.kernel.errors import Refusal
from satusuara.people.choices import Right


@require_http_methods(["GET", "POST"])
@login_required
def entry(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """GET: the form to type, or where it stands. POST: finishes the asker's entry and leads to his next form."""
    place = entry_place(request, election, contest, area_code)
    if request.method == "POST":
        return _finish(request, place)
    if place.may_type:
        return _sheet(request, place, _drafted(place))
    if place.may_settle:
        return redirect(place.href("settle"))
    return _state(request, place)


def _drafted(place: EntryPlace) -> Posted:
    if place.draft is None:
        return Posted(Reading({}), {}, {})
    return Posted(papers.reading_of(place.draft), papers.notes_of(place.draft), {})


def _finish(request: HttpRequest, place: EntryPlace) -> HttpResponse:
    sent = posted(request.POST.dict())
    try:
        sent.require_legible()
        done = actions.finish_entry(
            scope=place.scope, area=place.area, contest=place.contest, reading=sent.reading, notes=sent.notes,
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if not place.may_type:
            messages.error(request, refusal.in_(place.lang))
            return redirect(place.href("entry"))
        return _sheet(request, place, sent, refusal)
    messages.success(request, _done_words(done) % {"area": place.area.code})
    return _onward(request, place)


def _done_words(done: actions.EntryOutcome) -> str:
    if done.stage is Stage.ACCEPTED:
        return _("Formulir %(area)s diterima: kedua entri sama.")
    if done.stage is Stage.SETTLING:
        return _("Entri %(area)s selesai. Kedua entri berbeda; orang ketiga memeriksanya.")
    return _("Entri pertama %(area)s selesai.")


def _onward(request: HttpRequest, place: EntryPlace) -> HttpResponse:
    """The asker's next form below the area from which he works, without another request in between."""
    scope, area = place.scope, place.area
    top = request.POST.get("dari", "")
    if top and top != area.code and f"/{top}/" in area.path:
        scope, area = area_at(request, area.election_id, top)
    found = next_form(scope, area, place.contest, at=timezone.now(), after=place.area.path)
    if found is None:
        return redirect(next_href(area, place.contest))
    return redirect(
        "count:entry", election=found.election_id, contest=place.contest, area_code=found.code
    )  # fmt: skip


def _sheet(request: HttpRequest, place: EntryPlace, sent: Posted, refusal: Refusal | None = None) -> HttpResponse:
    lang = place.lang
    context = place.context() | {
        "sheet": sheet_html(place.law, place.contest, place.ballot, lang, sent.reading.typed),
        "sheet_law": law_html(place.law, place.contest, place.ballot, lang),
        "sheet_data": sheet_data(place, sent, refusal),
        "second": place.progress.stage is Stage.SECOND,
        "findings": open_findings(place, sent) if refusal else [],
        "refusal": refusal,
        "said": refusal.in_(lang) if refusal else "",
        "wrong": wrong_boxes(place, refusal),
        "top": _top(place),
    }
    return render(request, "count/entry.html", context, status=422 if refusal else 200)


def _top(place: EntryPlace) -> str:
    """The highest area in which the asker may type, from which his next form comes."""
    for code in place.area.path.strip("/").split("/"):
        path = place.area.path[: place.area.path.index(f"/{code}/") + len(code) + 2]
        if place.scope.reach.allows(Right.IMPORT, place.area.election_id, path):
            return code
    return place.area.code


def sheet_data(place: EntryPlace, sent: Posted, refusal: Refusal | None = None) -> dict[str, Any]:
    """What the page's own script needs beside the law: what is said about findings, and where drafts go."""
    return {
        "said": dict(sent.reading.said),
        "notes": papers.as_json(sent.notes),
        "wrong": list((refusal.details.get("columns") if refusal else None) or sent.wrong),
        "draft": place.href("draft"),
        "key": f"{place.href('entry')}#{place.paper.round if place.paper else 1}#{place.scope.name}",
        "saved": place.draft.touched.isoformat() if place.draft else "",
        "known": {},
    }


def wrong_boxes(place: EntryPlace, refusal: Refusal | None) -> list[tuple[str, str]]:
    """(column, how the box is called) of the boxes that a refusal names, for the summary on top."""
    columns = refusal.details.get("columns", []) if refusal else []
    labels = box_labels(place.law, place.contest, place.ballot, place.lang) if columns else {}
    return [(column, labels[column]) for column in columns if column in labels]


def open_findings(place: EntryPlace, sent: Posted) -> list[dict[str, Any]]:
    """What does not hold on what was typed, with what was said about it: what a page without a script shows."""
    law, contest, lang = place.law, place.contest, place.lang
    judged = rules.judge(law, contest, place.ballot.lines, sent.reading)
    fields, lines = apart(rules.figures_of(sent.reading.typed))
    written = sort_out(law, contest, fields, lines, ballot=place.ballot.lines)
    labels = box_labels(law, contest, place.ballot, lang)
    found = []
    for each in judged.outcomes(sent.reading):
        hard = each.code in judged.hard
        is_words, column = each.identity == rules.WORDS_RULE, each.code.removeprefix(f"{rules.WORDS_RULE}.")
        sentence = (
            _("{column}: angka {figure}, huruf “{words}”").format(
                column=labels.get(column, column), figure=each.left, words=sent.reading.said.get(column, "")
            )
            if is_words
            else sentence_of(law, contest, each, written).in_(lang)
        )
        note = sent.notes.get(each.code)
        found.append({"code": each.code, "hard": hard, "sentence": sentence, "note": note})
    return found


@require_POST
@login_required
def draft(request: HttpRequest, election: str, contest: str, area_code: str) -> JsonResponse:
    """POST (JSON of fields): keeps what the asker has typed so far; the answer says when, or why not."""
    place = entry_place(request, election, contest, area_code)
    try:
        sent = posted_json(request)
        kept = actions.save_draft(
            scope=place.scope, area=place.area, contest=contest, reading=sent.reading, notes=sent.notes,
            at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "said": refusal.in_(place.lang)}, status=409)
    return JsonResponse({"saved": kept.touched.isoformat()})


@require_GET
@login_required
def next_one(request: HttpRequest, election: str, contest: str, area_code: str) -> HttpResponse:
    """GET: leads to the form that the asker does next below an area; where there is none, to its work list."""
    scope, area = area_at(request, election, area_code)
    after = request.GET.get("dari", "")
    path = f"{area.path}" if not after else _path_of(area, after)
    found = next_form(scope, area, contest, at=timezone.now(), after=path)
    if found is None:
        messages.info(request, _("Tidak ada formulir yang menunggu Anda di sini."))
        address = redirect("count:work", election=election, area_code=area_code)
        address["Location"] += f"?pemilihan={contest}"
        return address
    return redirect("count:entry", election=election, contest=contest, area_code=found.code)


def _path_of(area: Any, code: str) -> str:
    found = type(area).objects.filter(election=area.election_id, code=code).values_list("path", flat=True).first()
    return found or ""


# --- a form that waits for others, or is accepted ---


def _state(request: HttpRequest, place: EntryPlace) -> HttpResponse:
    context = place.context() | {
        "stage": place.progress.stage.value,
        "stage_words": EntryStage(place.progress.stage.value).label,
        "stage_tone": STAGE_TONES[place.progress.stage.value],
        "mine": place.is_mine,
        "history": [],
        "sheet": None,
        "bases": dict(CorrectionBasis.choices),
    }
    if place.paper is not None and place.progress.stage is Stage.ACCEPTED:
        context["history"] = history_of(place)
        form = Form.objects.filter(source=place.paper.source, area=place.area)
        shown = form.select_related("version", "source__election", "area").first()
        if shown is not None and shown.version is not None:
            found = queries.findings(place.scope, shown, right=Right.IMPORT)
            context["sheet"] = draw(place.law, place.contest, shown.version.cells, found, place.lang)
    return render(request, "count/entry_state.html", context)


def history_of(place: EntryPlace) -> list[dict[str, Any]]:
    """How each version of a form came about, newest first, with its findings and what was said of them."""
    rows = Acceptance.objects.filter(paper=place.paper).select_related("version").order_by("-pk")
    labels = box_labels(place.law, place.contest, place.ballot, place.lang)
    return [
        {
            "row": row,
            "changes": [(labels.get(c, c), before, after) for c, (before, after) in row.changes.items()],
            "marks": [(labels.get(c, c), mark) for c, mark in row.marks.items()],
            "findings": [_finding_words(place, finding) for finding in row.findings],
            "basis": dict(CorrectionBasis.choices).get(row.basis, row.basis),
        }
        for row in rows
    ]


def _finding_words(place: EntryPlace, finding: Mapping[str, Any]) -> dict[str, Any]:
    code = str(finding["code"])
    if code.startswith(f"{rules.WORDS_RULE}."):
        title = _("angka dan huruf berbeda")
    else:
        title = place.law.identity(code).title.in_(place.lang)
    return {"code": code, "title": title, "notes": finding["notes"]}
