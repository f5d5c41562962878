"""The runner of detectors, and this chapter's own: what people report, and gates that do not stand."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.people.queries import Scope
from satusuara.risk import queries, registry
from satusuara.risk.actions import Raised, expire, raise_signals
from satusuara.risk.actions.register import REPORT
from satusuara.risk.models import BarrierState, Register
from satusuara.risk.registry import Detector, Injected, Row, Sighting, code_of, register_detector, register_fault
from satusuara.risk.rules.readiness import DEGRADED, FAILED, OVERDUE
from satusuara.risk.rules.sightings import ARMED

REPORTS = Detector(
    REPORT, "risk", Text("laporan petugas: formulir, pesan, atau pengamatan", "officers' reports: form, message or eye")
)


READINESS = "risk.readiness"
_WRONG = frozenset({FAILED, DEGRADED, OVERDUE})


def unready_gates(scope: Scope, election: Election, area: Area, at: datetime) -> Iterator[Sighting]:
    """Every gate at a station that failed, is degraded, or whose day has passed without a word.

    Until the end of voting day: afterwards a gate guards nothing any more.
    """
    register = Register.objects.select_related("election", "area").get(election=election, area=area)
    zone = ZoneInfo(laws.load_law(election.law).zone_of(area.code)[0])
    today = at.astimezone(zone).date()
    if today > election.day:
        return
    grid = queries.readiness(scope, register, area, today)
    states = BarrierState.objects.filter(barrier__register=register, condition__in=_WRONG).exclude(reported_at=None)
    reported = dict(states.values_list("pk", "reported_at"))
    for station in grid.stations:
        for (barrier, _), cell in zip(grid.gates, station.cells, strict=True):
            if cell.reading in _WRONG:
                seen = reported.get(cell.state or 0) or at
                payload = {"reading": cell.reading, "due": cell.due.isoformat(), "reported": cell.state is not None}
                yield Sighting(station.area.pk, f"{barrier.code}/{station.area.code}", seen, payload, barrier.code)


def gate_failed(
    rows: Sequence[Row],
    *,
    law: Law,  # noqa: ARG001
    contest: str,  # noqa: ARG001
    chance: random.Random,
    count: int,
) -> tuple[list[dict[str, Any]], list[Injected]]:
    """Gates reported as failed. Rows: one a gate and station, with ``gate`` ("SIAP.D") and ``condition``."""
    made = [dict(row) for row in rows]
    truth = []
    for number in chance.sample(range(len(made)), min(count, len(made))):
        made[number]["condition"] = FAILED
        truth.append(Injected(code_of(made[number]), READINESS, (made[number]["gate"],), "failed"))
    return made, truth


def register_signals() -> None:
    """Called once, when the chapter is ready."""
    register_detector(REPORTS)
    register_detector(
        Detector(READINESS, "risk", Text("kesiapan yang belum terpenuhi", "gates that do not stand"), unready_gates)
    )
    register_fault("risk.gate_failed", gate_failed)


@dataclass(frozen=True, slots=True)
class Run:
    """What one detector gave."""

    detector: str
    seen: int
    raised: Raised


def run_detectors(*, scope: Scope, register: Register, at: datetime, only: Sequence[str] = ()) -> list[Run]:
    """Lets every installed detector that is armed in a register look, and raises what it sees. Idempotent."""
    expire(scope=scope, at=at)
    armed = set(register.signals.filter(mode__in=ARMED).values_list("detector", flat=True))
    found = []
    for detector in registry.detectors():
        if detector.look is None or detector.name not in armed or (only and detector.name not in only):
            continue
        sightings = list(detector.look(scope, register.election, register.area, at))
        raised = raise_signals(
            scope=scope, election=register.election, detector=detector.name, sightings=sightings, at=at
        )
        found.append(Run(detector.name, len(sightings), raised))
    return found
