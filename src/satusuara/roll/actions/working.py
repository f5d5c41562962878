"""Long work: asked for by a page, done by a process of its own, found again by whoever comes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from satusuara.areas.models import Area
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.lake.uploads import Kept
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.roll.choices import JobState
from satusuara.roll.models_work import RollJob
from satusuara.roll.vault import vault

SILENT = timedelta(minutes=3)
"""Work that gave no sign of life for so long is broken off, and may be taken up again."""
_GOING = (JobState.WAITING, JobState.RUNNING)


def seal_upload(*, scope: Scope, area: Area, kept: Kept) -> str:
    """Takes a list that was sent: sealed under the key of the roll, the readable file removed. Returns its name.

    :raises Forbidden: without ROLL_MANAGE at ``area``
    """
    scope.require(Right.ROLL_MANAGE, area)
    name = f"{area.election_id}-upload-{kept.sha256}{kept.ending}.sealed"
    into = folder() / name
    fresh = into.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(vault().seal_bytes(kept.path.read_bytes()))
    fresh.replace(into)
    kept.path.unlink(missing_ok=True)
    return name


def folder() -> Path:
    """Where sealed files of the roll lie."""
    found = Path(settings.HOME) / "roll"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def request_job(
    *, scope: Scope, area: Area, kind: str, said: dict[str, Any], at: datetime
) -> tuple[RollJob, bool]:  # fmt: skip
    """Work to be done, and whether it is new: one piece of work of a kind and area at a time.

    :raises Forbidden: without ROLL_MANAGE at ``area``
    :raises Refusal: ``work-going-on`` where other work of that kind goes on there
    """
    scope.require(Right.ROLL_MANAGE, area)
    with transaction.atomic():
        going = RollJob.objects.select_for_update().filter(area=area, kind=kind, state__in=_GOING, beat__gt=at - SILENT)
        known = going.first()
        if known is not None and known.settings == said:
            return known, False
        if known is not None:
            raise Refusal(
                "work-going-on",
                Text("Pekerjaan lain di wilayah ini belum selesai", "Other work in this area is not finished"),
                remedy=Text("Tunggu sampai selesai, lalu ulangi.", "Wait until it is done, then try again."),
            )
        job = RollJob.objects.create(
            election=area.election, area=area, kind=kind, settings=said, at=at, by=scope.name, beat=at
        )  # fmt: skip
    return job, True


def resume_job(*, scope: Scope, job: RollJob, at: datetime) -> bool:
    """Work that broke off may be taken up again; False where it goes on or is done.

    :raises Forbidden: without ROLL_MANAGE at its area
    """
    scope.require(Right.ROLL_MANAGE, job.area)
    with transaction.atomic():
        row = RollJob.objects.select_for_update().get(pk=job.pk)
        if row.state == JobState.DONE or (row.state in _GOING and row.beat > at - SILENT):
            return False
        row.state, row.beat, row.said, row.ended_at = JobState.WAITING, at, {}, None
        row.save(update_fields=["state", "beat", "said", "ended_at"])
    return True


def beat_job(*, job: RollJob, at: datetime, done: int = 0, total: int = 0, said: Text | None = None) -> None:
    """A sign of life: how far, and which step."""
    now = {"id": said.id, "en": said.en} if said else {}
    RollJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, beat=at, done=done, total=total, said=now)


def end_job(
    *, job: RollJob, state: str, at: datetime, said: Text | None = None, result: dict[str, Any] | None = None
) -> None:  # fmt: skip
    """How it ended. The list that was sent is removed unless the work may be taken up again."""
    now = {"id": said.id, "en": said.en} if said else {}
    RollJob.objects.filter(pk=job.pk).update(state=state, beat=at, ended_at=at, said=now, result=result or {})
    name = job.settings.get("file", "")
    if name and state in (JobState.DONE, JobState.REFUSED):
        (folder() / Path(name).name).unlink(missing_ok=True)
