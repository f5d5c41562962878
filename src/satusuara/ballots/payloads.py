"""What the ledger seals of this chapter's rows, as they stand now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.db.models import Model

from satusuara.ballots.models import Box, Check, Deed, Handover, Loan, NeedList, Route
from satusuara.ledger.actions import Seal


def _time(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def need_list(row: NeedList) -> dict[str, Any]:
    said = {"area": row.area.code, "number": row.number, "source": row.source, "rows": row.rows_sha256}
    return {**said, "by": row.by, "at": _time(row.at)}


def deed(row: Deed) -> dict[str, Any]:
    return {
        "area": row.area.code,
        "kind": row.kind,
        "reference": row.reference,
        "seal": row.seal,
        "reverses": row.reverses_id,
        "by": row.by,
        "at": _time(row.at),
        "movements": [
            [each.area.code, each.box_id, each.item, each.district, each.condition, each.quantity]
            for each in row.movements.select_related("area")
        ],
    }


def box(row: Box) -> dict[str, Any]:
    return {
        "station": row.station.code, "number": row.number, "seal": row.seal, "state": row.state,
        "holder": row.holder.code,
    }  # fmt: skip


def handover(row: Handover) -> dict[str, Any]:
    return {
        "from": row.sender.code,
        "to": row.receiver.code,
        "transport": row.transport,
        "due": _time(row.due),
        "sent": [row.sent_by, _time(row.sent_at), row.sent_over_both],
        "received": [row.received_by, _time(row.received_at)],
        "note": row.note,
        "boxes": [[each.box_id, each.seal_sent, each.seal_seen, each.arrived] for each in row.boxes.all()],
    }


def check(row: Check) -> dict[str, Any]:
    return {
        "box": row.box_id, "item": row.item, "district": row.district, "expected": row.expected, "by": row.by,
        "at": _time(row.at),
    }  # fmt: skip


def loan(row: Loan) -> dict[str, Any]:
    return {
        "from": row.lender.code,
        "to": row.borrower.code,
        "what": [row.item, row.district, row.quantity],
        "minutes": row.minutes,
        "lent": [row.lent_by, _time(row.lent_at), row.lent_over_both],
        "received": [row.received_by, _time(row.received_at)],
        "deed": row.deed_id,
    }


def route(row: Route) -> dict[str, Any]:
    return {
        "area": row.area.code, "transport": row.transport, "hours": row.hours, "note": row.note, "by": row.by,
        "at": _time(row.at),
    }  # fmt: skip


SUBJECTS: dict[str, tuple[type[Any], Callable[[Any], dict[str, Any]]]] = {
    "ballots.need_list": (NeedList, need_list),
    "ballots.deed": (Deed, deed),
    "ballots.box": (Box, box),
    "ballots.handover": (Handover, handover),
    "ballots.check": (Check, check),
    "ballots.loan": (Loan, loan),
    "ballots.route": (Route, route),
}


def sealed(verb: str, row: Model, reason: str = "") -> Seal:
    """The seal of a deed on ``row``."""
    kind = next(kind for kind, (model, _payload) in SUBJECTS.items() if isinstance(row, model))
    return Seal(f"ballots.{verb}", kind, str(row.pk), SUBJECTS[kind][1](row), reason)


def loader(model: type[Any], payload: Callable[[Any], dict[str, Any]]) -> Callable[[Iterable[str]], dict[str, Any]]:
    return lambda ids: {str(row.pk): payload(row) for row in model.objects.filter(pk__in=[int(one) for one in ids])}


def lister(model: type[Any]) -> Callable[[], list[str]]:
    return lambda: [str(pk) for pk in model.objects.values_list("pk", flat=True)]
