"""Reads of comparisons. ``scope`` comes first: what it may not see is not in the answer. All of it needs SEE."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.count.choices import SourceKind
from satusuara.count.models import AreaSummary, Form, Source
from satusuara.count.tally import ancestors
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.recap.models import ComparedArea, Difference
from satusuara.recap.rules import Figures
from satusuara.recap.sentences import Side, choice_label, difference_sentence, place_label

SORTS = {
    "-votes": ("-votes", "area__code"),
    "votes": ("votes", "area__code"),
    "area": ("area__code",),
    "-area": ("-area__code",),
    "kind": ("kind", "-votes", "area__code"),
    "-kind": ("-kind", "-votes", "area__code"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What one source says about one area. ``form``: the area's own form, where the figures are written so; without one
    they are the sums of ``forms`` of ``expected`` forms below it, of which ``given`` gave each figure."""

    source: Source
    figures: Mapping[str, int | None]
    form: Form | None = None
    forms: int = 0
    expected: int = 0
    given: Mapping[str, int] | None = None

    def comparable(self, column: str) -> int | None:
        """The figure where nothing is missing from it: a sum of a part says nothing about the whole."""
        complete = self.form is not None or (self.given or {}).get(column, 0) == max(self.expected, self.forms)
        return self.figures.get(column) if complete else None


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Every source on one area. ``differing``: columns in which two sources differ that both give all of it."""

    columns: tuple[str, ...]
    labels: Mapping[str, Text]
    sources: Sequence[Shown]
    differing: frozenset[str]


def pairs(scope: Scope, election: str, contest: str = "") -> list[tuple[Source, Source, str]]:
    """Which sources were compared with which, and at which level: for whoever sees any of it."""
    rows = ComparedArea.objects.filter(a__election=election)
    rows = rows.filter(a__contest=contest) if contest else rows
    found = scope.filter(rows, Right.SEE).order_by().values_list("a", "b", "level").distinct()
    sources = {one.pk: one for one in Source.objects.filter(election=election).select_related("election")}
    return sorted(((sources[a], sources[b], level) for a, b, level in found), key=lambda pair: (pair[0].pk, pair[1].pk))


def comparisons(scope: Scope, area: Area, contest: str) -> list[ComparedArea]:
    """Every pair of sources that was compared below an area, with the counts there."""
    rows = ComparedArea.objects.filter(area=area, a__contest=contest).select_related(
        "a__election", "b__election", "area"
    )
    return list(scope.filter(rows, Right.SEE).order_by("a", "b"))


def comparisons_below(scope: Scope, area: Area, a: Source, b: Source) -> dict[int, ComparedArea]:
    """{id of an area directly below: its counts} for one pair of sources."""
    rows = ComparedArea.objects.filter(area__parent=area, a=a, b=b).select_related("area")
    return {row.area_id: row for row in scope.filter(rows, Right.SEE)}


def differences(
    scope: Scope,
    election: str,
    contest: str,
    area: Area | None = None,
    *,
    a: Source | None = None,
    b: Source | None = None,
    kind: str = "",
    level: str = "",
    text: str = "",
    sort: str = "-votes",
) -> QuerySet[Difference]:
    """Where sources differ at and below an area, the largest first; an unknown ``sort`` is that by votes."""
    rows = Difference.objects.filter(area__election=election, a__contest=contest)
    rows = rows.select_related("area__parent", "a__election", "b__election")
    if area is not None:
        rows = rows.filter(below("area__path", area.path, rows.db))
    for field, value in (("a", a), ("b", b), ("kind", kind), ("area__level", level)):
        if value:
            rows = rows.filter(**{field: value})
    for word in text.split():
        rows = rows.filter(
            Q(area__code__contains=word) | Q(area__name__icontains=word) | Q(area__parent__name__icontains=word)
        )
    return scope.filter(rows, Right.SEE).order_by(*SORTS.get(sort, SORTS["-votes"]), "pk")


def sentence(difference: Difference) -> Text:
    """A difference (with its area, parent and sources at hand) as one sentence."""
    law = laws.load_law(difference.a.election.law)
    area = difference.area
    names = {column: choice_label(law, difference.a.contest, column) for column in difference.cells}
    place = place_label(law, area.level, area.name, area.parent.name if area.parent else "")
    a, b = (side_of(law, source, area.level) for source in (difference.a, difference.b))
    return difference_sentence(place, difference.cells, names, a, b)


def cross_rule_of(row: Difference) -> str:
    """Which cross rule a difference breaks: X7 two readings of one form, X8 a recapitulation's row of it, X9 what a
    higher level says against the sum of forms."""
    if row.a.level != row.b.level:
        return "X9"
    return "X8" if SourceKind.RECAP in {row.a.kind, row.b.kind} else "X7"


def side_of(_law: Law, source: Source, level: str) -> Side:
    """A source as it stands in a sentence about an area of ``level``."""
    return Side(Text(source.title_id, source.title_en), summed=source.level != level)


def difference(scope: Scope, a: Source, b: Source, area: Area) -> Difference:
    """One difference.

    :raises Forbidden: outside the area
    :raises NotFound: ``no-difference``
    """
    scope.require(Right.SEE, area)
    rows = Difference.objects.filter(a=a, b=b, area=area).select_related("area__parent", "a__election", "b__election")
    found = rows.first()
    if found is None:
        raise NotFound(
            "no-difference", Text("Kedua sumber tidak berbeda di sini", "The two sources do not differ here")
        )
    return found


def side_by_side(scope: Scope, area: Area, contest: str, *, right: Right = Right.SEE) -> SideBySide:
    """What every source says about an area: its own form there, or the sum of its forms below.

    :raises Forbidden: outside the area
    """
    scope.require(right, area)
    law = laws.load_law(area.election.law)
    forms = Form.objects.filter(area=area, source__contest=contest).select_related(
        "source__election", "version", "area"
    )
    shown = [Shown(f.source, f.version.cells if f.version else {}, form=f) for f in forms.order_by("source")]
    own = {one.source.pk for one in shown}
    sums = AreaSummary.objects.filter(area=area, source__contest=contest).exclude(source__in=own)
    for row in sums.select_related("source__election").order_by("source"):
        figures = {name: value if row.given.get(name) else None for name, value in row.sums.items()}
        shown.append(Shown(row.source, figures, None, row.forms, row.expected, row.given))
    shown.sort(key=lambda one: one.source.pk)
    columns = _columns(law, contest, shown)
    labels = {name: choice_label(law, contest, name) for name in columns}
    values = {name: {v for one in shown if (v := one.comparable(name)) is not None} for name in columns}
    return SideBySide(columns, labels, shown, frozenset(name for name in columns if len(values[name]) > 1))


def _columns(law: Law, contest: str, shown: Iterable[Shown]) -> tuple[str, ...]:
    """Choices first, as the law orders them, then the form's fields as the form does; only what any source has."""
    given = {name for one in shown for name in one.figures}
    known = [*law.choice_columns(contest), *law.columns(contest)]
    others = sorted(given - set(known))
    return (*(name for name in law.choice_columns(contest) if name in given), *others,
            *(name for name in law.columns(contest) if name in given))  # fmt: skip


def recap_differs_from_agreed(
    scope: Scope, readings: tuple[Source, Source], recap: Source, area: Area | None = None
) -> QuerySet[Difference]:
    """Areas whose recapitulation differs although two independent readings of every form below agree, largest first.

    Arithmetic on one form sees nothing there, and no misreading of one source explains it: the paper of that level
    settles it. Wants the two readings compared with each other, and one of them with the recapitulation.
    """
    first, second = sorted(readings, key=lambda source: source.pk)
    agreed = ComparedArea.objects.filter(
        area=OuterRef("area"), a__in=readings, b__in=readings, equal__gt=0, net_zero=0, net_nonzero=0, not_comparable=0
    )
    whole = AreaSummary.objects.filter(area=OuterRef(OuterRef("area")), source=first, forms=OuterRef("equal"))
    rows = Difference.objects.filter(
        Q(a__in=readings, b=recap) | Q(b__in=readings, a=recap), Exists(agreed.filter(Exists(whole)))
    ).select_related("area__parent", "a__election", "b__election")
    twice = Difference.objects.filter(Q(a=first, b=recap) | Q(a=recap, b=first), area=OuterRef("area"))
    rows = rows.exclude((Q(a=second) | Q(b=second)) & Exists(twice))
    if area is not None:
        rows = rows.filter(below("area__path", area.path, rows.db))
    return scope.filter(rows, Right.SEE).order_by("-votes", "area__code")


# --- for this chapter's actions and the ledger: unguarded, never for a page ---


@dataclass(frozen=True, slots=True)
class Place:
    """An area and what a source says about it."""

    id: int
    code: str
    path: str
    figures: Figures


def written(source: Source) -> Iterator[Place]:
    """Every form of a source, streamed."""
    rows = Form.objects.filter(source=source).values_list("area_id", "area__code", "area__path", "version__cells")
    for pk, code, path, cells in rows.iterator(chunk_size=2000):
        yield Place(pk, code, path, cells or {})


def summed(source: Source, level: str) -> Iterator[Place]:
    """What the forms of a source add up to in every area of a level above them; a figure that not every form below it
    gave is a blank, so that a sum of a part is never compared with a whole."""
    there = _forms_there_are(source, level)
    rows = AreaSummary.objects.filter(source=source, area__level=level).select_related("area")
    for row in rows.iterator(chunk_size=2000):
        complete = row.forms >= max(row.expected, there.get(row.area.path, 0))
        figures = {
            name: value if complete and row.given.get(name) == row.forms else None for name, value in row.sums.items()
        }
        yield Place(row.area_id, row.area.code, row.area.path, figures)


def _forms_there_are(source: Source, level: str) -> dict[str, int]:
    """{path of an area of ``level``: how many areas of the source's own level lie below it in the tree}."""
    found: dict[str, int] = dict.fromkeys(
        Area.objects.filter(election=source.election_id, level=level).values_list("path", flat=True), 0
    )
    inside = Area.objects.filter(election=source.election_id, level=source.level).values_list("path", flat=True)
    for path in inside.iterator(chunk_size=5000):
        for place in ancestors(path):
            if place in found:
                found[place] += 1
    return found


def columns_given(source: Source) -> set[str]:
    """Every column that any form of a source has."""
    tops = AreaSummary.objects.filter(source=source, area__parent=None).values_list("given", flat=True)
    return {name for given in tops for name in given}


def difference_subject(a: int, b: int, area: int) -> str:
    """How the ledger names two sources and an area."""
    return f"{a}-{b}-{area}"


def difference_payloads(ids: Iterable[str]) -> dict[str, Any]:
    """What the ledger seals of the difference of two sources on an area; without one that there is none."""
    wanted = {one: tuple(int(part) for part in one.split("-")) for one in ids}
    areas = Area.objects.in_bulk({key[2] for key in wanted.values()})
    rows = Difference.objects.filter(a__in={key[0] for key in wanted.values()}, area__in=areas)
    found = {(row.a_id, row.b_id, row.area_id): row for row in rows}
    sources = Source.objects.in_bulk({pk for key in wanted.values() for pk in key[:2]})
    return {
        one: difference_payload(sources[key[0]], sources[key[1]], areas[key[2]], found.get(key))  # type: ignore[arg-type]
        for one, key in wanted.items()
        if key[0] in sources and key[1] in sources and key[2] in areas
    }


def difference_payload(a: Source, b: Source, area: Area, row: Difference | None) -> dict[str, Any]:
    """``row`` None: the two do not differ there."""
    said = {"kind": str(row.kind), "cells": row.cells, "votes": row.votes} if row else {"kind": ""}
    return {"election": a.election_id, "contest": a.contest, "a": a.name, "b": b.name, "area": area.code, **said}


def difference_ids() -> Iterator[str]:
    """The subject of every difference there is."""
    rows = Difference.objects.values_list("a", "b", "area")
    return (difference_subject(*key) for key in rows.iterator(chunk_size=5000))


def comparison_subject(a: int, b: int, level: str) -> str:
    """How the ledger names two sources and a level."""
    return f"{a}-{b}-{level}"


def comparison_payloads(ids: Iterable[str]) -> dict[str, Any]:
    """What the ledger seals of the counts of a comparison: those of every area, in one payload."""
    found: dict[str, Any] = {}
    for one in ids:
        a, b, level = one.split("-", 2)
        sources = Source.objects.in_bulk([int(a), int(b)])
        rows = ComparedArea.objects.filter(a=int(a), b=int(b), level=level)
        counts = dict(_counts(rows))
        if counts and len(sources) == 2:
            found[one] = comparison_payload(sources[int(a)], sources[int(b)], level, counts)
    return found


def _counts(rows: QuerySet[ComparedArea]) -> Iterator[tuple[str, list[int]]]:
    fields = ("area__code", "equal", "net_zero", "net_nonzero", "not_comparable")
    for code, *numbers in rows.order_by().values_list(*fields).iterator(chunk_size=5000):
        yield code, numbers


def comparison_payload(a: Source, b: Source, level: str, counts: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """``counts``: {code of an area: equal, net zero, net nonzero, not comparable}."""
    return {
        "election": a.election_id, "contest": a.contest, "a": a.name, "b": b.name, "level": level,
        "areas": {code: list(numbers) for code, numbers in counts.items()},
    }  # fmt: skip


def comparison_ids() -> Iterator[str]:
    """The subject of every comparison there is."""
    keys = ComparedArea.objects.order_by().values_list("a", "b", "level").distinct()
    return (comparison_subject(*key) for key in keys)
