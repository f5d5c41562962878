"""Reads of votes that moved: ranked by how many and by what they could change, and what operators' forms have in
common. ``scope`` comes first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.count.models import AreaSummary, Entry, Form, Source
from satusuara.kernel.i18n import Text
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.recap.models import Difference
from satusuara.recap.queries import cross_rule_of
from satusuara.recap.rules import Effect, Observed, Shift, choice_names, effect_of, shifts_of

MOST = 2000  # differences that are ranked at a time; more are asked area by area


@dataclass(frozen=True, slots=True)
class Ranked:
    """A difference (with area, parent and sources at hand), what moved, what it does to the order there, and which
    paper settles it."""

    difference: Difference
    shifts: Sequence[Shift]
    effect: Effect | None
    paper: Text | None


def ranked(rows: QuerySet[Difference], *, by: str = "votes") -> list[Ranked]:
    """Differences that the asker was given, the most votes first; ``by`` "effect": those first that change who leads,
    then by the swing as a part of the margin. At most ``MOST``, by votes. Three queries."""
    found = list(rows.order_by("-votes", "area__code")[:MOST])
    figures = {source: _figures(source, found) for source in {s for row in found for s in (row.a, row.b)}}
    made = [_ranked(row, figures[row.a].get(row.area_id, {}), figures[row.b].get(row.area_id, {})) for row in found]
    if by == "effect":
        made.sort(key=lambda one: (not (one.effect and one.effect.order_changes), -_share(one), -one.difference.votes))
    return made


def _share(one: Ranked) -> float:
    return float(one.effect.share) if one.effect else 0.0


def _ranked(row: Difference, a: Mapping[str, int | None], b: Mapping[str, int | None]) -> Ranked:
    law, contest = laws.load_law(row.a.election.law), row.a.contest
    choices = law.contest(contest).choices
    names = choice_names(law.choice_columns(contest), choices.prefix, a, b)
    moved = {name: pair[1] - pair[0] for name, pair in row.cells.items()}
    effect = effect_of({name: a.get(name) for name in names}, {name: b.get(name) for name in names})
    return Ranked(row, shifts_of(moved), effect, law.settling_paper(cross_rule_of(row)))


def _figures(source: Source, rows: Sequence[Difference]) -> dict[int, Mapping[str, int | None]]:
    """What a source says of the areas of some differences: its own forms there, or the sums of those below."""
    areas = [row.area_id for row in rows if source in (row.a, row.b)]
    forms = Form.objects.filter(source=source, area__in=areas).values_list("area_id", "version__cells")
    found: dict[int, Mapping[str, int | None]] = {area: cells or {} for area, cells in forms}
    sums = AreaSummary.objects.filter(source=source, area__in=areas).exclude(area__in=list(found))
    return found | dict(sums.values_list("area_id", "sums"))


def observed(scope: Scope, a: Source, b: Source, area: Area) -> Iterator[Observed]:
    """Every choice of every form at and below an area that both sources write: B's operator is who brought it in.

    Needs PEOPLE at the area, beside SEE: it says what a named person wrote.

    :raises Forbidden: without them
    """
    for right in (Right.SEE, Right.PEOPLE):
        scope.require(right, area)
    choices = _Choices.of(b)
    written = dict(_at(a, area).values_list("area_id", "version__cells"))
    rows = _at(b, area).values_list("area_id", "area__code", "version__cells", "version__batch__by")
    for pk, code, cells, by in rows.iterator(chunk_size=2000):
        yield from choices.seen(by, code, written.get(pk) or {}, cells or {})


def entered(scope: Scope, source: Source, area: Area) -> Iterator[Observed]:
    """Every choice that a person typed, in either reading, against what was accepted. Needs SEE and PEOPLE.

    :raises Forbidden: without them
    """
    for right in (Right.SEE, Right.PEOPLE):
        scope.require(right, area)
    choices = _Choices.of(source)
    accepted = dict(_at(source, area).values_list("area_id", "version__cells"))
    rows = Entry.objects.filter(paper__source=source, nth__in=(1, 2), finished__isnull=False)
    rows = rows.filter(below("paper__area__path", area.path, rows.db))
    fields = ("paper__area_id", "paper__area__code", "cells", "by")
    for pk, code, cells, by in rows.values_list(*fields).iterator(chunk_size=2000):
        figures = {name: value for name, value in cells.items() if isinstance(value, int)}
        yield from choices.seen(by, code, accepted.get(pk) or {}, figures)


def _at(source: Source, area: Area) -> QuerySet[Form]:
    rows = Form.objects.filter(source=source)
    return rows.filter(below("area__path", area.path, rows.db))


@dataclass(frozen=True, slots=True)
class _Choices:
    """Which columns of two sources are votes for choices."""

    known: Sequence[str]
    prefix: str

    @classmethod
    def of(cls, source: Source) -> _Choices:
        law = laws.load_law(source.election.law)
        return cls(law.choice_columns(source.contest), law.contest(source.contest).choices.prefix)

    def seen(self, by: str, code: str, paper: Mapping[str, Any], written: Mapping[str, Any]) -> Iterator[Observed]:
        for name in choice_names(self.known, self.prefix, paper, written):
            says, wrote = paper.get(name), written.get(name)
            if says is not None and wrote is not None:
                yield Observed(by, code, name, says, wrote)
