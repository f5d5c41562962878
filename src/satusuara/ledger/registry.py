"""Which rows the log speaks of: each chapter says how the payload of its subjects is read as it stands now.

``register_subject("people.user", account_payloads)`` in the chapter's ``AppConfig.ready``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Loader = Callable[[Iterable[str]], dict[str, Any]]
Lister = Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Subject:
    """``loader(ids)`` gives {id: payload as it stands now}; ``ids()`` every id there is, where the chapter says so."""

    kind: str
    loader: Loader
    ids: Lister | None = None


_subjects: dict[str, Subject] = {}


def register_subject(kind: str, loader: Loader, *, ids: Lister | None = None) -> None:
    """Makes rows of ``kind`` ("<chapter>.<model>") verifiable: ``ledger verify`` compares each with its last entry.

    Every entry of the kind must seal the payload that ``loader`` gives. With ``ids``, rows that were never sealed are
    named too.
    """
    _subjects[kind] = Subject(kind, loader, ids)


def subjects() -> list[Subject]:
    """What is registered, by kind."""
    return [_subjects[kind] for kind in sorted(_subjects)]
