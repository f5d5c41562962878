"""A form on its way from paper to figures, as it stands: its stage, its entries, its photos, its corrections.

What a person may read of others' entries is decided here: nothing of them until the form is settled or accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from satusuara.areas.models import Area, Election
from satusuara.count.models import Acceptance, Entry, Paper, Photo, Reopening, Source
from satusuara.count.rules.entry import Note, Progress, Reading, Stage
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law

ENTRY_SOURCE = "form"
"""Name of the source whose versions come from typed forms."""


def source_at(election: Election, contest: str) -> Source | None:
    """The source of typed forms, where somebody has typed one."""
    return Source.objects.filter(election=election, contest=contest, name=ENTRY_SOURCE).first()


def paper_at(source: Source | None, area: Area) -> Paper | None:
    """The form of a station, where somebody has begun it."""
    return Paper.objects.filter(source=source, area=area).select_related("source").first() if source else None


def entries_of_round(paper: Paper) -> list[Entry]:
    """The finished entries of the present round, in the order of their passes."""
    return [entry for entry in all_of_round(paper) if entry.nth is not None]


def all_of_round(paper: Paper) -> list[Entry]:
    """Every entry of the present round, drafts as well: in the order of their passes."""
    return sorted(paper.entries.filter(round=paper.round), key=lambda entry: (entry.nth or 0, entry.pk))


def progress_of(paper: Paper | None, entries: Iterable[Entry]) -> Progress:
    """Where a form stands; one that nobody has begun waits for its first entry."""
    if paper is None:
        return Progress(Stage.FIRST)
    return Progress(Stage(paper.stage), frozenset(entry.by for entry in entries))


def reading_of(entry: Entry) -> Reading:
    """What one person read."""
    return Reading(entry.cells, entry.said)


def notes_of(entry: Entry) -> dict[str, Note]:
    """What one person said about what does not hold."""
    return {code: Note(bool(note["as_written"]), str(note["reason"])) for code, note in entry.notes.items()}


def as_json(notes: Mapping[str, Note]) -> dict[str, Any]:
    """Notes as they are kept."""
    return {code: {"as_written": note.as_written, "reason": note.reason} for code, note in notes.items()}


def require_station(law: Law, area: Area) -> None:
    """That an area has forms to be typed.

    :raises Refusal: ``entry-not-a-station``
    """
    if area.level != law.station_level:
        raise Refusal(
            "entry-not-a-station",
            Text("Formulir hanya ada pada TPS", "Only a polling station has a form"),
            remedy=Text("Pilih TPS dari daftar kerja.", "Choose a station from the work list."),
        )


# --- what the ledger sealed, as it stands now ---


def entry_payload(entry: Entry) -> dict[str, Any]:
    fields = ("paper_id", "round", "by", "nth", "cells", "said", "notes", "reason")
    return {
        **{name: getattr(entry, name) for name in fields},
        "started": entry.started.astimezone(UTC).isoformat(),
        "touched": entry.touched.astimezone(UTC).isoformat(),
        "finished": entry.finished.astimezone(UTC).isoformat() if entry.finished else None,
    }


def acceptance_payload(row: Acceptance) -> dict[str, Any]:
    fields = (
        "paper_id", "version_id", "kind", "entries", "marks", "said", "findings", "photos", "changes", "reason",
        "basis", "witnesses", "by",
    )  # fmt: skip
    return {**{name: getattr(row, name) for name in fields}, "at": row.at.astimezone(UTC).isoformat()}


def photo_payload(row: Photo) -> dict[str, Any]:
    return {"paper": row.paper_id, "sha256": row.sha256, "by": row.by, "at": row.at.astimezone(UTC).isoformat()}


def reopening_payload(row: Reopening) -> dict[str, Any]:
    fields = ("paper_id", "round", "reason", "by")
    return {**{name: getattr(row, name) for name in fields}, "at": row.at.astimezone(UTC).isoformat()}


def finished_ids() -> Iterable[str]:
    """Every finished entry: a draft is its writer's own and not sealed."""
    return (str(pk) for pk in Entry.objects.filter(nth__isnull=False).values_list("pk", flat=True))


def entry_payloads(ids: Iterable[str]) -> dict[str, Any]:
    return {str(row.pk): entry_payload(row) for row in Entry.objects.filter(pk__in=[int(i) for i in ids])}


def acceptance_payloads(ids: Iterable[str]) -> dict[str, Any]:
    return {str(row.pk): acceptance_payload(row) for row in Acceptance.objects.filter(pk__in=[int(i) for i in ids])}


def photo_payloads(ids: Iterable[str]) -> dict[str, Any]:
    return {str(row.pk): photo_payload(row) for row in Photo.objects.filter(pk__in=[int(i) for i in ids])}


def reopening_payloads(ids: Iterable[str]) -> dict[str, Any]:
    return {str(row.pk): reopening_payload(row) for row in Reopening.objects.filter(pk__in=[int(i) for i in ids])}
