"""What lies below each area, added up in one pass over forms. Pure: paths and figures in, sums out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class FormLine(Protocol):
    """What is added up of one form; ``path`` is that of its area."""

    @property
    def path(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def warnings(self) -> int: ...
    @property
    def failures(self) -> int: ...
    @property
    def complete(self) -> bool: ...
    @property
    def cells(self) -> Mapping[str, int | None]: ...


@dataclass(slots=True)
class Tally:
    """Forms by status, with a warning, without a blank; identities that do not hold; per column: the sum of written
    figures and how many there are."""

    forms: int = 0
    warnings: int = 0
    complete: int = 0
    failures: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)

    def add(self, line: FormLine) -> None:
        self.forms += 1
        self.warnings += line.warnings > 0
        self.complete += line.complete
        self.failures += line.failures
        self.by_status[line.status] = self.by_status.get(line.status, 0) + 1
        for column, value in line.cells.items():
            self.given.setdefault(column, 0)
            self.sums.setdefault(column, 0)
            if value is not None:
                self.given[column] += 1
                self.sums[column] += value

    def drop(self, line: FormLine) -> None:
        """Takes back what ``add`` added of a form; columns stay, with nothing given."""
        self.forms -= 1
        self.warnings -= line.warnings > 0
        self.complete -= line.complete
        self.failures -= line.failures
        self.by_status[line.status] -= 1
        for column, value in line.cells.items():
            if value is not None:
                self.given[column] -= 1
                self.sums[column] -= value

    def absorb(self, other: Tally) -> None:
        self.forms += other.forms
        self.warnings += other.warnings
        self.complete += other.complete
        self.failures += other.failures
        for mine, theirs in ((self.by_status, other.by_status), (self.sums, other.sums), (self.given, other.given)):
            for name, value in theirs.items():
                mine[name] = mine.get(name, 0) + value


def ancestors(path: str) -> Iterator[str]:
    """The paths above "/a/b/c/", nearest first: "/a/b/", "/a/"."""
    while (path := path[: path.rstrip("/").rfind("/") + 1]) != "/":
        yield path


def add_up(lines: Iterable[FormLine], *, own: bool) -> dict[str, Tally]:
    """{path of an area: what lies below it}. ``own``: a form's own area counts as below itself (a recapitulation)."""
    lowest: dict[str, Tally] = {}
    for line in lines:
        place = line.path if own else next(ancestors(line.path), None)
        if place is not None:
            lowest.setdefault(place, Tally()).add(line)
    found: dict[str, Tally] = {}
    for place, tally in lowest.items():
        for above in (place, *ancestors(place)):
            found.setdefault(above, Tally()).absorb(tally)
    return found
