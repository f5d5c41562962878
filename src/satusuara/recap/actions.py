"""The only writer of comparisons. What is compared again and says the same is left as it is, and seals nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.count.models import Source
from satusuara.count.tally import ancestors
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.ledger.actions import Seal, seal
from satusuara.recap import queries
from satusuara.recap.models import ComparedArea, Difference
from satusuara.recap.queries import Place
from satusuara.recap.rules import Figures, Outcome, Pair, choice_names, compare_pair

_BATCH = 500
_ORDER: tuple[Outcome, ...] = ("equal", "net_zero", "net_nonzero", "not_comparable")


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found, in keys of ``level``. ``changed``: how many differences and counts are new or others."""

    level: str
    equal: int
    net_zero: int
    net_nonzero: int
    not_comparable: int
    changed: int


def compare_sources(*, election: Election, contest: str, a: Source, b: Source, at: datetime, by: str) -> Compared:
    """Compares two sources of a contest, choice by choice, and keeps where they differ.

    Sources of one level are compared form by form. Sources of two levels are compared at the higher one: what it says
    about an area against the sum of the other's forms there, and only where every form below gave a figure. A key that
    only one of them has is not compared. For every area above the keys the counts are kept. One transaction; in the
    ledger an entry for every difference that is new, changed or gone, and one for the counts.

    :raises Refusal: ``same-source``, ``source-elsewhere`` (of another election or contest)
    """
    law = laws.load_law(election.law)
    law.contest(contest)
    _require_pair(election, contest, a, b)
    with transaction.atomic():
        list(Source.objects.select_for_update().filter(pk__in=[a.pk, b.pk]).order_by("pk"))
        level = _level_of(law, a, b)
        found = dict(_pairs(law, contest, a, b, level))
        seals = [*_keep_differences(a, b, found)]
        totals = _counts(found.values(), own=level != law.station_level)
        changed = len(seals) + _keep_counts(a, b, level, totals)
        if changed:
            counts = dict(queries.comparison_payloads([queries.comparison_subject(a.pk, b.pk, level)]))
            seals += [Seal("recap.compare", "recap.comparison", key, payload) for key, payload in counts.items()]
        seal(at=at, by=by, seals=seals)
    by_outcome = Counter(pair.outcome for _, pair, _ in found.values())
    return Compared(level=level, changed=changed, **{outcome: by_outcome[outcome] for outcome in _ORDER})


def compare_again(*, source: Source, at: datetime, by: str) -> None:
    """Repeats every comparison in which ``source`` takes part: its figures are others than before."""
    pairs = ComparedArea.objects.filter(Q(a=source) | Q(b=source)).order_by().values_list("a", "b").distinct()
    sources = Source.objects.in_bulk({pk for pair in pairs for pk in pair})
    for a, b in sorted(pairs):
        compare_sources(
            election=source.election, contest=source.contest, a=sources[a], b=sources[b], at=at, by=by
        )  # fmt: skip


def _require_pair(election: Election, contest: str, a: Source, b: Source) -> None:
    if a.pk == b.pk:
        raise Refusal("same-source", Text("Sumber dibandingkan dengan dirinya", "A source compared with itself"))
    for source in (a, b):
        if (source.election_id, source.contest) != (election.code, contest):
            raise Refusal(
                "source-elsewhere",
                Text(
                    f"Sumber {source.name} bukan dari {election.code} {contest}",
                    f"The source {source.name} is not of {election.code} {contest}",
                ),
            )


def _level_of(law: Law, a: Source, b: Source) -> str:
    """The level of the keys: the higher of the two sources' levels."""
    order = [each.code for each in law.levels]
    return min((a.level, b.level), key=order.index)


_Found = tuple[Place, Pair, dict[str, list[int]]]  # where, the verdict, the cells that differ as [in A, in B]


def _pairs(law: Law, contest: str, a: Source, b: Source, level: str) -> Iterator[tuple[int, _Found]]:
    """By area: the place, the verdict, and the cells that differ."""
    choices = law.contest(contest).choices
    names = choice_names(
        law.choice_columns(contest), choices.prefix, queries.columns_given(a), queries.columns_given(b)
    )
    known = bool(law.choice_columns(contest))
    places = [{place.id: place for place in _places(source, level)} for source in (a, b)]
    written = [set(mine) for mine, source in zip(places, (a, b), strict=True) if source.level == level]
    nothing: Figures = {}
    for area in sorted(set.intersection(*written)):
        in_a, in_b = (mine.get(area) for mine in places)
        place = in_a or in_b
        if place is None:
            continue
        left, right = (one.figures if one else nothing for one in (in_a, in_b))
        columns = names if known else tuple(name for name in names if name in left or name in right)
        pair = compare_pair(left, right, columns)
        cells = {name: [_figure(left, name), _figure(right, name)] for name in pair.moved}
        yield area, (place, pair, cells)


def _figure(figures: Figures, name: str) -> int:
    value = figures[name]
    if value is None:
        raise LookupError(name)
    return value


def _places(source: Source, level: str) -> Iterator[Place]:
    return queries.written(source) if source.level == level else queries.summed(source, level)


def _keep_differences(a: Source, b: Source, found: Mapping[int, _Found]) -> Iterator[Seal]:
    """Writes what is new, changed or gone, and gives an entry for each."""
    kept = {row.area_id: row for row in Difference.objects.filter(a=a, b=b)}
    differing = {area: one for area, one in found.items() if one[1].differs}
    fresh: list[Difference] = []
    changed: list[Difference] = []
    for area, (_, pair, cells) in differing.items():
        row = kept.get(area) or Difference(a=a, b=b, area_id=area)
        said = (pair.outcome, cells, pair.votes)
        if row.pk and (row.kind, row.cells, row.votes) == said:
            continue
        row.kind, row.cells, row.votes = said
        (changed if row.pk else fresh).append(row)
    gone = [row.pk for area, row in kept.items() if area not in differing]
    lost = [area for area in kept if area not in differing]
    Difference.objects.bulk_create(fresh, batch_size=_BATCH)
    Difference.objects.bulk_update(changed, ["kind", "cells", "votes"], batch_size=_BATCH)
    for start in range(0, len(gone), _BATCH):
        Difference.objects.filter(pk__in=gone[start : start + _BATCH]).delete()
    touched = sorted([*(row.area_id for row in (*fresh, *changed)), *lost])
    for start in range(0, len(touched), _BATCH):
        ids = [queries.difference_subject(a.pk, b.pk, area) for area in touched[start : start + _BATCH]]
        payloads = queries.difference_payloads(ids)
        yield from (Seal("recap.compare", "recap.difference", one, payloads[one]) for one in ids)


def _counts(found: Iterable[_Found], *, own: bool) -> dict[str, dict[str, int]]:
    """{path of an area: how many keys below it came out how}. ``own``: a key counts for its own area too."""
    totals: dict[str, dict[str, int]] = {}
    for place, pair, _ in found:
        for path in (*((place.path,) if own else ()), *ancestors(place.path)):
            counts = totals.setdefault(path, dict.fromkeys(_ORDER, 0))
            counts[pair.outcome] += 1
    return totals


def _keep_counts(a: Source, b: Source, level: str, totals: Mapping[str, Mapping[str, int]]) -> int:
    """Writes the counts of every area; how many are new, changed or gone."""
    kept = {row.area_id: row for row in ComparedArea.objects.filter(a=a, b=b, level=level)}
    areas = _ids(a.election_id, list(totals))
    fresh: list[ComparedArea] = []
    changed: list[ComparedArea] = []
    for path, counts in totals.items():
        row = kept.pop(areas[path], None)
        if row is None:
            fresh.append(ComparedArea(a=a, b=b, area_id=areas[path], level=level, **counts))
        elif {name: getattr(row, name) for name in _ORDER} != counts:
            for name, value in counts.items():
                setattr(row, name, value)
            changed.append(row)
    ComparedArea.objects.bulk_create(fresh, batch_size=_BATCH)
    ComparedArea.objects.bulk_update(changed, list(_ORDER), batch_size=_BATCH)
    gone = [row.pk for row in kept.values()]
    for start in range(0, len(gone), _BATCH):
        ComparedArea.objects.filter(pk__in=gone[start : start + _BATCH]).delete()
    return len(fresh) + len(changed) + len(gone)


def _ids(election: str, paths: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(paths), _BATCH):
        rows = Area.objects.filter(election=election, path__in=paths[start : start + _BATCH])
        found |= dict(rows.values_list("path", "pk"))
    return found
