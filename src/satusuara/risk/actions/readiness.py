"""Readiness as it is reported on pages, by phones and by message: each deed is kept beside the state it left."""

from __future__ import annotations

import datetime as dt
from datetime import datetime

from django.db import transaction

from satusuara.areas.models import Area
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.risk.actions.barriers import report_barrier, verify_barrier, waive_barrier
from satusuara.risk.choices import ReadinessDeed
from satusuara.risk.models import Barrier, BarrierReport, BarrierState
from satusuara.risk.payloads import sealed
from satusuara.risk.queries_reports import undoable

_KEPT = (
    "condition", "note", "photo", "channel", "reported_at", "received_at", "done_by", "verified_by", "verified_at",
    "waived_by", "waived_until",
)  # fmt: skip


def report_gate(
    *,
    scope: Scope,
    barrier: Barrier,
    area: Area,
    condition: str,
    at: datetime,
    note: str = "",
    photo: str = "",
    channel: str = "web",
    reported_at: datetime | None = None,
    client_id: str = "",
) -> BarrierState:
    """See ``report_barrier``. The same ``client_id`` of the same person again changes nothing, whatever came since.

    :raises Refusal: as ``report_barrier``; ``client-id-unfit``, ``client-id-elsewhere``
    """
    scope.require(Right.READY, area)
    if len(client_id) > 64:
        raise Refusal("client-id-unfit", Text("Nomor laporan terlalu panjang", "The report's number is too long"))
    with transaction.atomic():
        Barrier.objects.select_for_update().get(pk=barrier.pk)
        if client_id:
            known = BarrierReport.objects.filter(by=scope.name, client_id=client_id).select_related("state").first()
            if known is not None:
                if (known.state.barrier_id, known.state.area_id) != (barrier.pk, area.pk):
                    raise Refusal(
                        "client-id-elsewhere",
                        Text("Nomor laporan itu milik laporan lain", "That number belongs to another report"),
                    )
                return known.state
        before = BarrierState.objects.filter(barrier=barrier, area=area).first()
        state = report_barrier(
            scope=scope, barrier=barrier, area=area, condition=condition, at=at, note=note, photo=photo,
            channel=channel, reported_at=reported_at,
        )  # fmt: skip
        if client_id or before is None or _columns(before) != _columns(state):
            _keep(state, ReadinessDeed.REPORT, scope, at, client_id)
    return state


def verify_gate(*, scope: Scope, state: BarrierState, at: datetime, note: str = "") -> BarrierState:
    """See ``verify_barrier``."""
    with transaction.atomic():
        Barrier.objects.select_for_update().get(pk=state.barrier_id)
        before = _columns(BarrierState.objects.get(pk=state.pk))
        state = verify_barrier(scope=scope, state=state, at=at, note=note)
        if before != _columns(state):
            _keep(state, ReadinessDeed.VERIFY, scope, at)
    return state


def waive_gate(
    *, scope: Scope, barrier: Barrier, area: Area, until: dt.date, reason: str, at: datetime
) -> BarrierState:
    """See ``waive_barrier``."""
    with transaction.atomic():
        Barrier.objects.select_for_update().get(pk=barrier.pk)
        before = BarrierState.objects.filter(barrier=barrier, area=area).first()
        state = waive_barrier(scope=scope, barrier=barrier, area=area, until=until, reason=reason, at=at)
        if before is None or _columns(before) != _columns(state):
            _keep(state, ReadinessDeed.WAIVE, scope, at)
    return state


def undo_gate(*, scope: Scope, state: BarrierState, at: datetime) -> BarrierState:
    """One's own last deed is taken back: the state is again as it was before. Both stay in the history.

    :raises Forbidden: without READY at the state's area
    :raises Refusal: ``nothing-to-undo`` when somebody else acted since, or half an hour has passed
    """
    scope.require(Right.READY, state.area)
    with transaction.atomic():
        Barrier.objects.select_for_update().get(pk=state.barrier_id)
        state = BarrierState.objects.select_for_update().select_related("area").get(pk=state.pk)
        last = undoable(scope, state, at)
        if last is None:
            raise Refusal(
                "nothing-to-undo",
                Text("Tidak ada yang dapat diurungkan", "There is nothing to take back"),
                remedy=Text("Laporkan keadaan yang sekarang.", "Report how it stands now."),
            )
        before = BarrierReport.objects.filter(state=state, pk__lt=last.pk).order_by("-pk").first()
        was = before or BarrierState()  # before the first deed: nothing was reported
        for name in _KEPT:
            setattr(state, name, getattr(was, name))
        state.save()
        seal(at=at, by=scope.name, seals=[sealed("undo_barrier", state)])
        _keep(state, ReadinessDeed.UNDO, scope, at)
    return state


def _columns(state: BarrierState) -> tuple[object, ...]:
    return tuple(getattr(state, name) for name in _KEPT)


def _keep(state: BarrierState, deed: str, scope: Scope, at: datetime, client_id: str = "") -> None:
    kept = {name: getattr(state, name) for name in _KEPT}
    row = BarrierReport.objects.create(state=state, deed=deed, by=scope.name, at=at, client_id=client_id, **kept)
    seal(at=at, by=scope.name, seals=[sealed("keep_report", row)])
