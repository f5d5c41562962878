"""The little language in which a law folder states arithmetic (placeholder until the law chapter lands)."""

from __future__ import annotations

from msgspec import Struct


class Expression(Struct, frozen=True):
    """A sum over a form's columns."""

    source: str

    @property
    def columns(self) -> frozenset[str]:
        return frozenset()
