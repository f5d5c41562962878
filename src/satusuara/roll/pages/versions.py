"""Lists sent and read: versions, what each changed, rows held back; reading goes on without the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from satusuara.areas.models import Area
from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.parts import Piece
from satusuara.lake.answer import table_answer
from satusuara.lake.uploads import keep, require_size
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.roll import queries, queries_tree, spawn
from satusuara.roll.actions import request_job, resume_job, seal_upload
from satusuara.roll.actions.working import SILENT
from satusuara.roll.choices import ChangeKind, JobKind, JobState, VersionState
from satusuara.roll.forms import UploadForm
from satusuara.roll.models import HeldBack, RollVersion, Voter
from satusuara.roll.models_work import RollJob
from satusuara.roll.pages.place import Place, here, place_of
from satusuara.roll.pages.voter import field_names, told

A_PAGE = 50
_OVERHEAD = 1 << 20
_KINDS = (ChangeKind.ADDED, ChangeKind.STRUCK, ChangeKind.MOVED, ChangeKind.CHANGED, ChangeKind.RESTORED)
DIFFERENCES = ("tps_id", "category", "line", "nik", "nama", "kind", "reason", "from_tps", "to_tps", "fields")


@csrf_exempt  # the size is asked before the body is read; what follows asks for the token
@require_http_methods(["GET", "POST"])
@login_required
def versions(request: HttpRequest, election: str, area_code: str) -> HttpResponseBase:
    """GET: versions of the lists here, and the form. POST: takes a list; a process of its own reads it."""
    if request.method == "POST":
        place_of(request, election, area_code, right=Right.ROLL_MANAGE)
        require_size(int(request.META.get("CONTENT_LENGTH") or 0) - _OVERHEAD)
    return _versions(request, election, area_code)


@csrf_protect
def _versions(request: HttpRequest, election: str, area_code: str) -> HttpResponse:
    place = place_of(request, election, area_code)
    form = UploadForm(request.POST or None, request.FILES or None, categories=place.categories)
    if request.method == "POST":
        place.scope.require(Right.ROLL_MANAGE, place.area)
        if form.is_valid():
            try:
                job, fresh = _take(place, form)
            except Refusal as refusal:
                form.add_error("file", refusal.in_(place.lang))
            else:
                if fresh:
                    spawn.start(job.pk)
                return redirect("roll:job", job.pk)
    rows = queries.versions(place.scope, place.area)
    codes = place.area.path.strip("/").split("/")
    rows = rows.filter(area__code__in=codes) | rows.filter(area__path__startswith=place.area.path)
    page = Paginator(rows, 20).get_page(request.GET.get("hal"))
    context = place.context("versions") | {
        "form": form if place.manages else None,
        "page": page,
        "rows": [
            (row, place.category_name(row.category), VersionState(row.state), place.name_of(row.area)) for row in page
        ],
        "jobs": [job_row(place, job) for job in queries_tree.jobs(place.scope, place.area, JobKind.IMPORT)],
    }
    return render(request, "roll/versions.html", context, status=422 if form.errors else 200)


def _take(place: Place, form: UploadForm) -> tuple[RollJob, bool]:
    data = form.cleaned_data
    kept = keep(data["file"])
    name = seal_upload(scope=place.scope, area=place.area, kept=kept)
    said = {
        "file": name, "name": kept.name, "category": data["category"], "source": data["source"],
        "made_up": data["made_up"],
    }  # fmt: skip
    return request_job(scope=place.scope, area=place.area, kind=JobKind.IMPORT, said=said, at=timezone.now())


def job_row(place: Place, job: RollJob) -> dict[str, Any]:
    """A piece of work as a page tells it. Silent for too long: it broke off and may be taken up again."""
    state = JobState(job.state)
    if state in (JobState.WAITING, JobState.RUNNING) and timezone.now() - job.beat > SILENT:
        state = JobState.BROKEN
    return {
        "job": job,
        "kind": JobKind(job.kind).label,
        "state": state,
        "goes_on": state in (JobState.WAITING, JobState.RUNNING),
        "broken": state == JobState.BROKEN,
        "refused": state == JobState.REFUSED,
        "said": job.said.get(place.lang, job.said.get("id", "")),
        "where": place.name_of(job.area),
    }


def _job(request: HttpRequest, number: int) -> tuple[RollJob, Place]:
    scope = scope_for(request)
    rows = RollJob.objects.filter(pk=number).select_related("area__parent__parent__parent__parent", "election")
    job = scope.filter(rows, Right.ROLL_MANAGE).first()
    if job is None:
        raise NotFound("no-job", Text("Pekerjaan itu tidak ada", "There is no such work"))
    area = Area.objects.select_related("election", "parent__parent__parent__parent").get(pk=job.area_id)
    return job, here(scope, area)


@require_GET
@login_required
def job(request: HttpRequest, number: int) -> HttpResponse:
    """GET: how far a piece of work has come; may be left and found again. htmx asks for the state alone."""
    row, place = _job(request, number)
    if row.state == JobState.DONE and "HX-Request" not in request.headers:
        return redirect(_result(row, place))
    context = place.context() | job_row(place, row)
    if row.state == JobState.DONE:
        answer = HttpResponse()
        answer.headers["HX-Redirect"] = _result(row, place)
        return answer
    template = "roll/_job.html" if request.headers.get("HX-Request") == "true" else "roll/job.html"
    return render(request, template, context)


def _result(row: RollJob, place: Place) -> str:
    from django.urls import reverse

    if "version" in row.result:
        return reverse("roll:version", args=[row.result["version"]])
    return place.href("duplicates")


@require_POST
@login_required
def resume(request: HttpRequest, number: int) -> HttpResponse:
    """POST: takes up work that broke off, at the row where it stopped."""
    row, place = _job(request, number)
    if resume_job(scope=place.scope, job=row, at=timezone.now()):
        spawn.start(row.pk)
    return redirect("roll:job", row.pk)


def _version(request: HttpRequest, number: int) -> tuple[RollVersion, Place]:
    scope = scope_for(request)
    row = queries.version(scope, number)
    area = Area.objects.select_related("election", "parent__parent__parent__parent").get(pk=row.area_id)
    return row, here(scope, area)


@require_GET
@login_required
def version(request: HttpRequest, number: int) -> HttpResponse:
    """GET: what a version changed; ?jenis= one kind of change, ?jenis=held the rows held back."""
    row, place = _version(request, number)
    asked = request.GET.get("jenis", "")
    if asked not in {*ChangeKind.values, "held"}:
        asked = next((kind for kind, n in _figures(row) if n), ChangeKind.ADDED) if row.number > 1 else ChangeKind.ADDED
    context = place.context() | {
        "version": row,
        "category": place.category_name(row.category),
        "asked": asked,
        "pieces": [_piece(kind, n) for kind, n in (*_figures(row), ("held", row.rejected))],
        "asked_name": _("ditahan") if asked == "held" else ChangeKind(asked).label,
    }
    at = request.GET.get("hal")
    if asked == "held":
        rejects = Paginator(HeldBack.objects.filter(version=row).order_by("row", "pk"), A_PAGE).get_page(at)
        context |= {"page": rejects, "held": list(rejects)}
    elif asked == ChangeKind.ADDED:
        fresh = Paginator(_added(place, row), A_PAGE).get_page(at)
        context |= {"page": fresh, "added": [(v, queries.masked_nik(v), place.whole_name(v.area)) for v in fresh]}
    else:
        page = Paginator(queries.changes(place.scope, row, kind=asked), A_PAGE).get_page(at)
        context |= {"page": page, "changes": [(told(place, c), *_where(place, c)) for c in page]}
    context["exports"] = place.exports
    return render(request, "roll/version.html", context)


def _figures(row: RollVersion) -> list[tuple[str, int]]:
    return [
        (ChangeKind.STRUCK, row.struck), (ChangeKind.MOVED, row.moved), (ChangeKind.CHANGED, row.changed),
        (ChangeKind.ADDED, row.added),
    ]  # fmt: skip


def _piece(kind: str, count: int) -> Piece:
    codes = {ChangeKind.ADDED: "good", ChangeKind.STRUCK: "bad", ChangeKind.MOVED: "info", "held": "warn"}
    label = _("ditahan") if kind == "held" else str(ChangeKind(kind).label)
    return Piece(codes.get(kind, "differs"), label, count, f"?jenis={kind}")


def _added(place: Place, row: RollVersion) -> Any:
    rows = Voter.objects.filter(since=row).select_related("area__parent").order_by("area__code", "line", "pk")
    return place.scope.filter(rows, Right.ROLL)


def _where(place: Place, change: Any) -> tuple[str, str]:
    names = [place.whole_name(area) if area else "" for area in (change.from_area, change.to_area)]
    return names[0], names[1]


@require_GET
@login_required
def differences(request: HttpRequest, number: int, ending: str) -> HttpResponseBase:
    """GET: everything that a version changed, as a table with masked numbers. Needs EXPORT."""
    row, place = _version(request, number)
    place.scope.require(Right.EXPORT, place.area)
    return table_answer(
        DIFFERENCES, _rows(place, row), f"perubahan-{row.area.code}-{row.category}-{row.number}", ending
    )


def _rows(place: Place, row: RollVersion) -> Iterator[tuple[Any, ...]]:
    names = field_names()
    for voter in _added(place, row).iterator(chunk_size=2000):
        yield _cells(voter, ChangeKind.ADDED, "", "", "", "")
    for change in queries.changes(place.scope, row).iterator(chunk_size=2000):
        codes = [area.code if area else "" for area in (change.from_area, change.to_area)]
        fields = ", ".join(names.get(name, name) for name in change.fields)
        yield _cells(change.voter, change.kind, place.reason_name(change.reason), *codes, fields)


def _cells(voter: Voter, kind: str, *rest: str) -> tuple[Any, ...]:
    nik = queries.masked_nik(voter)
    return (voter.area.code, voter.category, voter.line, nik, voter.name, kind, *rest)


@require_GET
@login_required
def held(request: HttpRequest, number: int) -> HttpResponseBase:
    """GET: the rows held back, as a table."""
    row, _place = _version(request, number)
    rows = HeldBack.objects.filter(version=row).order_by("row", "pk").iterator()
    lang = get_language() or "id"
    cells = ((row.file_name, h.row, h.column, h.value, _one(h.reason, lang)) for h in rows)
    return table_answer(("file", "row", "column", "value", "reason"), cells, f"tertahan-{row.pk}", "csv")


def _one(reason: str, lang: str) -> str:
    """The half of "Indonesian / English" that the page speaks."""
    said = reason.split(" / ")
    return said[-1] if lang.startswith("en") else said[0]
