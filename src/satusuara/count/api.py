"""Sources, sums, forms and findings, for programs. What needs a right asks the same scope as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Query, Router, Schema

from satusuara import law as laws
from satusuara.areas.api import AreaOut
from satusuara.areas.models import Area
from satusuara.areas.queries import area as area_of
from satusuara.count import queries
from satusuara.count.choices import FormStatus
from satusuara.count.models import AreaSummary, Form, FormVersion, Source
from satusuara.count.pages.beside import status_of
from satusuara.kernel.api import (
    REFUSED,
    AreaCode,
    ContestCode,
    ElectionCode,
    Page,
    PageNumber,
    PageSize,
    SearchWords,
    SourceName,
    Words,
    part_of,
)
from satusuara.lake.answer import TYPES, table_answer
from satusuara.law.model import Citation, Identity
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for

router = Router(tags=["count"])
BASE = "/elections/{election}/contests/{contest}"
AREA = f"{BASE}/areas/{{area}}"
Cells = dict[str, int | None]
SortKey = Literal["area", "-area", "status", "-status", "failures", "-failures", "warnings", "-warnings"]


class SourceOut(Schema):
    """Who says the figures of a contest, and at which level of area."""

    name: str
    kind: str
    level: str
    title: Words
    origin: str
    note: Words

    @classmethod
    def of(cls, row: Source) -> SourceOut:
        return cls(
            name=row.name, kind=row.kind, level=row.level, title=Words(id=row.title_id, en=row.title_en),
            origin=row.origin, note=Words(id=row.note_id, en=row.note_en),
        )  # fmt: skip


class SummaryOut(Schema):
    """What a source holds at and below an area. ``sums`` adds only written figures; ``given``: by how many forms."""

    source: str
    status: str  # failing as soon as a form is; incomplete where one is missing or has a blank
    expected: int
    forms: int
    consistent: int
    incomplete: int
    empty: int
    failing: int
    warnings: int
    sums: dict[str, int]
    given: dict[str, int]

    @classmethod
    def of(cls, row: AreaSummary, names: dict[int, str]) -> SummaryOut:
        fields = (
            "expected", "forms", "consistent", "incomplete", "empty", "failing", "warnings", "sums", "given",
        )  # fmt: skip
        return cls(source=names[row.source_id], status=status_of(row), **{name: getattr(row, name) for name in fields})


class FormOut(Schema):
    """A form as its source shows it now. A blank cell is null, a written zero is 0."""

    source: str
    area: AreaOut
    status: str
    failures: int
    warnings: int
    version: int | None
    source_time: str
    cells: Cells

    @classmethod
    def of(cls, row: Form, source: str) -> FormOut:
        version = row.version
        return cls(
            source=source, area=AreaOut.of(row.area), status=row.status, failures=row.failures, warnings=row.warnings,
            version=version.number if version else None, source_time=version.source_time if version else "",
            cells=version.cells if version else {},
        )  # fmt: skip


class StatusOut(Schema):
    """A form's status without its figures."""

    source: str
    status: str
    failures: int
    warnings: int


class ChildOut(Schema):
    """An area below, and what each source holds there: a sum, or at the lowest level a form's status."""

    area: AreaOut
    summaries: list[SummaryOut]
    forms: list[StatusOut]


class CitationOut(Schema):
    text: str
    confidence: str

    @classmethod
    def of(cls, citation: Citation) -> CitationOut:
        return cls(text=citation.text, confidence=citation.confidence)


class IdentityOut(Schema):
    """An arithmetic statement of the law about one form. ``per_party``: evaluated once for every party ("I8.4")."""

    code: str
    rule: str
    kind: str
    relation: str
    title: Words
    columns: list[str]
    uses_choices: bool
    per_party: bool
    consequence: Words
    citations: list[CitationOut]

    @classmethod
    def of(cls, identity: Identity) -> IdentityOut:
        return cls(
            code=identity.code, rule=identity.rule, kind=identity.kind, relation=identity.relation,
            title=Words.of(identity.title), columns=sorted(identity.columns), uses_choices=identity.uses_choices,
            per_party=identity.per_party, consequence=Words.of(identity.consequence.text),
            citations=[CitationOut.of(each) for each in identity.consequence.citations],
        )  # fmt: skip


class FindingOut(Schema):
    """An identity that does not hold on the current version, in a sentence that says what is written."""

    identity: str
    kind: str
    left: int
    right: int
    difference: int
    sentence: Words
    consequence: Words | None
    citations: list[CitationOut]

    @classmethod
    def of(cls, view: queries.FindingView) -> FindingOut:
        row, identity = view.finding, view.identity
        consequence = identity.consequence if identity else None
        return cls(
            identity=row.identity, kind=row.kind, left=row.left, right=row.right, difference=row.difference,
            sentence=Words.of(view.sentence), consequence=Words.of(consequence.text) if consequence else None,
            citations=[CitationOut.of(each) for each in consequence.citations] if consequence else [],
        )  # fmt: skip


class VersionOut(Schema):
    """A version of a form: never overwritten. ``file_sha256`` and ``row``: from which file, and where in it."""

    number: int
    cells: Cells
    cells_sha256: str
    source_time: str
    read_at: datetime
    file_name: str
    file_sha256: str
    row: int

    @classmethod
    def of(cls, row: FormVersion) -> VersionOut:
        return cls(
            number=row.number, cells=row.cells, cells_sha256=row.cells_sha256, source_time=row.source_time,
            read_at=row.batch.at, file_name=row.batch.file_name, file_sha256=row.batch.file_sha256, row=row.row,
        )  # fmt: skip


class FormDetail(FormOut):
    versions: list[VersionOut]
    findings: list[FindingOut]


class FindingCount(Schema):
    identity: str
    kind: str
    title: Words
    forms: int


def _place(election: str, contest: str, area: str) -> Area:
    """The area of an address, when the contest is one of its law.

    :raises NotFound: no such election, contest or area
    """
    found = area_of(election, area)
    laws.load_law(found.election.law).contest(contest)
    return found


def _names(request: HttpRequest, election: str, contest: str) -> dict[int, str]:
    return {row.pk: row.name for row in queries.sources(scope_for(request), election, contest)}


@router.get(f"{BASE}/sources", response={200: list[SourceOut], **REFUSED})
def sources(request: HttpRequest, election: ElectionCode, contest: ContestCode) -> list[SourceOut]:
    """Who gives figures of a contest. Public."""
    laws.load_law(queries.election(election).law).contest(contest)
    return [SourceOut.of(row) for row in queries.sources(scope_for(request), election, contest)]


@router.get(f"{BASE}/identities", response={200: list[IdentityOut], **REFUSED})
def identities(request: HttpRequest, election: ElectionCode, contest: ContestCode) -> list[IdentityOut]:
    """Every arithmetic statement of the law about a form of the contest, with what follows when it fails. Public."""
    law = laws.load_law(queries.election(election).law)
    return [IdentityOut.of(each) for each in law.identities_of(contest) if each.kind != "cross"]


@router.get(f"{AREA}/summary", response={200: list[SummaryOut], **REFUSED})
def summary(request: HttpRequest, election: ElectionCode, contest: ContestCode, area: AreaCode) -> list[SummaryOut]:
    """What every source holds at and below an area, with the status of the figures. Public."""
    place = _place(election, contest, area)
    names = _names(request, election, contest)
    return [SummaryOut.of(row, names) for row in queries.summaries(scope_for(request), place, contest)]


@router.get(f"{AREA}/children", response={200: list[ChildOut], **REFUSED})
def results_below(request: HttpRequest, election: ElectionCode, contest: ContestCode, area: AreaCode) -> list[ChildOut]:
    """The areas directly below one with each source's sums, or the forms' status, there. Public."""
    place = _place(election, contest, area)
    names = _names(request, election, contest)
    found = []
    for row in queries.children(scope_for(request), place, contest):
        forms = [
            StatusOut(source=names[pk], status=form.status, failures=form.failures, warnings=form.warnings)
            for pk, form in sorted(row.forms.items())
        ]
        sums = [SummaryOut.of(one, names) for _, one in sorted(row.summaries.items())]
        found.append(ChildOut(area=AreaOut.of(row.area), summaries=sums, forms=forms))
    return found


@router.get(f"{AREA}/forms", response={200: Page[FormOut], **REFUSED})
def forms(
    request: HttpRequest,
    *,
    election: ElectionCode,
    contest: ContestCode,
    area: AreaCode,
    source: SourceName,
    status: FormStatus | Literal["", "warning"] = "",
    identity: Annotated[str, Query(pattern=r"^[A-Za-z0-9_.-]{0,32}$", description="A rule that fails: I2.j, I2")] = "",
    q: SearchWords = "",
    sort: SortKey = "area",
    page: PageNumber = 1,
    page_size: PageSize = 50,
) -> Page[FormOut]:
    """The forms of a source at and below an area. Needs the right "see" there."""
    place = _place(election, contest, area)
    scope = scope_for(request)
    scope.require(Right.SEE, place)
    chosen = queries.source(scope, election, contest, source)
    rows = queries.forms(scope, chosen, place, status=str(status), identity=identity, text=q, sort=sort)
    count, found = part_of(rows, page, page_size)
    return Page(count=count, page=page, page_size=page_size, items=[FormOut.of(row, source) for row in found])


@router.get(f"{AREA}/form", response={200: FormDetail, **REFUSED})
def form(
    request: HttpRequest, election: ElectionCode, contest: ContestCode, area: AreaCode, source: SourceName
) -> FormDetail:
    """One form: its cells, every version, and what does not hold in sentences. Needs the right "see" there."""
    place = _place(election, contest, area)
    scope = scope_for(request)
    scope.require(Right.SEE, place)
    view = queries.form_view(scope, queries.source(scope, election, contest, source), place)
    return FormDetail(
        **FormOut.of(view.form, source).dict(),
        versions=[VersionOut.of(row) for row in view.versions],
        findings=[FindingOut.of(row) for row in view.findings],
    )


@router.get(f"{AREA}/finding-counts", response={200: list[FindingCount], **REFUSED})
def finding_counts(
    request: HttpRequest, election: ElectionCode, contest: ContestCode, area: AreaCode, source: SourceName
) -> list[FindingCount]:
    """On how many forms at and below an area each identity does not hold. Needs the right "see" there."""
    place = _place(election, contest, area)
    scope = scope_for(request)
    scope.require(Right.SEE, place)
    chosen = queries.source(scope, election, contest, source)
    return [
        FindingCount(identity=identity.code, kind=identity.kind, title=Words.of(identity.title), forms=count)
        for identity, count in queries.finding_counts(scope, chosen, place)
    ]


_FILE = {
    "content": {TYPES[ending].split(";")[0]: {"schema": {"type": "string", "format": "binary"}} for ending in TYPES}
}


@router.get(
    f"{AREA}/export", response=REFUSED, openapi_extra={"responses": {200: {"description": "The table", **_FILE}}}
)
def export(
    request: HttpRequest,
    *,
    election: ElectionCode,
    contest: ContestCode,
    area: AreaCode,
    source: SourceName,
    format: Literal["csv", "xlsx", "parquet"] = "csv",
) -> HttpResponseBase:
    """A source's current figures at and below an area as the table that ``import results`` reads. CSV is streamed; no
    cell becomes a command of a spreadsheet. Needs the right "export" there."""
    place = _place(election, contest, area)
    scope = scope_for(request)
    scope.require(Right.EXPORT, place)
    chosen = queries.source(scope, election, contest, source)
    columns, rows = queries.result_table(scope, chosen, place)
    return table_answer(columns, rows, f"{election}-{contest}-{place.code}-{chosen.name}", format)
