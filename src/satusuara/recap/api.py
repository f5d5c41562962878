"""Sources side by side, comparisons and differences, for programs; the same scope as the pages."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema

from satusuara import law as laws
from satusuara.areas.api import AreaOut
from satusuara.areas.models import Area
from satusuara.areas.queries import area as area_of
from satusuara.count.queries import source as source_of
from satusuara.kernel.api import (
    REFUSED,
    AreaCode,
    ContestCode,
    ElectionCode,
    MaybeSource,
    Page,
    PageNumber,
    PageSize,
    SearchWords,
    SourceName,
    Words,
    part_of,
)
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.recap import queries
from satusuara.recap.choices import DifferenceKind
from satusuara.recap.models import ComparedArea, Difference

router = Router(tags=["recap"])
AREA = "/elections/{election}/contests/{contest}/areas/{area}"
SortKey = Literal["-votes", "votes", "area", "-area", "kind", "-kind"]


class ColumnOut(Schema):
    """``differs``: two sources that both give all of the figure say something else."""

    column: str
    label: Words
    differs: bool


class ShownOut(Schema):
    """What a source says: on the area's own form (``status``, ``version``), or as the sum of ``forms`` of ``expected``
    forms below it, of which ``given`` gave each figure."""

    source: str
    own: bool
    status: str | None
    version: int | None
    forms: int
    expected: int
    figures: dict[str, int | None]
    given: dict[str, int]

    @classmethod
    def of(cls, shown: queries.Shown) -> ShownOut:
        form = shown.form
        version = form.version if form else None
        return cls(
            source=shown.source.name, own=form is not None, status=form.status if form else None,
            version=version.number if version else None, forms=1 if form else shown.forms,
            expected=1 if form else shown.expected, figures=dict(shown.figures), given=dict(shown.given or {}),
        )  # fmt: skip


class SideBySideOut(Schema):
    area: AreaOut
    columns: list[ColumnOut]
    sources: list[ShownOut]


class ComparisonOut(Schema):
    """Two sources below an area, counted in areas of ``level``."""

    a: str
    b: str
    level: str
    equal: int
    net_zero: int
    net_nonzero: int
    not_comparable: int

    @classmethod
    def of(cls, row: ComparedArea) -> ComparisonOut:
        return cls(
            a=row.a.name, b=row.b.name, level=row.level, equal=row.equal, net_zero=row.net_zero,
            net_nonzero=row.net_nonzero, not_comparable=row.not_comparable,
        )  # fmt: skip


class DifferenceOut(Schema):
    """``cells``: {column: [in A, in B]} of what differs. ``votes``: at least so many are wrong in A or in B."""

    a: str
    b: str
    area: AreaOut
    kind: str
    votes: int
    cells: dict[str, list[int]]
    sentence: Words

    @classmethod
    def of(cls, row: Difference) -> DifferenceOut:
        return cls(
            a=row.a.name, b=row.b.name, area=AreaOut.of(row.area), kind=row.kind, votes=row.votes, cells=row.cells,
            sentence=Words.of(queries.sentence(row)),
        )  # fmt: skip


def _place(election: str, contest: str, area: str) -> Area:
    """:raises NotFound: no such election, contest or area"""
    found = area_of(election, area)
    laws.load_law(found.election.law).contest(contest)
    return found


@router.get(f"{AREA}/figures", response={200: SideBySideOut, **REFUSED})
def figures(request: HttpRequest, election: ElectionCode, contest: ContestCode, area: AreaCode) -> SideBySideOut:
    """Every source's figures of one area side by side, each with its status. Public."""
    place = _place(election, contest, area)
    view = queries.side_by_side(scope_for(request), place, contest, right=Right.PUBLIC)
    columns = [
        ColumnOut(column=name, label=Words.of(view.labels[name]), differs=name in view.differing)
        for name in view.columns
    ]
    return SideBySideOut(area=AreaOut.of(place), columns=columns, sources=[ShownOut.of(one) for one in view.sources])


@router.get(f"{AREA}/comparisons", response={200: list[ComparisonOut], **REFUSED})
def comparisons(
    request: HttpRequest, election: ElectionCode, contest: ContestCode, area: AreaCode
) -> list[ComparisonOut]:
    """Which sources were compared below an area, and how they fare. Needs the right "see" there."""
    place = _place(election, contest, area)
    scope = scope_for(request)
    scope.require(Right.SEE, place)
    return [ComparisonOut.of(row) for row in queries.comparisons(scope, place, contest)]


@router.get(f"{AREA}/differences", response={200: Page[DifferenceOut], **REFUSED})
def differences(
    request: HttpRequest,
    *,
    election: ElectionCode,
    contest: ContestCode,
    area: AreaCode,
    a: MaybeSource = "",
    b: MaybeSource = "",
    kind: DifferenceKind | Literal[""] = "",
    q: SearchWords = "",
    sort: SortKey = "-votes",
    page: PageNumber = 1,
    page_size: PageSize = 50,
) -> Page[DifferenceOut]:
    """Where two sources differ at and below an area, the largest first. Needs the right "see" there."""
    place = _place(election, contest, area)
    scope = scope_for(request)
    scope.require(Right.SEE, place)
    named = [source_of(scope, election, contest, name) if name else None for name in (a, b)]
    rows = queries.differences(
        scope, election, contest, place, a=named[0], b=named[1], kind=str(kind), text=q, sort=sort
    )  # fmt: skip
    count, found = part_of(rows, page, page_size)
    return Page(count=count, page=page, page_size=page_size, items=[DifferenceOut.of(row) for row in found])


@router.get(f"{AREA}/recap-differs", response={200: Page[DifferenceOut], **REFUSED})
def recap_differs(
    request: HttpRequest,
    *,
    election: ElectionCode,
    contest: ContestCode,
    area: AreaCode,
    first: SourceName,
    second: SourceName,
    recap: SourceName,
    page: PageNumber = 1,
    page_size: PageSize = 50,
) -> Page[DifferenceOut]:
    """Areas whose recapitulation differs although two independent readings agree on every form below. Needs "see"."""
    place = _place(election, contest, area)
    scope = scope_for(request)
    scope.require(Right.SEE, place)
    one, two, three = (source_of(scope, election, contest, name) for name in (first, second, recap))
    rows = queries.recap_differs_from_agreed(scope, (one, two), three, place)
    count, found = part_of(rows, page, page_size)
    return Page(count=count, page=page, page_size=page_size, items=[DifferenceOut.of(row) for row in found])
