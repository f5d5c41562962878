"""Barriers at a place: who answers for one by when, what is reported of it, and the second person who looked."""

from __future__ import annotations

import datetime as dt
from datetime import datetime

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.playbook_files import load_playbook
from satusuara.ledger.actions import seal
from satusuara.people.choices import Right
from satusuara.people.models import User
from satusuara.people.queries import Scope
from satusuara.risk.actions.common import no_person, require_inside, require_photo, require_text
from satusuara.risk.choices import BarrierCondition, Side
from satusuara.risk.models import Barrier, BarrierState, Risk
from satusuara.risk.payloads import sealed
from satusuara.risk.rules.lifecycle import require_step
from satusuara.risk.rules.readiness import due_date

REPORTED = frozenset(
    {BarrierCondition.DONE, BarrierCondition.DEGRADED, BarrierCondition.FAILED, BarrierCondition.PLANNED}
)
"""What one person may report; "verified" and "waived" have deeds of their own."""


def add_barrier(
    *, scope: Scope, risk: Risk, side: str, text: str, owner_role: str, at: datetime, days: int | None = None
) -> Barrier:
    """A prevention or a step of a response that the commission adds to a risk. The same words again change nothing.

    :raises Forbidden: without RISK at the risk's area
    :raises Refusal: ``text-missing``, ``side-unknown``, ``owner-unknown``
    """
    scope.require(Right.RISK, risk.area)
    text = require_text(text, "text", Text("Isi pencegahan", "What the barrier does"))
    if side not in {Side.PREVENT, Side.RESPOND}:
        raise Refusal("side-unknown", Text("Pilih pencegahan atau penanganan", "Choose prevention or response"))
    require_owner(risk=risk, role=owner_role)
    with transaction.atomic():
        Risk.objects.select_for_update().get(pk=risk.pk)
        known = risk.barriers.filter(side=side, text=text).first()
        if known is not None:
            return known
        letter = "P" if side == Side.PREVENT else "R"
        taken = set(risk.barriers.values_list("code", flat=True))
        number = next(n for n in range(1, len(taken) + 2) if f"{risk.code}.{letter}{n}" not in taken)
        row = Barrier.objects.create(
            register=risk.register, risk=risk, code=f"{risk.code}.{letter}{number}", side=side,
            owner_role=owner_role, days=days, text=text,
        )  # fmt: skip
        seal(at=at, by=scope.name, seals=[sealed("add_barrier", row)])
    return row


def require_owner(*, risk: Risk, role: str) -> None:
    """That a role of the law or a partner of the playbook is meant.

    :raises Refusal: ``owner-unknown``
    """
    roles = {each.code for each in laws.load_law(risk.register.election.law).roles}
    roles |= load_playbook(risk.register.playbook).partners.keys()
    if role not in roles:
        raise Refusal(
            "owner-unknown",
            Text(f'Peran "{role}" tidak dikenal', f'The role "{role}" is unknown'),
            remedy=Text(f"Pilih: {', '.join(sorted(roles))}.", f"Choose: {', '.join(sorted(roles))}."),
        )


def assign_barrier(
    *,
    scope: Scope,
    barrier: Barrier,
    area: Area,
    at: datetime,
    owner: User | None = None,
    owner_role: str = "",
    due: dt.date | None = None,
) -> BarrierState:
    """Somebody answers for a barrier at an area, by a day (the barrier's own, without ``due``). The same again is one.

    ``owner``: a person; else whoever holds the barrier's role, or ``owner_role``, there.

    :raises Forbidden: without RISK at ``area``
    :raises Refusal: ``area-outside-register``
    """
    scope.require(Right.RISK, area)
    require_inside(barrier.register, area)
    name = owner.get_username() if owner else ""
    role = owner_role or barrier.owner_role
    due = due or due_date(barrier.register.election.day, barrier.days)
    with transaction.atomic():
        state = _state(barrier, area)
        if state.pk and (state.owner, state.owner_role, state.due) == (name, role, due):
            return state
        state.owner, state.owner_role, state.due = name, role, due
        state.save()
        seal(at=at, by=scope.name, seals=[sealed("assign_barrier", state)])
    return state


def report_barrier(
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
) -> BarrierState:
    """One person says how a barrier stands at a place: done, degraded, failed, or not done after all ("planned").

    ``reported_at``: when it was so, where a phone held the report back; an older report never undoes a newer one.

    :raises Forbidden: without READY at ``area``
    :raises Refusal: ``area-outside-register``, ``condition-unfit``, ``note-missing`` unless done, ``photo-unfit``,
        ``barrier-step``, ``report-outdated``
    """
    scope.require(Right.READY, area)
    require_inside(barrier.register, area)
    if condition not in REPORTED:
        raise Refusal(
            "condition-unfit",
            Text("Keadaan itu tidak dapat dilaporkan sendiri", "That condition is not one person's to report"),
            remedy=Text("Pemeriksaan dilakukan oleh orang kedua.", "Verification takes a second person."),
        )
    note = no_person(note.strip())
    if condition != BarrierCondition.DONE:
        note = require_text(note, "note", Text("Catatan", "The note"))
    require_photo(photo)
    when = min(reported_at or at, at)
    with transaction.atomic():
        state = _state(barrier, area)
        same = (state.condition, state.note, state.photo) == (condition, note, photo or state.photo)
        if state.pk and same and state.done_by == scope.name:
            return state
        if state.reported_at is not None and when < state.reported_at:
            raise Refusal(
                "report-outdated",
                Text("Laporan yang lebih baru sudah diterima", "A newer report has been received"),
                remedy=Text("Periksa keadaan terakhir, lalu laporkan lagi.", "Look at the state, then report again."),
            )
        if state.condition != condition:
            require_step("barrier", state.condition, condition)
        state.condition, state.note, state.photo, state.channel = condition, note, photo or state.photo, channel
        state.done_by, state.reported_at, state.received_at = scope.name, when, at
        state.verified_by, state.verified_at = "", None
        state.waived_by, state.waived_until = "", None
        state.save()
        seal(at=at, by=scope.name, seals=[sealed("report_barrier", state)])
    return state


def verify_barrier(*, scope: Scope, state: BarrierState, at: datetime, note: str = "") -> BarrierState:
    """A second person saw that it is done.

    :raises Forbidden: without READY at the state's area
    :raises Refusal: ``second-person-needed``, ``barrier-step``
    """
    scope.require(Right.READY, state.area)
    note = no_person(note.strip())
    with transaction.atomic():
        state = BarrierState.objects.select_for_update().select_related("area").get(pk=state.pk)
        if state.condition == BarrierCondition.VERIFIED and state.verified_by == scope.name:
            return state
        require_step("barrier", state.condition, BarrierCondition.VERIFIED)
        if not scope.name or state.done_by == scope.name:
            raise Refusal(
                "second-person-needed",
                Text("Pemeriksaan harus oleh orang lain", "Somebody else must verify it"),
                remedy=Text("Mintalah rekan yang tidak mengerjakannya.", "Ask a colleague who did not do it."),
            )
        state.condition, state.verified_by, state.verified_at = BarrierCondition.VERIFIED, scope.name, at
        state.note = note or state.note
        state.save()
        seal(at=at, by=scope.name, seals=[sealed("verify_barrier", state)])
    return state


def waive_barrier(
    *, scope: Scope, barrier: Barrier, area: Area, until: dt.date, reason: str, at: datetime
) -> BarrierState:
    """A named officer accepts that a barrier is missing at a place until a day; then it counts as missing again.

    :raises Forbidden: without RISK at ``area``
    :raises Refusal: ``area-outside-register``, ``reason-missing``, ``waiver-has-no-end``, ``barrier-step``
    """
    scope.require(Right.RISK, area)
    require_inside(barrier.register, area)
    reason = require_text(reason, "reason", Text("Alasan", "The reason"))
    if until <= at.date():
        raise Refusal(
            "waiver-has-no-end",
            Text("Pengecualian harus berakhir pada hari yang akan datang", "A waiver ends on a day to come"),
        )
    with transaction.atomic():
        state = _state(barrier, area)
        new = (BarrierCondition.WAIVED, reason, scope.name, until)
        if (state.condition, state.note, state.waived_by, state.waived_until) == new:
            return state
        if state.condition != BarrierCondition.WAIVED:
            require_step("barrier", state.condition, BarrierCondition.WAIVED)
        state.condition, state.note, state.waived_by, state.waived_until = new
        state.save()
        seal(at=at, by=scope.name, seals=[sealed("waive_barrier", state, reason)])
    return state


def _state(barrier: Barrier, area: Area) -> BarrierState:
    """The row of a barrier at a place, locked, or a fresh one that is not yet saved."""
    Barrier.objects.select_for_update().get(pk=barrier.pk)
    known = BarrierState.objects.select_for_update().filter(barrier=barrier, area=area).first()
    return known or BarrierState(
        barrier=barrier, area=area, owner_role=barrier.owner_role,
        due=due_date(barrier.register.election.day, barrier.days),
    )  # fmt: skip
