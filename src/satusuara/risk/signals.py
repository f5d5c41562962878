"""The runner of detectors, and this chapter's own: what people report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from satusuara.kernel.i18n import Text
from satusuara.people.queries import Scope
from satusuara.risk import registry
from satusuara.risk.actions import Raised, expire, raise_signals
from satusuara.risk.actions.register import REPORT
from satusuara.risk.models import Register
from satusuara.risk.registry import Detector, register_detector
from satusuara.risk.rules.sightings import ARMED

REPORTS = Detector(
    REPORT, "risk", Text("laporan petugas: formulir, pesan, atau pengamatan", "officers' reports: form, message or eye")
)


def register_detectors() -> None:
    """Called once, when the chapter is ready."""
    register_detector(REPORTS)


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
