"""Detectors and faults by name: what the playbook names and each chapter registers in its ``AppConfig.ready``.

register_detector(Detector("count.identity", "count", Text(…), look))
register_fault("count.digit", digit)

``look`` reads and yields ``Sighting``s; ``risk.signals.run_detectors`` raises them under what is armed. A chapter that
sees something at the moment of a deed calls ``risk.actions.raise_signals`` itself and registers without ``look``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from satusuara.areas.models import Area, Election
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.people.queries import Scope


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something seen at an area. ``payload`` has canonical JSON and no personal data: the same content is one sighting.

    ``key``: what it is about; sightings of one key within a definition's window are one matter. ``rule``: which of the
    detector's rules ("I5", "shift").
    """

    area_id: int
    key: str
    observed_at: datetime
    payload: Mapping[str, Any]
    rule: str = ""


Look = Callable[[Scope, Election, Area, datetime], Iterable[Sighting]]
"""(who asks, election, area of the register, now) → what is seen there at present."""

Row = Mapping[str, Any]
"""One form or area: columns of the law, with ``tps_id`` or ``area_code``; ``contest`` where several are mixed."""


@dataclass(frozen=True, slots=True)
class Injected:
    """What a fault did to one row, and which detector and rules must therefore speak of it."""

    area_code: str
    detector: str
    rules: tuple[str, ...]
    words: str


class Fault(Protocol):
    """Rows in; rows with ``count`` faults, and the truth about them, out. Pure: the given rows stay as they are.

    Fewer faults than asked for where no more rows lend themselves to it.
    """

    def __call__(
        self, rows: Sequence[Row], *, law: Law, contest: str, chance: random.Random, count: int
    ) -> tuple[list[dict[str, Any]], list[Injected]]: ...


def code_of(row: Row) -> str:
    """The code of a row's area."""
    return str(row["area_code"] if "area_code" in row else row["tps_id"])


@dataclass(frozen=True, slots=True)
class Detector:
    name: str  # "<chapter>.<what it sees>"
    chapter: str
    title: Text
    look: Look | None = None


_detectors: dict[str, Detector] = {}
_faults: dict[str, Fault] = {}


def register_detector(detector: Detector) -> None:
    """Makes a detector known by its name; a second one of the same name takes its place (reloading)."""
    _detectors[detector.name] = detector


def register_fault(name: str, fault: Fault) -> None:
    _faults[name] = fault


def detectors() -> list[Detector]:
    """All of them, by name."""
    return [_detectors[name] for name in sorted(_detectors)]


def faults() -> list[str]:
    """The names of all faults."""
    return sorted(_faults)


def has_detector(name: str) -> bool:
    return name in _detectors


def detector(name: str) -> Detector:
    """:raises NotFound: ``no-detector``"""
    if name not in _detectors:
        known = ", ".join(sorted(_detectors))
        raise NotFound(
            "no-detector",
            Text(f'Pendeteksi "{name}" belum terpasang', f'The detector "{name}" is not installed'),
            remedy=Text(f"Yang terpasang: {known}.", f"Installed: {known}."),
        )
    return _detectors[name]


def fault(name: str) -> Fault:
    """:raises NotFound: ``no-fault``"""
    if name not in _faults:
        raise NotFound("no-fault", Text(f'Gangguan uji "{name}" tidak ada', f'There is no fault "{name}"'))
    return _faults[name]
