"""A form typed: drafts, the two entries, the settling of their differences, a new round. Nobody does two of these.

Each deed refuses in the same order: right, place, stage and person, missing cells, findings without a word about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.count import papers
from satusuara.count.actions.accepting import accept, seal_of_entry
from satusuara.count.actions.importing import SourceSpec, ensure_source
from satusuara.count.ballots import KnownBallot, ballot_at
from satusuara.count.choices import AcceptedBy, EntryPass, SourceKind
from satusuara.count.models import Entry, FormVersion, Paper, Reopening
from satusuara.count.rules import entry as rules
from satusuara.count.rules.entry import Judged, Note, Reading, Stage, Typed
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope

_TITLE = Text("C.Hasil, dientri dua kali", "C.Hasil, entered twice")


@dataclass(frozen=True, slots=True)
class EntryOutcome:
    """A form after somebody finished his part. ``differing``: in how many cells the two entries are not the same;
    ``version``: of an accepted form; ``repeated``: the same was finished before, nothing changed."""

    stage: Stage
    differing: int = 0
    version: FormVersion | None = None
    repeated: bool = False


def save_draft(
    *, scope: Scope, area: Area, contest: str, reading: Reading, notes: Mapping[str, Note], at: datetime
) -> Entry:  # fmt: skip
    """Keeps what somebody has typed so far, for himself alone; cells may be missing. Not sealed: it is no entry yet.

    :raises Forbidden: without IMPORT at the station
    :raises Refusal: ``entry-not-a-station``, ``entry-same-person``, ``entry-closed``, ``entry-settling``,
        ``entry-column-unknown``
    """
    work = _Work(scope, area, contest)
    work.require_known(reading.typed)
    with transaction.atomic():
        paper = work.paper(at)
        rules.require_entry(work.progress(paper), scope.name)
        return _written(paper, scope.name, reading, notes, at)


def finish_entry(
    *, scope: Scope, area: Area, contest: str, reading: Reading, notes: Mapping[str, Note], at: datetime
) -> EntryOutcome:  # fmt: skip
    """One person's entry of a form, complete. The second is compared with the first cell by cell: where they agree the
    form is accepted, else its differences wait for a third person. The same again changes nothing.

    :raises Forbidden: without IMPORT at the station
    :raises Refusal: as ``save_draft``; ``entry-incomplete``, ``entry-findings``
    """
    work = _Work(scope, area, contest)
    work.require_known(reading.typed)
    with transaction.atomic():
        paper = work.paper(at)
        every = papers.all_of_round(paper)
        done = [entry for entry in every if entry.nth is not None]
        draft = next((entry for entry in every if entry.nth is None and entry.by == scope.name), None)
        if _is_repeated(done, scope.name, reading):
            return EntryOutcome(Stage(paper.stage), repeated=True)
        progress = papers.progress_of(paper, done)
        rules.require_entry(progress, scope.name)
        judged = work.judged(reading, notes)
        second = progress.stage is Stage.SECOND
        differing = rules.differing(work.columns, papers.reading_of(done[0]), reading) if second else ()
        after = rules.after_entry(progress, scope.name, differing)
        entry = _finished(
            paper=paper, who=scope.name, reading=reading, notes=notes, at=at,
            nth=EntryPass.SECOND if second else EntryPass.FIRST, draft=draft,
        )  # fmt: skip
        return _sealed(paper, after.stage, [*done, entry], judged, differing)


def settle_differences(
    *, scope: Scope, area: Area, contest: str, chosen: Typed, said: rules.Said, notes: Mapping[str, Note],
    at: datetime, reason: str = "",
) -> EntryOutcome:  # fmt: skip
    """A third person says what the paper has in each cell in which the two entries differ. A figure that neither had
    needs a reason. Cells in which they agree stay.

    :raises Forbidden: without IMPORT at the station
    :raises Refusal: ``entry-nothing-to-settle``, ``entry-same-person``, ``entry-column-unknown``, ``entry-incomplete``,
        ``entry-reason-missing``, ``entry-findings``
    """
    work = _Work(scope, area, contest)
    work.require_known(chosen)
    with transaction.atomic():
        paper = work.paper(at)
        done = papers.entries_of_round(paper)
        own = next((entry for entry in done if entry.by == scope.name and entry.nth == EntryPass.SETTLING), None)
        if own is not None and {**own.cells, **chosen} == own.cells:
            return EntryOutcome(Stage(paper.stage), repeated=True)
        progress = papers.progress_of(paper, done)
        rules.require_settling(progress, scope.name)
        first, second = (papers.reading_of(entry) for entry in done[:2])
        differing = rules.differing(work.columns, first, second)
        agreed = {column: value for column, value in first.typed.items() if column not in differing}
        words = {column: text for column, text in first.said.items() if column not in differing}
        words |= {column: text for column, text in said.items() if column in differing and text}
        reading = Reading({**{c: v for c, v in chosen.items() if c in differing}, **agreed}, words)
        judged = work.judged(reading, notes)
        others = [c for c in differing if reading.typed[c] not in (first.typed[c], second.typed[c])]
        if others and not reason.strip():
            raise Refusal(
                "entry-reason-missing",
                Text(
                    "Angka yang tidak ada pada kedua entri memerlukan alasan",
                    "A figure of neither entry needs a reason",
                ),
                details={"columns": others},
            )
        after = rules.after_settling(progress, scope.name)
        entry = _finished(
            paper=paper, who=scope.name, reading=reading, notes=notes, nth=EntryPass.SETTLING, at=at,
            reason=reason.strip(), draft=_draft_of(paper, scope.name),
        )  # fmt: skip
        return _sealed(paper, after.stage, [*done, entry], judged, differing)


def reopen_form(*, scope: Scope, area: Area, contest: str, reason: str, at: datetime) -> Paper:
    """Opens an accepted form for a new round, as when the photo was of another station. Its figures stay shown until
    others are accepted; nothing is deleted.

    :raises Forbidden: without IMPORT at the station
    :raises Refusal: ``entry-not-accepted``, ``reason-missing``
    """
    work = _Work(scope, area, contest)
    with transaction.atomic():
        paper = work.paper(at)
        after = rules.after_reopening(work.progress(paper))
        if not reason.strip():
            raise Refusal("reason-missing", Text("Alasan belum ditulis", "No reason is given"))
        paper.round += 1
        paper.stage = after.stage
        paper.save(update_fields=["round", "stage"])
        row = Reopening.objects.create(paper=paper, round=paper.round, reason=reason.strip(), at=at, by=scope.name)
        made = Seal("count.reopen_form", "count.reopening", str(row.pk), papers.reopening_payload(row), row.reason)
        seal(at=at, by=scope.name, seals=[made])
    return paper


def paper_of(*, scope: Scope, area: Area, contest: str, at: datetime) -> Paper:
    """The form of a station, held until the transaction ends; made, with its source, when nobody has begun it."""
    election = area.election
    source = papers.source_at(election, contest)
    if source is None:
        spec = SourceSpec(papers.ENTRY_SOURCE, contest, SourceKind.FORM, title_id=_TITLE.id, title_en=_TITLE.en)
        source = ensure_source(scope=scope, election=election, spec=spec, at=at)
    paper = Paper.objects.select_for_update().filter(source=source, area=area).first()
    if paper is None:
        paper, made = Paper.objects.get_or_create(source=source, area=area)
        if not made:  # somebody else was a moment earlier
            paper = Paper.objects.select_for_update().get(pk=paper.pk)
    source.election = election  # known already: nobody asks the database for it again
    paper.source, paper.area = source, area
    return paper


class _Work:
    """The law, the ballot and the columns of one form, after its right and its place were asked."""

    def __init__(self, scope: Scope, area: Area, contest: str) -> None:
        scope.require(Right.IMPORT, area)
        self.scope, self.area, self.contest = scope, area, contest
        self.law: Law = laws.load_law(area.election.law)
        papers.require_station(self.law, area)
        self.ballot: KnownBallot = ballot_at(self.law, contest, area)
        self.columns = rules.columns_of(self.law, contest, self.ballot.lines)

    def require_known(self, typed: Typed) -> None:
        unknown = typed.keys() - set(self.columns)
        if unknown:
            raise Refusal(
                "entry-column-unknown",
                Text("Formulir ini tidak mempunyai kolom itu", "This form has no such column"),
                remedy=Text("Muat ulang halaman ini.", "Load this page again."),
                details={"columns": sorted(unknown)},
            )

    def paper(self, at: datetime) -> Paper:
        return paper_of(scope=self.scope, area=self.area, contest=self.contest, at=at)

    def progress(self, paper: Paper) -> rules.Progress:
        return papers.progress_of(paper, papers.entries_of_round(paper))

    def judged(self, reading: Reading, notes: Mapping[str, Note]) -> Judged:
        """The reading against the law, once nothing is missing and everything that does not hold was spoken of."""
        missing = rules.missing(self.columns, reading.typed)
        if missing:
            raise Refusal(
                "entry-incomplete",
                Text(f"{len(missing)} kotak belum diisi", f"{len(missing)} boxes are not filled in"),
                remedy=Text(
                    "Tulis angkanya, - bila kosong pada kertas, atau x bila tidak terbaca.",
                    "Write the figure, - where the paper is blank, or x where it cannot be read.",
                ),
                details={"columns": list(missing)},
            )
        judged = rules.judge(self.law, self.contest, self.ballot.lines, reading)
        open_ones = rules.unanswered(judged, notes)
        if open_ones:
            raise Refusal(
                "entry-findings",
                Text(f"{len(open_ones)} temuan belum dijelaskan", f"{len(open_ones)} findings are not explained yet"),
                remedy=Text(
                    "Periksa kertasnya. Bila memang tertulis demikian, nyatakan dan tulis alasannya.",
                    "Look at the paper. If it says so, confirm it and write why.",
                ),
                details={"codes": list(open_ones)},
            )
        return judged


def _is_repeated(done: list[Entry], who: str, reading: Reading) -> bool:
    own = next((entry for entry in done if entry.by == who and entry.nth != EntryPass.SETTLING), None)
    return own is not None and own.cells == dict(reading.typed) and own.said == dict(reading.said)


def _written(paper: Paper, who: str, reading: Reading, notes: Mapping[str, Note], at: datetime) -> Entry:
    entry, _made = Entry.objects.update_or_create(
        paper=paper, round=paper.round, by=who,
        defaults={
            "cells": dict(reading.typed), "said": dict(reading.said), "notes": papers.as_json(notes), "touched": at
        },
        create_defaults={
            "cells": dict(reading.typed), "said": dict(reading.said), "notes": papers.as_json(notes), "touched": at,
            "started": at,
        },
    )  # fmt: skip
    return entry


def _draft_of(paper: Paper, who: str) -> Entry | None:
    return Entry.objects.filter(paper=paper, round=paper.round, by=who, nth=None).first()


def _finished(
    *, paper: Paper, who: str, reading: Reading, notes: Mapping[str, Note], nth: EntryPass, at: datetime,
    draft: Entry | None, reason: str = "",
) -> Entry:  # fmt: skip
    """The draft of ``who``, or a new one, finished as one of the passes."""
    entry = draft or Entry(paper=paper, round=paper.round, by=who, started=at)
    entry.cells, entry.said, entry.notes = dict(reading.typed), dict(reading.said), papers.as_json(notes)
    entry.nth, entry.touched, entry.finished, entry.reason = nth, at, at, reason
    entry.save()
    return entry


def _sealed(
    paper: Paper, stage: Stage, done: list[Entry], judged: Judged, differing: tuple[str, ...]
) -> EntryOutcome:  # fmt: skip
    """Seals the last of ``done``, with the version that it brought about where the form is accepted."""
    entry = done[-1]
    at, by = entry.touched, entry.by
    paper.stage = stage
    paper.save(update_fields=["stage"])
    seals = [seal_of_entry(entry)]
    if stage is not Stage.ACCEPTED:
        seal(at=at, by=by, seals=seals)
        return EntryOutcome(stage, len(differing))
    kind = AcceptedBy.SETTLED if entry.nth == EntryPass.SETTLING else AcceptedBy.AGREED
    reading = papers.reading_of(entry)
    version = accept(paper=paper, reading=reading, judged=judged, kind=kind, entries=done, seals=seals, at=at, by=by)
    return EntryOutcome(stage, len(differing), version)
