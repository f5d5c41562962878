"""The process that does long work of the roll: ``python -m satusuara.roll.tasks JOB``, begun by a page (``spawn``)."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import structlog

from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text

if TYPE_CHECKING:
    from satusuara.people.queries import Scope
    from satusuara.roll.models_work import RollJob

_EVERY = 1.0  # seconds between two signs of life


def main(number: int) -> None:
    """Does one piece of work; whatever breaks is noted in its row, so that the page tells."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satusuara.ops.settings")
    import django

    django.setup()
    from satusuara.roll.models_work import RollJob

    run_job(RollJob.objects.select_related("area__election", "election").get(pk=number))


def run_job(job: RollJob) -> None:
    """The work itself, in the name of whoever asked for it and with the rights that he has now."""
    from django.utils import timezone

    from satusuara.people.models import User
    from satusuara.people.queries import Scope, scope_of
    from satusuara.roll.actions.working import end_job
    from satusuara.roll.choices import JobKind, JobState

    log = structlog.get_logger("satusuara.roll")
    user = User.objects.filter(username=job.by).first()
    scope = scope_of(user, at=timezone.now()) if user else Scope.public()
    try:
        result = _read_list(job, scope) if job.kind == JobKind.IMPORT else _link(job, scope)
    except Refusal as refusal:
        said = Text(refusal.in_("id"), refusal.in_("en"))
        end_job(job=job, state=JobState.REFUSED, at=timezone.now(), said=said)
        log.info("roll_job", job=job.pk, kind=job.kind, refusal=refusal.code)
    except Exception as error:
        end_job(job=job, state=JobState.BROKEN, at=timezone.now())
        log.error("roll_job_broken", job=job.pk, kind=job.kind, error=type(error).__name__)  # a trace may hold a cell
    else:
        end_job(job=job, state=JobState.DONE, at=timezone.now(), result=result)
        log.info("roll_job", job=job.pk, kind=job.kind, done=True)


class _Signs:
    """Signs of life, at most one a second."""

    def __init__(self, job: RollJob) -> None:
        self.job, self.last = job, 0.0

    def say(self, said: Text, done: int = 0, total: int = 0) -> None:
        from django.utils import timezone

        from satusuara.roll.actions.working import beat_job

        now = time.perf_counter()
        if now - self.last >= _EVERY or (total and done >= total):
            self.last = now
            beat_job(job=self.job, at=timezone.now(), done=done, total=total, said=said)


def _read_list(job: RollJob, scope: Scope) -> dict[str, int]:
    from django.utils import timezone

    from satusuara.roll.actions import import_roll
    from satusuara.roll.actions.working import folder
    from satusuara.roll.vault import vault

    signs = _Signs(job)
    name = Path(job.settings["file"]).name
    work = Path(folder()).parent / "work"
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=work, prefix="list-") as place:
        path = Path(place) / name.removesuffix(".sealed")
        path.touch(mode=0o600)
        path.write_bytes(vault().open_bytes((folder() / name).read_bytes()))

        def progress(done: int, rows: int) -> None:
            last = done >= rows
            words = Text("menutup versi", "closing the version") if last else Text("membaca baris", "reading rows")
            signs.say(words, done, rows)

        outcome = import_roll(
            scope=scope, election=job.election, area=job.area, category=job.settings["category"],
            source=job.settings["source"], path=path, file_name=job.settings["name"],
            made_up=bool(job.settings.get("made_up")), at=timezone.now(), progress=progress,
        )  # fmt: skip
    return {"version": outcome.version.pk, "repeated": int(outcome.repeated), "absent": outcome.absent}


def _link(job: RollJob, scope: Scope) -> dict[str, int]:
    from django.utils import timezone

    from satusuara.roll.lake.linkage import link_roll

    signs = _Signs(job)
    changes = bool(job.settings.get("only_changes"))
    run = link_roll(scope=scope, area=job.area, only_changes=changes, at=timezone.now(), say=signs.say)
    return {"run": run.pk}


if __name__ == "__main__":
    main(int(sys.argv[1]))
