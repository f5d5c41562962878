"""The versions of a form beside each other: nothing is overwritten, so what changed can be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from satusuara.count.models import FormVersion
from satusuara.count.pages.sheet import column_names
from satusuara.law.model import Law


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that is another one than in the version before; None is a blank."""

    label: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version. ``changes`` from the one before it; empty for the first. ``entry``: its number in the log."""

    number: int
    source_time: str
    read_at: datetime
    file_name: str
    file_sha256: str
    row: int
    changes: tuple[Change, ...]
    entry: int | None
    seal: str
    images: tuple[str, ...] = ()  # where the source publishes the photos of the form
    notes: tuple[tuple[str, str], ...] = ()  # what it says of the form's state, in its own words


def version_rows(
    law: Law, contest: str, versions: Sequence[FormVersion], sealed: Mapping[str, tuple[int, str]], lang: str
) -> list[VersionRow]:
    """Every version, newest first. ``sealed``: {version id: (entry, hash)} as the log has them."""
    found = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        entry, seal = sealed.get(str(version.pk), (None, ""))
        changes = changes_between(law, contest, before.cells, version.cells, lang) if before else ()
        batch = version.batch
        found.append(
            VersionRow(
                version.number, version.source_time, batch.at, batch.file_name, batch.file_sha256, version.row, changes,
                entry, seal, tuple(version.published.get("images", ())),
                tuple((name, str(value)) for name, value in version.published.get("notes", {}).items()),
            )
        )  # fmt: skip
    return found


def changes_between(
    law: Law, contest: str, before: Mapping[str, int | None], after: Mapping[str, int | None], lang: str
) -> tuple[Change, ...]:
    """What is written otherwise, in the order of the form."""
    names = column_names(law, contest, {**before, **after}, lang)
    return tuple(
        Change(label, before.get(column), after.get(column))
        for column, label in names.items()
        if before.get(column) != after.get(column)
    )
