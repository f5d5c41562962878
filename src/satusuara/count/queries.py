"""Reads of sources, forms, findings and sums. ``scope`` comes first: what it may not see is not in the answer.

Sums and the status of every figure are public (``Right.PUBLIC``); forms with their cells and findings need
``Right.SEE`` unless a page that publishes them asks with another right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Model, OuterRef, Prefetch, Q, QuerySet, Subquery, prefetch_related_objects

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.count.choices import FormStatus
from satusuara.count.models import AreaSummary, Finding, Form, FormVersion, ImportBatch, RejectedRow, Source
from satusuara.count.rules import Outcome, Written, apart, sentence_of, sort_out
from satusuara.count.tally import ancestors
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.law.model import Identity, Law
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below

SORTS = {
    "area": ("area__code",),
    "-area": ("-area__code",),
    "status": ("status", "area__code"),
    "-status": ("-status", "area__code"),
    "failures": ("failures", "area__code"),
    "-failures": ("-failures", "area__code"),
    "warnings": ("warnings", "area__code"),
    "-warnings": ("-warnings", "area__code"),
}


@dataclass(frozen=True, slots=True)
class ChildRow:
    """An area below another one, and what each source holds there: a summary, or at the lowest level a form."""

    area: Area
    summaries: Mapping[int, AreaSummary]  # by source id
    forms: Mapping[int, Form]  # by source id


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with the law's words about it. ``identity`` is None where the law no longer knows the rule."""

    finding: Finding
    identity: Identity | None
    sentence: Text


@dataclass(frozen=True, slots=True)
class FormView:
    """One form of one source: its current figures, every version (newest first), and what does not hold."""

    form: Form
    cells: Mapping[str, int | None]
    versions: Sequence[FormVersion]
    findings: Sequence[FindingView]


def election(code: str) -> Election:
    """:raises NotFound: ``no-election``"""
    found = Election.objects.filter(code=code).first()
    if found is None:
        raise NotFound("no-election", Text(f"Tidak ada pemilu {code}", f"There is no election {code}"))
    return found


def sources(_scope: Scope, election_code: str, contest: str = "") -> QuerySet[Source]:
    """Who gives figures of an election: public, like the figures' origin must be."""
    rows = Source.objects.filter(election=election_code).select_related("election")
    return rows.filter(contest=contest) if contest else rows


def source(scope: Scope, election_code: str, contest: str, name: str) -> Source:
    """:raises NotFound: ``no-source``"""
    found = sources(scope, election_code, contest).filter(name=name).first()
    if found is None:
        raise NotFound("no-source", Text(f"Tidak ada sumber {name}", f"There is no source {name}"))
    return found


def summaries(scope: Scope, area: Area, contest: str) -> list[AreaSummary]:
    """What every source holds at and below an area, in the order of the sources."""
    rows = AreaSummary.objects.filter(area=area, source__contest=contest).select_related("source")
    return list(scope.filter(rows, Right.PUBLIC).order_by("source_id"))


def children(
    scope: Scope,
    area: Area,
    contest: str,
    *,
    level: str = "",
    source: Source | None = None,
    figures: bool = True,
    right: Right = Right.PUBLIC,
) -> list[ChildRow]:
    """The areas directly below one (or all of a ``level`` below it), by code, with every source's summary or form
    there. At most four queries, however many areas. ``figures=False`` leaves sums and cells unread, a
    ``source`` those of every other one."""
    if level:
        inside = Area.objects.filter(election=area.election_id, level=level)
        inside = inside.filter(below("path", area.path, inside.db))
    else:  # the parent alone: with the election beside it, SQLite walks the whole nation by its code
        inside = Area.objects.filter(parent=area)
    areas = list(scope.filter(inside, right, area_field="").order_by("code"))
    if level:
        prefetch_related_objects(areas, "parent")  # a few areas with many children: each is read once
    else:
        for one in areas:
            one.parent = area
    found: dict[int, tuple[dict[int, AreaSummary], dict[int, Form]]] = {one.pk: ({}, {}) for one in areas}
    sums = AreaSummary.objects.filter(area__in=inside.values("pk"), source__contest=contest)
    rows = Form.objects.filter(area__in=inside.values("pk"), source__contest=contest)
    if source is not None:
        sums, rows = sums.filter(source=source), rows.filter(source=source)
        if areas and source.level != areas[0].level:
            rows = rows.none()
    if figures:
        rows = rows.select_related("version")
    else:
        sums = sums.defer("sums", "given")
    for summary in scope.filter(sums, right):
        found[summary.area_id][0][summary.source_id] = summary
    for form in scope.filter(rows, right):
        found[form.area_id][1][form.source_id] = form
    return [ChildRow(one, *found[one.pk]) for one in areas]


def forms(
    scope: Scope,
    source: Source,
    area: Area | None = None,
    *,
    status: str = "",
    identity: str = "",
    text: str = "",
    sort: str = "area",
    right: Right = Right.SEE,
) -> QuerySet[Form]:
    """Forms of a source at and below an area, with area, parent and current version at hand.

    ``status``: one of ``FormStatus``, "warning" for forms with a warning, "in" for those with figures, "complete" for
    those without a blank. ``identity``: a rule that does not hold
    ("I2.j"; "I2" takes all of it). ``text``: parts of codes or names, of the area or those two above it. An unknown
    ``sort`` is that by area.
    """
    rows = Form.objects.filter(source=source).select_related("area__parent__parent", "version", "source__election")
    if area is not None:
        rows = rows.filter(below("area__path", area.path, rows.db))
    if status == "warning":
        rows = rows.filter(warnings__gt=0)
    elif status == "in":
        rows = rows.exclude(status=FormStatus.EMPTY)
    elif status == "complete":
        rows = rows.filter(complete=True)
    elif status:
        rows = rows.filter(status=status)
    if identity:
        failing = Finding.objects.filter(Q(identity=identity) | Q(identity__startswith=f"{identity}."))
        rows = rows.filter(version__in=failing.values("version"))
    for word in text.split():
        rows = rows.filter(
            Q(area__code__contains=word)
            | Q(area__name__icontains=word)
            | Q(area__parent__name__icontains=word)
            | Q(area__parent__parent__name__icontains=word)
        )
    return scope.filter(rows, right).order_by(*SORTS.get(sort, SORTS["area"]))


def neighbours(rows: QuerySet[Form], area: Area) -> tuple[Form | None, Form | None]:
    """The forms before and after an area's among ``rows`` (of ``forms``), village by village. Two queries."""
    before = rows.filter(area__path__lt=area.path).order_by("-area__path").first()
    after = rows.filter(area__path__gt=area.path).order_by("area__path").first()
    return before, after


def forms_at(scope: Scope, area: Area, contest: str, *, right: Right = Right.SEE) -> dict[int, Form]:
    """What every source shows of one form, with its figures, by source id."""
    rows = Form.objects.filter(area=area, source__contest=contest).select_related("version", "source")
    return {form.source_id: form for form in scope.filter(rows, right)}


def form_view(scope: Scope, source: Source, area: Area, *, right: Right = Right.SEE) -> FormView:
    """One form with its versions and findings.

    :raises Forbidden: outside the area
    :raises NotFound: ``no-form`` when the source has none there
    """
    scope.require(right, area)
    versions = FormVersion.objects.select_related("batch").order_by("-number")
    form = (
        Form.objects.filter(source=source, area=area)
        .select_related("version", "source__election", "area__parent")
        .prefetch_related(Prefetch("versions", versions))
        .first()
    )
    if form is None or form.version is None:
        raise NotFound(
            "no-form",
            Text(f"Sumber {source.name} tidak memuat formulir ini", f"The source {source.name} has no such form"),
        )
    return FormView(form, form.version.cells, list(form.versions.all()), findings(scope, form, right=right))


def findings(scope: Scope, form: Form, *, right: Right = Right.SEE) -> list[FindingView]:
    """What does not hold on the current version of a form, in the law's order, with its sentences."""
    scope.require(right, form.area)
    return findings_of([form])[form.pk]


def findings_of(forms: Sequence[Form]) -> dict[int, list[FindingView]]:
    """``findings`` of forms that the asker was given already, by form id. One query."""
    found: dict[int, list[Finding]] = {form.pk: [] for form in forms}
    of_version = {form.version_id: form.pk for form in forms}
    for row in Finding.objects.filter(version__in=[v for v in of_version if v is not None]).order_by("pk"):
        found[of_version[row.version_id]].append(row)
    return {form.pk: _views(form, found[form.pk]) for form in forms}


def _views(form: Form, rows: Sequence[Finding]) -> list[FindingView]:
    if not rows:
        return []
    law, contest = laws.load_law(form.source.election.law), form.source.contest
    order = {identity.code: n for n, identity in enumerate(law.identities_of(contest))}
    fields, lines = apart(form.version.cells if form.version else {})
    written = sort_out(law, contest, fields, lines)
    views = [_view(law, contest, row, written) for row in rows]
    return sorted(views, key=lambda view: order.get(view.identity.code, 0) if view.identity else len(order))


def _view(law: Law, contest: str, finding: Finding, written: Written) -> FindingView:
    try:
        identity = law.identity(finding.identity)
    except NotFound:
        sentence = Text(
            f"{finding.identity}: tertulis {finding.left} dan {finding.right}",
            f"{finding.identity}: written {finding.left} and {finding.right}",
        )
        return FindingView(finding, None, sentence)
    outcome = Outcome(
        finding.identity, identity.code, identity.kind, evaluated=True, holds=False, left=finding.left,
        right=finding.right, difference=finding.difference, party=identity.party_in(finding.identity),
    )  # fmt: skip
    return FindingView(finding, identity, sentence_of(law, contest, outcome, written))


def finding_counts(scope: Scope, source: Source, area: Area | None = None) -> list[tuple[Identity, int]]:
    """Every identity of the contest and on how many current forms at and below the area it does not hold."""
    law = laws.load_law(source.election.law)
    rows = Finding.objects.filter(version__form__source=source, version__pk=F("version__form__version"))
    if area is not None:
        rows = rows.filter(below("version__form__area__path", area.path, rows.db))
    rows = scope.filter(rows, Right.SEE, area_field="version__form__area")
    counts = dict(rows.order_by().values_list("identity").annotate(n=Count("pk")))
    return [
        (identity, sum(n for code, n in counts.items() if code == identity.code or _of_party(code, identity)))
        for identity in law.identities_of(source.contest)
        if identity.kind != "cross"
    ]


def _of_party(code: str, identity: Identity) -> bool:
    """Whether "I8.4" is the identity I8 for one party."""
    return identity.per_party and code.startswith(f"{identity.code}.")


def result_table(
    scope: Scope,
    source: Source,
    area: Area | None = None,
    *,
    status: str = "",
    identity: str = "",
    text: str = "",
    only: QuerySet[Any, Any] | None = None,
) -> tuple[list[str], Iterator[tuple[str | int | None, ...]]]:
    """A source's current figures at and below an area as a table (CLI, "Result table") with the status of each form:
    its columns, and its rows in a stream. Only rows where EXPORT is held; filters as of ``forms``, ``only``: a
    subquery of ids of areas."""
    law = laws.load_law(source.election.law)
    known = [*law.columns(source.contest), *law.choice_columns(source.contest)]
    given: set[str] = set()
    for summary in AreaSummary.objects.filter(source=source, area__parent=None):
        given |= summary.given.keys()
    figures = [name for name in known if name in given] + sorted(given - set(known))
    key = "tps_id" if source.level == law.station_level else "area_code"
    columns = [key, "area_name", "parent_name", *figures, "status", "version", "source_time", "file_sha256"]
    chosen = forms(scope, source, area, status=status, identity=identity, text=text, right=Right.EXPORT)
    chosen = chosen.select_related("version__batch")
    if only is not None:
        chosen = chosen.filter(area__in=only)
    return columns, (_table_row(form, figures) for form in chosen.iterator(chunk_size=2000))


def _table_row(form: Form, figures: Sequence[str]) -> tuple[str | int | None, ...]:
    version = form.version
    cells = version.cells if version else {}
    parent = form.area.parent.name if form.area.parent else ""
    return (
        form.area.code, form.area.name, parent, *(cells.get(name) for name in figures), str(form.status),
        version.number if version else None, version.source_time if version else "",
        version.batch.file_sha256 if version else "",
    )  # fmt: skip


def batches(scope: Scope, source: Source) -> QuerySet[ImportBatch]:
    """Files read into a source, newest first, for whoever sees all of it; two files with one name differ by hash."""
    rows = ImportBatch.objects.filter(source=source)
    return rows if sees_all_of(scope, source) else rows.none()


def rejected_rows(scope: Scope, batch: ImportBatch) -> QuerySet[RejectedRow]:
    """Rows held back of a file, for whoever sees all of its source: such a row may name any area."""
    rows = RejectedRow.objects.filter(batch=batch).order_by("row", "pk")
    return rows if sees_all_of(scope, batch.source) else rows.none()


def sees_all_of(scope: Scope, source: Source) -> bool:
    """Whether every form of the source lies where SEE is held: asked at the lowest area that holds them all."""
    whole = AreaSummary.objects.filter(source=source).select_related("area").order_by("-forms", "-area__path")
    first = whole.first()
    if first is None:
        return scope.is_system
    tops = [row.area for row in whole.filter(forms=first.forms)]
    lowest = max(tops, key=lambda area: area.path.count("/"))
    complete = Form.objects.filter(source=source).count() == first.forms
    return scope.is_system or (complete and scope.allows(Right.SEE, lowest))


# --- for this chapter's actions and the ledger: unguarded, never for a page ---


@dataclass(frozen=True, slots=True)
class Line:
    """One form as ``tally`` adds it up."""

    path: str
    status: str
    warnings: int
    cells: Mapping[str, int | None]
    failures: int = 0
    complete: bool = False


def form_lines(source: Source) -> Iterator[Line]:
    """Every form of a source, streamed."""
    fields = ("area__path", "status", "warnings", "version__cells", "failures", "complete")
    rows = Form.objects.filter(source=source).values_list(*fields)
    for path, status, warnings, cells, failures, complete in rows.iterator(chunk_size=2000):
        yield Line(path, status, warnings, cells or {}, failures, complete)


def expected_below(source: Source, areas: Iterable[Area], *, station: str) -> dict[str, int]:
    """{path: forms there should be}: the stations that the tree counts, or the areas of the source's own level."""
    areas = list(areas)
    if source.level == station:
        return {area.path: area.stations or 0 for area in areas}
    found = {area.path: 0 for area in areas}
    tops = [area.path for area in areas if not any(above in found for above in ancestors(area.path))]
    for top in tops:
        inside = Area.objects.filter(election=source.election_id, level=source.level)
        inside = inside.filter(below("path", top, inside.db))
        for path in inside.values_list("path", flat=True).iterator(chunk_size=5000):
            for place in (path, *ancestors(path)):
                if place in found:
                    found[place] += 1
    return found


def source_payload(source: Source) -> dict[str, Any]:
    """What the ledger seals of a source."""
    fields = ("contest", "name", "title_id", "title_en", "kind", "level", "origin", "note_id", "note_en")
    return {"election": source.election_id, **{name: getattr(source, name) for name in fields}}


def batch_payload(batch: ImportBatch) -> dict[str, Any]:
    """What the ledger seals of a file that was read."""
    fields = ("file_name", "file_sha256", "by", "rows", "added", "changed", "unchanged", "rejected")
    return {"source": batch.source.name, **{name: getattr(batch, name) for name in fields}}


def version_payload(version: FormVersion, area_code: str) -> dict[str, Any]:
    """What the ledger seals of a form's version."""
    source = version.batch.source
    return {
        "election": source.election_id,
        "contest": source.contest,
        "source": source.name,
        "area": area_code,
        "number": version.number,
        "cells": version.cells,
        "source_time": version.source_time,
        "file_sha256": version.batch.file_sha256,
        "row": version.row,
        **({"published": version.published} if version.published else {}),
    }


def source_payloads(ids: Iterable[str]) -> dict[str, Any]:
    return {str(row.pk): source_payload(row) for row in Source.objects.filter(pk__in=[int(i) for i in ids])}


def batch_payloads(ids: Iterable[str]) -> dict[str, Any]:
    rows = ImportBatch.objects.filter(pk__in=[int(i) for i in ids]).select_related("source")
    return {str(row.pk): batch_payload(row) for row in rows}


def version_payloads(ids: Iterable[str]) -> dict[str, Any]:
    rows = FormVersion.objects.filter(pk__in=[int(i) for i in ids]).select_related("batch__source", "form__area")
    return {str(row.pk): version_payload(row, row.form.area.code) for row in rows}


def ids_of(model: type[Model]) -> Iterator[str]:
    """The number of every row."""
    return (str(pk) for pk in model._default_manager.values_list("pk", flat=True).iterator(chunk_size=5000))


def misplaced(sample: int = 100) -> list[str]:
    """Forms that do not show their newest version, as "source area": what the ledger's own check cannot see."""
    newest = FormVersion.objects.filter(form=OuterRef("pk")).order_by("-number").values("number")[:1]
    rows = Form.objects.exclude(version__number=Subquery(newest)).select_related("source", "area")
    return [f"{row.source.name} {row.area.code}" for row in rows[:sample]]
