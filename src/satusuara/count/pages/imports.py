"""Bringing results in: a file is sent, looked at before anything changes, then taken in; a wrong one is superseded."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from satusuara import law as laws
from satusuara.areas.models import Election
from satusuara.count import actions, batches, published, queries
from satusuara.count.actions import Preview, SourceSpec
from satusuara.count.forms import ImportForm, SupersedeForm
from satusuara.count.models import ImportBatch, Source
from satusuara.count.pages.sheet import column_names
from satusuara.kernel.errors import NotFound, Refusal
from satusuara.lake.answer import table_answer
from satusuara.lake.uploads import Kept, keep, require_size
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import Scope, not_your_area

_SESSION = "imports"
_WAITING = 10  # files that one person may have looked at and not yet taken in
_SHOWN = 100
_OVERHEAD = 1 << 20  # bytes of an upload that are not the file
COLUMNS = ("file", "row", "column", "value", "reason")


def _scope(request: HttpRequest) -> Scope:
    """:raises Forbidden: whoever may import nowhere"""
    scope = scope_for(request)
    if not scope.holds(Right.IMPORT):
        raise not_your_area()
    return scope


@csrf_exempt  # the size is asked before the body is read; what follows asks for the token
@require_http_methods(["GET", "POST"])
@login_required
def imports(request: HttpRequest) -> HttpResponseBase:
    """GET: the form, and the files read last. POST: takes a file in for a look; nothing changes yet."""
    _scope(request)
    if request.method == "POST":
        require_size(int(request.META.get("CONTENT_LENGTH") or 0) - 2 * _OVERHEAD)
    return _imports(request)


@csrf_protect
def _imports(request: HttpRequest) -> HttpResponse:
    scope = _scope(request)
    form = _form(request, scope)
    if request.method == "POST" and form.is_valid():
        try:
            token = _remember(request, form)
        except Refusal as refusal:
            form.add_error("file", refusal.in_(get_language() or "id"))
        else:
            return redirect("count:import_preview", token)
    context = {
        "form": form,
        "sources": sorted({source.name for source in _sources(scope)}),
        "batches": batches.recent_batches(scope),
        "zone": _zone(scope),
    }
    return render(request, "count/imports.html", context, status=422 if form.errors else 200)


def _elections(scope: Scope) -> list[Election]:
    """The elections in which one may import somewhere."""
    rows = Election.objects.all()
    if scope.is_system:
        return list(rows)
    return list(rows.filter(pk__in={election for election, _path in scope.reach.paths(Right.IMPORT)}))


def _sources(scope: Scope) -> list[Source]:
    return [source for election in _elections(scope) for source in queries.sources(scope, election.code)]


def _zone(scope: Scope) -> tuple[str, str]:
    """The clock of the office: that of the first area in which one may import, else that of the instance."""
    for election, path in scope.reach.paths(Right.IMPORT):
        law = laws.load_law(queries.election(election).law)
        with suppress(NotFound):
            return law.zone_of(*(path.strip("/").split("/")[::-1]))
    labels = {zone: label for law in _laws(scope) for zone, label in law.time_zone_labels.items()}
    return settings.TIME_ZONE, labels.get(settings.TIME_ZONE, settings.TIME_ZONE)


def _laws(scope: Scope) -> list[laws.Law]:
    return [laws.load_law(election.law) for election in _elections(scope)]


def _form(request: HttpRequest, scope: Scope) -> ImportForm:
    lang = get_language() or "id"
    contests: list[tuple[str, str]] = []
    levels: dict[str, str] = {}
    for election in _elections(scope):
        law = laws.load_law(election.law)
        name = election.name_en if lang.startswith("en") else election.name_id
        contests += [(f"{election.code}~{c.code}", f"{name}: {c.name.in_(lang)}") for c in law.contests]
        levels |= {level.code: level.name.in_(lang) for level in reversed(law.levels)}
    return ImportForm(
        request.POST or None, request.FILES or None, contests=contests, levels=list(levels.items())
    )  # fmt: skip


def _remember(request: HttpRequest, form: ImportForm) -> str:
    """Keeps the files and notes in the session what they are; gives the hash by which the look is found."""
    data = form.cleaned_data
    kept = keep(data["file"], also=published.ENDINGS)
    votes = keep(data["votes"]) if data["votes"] else None
    election, contest = data["contest"].split("~")
    job = {
        "file": asdict(kept), "votes": asdict(votes) if votes else None, "election": election, "contest": contest,
        "source": data["source"].lower(), "title": data["title"], "kind": data["kind"], "level": data["level"],
    }  # fmt: skip
    waiting: dict[str, Any] = request.session.get(_SESSION, {})
    waiting.pop(kept.sha256, None)
    request.session[_SESSION] = dict([*waiting.items(), (kept.sha256, job)][-_WAITING:])
    return kept.sha256


class _Job:
    """A file that waits in the session."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.kept = Kept(**job["file"])
        self.votes = Kept(**job["votes"]) if job["votes"] else None
        self.election = queries.election(job["election"])
        self.spec = SourceSpec(
            job["source"], job["contest"], job["kind"], title_id=job["title"], title_en=job["title"], level=job["level"]
        )  # fmt: skip
        known = Source.objects.filter(election=self.election, contest=job["contest"], name=job["source"]).first()
        if known is not None:  # what is known of a source is not asked again
            self.spec = SourceSpec(job["source"], job["contest"], known.kind, level=known.level)

    @property
    def arguments(self) -> dict[str, Any]:
        return {
            "path": self.kept.path,
            "votes": self.votes.path if self.votes else None,
            "file_name": self.kept.name,
        }


def _job(request: HttpRequest, sha256: str) -> _Job | None:
    job = request.session.get(_SESSION, {}).get(sha256)
    return _Job(job) if job else None


@require_http_methods(["GET", "POST"])
@login_required
def preview(request: HttpRequest, sha256: str) -> HttpResponse:
    """GET: what the file would change. POST: takes it in."""
    scope = _scope(request)
    job = _job(request, sha256)
    if job is None or not job.kept.path.exists():
        messages.info(request, _("Berkas itu tidak lagi menunggu. Kirim sekali lagi."))
        return redirect("count:imports")
    try:
        if request.method == "POST":
            return _take_in(request, scope, job)
        found = actions.preview_import(
            scope=scope, election=job.election, spec=job.spec, at=timezone.now(), **job.arguments
        )
    except Refusal as refusal:
        return render(
            request, "count/import_refused.html", {"job": job, "said": refusal.in_(get_language() or "id")}, status=422
        )
    return render(request, "count/import_preview.html", _looked_at(job, sha256, found))


def _take_in(request: HttpRequest, scope: Scope, job: _Job) -> HttpResponse:
    outcome = actions.import_as(scope=scope, election=job.election, spec=job.spec, at=timezone.now(), **job.arguments)
    waiting = request.session[_SESSION]
    waiting.pop(job.kept.sha256, None)
    request.session[_SESSION] = waiting
    if outcome.repeated:
        messages.info(request, _("Berkas ini sudah pernah dimasukkan. Tidak ada yang berubah."))
    else:
        messages.success(request, _("Berkas dimasukkan."))
    return redirect("count:import_batch", outcome.batch.pk)


def _looked_at(job: _Job, sha256: str, found: Preview) -> dict[str, Any]:
    law, lang = laws.load_law(job.election.law), get_language() or "id"
    names = column_names(law, job.spec.contest, {}, lang)
    changes = [
        {
            "area": change.area,
            "cells": [(names.get(name, name), before, after) for name, (before, after) in change.cells.items()],
        }
        for change in found.changes
    ]
    outcome = found.outcome
    lost = {
        name for change in found.changes for name, (before, after) in change.cells.items() if _is_lost(before, after)
    }
    return {
        "job": job, "sha256": sha256, "outcome": outcome, "is_new": found.is_new, "changes": changes,
        "lost": sorted(names.get(name, name) for name in lost),
        "held": found.rejects[:_SHOWN], "nothing": not outcome.added + outcome.changed,
        "contest": law.contest(job.spec.contest).name.in_(lang),
    }  # fmt: skip


def _is_lost(before: int | None, after: int | None) -> bool:
    return before is not None and after is None


@require_GET
@login_required
def preview_rejects(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """GET: every row that would be held back, as a CSV."""
    scope = _scope(request)
    job = _job(request, sha256)
    if job is None:
        return redirect("count:imports")
    found = actions.preview_import(
        scope=scope, election=job.election, spec=job.spec, at=timezone.now(), **job.arguments
    )
    return _rejects_csv(job.kept.name, found.rejects, sha256[:12])


def _rejects_csv(file: str, rows: Any, name: str) -> HttpResponseBase:
    lines = ((file, row.row, row.column, row.value, row.reason) for row in rows)
    return table_answer(COLUMNS, lines, f"tertahan-{name}", "csv")


@require_http_methods(["GET", "POST"])
@login_required
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """GET: what became of a file. POST: supersedes it, with a reason."""
    scope = _scope(request)
    found = batches.batch(scope, number)
    form = SupersedeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            instead = actions.supersede_import(
                scope=scope, batch=found, reason=form.cleaned_data["reason"], at=timezone.now()
            )
        except Refusal as refusal:
            form.add_error(None, refusal.in_(get_language() or "id"))
        else:
            messages.success(request, _("Angka sebelumnya ditampilkan kembali. Berkas dan angkanya tetap tersimpan."))
            return redirect("count:import_batch", instead.pk)
    return render(request, "count/import_batch.html", _about(request, scope, found, form), status=_status(form))


def _status(form: SupersedeForm) -> int:
    return 422 if form.errors else 200


def _about(request: HttpRequest, scope: Scope, found: ImportBatch, form: SupersedeForm) -> dict[str, Any]:
    held: Any = batches.held_back(scope, found)
    return {
        "batch": found,
        "zone": _zone(scope),
        "page": Paginator(held, _SHOWN).get_page(request.GET.get("hal")),
        "showing": batches.forms_showing(found).count(),
        "form": form,
    }


@require_GET
@login_required
def batch_rejects(request: HttpRequest, number: int) -> HttpResponseBase:
    """GET: every row that was held back, as a CSV."""
    scope = _scope(request)
    found = batches.batch(scope, number)
    rows: Any = batches.held_back(scope, found)
    return _rejects_csv(found.file_name, rows.iterator(chunk_size=2000), str(found.pk))
