"""What the ledger seals of each row of this chapter, and how it reads now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import Field, ForeignKey, Model

from satusuara.ledger.actions import Seal
from satusuara.risk.models import (
    AgendaItem,
    Barrier,
    BarrierReport,
    BarrierState,
    Comment,
    Decision,
    Handout,
    Meeting,
    Message,
    Opinion,
    Outcome,
    Register,
    Risk,
    RiskScore,
    Seat,
    Sender,
    SignalDef,
    SignalInstance,
    Tally,
)

Payload = Callable[[Any], dict[str, Any]]


_PASSING: dict[type[Model], frozenset[str]] = {
    Meeting: frozenset({"current", "stage", "pulse"}),  # what the room is looking at
    AgendaItem: frozenset({"phase", "round"}),  # the tallies say what came of it
    Seat: frozenset({"serial"}),  # which phone holds it
}
"""Columns that change without a deed that anybody answers for."""


def payload(row: Model) -> dict[str, Any]:
    """Every column of a row but its number and what only passes: times in UTC, related rows by number."""
    passing = _PASSING.get(type(row), frozenset())
    fields = (field for field in row._meta.concrete_fields if not field.primary_key and field.name not in passing)
    return {field.name: _plain(row, field) for field in fields}


def _plain(row: Model, field: Field[Any, Any]) -> Any:
    value = getattr(row, field.attname if isinstance(field, ForeignKey) else field.name)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str):
        return str(value)  # a member of a vocabulary as its code
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


_MODELS: tuple[type[Model], ...] = (
    Register, Risk, Comment, Decision, Barrier, BarrierState, SignalDef, SignalInstance, Opinion, RiskScore,
    Meeting, AgendaItem, Seat, Tally, Handout, BarrierReport, Sender, Message,
)  # fmt: skip


def kind_of(model: type[Model]) -> str:
    """ "risk.signal_instance" for SignalInstance."""
    name = model.__name__
    return "risk." + "".join(f"_{c.lower()}" if c.isupper() and n else c.lower() for n, c in enumerate(name))


SUBJECTS: dict[str, tuple[type[Model], Payload]] = {kind_of(model): (model, payload) for model in _MODELS}
"""{kind: (model, what is sealed of a row)}"""


def sealed(action: str, row: Model, reason: str = "") -> Seal:
    """The seal of a deed on a row as it now is."""
    return Seal(f"risk.{action}", kind_of(type(row)), str(row.pk), payload(row), reason)


OUTCOMES = "risk.outcomes"
"""What one source says about one risk, as counts: its rows are too many to be sealed one by one."""


def outcomes(ids: Iterable[str]) -> dict[str, Any]:
    """{"<risk> <source>": how many rows there are and how many came true}, as it stands now."""
    found = {}
    for each in ids:
        risk, _, source = each.partition(" ")
        rows = Outcome.objects.filter(risk=risk, source=source)
        if total := rows.count():
            found[each] = {"rows": total, "happened": rows.filter(happened=True).count()}
    return found


def outcome_ids() -> list[str]:
    """Every pair of risk and source that has outcomes."""
    pairs = Outcome.objects.order_by().values_list("risk", "source").distinct()
    return [f"{risk} {source}" for risk, source in pairs]


def loader(model: type[Model], read: Payload) -> Callable[[Iterable[str]], dict[str, Any]]:
    """How rows of a model read now: {number: payload}."""

    def load(ids: Iterable[str]) -> dict[str, Any]:
        rows = model._default_manager.filter(pk__in=[int(each) for each in ids])
        return {str(row.pk): read(row) for row in rows}

    return load


def lister(model: type[Model]) -> Callable[[], Iterable[str]]:
    """The number of every row of a model."""

    def ids() -> Iterator[str]:
        return (str(pk) for pk in model._default_manager.values_list("pk", flat=True).iterator(chunk_size=5000))

    return ids
