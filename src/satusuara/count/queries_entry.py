"""What there is to do: forms by stage for every area, and the next one for a person. ``scope`` comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.areas.queries import children, codes_of
from satusuara.count import papers
from satusuara.count.models import Entry, Paper
from satusuara.count.papers import ENTRY_SOURCE
from satusuara.count.rules.entry import Stage
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below

BUSY = timedelta(minutes=30)
"""How long a draft that nobody touches keeps a form from being offered to others."""


@dataclass(frozen=True, slots=True)
class WorkRow:
    """An area, or a station, and how many of its forms stand where."""

    area: Area
    forms: int
    stages: Mapping[str, int]

    @property
    def accepted(self) -> int:
        return self.stages.get(Stage.ACCEPTED.value, 0)


def stages_by_contest(scope: Scope, area: Area) -> dict[str, dict[str, int]]:
    """{contest: {stage: forms}} at and below an area; forms that nobody has begun wait for their first entry."""
    scope.require(Right.IMPORT, area)
    rows = Paper.objects.filter(source__election=area.election_id, source__name=ENTRY_SOURCE)
    rows = rows.filter(below("area__path", area.path, rows.db)).order_by()
    counted: dict[str, Counter[str]] = {}
    for contest, stage, n in rows.values_list("source__contest", "stage").annotate(n=Count("pk")):
        counted.setdefault(contest, Counter())[stage] += n
    law = laws.load_law(area.election.law)
    return {each.code: _with_rest(counted.get(each.code, Counter()), area.stations or 0) for each in law.contests}


def _with_rest(counted: Counter[str], forms: int) -> dict[str, int]:
    begun = sum(counted.values())
    found = {stage.value: counted[stage.value] for stage in Stage}
    return {**found, Stage.FIRST.value: found[Stage.FIRST.value] + max(0, forms - begun)}


def work_rows(scope: Scope, area: Area, contest: str) -> list[WorkRow]:
    """The areas directly below one, by code, with their forms of a contest by stage. Two queries."""
    scope.require(Right.IMPORT, area)
    inside = list(children(area))
    depth = len(codes_of(area))
    rows = Paper.objects.filter(
        source__election=area.election_id, source__name=ENTRY_SOURCE, source__contest=contest
    )  # fmt: skip
    rows = rows.filter(below("area__path", area.path, rows.db))
    counted: dict[str, Counter[str]] = {each.code: Counter() for each in inside}
    for path, stage in rows.values_list("area__path", "stage"):
        codes = path.strip("/").split("/")
        if len(codes) > depth and codes[depth] in counted:
            counted[codes[depth]][stage] += 1
    station = laws.load_law(area.election.law).station_level
    found = []
    for each in inside:
        forms = 1 if each.level == station else each.stations or 0
        found.append(WorkRow(each, forms, _with_rest(counted[each.code], forms)))
    return found


def next_form(scope: Scope, area: Area, contest: str, *, at: datetime, after: str = "") -> Area | None:
    """The station whose form somebody does next: his own draft, then a second entry, a first one, a difference.

    A form that somebody else is typing is not offered until his draft has lain for half an hour. ``after``: the path of
    the form just done, so that one goes on in the order of the area.
    """
    source = papers.source_at(area.election, contest)
    law = laws.load_law(area.election.law)
    stations = Area.objects.filter(election=area.election_id, level=law.station_level)
    stations = scope.filter(stations.filter(below("path", area.path, stations.db)), Right.IMPORT, area_field="")
    if source is None:
        return _first(stations, after)
    begun = Paper.objects.filter(source=source)
    begun = scope.filter(begun.filter(below("area__path", area.path, begun.db)), Right.IMPORT)
    here = Entry.objects.filter(paper=OuterRef("pk"), round=OuterRef("round"))
    mine = here.filter(by=scope.name)
    busy = here.filter(nth__isnull=True, touched__gt=at - BUSY).exclude(by=scope.name)
    waiting = [Stage.FIRST, Stage.SECOND]
    done = mine.filter(nth__isnull=False)
    found = _area_of(begun.filter(Exists(mine.filter(nth__isnull=True)), stage__in=waiting))
    found = found or _area_of(begun.filter(~Exists(done), ~Exists(busy), stage=Stage.SECOND))
    if found is not None:
        return found
    there = Paper.objects.filter(source=source, area=OuterRef("pk"))
    others = Entry.objects.filter(
        paper__source=source, paper__area=OuterRef("pk"), nth__isnull=True, touched__gt=at - BUSY
    ).exclude(by=scope.name)  # fmt: skip
    fresh = stations.filter(~Exists(there.exclude(stage=Stage.FIRST)), ~Exists(others))
    return _first(fresh, after) or _area_of(begun.filter(~Exists(done), stage=Stage.SETTLING))


def _area_of(rows: QuerySet[Paper]) -> Area | None:
    paper = rows.select_related("area").order_by("area__path").first()
    return paper.area if paper else None


def _first(rows: QuerySet[Area], after: str) -> Area | None:
    rows = rows.order_by("path")
    return (rows.filter(path__gt=after).first() if after else None) or rows.first()


def home_area(scope: Scope) -> Area | None:
    """The area where somebody's typing begins: the first in which he may import."""
    for election, path in scope.reach.paths(Right.IMPORT):
        found = Area.objects.filter(election=election, path=path).select_related("election").first()
        if found is not None:
            return found
    return None
