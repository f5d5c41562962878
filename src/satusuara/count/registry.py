"""Who else must know that the figures of a source changed: chapters above this one say so in their ``AppConfig.ready``.

A follower runs inside the deed's own transaction, so that what it keeps never speaks of figures that are gone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from satusuara.count.models import Source


class Follower(Protocol):
    """Called with the source, the time of the deed and who did it."""

    def __call__(self, *, source: Source, at: datetime, by: str) -> None: ...


_followers: dict[str, Follower] = {}


def register_follower(name: str, follower: Follower) -> None:
    """``name``: "<chapter>.<verb>"; the same name again replaces the earlier one."""
    _followers[name] = follower


def tell(*, source: Source, at: datetime, by: str) -> None:
    """The figures of ``source`` are others than before."""
    for name in sorted(_followers):
        _followers[name](source=source, at=at, by=by)
