"""Who may do what where: arithmetic on grants. A right given at an area holds for everything below it.

Rights are the codes of ``people.choices.Right``; an area is (election, path) with the path of ``areas.models.Area``:
"/" + the codes from the root, joined and closed by "/". The path "/" alone is the whole tree of an election.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

PUBLIC = "public"
WHOLE_TREE = "/"


@dataclass(frozen=True, slots=True)
class Grant:
    """The rights that one appointment gives from ``path`` down, in one election.

    ``participant`` is set for a witness: the one participant of the election on whose behalf he looks.
    ``second_factor``: whoever holds it must have signed in with more than a password.
    """

    election: str
    path: str
    rights: frozenset[str]
    role: str = ""
    participant: str = ""
    second_factor: bool = False

    def __post_init__(self) -> None:
        if not (self.path.startswith("/") and self.path.endswith("/")):
            raise ValueError(f"a path starts and ends with '/': {self.path!r}")

    def covers(self, election: str, path: str) -> bool:
        """Whether the area (election, path) is this grant's own area or lies below it."""
        return election == self.election and path.startswith(self.path)


@dataclass(frozen=True, slots=True)
class Reach:
    """Everything that one person may do: grants, and rights that know no bounds (a command of the system)."""

    grants: tuple[Grant, ...] = ()
    everywhere: frozenset[str] = frozenset({PUBLIC})

    @property
    def needs_second_factor(self) -> bool:
        return any(grant.second_factor for grant in self.grants)

    def allows(self, right: str, election: str, path: str) -> bool:
        return right in self.everywhere or any(right in g.rights and g.covers(election, path) for g in self.grants)

    def paths(self, right: str) -> tuple[tuple[str, str], ...]:
        """The fewest (election, path) that hold ``right``, sorted: a path below another one of them is left out."""
        found = {(g.election, g.path) for g in self.grants if right in g.rights}
        return tuple(sorted(p for p in found if not _below_another(p, found)))

    def missing(self, rights: Iterable[str], election: str, path: str) -> tuple[str, ...]:
        """Those of ``rights`` that are not held at the area, sorted: none, and one may hand them on."""
        return tuple(sorted(right for right in rights if not self.allows(right, election, path)))


def _below_another(place: tuple[str, str], places: set[tuple[str, str]]) -> bool:
    election, path = place
    return any(e == election and p != path and path.startswith(p) for e, p in places)


def in_force(starts: datetime, ends: datetime | None, at: datetime) -> bool:
    """Whether an appointment holds at a moment: from its start on, up to but not including its end."""
    return starts <= at and (ends is None or at < ends)
