"""Segments in: checked, stored, merged, doubles raised and sealed in one commit; a receipt only after it.

``ingest_segments`` is the deed. ``Intake`` lets requests that come at the same time share a commit: whoever finds the
door free writes for all that wait, so a commit is never delayed for company.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from satusuara.kernel.i18n import Text
from satusuara.people.queries import Scope
from satusuara.pollbook import keystore
from satusuara.pollbook.actions.batch import Batch
from satusuara.pollbook.actions.prepare import Incoming, Prepared, prepare, sentence_of
from satusuara.pollbook.choices import Outcome
from satusuara.pollbook.rules.receipts import Receipt

SHARED = 64
"""Segments of one commit at most: about 20 ms of work."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one segment. ``receipt``: a signed note of the log, for what is on the disk."""

    outcome: str
    receipt: str = ""
    code: str = ""
    detail: str = ""

    @property
    def sentence(self) -> Text | None:
        return sentence_of(self.code) if self.code else None


def ingest_segments(
    *, scope: Scope, items: Sequence[Incoming], at: datetime, executor: Executor | None = None
) -> list[Answer]:
    """Stores segments and what they mean; the answers stand in the order of ``items``.

    A segment that is known already gets its receipt again and changes nothing. One that is not accepted is kept in
    quarantine with its reason. An officer who brings segments needs IMPORT at their stations; devices are known by
    their signatures and come with ``Scope.system("device")``.
    """
    return commit_segments(scope=scope, prepared=prepare(items, executor), at=at)


def commit_segments(
    *, scope: Scope, prepared: Sequence[Prepared], at: datetime, pardoned: Collection[str] = ()
) -> list[Answer]:
    """The second half of ``ingest_segments``: one transaction, then the receipts."""
    with transaction.atomic():
        batch = Batch(scope, prepared, at, pardoned)
        batch.write()
    return [_answer(one, batch) for one in prepared]


def _answer(one: Prepared, batch: Batch) -> Answer:
    segment = one.segment
    if segment is None or one.code:
        return Answer(Outcome.QUARANTINED, code=one.code, detail=one.detail)
    known = batch.known.get(segment.hash)
    entry, at_ms = known or (batch.entry, batch.at_ms)
    receipt = Receipt(segment.device, segment.first, segment.last, segment.hash, entry, at_ms)
    outcome = Outcome.KNOWN if known else Outcome.STORED
    return Answer(outcome, keystore.sign_note(receipt.text))


class Intake:
    """Requests that share commits. Thread-safe; one a process."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Prepared, Future[Answer]]] = deque()
        self._door = threading.Lock()

    def put(self, *, scope: Scope, item: Incoming, at: datetime) -> Answer:
        """Stores one segment, together with whatever else waits. Returns when it is on the disk."""
        future: Future[Answer] = Future()
        self._waiting.append((prepare([item])[0], future))
        while not future.done():
            if self._door.acquire(timeout=0.05):
                try:
                    self._write(scope, at)
                finally:
                    self._door.release()
        return future.result()

    def _write(self, scope: Scope, at: datetime) -> None:
        taken = [self._waiting.popleft() for _ in range(min(SHARED, len(self._waiting)))]
        if not taken:
            return
        try:
            answers = commit_segments(scope=scope, prepared=[one for one, _ in taken], at=at)
        except Exception:  # whatever it was: what fails alone must not hold up what came with it
            for one, future in taken:
                self._write_alone(scope, one, future, at)
            return
        for (_, future), answer in zip(taken, answers, strict=True):
            future.set_result(answer)

    @staticmethod
    def _write_alone(scope: Scope, one: Prepared, future: Future[Answer], at: datetime) -> None:
        try:
            again = prepare([one.incoming])
            future.set_result(commit_segments(scope=scope, prepared=again, at=at)[0])
        except Exception as error:
            future.set_exception(error)


intake = Intake()
