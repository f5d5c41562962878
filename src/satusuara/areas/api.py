"""Elections, contests of their law, and the tree of areas: public facts, for programs."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Schema

from satusuara import law as laws
from satusuara.areas import queries
from satusuara.areas.models import Area, District, Election
from satusuara.kernel.api import (
    REFUSED,
    AreaCode,
    ContestCode,
    ElectionCode,
    Page,
    PageNumber,
    PageSize,
    SearchWords,
    Words,
    part_of,
)
from satusuara.law.model import Contest

router = Router(tags=["areas"])


class ElectionOut(Schema):
    code: str
    law: str
    name: Words
    day: date
    scheme: str  # whose codes its areas have

    @classmethod
    def of(cls, row: Election) -> ElectionOut:
        name = Words(id=row.name_id, en=row.name_en)
        return cls(code=row.code, law=row.law, name=name, day=row.day, scheme=row.scheme)


class LevelOut(Schema):
    code: str
    name: Words
    digits: int  # width of its own part in a station's code; 0: any


class ElectionDetail(ElectionOut):
    """With the levels of its law, from the top; the last is the polling station."""

    levels: list[LevelOut]


class ChoiceOut(Schema):
    """A column of votes that the law itself knows."""

    column: str
    name: Words | None


class ContestOut(Schema):
    code: str
    name: Words
    short: Words
    ballot_colour: Words
    district_level: str  # whose area decides the ballot: a level, "district", or "" for the nation
    form: str
    seats: str
    threshold_percent: int
    choice_kind: str
    choices: list[ChoiceOut]
    columns: list[str]  # of the form, in its order, without choices

    @classmethod
    def of(cls, law: laws.Law, contest: Contest) -> ContestOut:
        spec = contest.choices
        choices = [
            ChoiceOut(column=f"{spec.prefix}{n}", name=Words.of(name) if (name := spec.name_of(n)) else None)
            for n in spec.numbers
        ]
        return cls(
            code=contest.code, name=Words.of(contest.name), short=Words.of(contest.short),
            ballot_colour=Words.of(contest.ballot_colour), district_level=contest.district_level, form=contest.form,
            seats=contest.seats, threshold_percent=contest.threshold_percent, choice_kind=spec.kind, choices=choices,
            columns=list(law.columns(contest.code)),
        )  # fmt: skip


class AreaOut(Schema):
    election: str
    code: str
    level: str
    name: str
    stations: int | None  # polling stations as the source counts them; null: no source
    special: bool
    abroad: bool

    @classmethod
    def of(cls, row: Area) -> AreaOut:
        return cls(
            election=row.election_id, code=row.code, level=row.level, name=row.name, stations=row.stations,
            special=row.special, abroad=row.abroad,
        )  # fmt: skip


class AreaDetail(AreaOut):
    """With the areas above it, from the top, and where it lies (WGS 84) where a marker is known."""

    above: list[AreaOut]
    lon: float | None
    lat: float | None
    note: Words
    source: str


class DistrictOut(Schema):
    """A constituency; ``seats`` is null until a source says it."""

    contest: str
    code: str
    name: str
    seats: int | None
    seats_source: str
    source: str

    @classmethod
    def of(cls, row: District) -> DistrictOut:
        return cls(
            contest=row.contest, code=row.code, name=row.name, seats=row.seats, seats_source=row.seats_source,
            source=row.source,
        )  # fmt: skip


@router.get("/elections", response={200: list[ElectionOut], **REFUSED})
def elections(request: HttpRequest) -> list[ElectionOut]:
    """Every election of this instance, the newest first."""
    return [ElectionOut.of(row) for row in Election.objects.all()]


@router.get("/elections/{election}", response={200: ElectionDetail, **REFUSED})
def election(request: HttpRequest, election: ElectionCode) -> ElectionDetail:
    """One election and the levels of its areas."""
    row = queries.election(election)
    levels = [LevelOut(code=x.code, name=Words.of(x.name), digits=x.digits) for x in laws.load_law(row.law).levels]
    return ElectionDetail(**ElectionOut.of(row).dict(), levels=levels)


@router.get("/elections/{election}/contests", response={200: list[ContestOut], **REFUSED})
def contests(request: HttpRequest, election: ElectionCode) -> list[ContestOut]:
    """The contests of the election's law, in the order of counting."""
    law = laws.load_law(queries.election(election).law)
    return [ContestOut.of(law, contest) for contest in law.contests]


@router.get("/elections/{election}/areas", response={200: Page[AreaOut], **REFUSED})
def areas(
    request: HttpRequest, election: ElectionCode, q: SearchWords = "", page: PageNumber = 1, page_size: PageSize = 50
) -> Page[AreaOut]:
    """The areas at the top of the tree; with ``q`` those found by name or by the start of their code."""
    queries.election(election)
    if q.strip():
        found = queries.search(election, q, limit=page_size)
        return Page(count=len(found), page=1, page_size=page_size, items=[AreaOut.of(row) for row in found])
    return _page(queries.roots(election), page, page_size)


@router.get("/elections/{election}/areas/{area}", response={200: AreaDetail, **REFUSED})
def area(request: HttpRequest, election: ElectionCode, area: AreaCode) -> AreaDetail:
    """One area."""
    row = queries.area(election, area)
    return AreaDetail(
        **AreaOut.of(row).dict(),
        above=[AreaOut.of(each) for each in queries.ancestors(row)],
        lon=_degrees(row.lon_e6),
        lat=_degrees(row.lat_e6),
        note=Words(id=row.note, en=row.note_en or row.note),
        source=row.source,
    )


def _degrees(millionths: int | None) -> float | None:
    return None if millionths is None else millionths / 1_000_000


@router.get("/elections/{election}/areas/{area}/children", response={200: Page[AreaOut], **REFUSED})
def children(
    request: HttpRequest, election: ElectionCode, area: AreaCode, page: PageNumber = 1, page_size: PageSize = 50
) -> Page[AreaOut]:
    """The areas directly below one, by code."""
    return _page(queries.children(queries.area(election, area)), page, page_size)


@router.get("/elections/{election}/contests/{contest}/districts", response={200: Page[DistrictOut], **REFUSED})
def districts(
    request: HttpRequest,
    election: ElectionCode,
    contest: ContestCode,
    page: PageNumber = 1,
    page_size: PageSize = 50,
) -> Page[DistrictOut]:
    """The constituencies of a contest."""
    laws.load_law(queries.election(election).law).contest(contest)
    count, rows = part_of(queries.districts(election, contest), page, page_size)
    return Page(count=count, page=page, page_size=page_size, items=[DistrictOut.of(row) for row in rows])


def _page(rows: QuerySet[Area], page: int, page_size: int) -> Page[AreaOut]:
    count, found = part_of(rows, page, page_size)
    return Page(count=count, page=page, page_size=page_size, items=[AreaOut.of(row) for row in found])
