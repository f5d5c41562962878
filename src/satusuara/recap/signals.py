"""The detectors of this chapter: sources that differ, votes that moved, figures that differ between contests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.count.models import Form
from satusuara.kernel.i18n import Text
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.recap import faults
from satusuara.recap.choices import DifferenceKind
from satusuara.recap.models import Difference
from satusuara.recap.queries import cross_rule_of
from satusuara.recap.rules import within_parties
from satusuara.risk.registry import Detector, Sighting, register_detector, register_fault

DIFFERENCE, SHIFT = "recap.difference", "recap.shift"
CANDIDATE_SHIFT, ACROSS = "recap.candidate_shift", "recap.across_contests"


def differences(scope: Scope, election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
    """Every area at and below ``area`` on which two compared sources differ.

    Rules: X7 two readings of one form, X8 a recapitulation's row of a station, X9 a sum of a higher level.
    """
    for row in _rows(scope, election, area):
        yield _sighting(row, at)


def shifts(scope: Scope, election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
    """Differences whose sum is zero: votes moved between choices."""
    for row in _rows(scope, election, area, kind=DifferenceKind.NET_ZERO):
        yield _sighting(row, at)


def candidate_shifts(scope: Scope, election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
    """Votes that moved inside a party: its total says nothing of them."""
    for row in _rows(scope, election, area):
        for party in within_parties({name: b - a for name, (a, b) in row.cells.items()}):
            yield _sighting(row, at, part=party)


def across_contests(scope: Scope, election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
    """Stations whose forms of several contests, by one source, differ in a figure that they share (X1, X2, X3)."""
    law = laws.load_law(election.law)
    shared = {rule.code: rule.columns for rule in law.cross_rules if rule.columns}
    forms = Form.objects.filter(source__election=election, source__level=law.station_level)
    forms = scope.filter(forms.filter(below("area__path", area.path, forms.db)), Right.SEE)
    values = forms.order_by("area__code", "source__name", "source__contest").values_list(
        "area", "area__code", "source__name", "source__contest", "version__cells"
    )
    group: list[tuple[str, dict[str, int | None]]] = []
    held: tuple[int, str, str] | None = None
    for pk, code, source, contest, cells in values.iterator(chunk_size=2000):
        if held is not None and held != (pk, code, source):
            yield from _disagreeing(held, group, shared, at)
            group = []
        held = (pk, code, source)
        group.append((contest, cells or {}))
    if held is not None:
        yield from _disagreeing(held, group, shared, at)


def _disagreeing(
    station: tuple[int, str, str], group: list[tuple[str, dict[str, int | None]]],
    shared: dict[str, tuple[str, ...]], at: datetime,
) -> Iterator[Sighting]:  # fmt: skip
    pk, code, source = station
    for rule, columns in shared.items():
        for column in columns:
            given = {contest: cells[column] for contest, cells in group if cells.get(column) is not None}
            if len(set(given.values())) > 1:
                payload = {"source": source, "column": column, "given": given}
                yield Sighting(pk, f"{source}/{code}/{column}", at, payload, rule=rule)


def _rows(scope: Scope, election: Election, area: Area, kind: str = "") -> Iterator[Difference]:
    rows = Difference.objects.filter(a__election=election).select_related("a", "b", "area")
    rows = rows.filter(below("area__path", area.path, rows.db))
    rows = rows.filter(kind=kind) if kind else rows
    return scope.filter(rows, Right.SEE).order_by("pk").iterator(chunk_size=2000)


def _sighting(row: Difference, at: datetime, part: str = "") -> Sighting:
    rule = cross_rule_of(row)
    payload = {"contest": row.a.contest, "a": row.a.name, "b": row.b.name, "cells": row.cells, "part": part}
    key = f"{row.a.contest}/{row.a.name}/{row.b.name}/{row.area.code}"
    return Sighting(row.area_id, f"{key}/{part}" if part else key, at, payload, rule=rule)


def register_signals() -> None:
    """Called once, when the chapter is ready."""
    for name, title, look in (
        (DIFFERENCE, Text("dua sumber berbeda", "two sources differ"), differences),
        (SHIFT, Text("suara berpindah, jumlah tetap", "votes moved, the sum is the same"), shifts),
        (CANDIDATE_SHIFT, Text("suara berpindah di dalam partai", "votes moved inside a party"), candidate_shifts),
        (ACROSS, Text("data pemilih berbeda antarjenis", "voters differ between contests"), across_contests),
    ):
        register_detector(Detector(name, "recap", title, look))
    register_fault("recap.copy", faults.copy)
    register_fault("recap.shift", faults.shift)
    register_fault("recap.candidate_shift", faults.candidate_shift)
    register_fault("recap.addition", faults.addition)
    register_fault("recap.across_contests", faults.across_contests)
