"""How many areas differ between sources, as lists of areas show it. ``scope`` comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from satusuara.areas.models import Area
from satusuara.count.models import Source
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.recap.models import ComparedArea, Difference


@dataclass(frozen=True, slots=True)
class Differing:
    """Of so many compared keys below an area, so many differ; ``net_zero`` of them keep their sum."""

    differ: int = 0
    net_zero: int = 0
    compared: int = 0
    not_comparable: int = 0

    def and_(self, row: ComparedArea) -> Differing:
        differ = row.net_zero + row.net_nonzero
        return Differing(
            self.differ + differ,
            self.net_zero + row.net_zero,
            self.compared + differ + row.equal,
            self.not_comparable + row.not_comparable,
        )


def counted(rows: Iterable[ComparedArea]) -> Differing:
    """Several comparisons together."""
    total = Differing()
    for row in rows:
        total = total.and_(row)
    return total


def differing_in(scope: Scope, area: Area, source: Source, *, level: str = "") -> dict[int, Differing]:
    """{id of an area directly below, or of a ``level`` below: how its keys compare between ``source`` and every other
    source of the same level}. One query."""
    rows = ComparedArea.objects.filter(Q(a=source) | Q(b=source), a__level=source.level, b__level=source.level)
    inside = below("area__path", area.path, rows.db) & Q(area__level=level) if level else Q(area__parent=area)
    rows = rows.filter(inside, area__election=area.election_id)
    found: dict[int, Differing] = {}
    for row in scope.filter(rows, Right.SEE):
        found[row.area_id] = found.get(row.area_id, Differing()).and_(row)
    return found


def differences_at(scope: Scope, areas: Iterable[Area], contest: str) -> dict[int, list[Difference]]:
    """{area id: the differences on that very area}, largest first. One query."""
    rows = Difference.objects.filter(area__in=[area.pk for area in areas], a__contest=contest)
    rows = rows.select_related("area__parent", "a__election", "b__election")
    found: dict[int, list[Difference]] = {}
    for row in scope.filter(rows, Right.SEE).order_by("-votes", "pk"):
        found.setdefault(row.area_id, []).append(row)
    return found


def areas_differing(source: Source) -> QuerySet[Difference, int]:
    """The areas on which a source differs from another one, as a subquery of their ids."""
    return Difference.objects.filter(Q(a=source) | Q(b=source)).values_list("area", flat=True)
