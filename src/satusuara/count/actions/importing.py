"""The only writers of sources and forms. Versions are added, never overwritten; sources never meet in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import OuterRef, Subquery

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.count import readings
from satusuara.count.batches import Change, changes_of, figures_before, forms_showing
from satusuara.count.choices import FormStatus
from satusuara.count.models import (
    AreaSummary,
    Finding,
    Form,
    FormVersion,
    ImportBatch,
    RejectedRow,
    Source,
)
from satusuara.count.published import opened
from satusuara.count.queries import (
    batch_payload,
    expected_below,
    form_lines,
    source_payload,
    version_payload,
)
from satusuara.count.readings import FormReading, Rejected
from satusuara.count.registry import tell
from satusuara.count.rules import FormVerdict, Outcome, apart, evaluate_form
from satusuara.count.tally import Tally, add_up
from satusuara.kernel.chunks import chunks
from satusuara.kernel.errors import Refusal
from satusuara.kernel.file_names import clean_name
from satusuara.kernel.hashing import file_sha256, payload_hash
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, WholeTree

_CHUNK = 500  # forms written at a time
_SHOWN = 100  # rejects that an outcome carries

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Who says the figures (fields of ``models.Source``). ``level`` empty: the law's polling station."""

    name: str
    contest: str
    kind: str
    title_id: str = ""
    title_en: str = ""
    level: str = ""
    origin: str = ""
    note_id: str = ""
    note_en: str = ""


@dataclass(slots=True)
class ImportOutcome:
    """What became of a file's rows. ``repeated``: a known file that changed nothing; ``batch`` is the earlier one."""

    batch: ImportBatch
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejects: list[Rejected] = field(default_factory=list)
    repeated: bool = False


def ensure_source(*, scope: Scope, election: Election, spec: SourceSpec, at: datetime) -> Source:
    """The source of this name, made and sealed when there is none. What is known of it already is left as it is.

    :raises Forbidden: without IMPORT anywhere in the election
    :raises Refusal: ``source-of-another-level`` when the name is taken by figures of another level
    :raises NotFound: the law knows no such contest
    """
    law = laws.load_law(election.law)
    law.contest(spec.contest)
    level = spec.level or law.station_level
    known = Source.objects.filter(election=election, contest=spec.contest, name=spec.name).first()
    if known is not None:
        if known.level != level:
            raise Refusal(
                "source-of-another-level",
                Text(
                    f'Sumber "{spec.name}" berisi angka tingkat {known.level}',
                    f'The source "{spec.name}" has figures of the level {known.level}',
                ),
                remedy=Text("Beri sumber ini nama lain.", "Give this source another name."),
            )
        return known
    if not scope.holds(Right.IMPORT):
        scope.require(Right.IMPORT, WholeTree(election.code))
    with transaction.atomic():
        source = Source.objects.create(
            election=election, contest=spec.contest, name=spec.name, title_id=spec.title_id or spec.name,
            title_en=spec.title_en or spec.title_id or spec.name, kind=spec.kind, level=level, origin=spec.origin,
            note_id=spec.note_id, note_en=spec.note_en,
        )  # fmt: skip
        made = Seal("count.add_source", "count.source", str(source.pk), source_payload(source))
        seal(at=at, by=scope.name, seals=[made])
    return source


def import_results(
    *,
    scope: Scope,
    source: Source,
    path: Path,
    at: datetime,
    votes: Path | None = None,
    file_name: str = "",
    progress: Progress | None = None,
) -> ImportOutcome:
    """Reads a result table (CLI) into ``source``: good rows load, bad rows are held back and named.

    A form whose figures are those of its current version is left alone; other figures become its next version. The
    same file again changes nothing. ``file_name``: how whoever sent the file calls it. One transaction, one batch in
    the ledger, one entry a new version.

    :raises Forbidden: a row of an area where ``scope`` may not import
    :raises Refusal: a file that cannot be read as a whole, or has no column of the contest's form
    """
    law = laws.load_law(source.election.law)
    sha256 = file_sha256(path) if votes is None else payload_hash([file_sha256(path), file_sha256(votes)])
    with opened(law, source, path, votes, file_name) as read, transaction.atomic():
        Source.objects.select_for_update().get(pk=source.pk)
        batch = ImportBatch.objects.create(
            source=source, file_name=clean_name(file_name or path.name), file_sha256=sha256, at=at, by=scope.name,
            rows=read.rows, added=0, changed=0, unchanged=0, rejected=read.rejected,
        )  # fmt: skip
        work = _Import(scope, law, source, batch, read.key)
        done = 0
        for chunk in chunks(read.forms(), _CHUNK):
            work.load(chunk)
            done += len(chunk)
            if progress:
                progress(done, read.rows)
        return work.finish(read.rejects())


def import_as(
    *, scope: Scope, election: Election, spec: SourceSpec, path: Path, at: datetime, votes: Path | None = None,
    file_name: str = "",
) -> ImportOutcome:  # fmt: skip
    """``ensure_source`` and ``import_results`` as one deed: a file that is refused leaves no source behind."""
    with transaction.atomic():
        source = ensure_source(scope=scope, election=election, spec=spec, at=at)
        return import_results(scope=scope, source=source, path=path, at=at, votes=votes, file_name=file_name)


@dataclass(frozen=True, slots=True)
class Preview:
    """What ``import_results`` would do. ``changes``: the first forms that would get other figures; ``rejects``: every
    row that would be held back, and why."""

    outcome: ImportOutcome
    is_new: bool  # the source is made with this file
    changes: Sequence[Change]
    rejects: Sequence[RejectedRow]


class _Undone(Exception):
    """Takes a preview back."""


def preview_import(
    *, scope: Scope, election: Election, spec: SourceSpec, path: Path, at: datetime, votes: Path | None = None,
    file_name: str = "",
) -> Preview:  # fmt: skip
    """Does everything that the import would do, looks at it, and takes it back: nothing is kept, no entry is sealed.

    :raises Forbidden, Refusal: as ``ensure_source`` and ``import_results``
    """
    found: list[Preview] = []
    is_new = not Source.objects.filter(election=election, contest=spec.contest, name=spec.name).exists()
    try:
        with transaction.atomic():
            outcome = import_as(
                scope=scope, election=election, spec=spec, path=path, at=at, votes=votes, file_name=file_name
            )
            changes = [] if outcome.repeated else list(changes_of(outcome.batch, _SHOWN))
            held = (
                [] if outcome.repeated else list(RejectedRow.objects.filter(batch=outcome.batch).order_by("row", "pk"))
            )
            found.append(Preview(outcome, is_new, changes, held))
            raise _Undone
    except _Undone:
        return found[0]


def supersede_import(*, scope: Scope, batch: ImportBatch, reason: str, at: datetime) -> ImportBatch:
    """Puts a wrong file right without deleting it: every form that still shows its figures gets a further version with
    those it showed before, or with blanks where it had none. Gives the batch of these versions.

    :raises Forbidden: a form of an area where ``scope`` may not import
    :raises Refusal: ``reason-missing``, or ``superseded-already`` when no form shows the file's figures any more
    """
    source = batch.source
    law = laws.load_law(source.election.law)
    with transaction.atomic():
        Source.objects.select_for_update().get(pk=source.pk)
        shown = list(forms_showing(batch))
        for form in shown:
            scope.require(Right.IMPORT, form.area)
        if not reason.strip():
            raise Refusal("reason-missing", Text("Alasan belum ditulis", "No reason is given"))
        if not shown:
            raise Refusal(
                "superseded-already",
                Text("Tidak ada formulir yang masih menampilkan angka berkas ini", "No form shows this file any more"),
                remedy=Text("Tidak ada yang perlu digantikan.", "There is nothing to supersede."),
            )
        instead = ImportBatch.objects.create(
            source=source, file_name=clean_name(f"batal-{batch.pk}-{batch.file_name}"), at=at, by=scope.name,
            file_sha256=payload_hash({"supersedes": batch.pk, "file": batch.file_sha256}), rows=len(shown), added=0,
            changed=0, unchanged=0, rejected=0,
        )  # fmt: skip
        work = _Import(scope, law, source, instead, "")
        for some in chunks(shown, _CHUNK):
            earlier = figures_before(some, batch)
            work.write([_restored(law, source, form, earlier[form.pk]) for form in some])
        instead.save()
        work.close("count.supersede_import", reason.strip())
    return instead


def _restored(law: Law, source: Source, form: Form, figures: Mapping[str, int | None]) -> _Fresh:
    fields, lines = apart(figures)
    verdict = evaluate_form(law, source.contest, fields, lines)
    row = form.version.row if form.version else 0
    reading = FormReading(form.area.code, row, fields, lines)
    return _Fresh(reading, form.area, payload_hash(reading.cells), form, verdict)


class _Import:
    """One file on its way into one source; counts as it goes."""

    def __init__(self, scope: Scope, law: Law, source: Source, batch: ImportBatch, key: str) -> None:
        self.scope, self.law, self.source, self.batch, self.key = scope, law, source, batch, key
        self.unknown: list[Rejected] = []
        self.seals: list[Seal] = []

    def load(self, chunk: Sequence[FormReading]) -> None:
        """Writes what is new of some forms."""
        areas = self._areas(chunk)
        forms = {
            form.area_id: form
            for form in Form.objects.filter(source=self.source, area__in=[a.pk for a in areas.values()]).select_related(
                "version"
            )
        }
        fresh: list[_Fresh] = []
        for reading in chunk:
            area = areas.get(reading.code)
            if area is None:
                self.unknown.append(readings.unknown_area(self.batch.file_name, self.key, reading, self.source.level))
                continue
            digest = payload_hash(reading.cells)
            form = forms.get(area.pk)
            if form is not None and form.version is not None and form.version.cells_sha256 == digest:
                self.batch.unchanged += 1
                continue
            verdict = evaluate_form(self.law, self.source.contest, reading.fields, reading.lines, ballot=reading.ballot)
            fresh.append(_Fresh(reading, area, digest, form, verdict))
        self.write(fresh)

    def _areas(self, chunk: Sequence[FormReading]) -> dict[str, Area]:
        rows = Area.objects.filter(
            election=self.source.election_id, level=self.source.level, code__in=[r.code for r in chunk]
        ).only("code", "election_id", "path")
        areas = {area.code: area for area in rows}
        for area in areas.values():
            self.scope.require(Right.IMPORT, area)
        return areas

    def write(self, fresh: Sequence[_Fresh]) -> None:
        if not fresh:
            return
        added = [one for one in fresh if one.form is None]
        changed = [one.form for one in fresh if one.form is not None]
        self.batch.added += len(added)
        self.batch.changed += len(changed)
        for one in fresh:
            one.settle(self.source)
        Form.objects.bulk_create([one.settled for one in added])
        Form.objects.bulk_update(changed, ["status", "failures", "warnings", "complete"], batch_size=100)
        versions = FormVersion.objects.bulk_create([one.version(self.batch) for one in fresh])
        newest = FormVersion.objects.filter(form=OuterRef("pk")).order_by("-number").values("pk")[:1]
        Form.objects.filter(pk__in=[version.form_id for version in versions]).update(version=Subquery(newest))
        Finding.objects.bulk_create(
            finding for one, version in zip(fresh, versions, strict=True) for finding in one.findings(version)
        )
        self.seals += [
            Seal("count.import_form", "count.form_version", str(v.pk), version_payload(v, one.area.code))
            for one, v in zip(fresh, versions, strict=True)
        ]

    def finish(self, held_back: Iterator[Rejected]) -> ImportOutcome:
        """Names the rows held back, adds up, seals; takes the batch back where a known file changed nothing."""
        batch = self.batch
        batch.rejected += len(self.unknown)
        outcome = ImportOutcome(batch, batch.rows, batch.added, batch.changed, batch.unchanged, batch.rejected)
        rejects = [*held_back, *self.unknown]
        outcome.rejects = sorted(rejects, key=lambda reject: reject.row)[:_SHOWN]
        earlier = (
            ImportBatch.objects.filter(source=self.source, file_sha256=batch.file_sha256).exclude(pk=batch.pk).first()
        )
        if earlier is not None and not self.seals:
            batch.delete()
            outcome.batch, outcome.repeated = earlier, True
            return outcome
        batch.save()
        RejectedRow.objects.bulk_create([reject.row_of(batch) for reject in rejects], batch_size=_CHUNK)
        self.close("count.import_results")
        return outcome

    def close(self, action: str, reason: str = "") -> None:
        """Adds up what changed, seals it with the batch, and tells who follows the source."""
        batch = self.batch
        if self.seals:
            refresh_summaries(self.source)
        done = Seal(action, "count.import_batch", str(batch.pk), batch_payload(batch), reason)
        seal(at=batch.at, by=batch.by, seals=[*self.seals, done])
        if self.seals:
            tell(source=self.source, at=batch.at, by=batch.by)


@dataclass(slots=True)
class _Fresh:
    """A form's figures that are not yet in the source."""

    reading: FormReading
    area: Area
    digest: str
    form: Form | None
    verdict: FormVerdict

    @property
    def settled(self) -> Form:
        if self.form is None:
            raise LookupError(self.area.code)
        return self.form

    def settle(self, source: Source) -> None:
        """The form with the status that these figures give it; not yet saved."""
        if self.form is None:
            self.form = Form(source=source, area=self.area)
        self.form.status = status_of(self.verdict)
        self.form.failures = len(self.verdict.failures)
        self.form.warnings = len(self.verdict.warnings)
        self.form.complete = self.verdict.complete

    def version(self, batch: ImportBatch) -> FormVersion:
        form = self.settled
        number = form.version.number + 1 if form.version else 1
        return FormVersion(
            form=form, number=number, cells=self.reading.cells, cells_sha256=self.digest,
            source_time=self.reading.source_time[:40], batch=batch, row=self.reading.row,
            published=dict(self.reading.published or {}),
        )  # fmt: skip

    def findings(self, version: FormVersion) -> Iterator[Finding]:
        for outcome in self.verdict.outcomes.values():
            if outcome.evaluated and not outcome.holds:
                yield finding_of(version, outcome)


def finding_of(version: FormVersion, outcome: Outcome) -> Finding:
    """What does not hold on a version as a row, not yet saved."""
    return Finding(
        version=version, identity=outcome.code, kind=outcome.kind, left=outcome.left, right=outcome.right,
        difference=outcome.difference,
    )  # fmt: skip


def status_of(verdict: FormVerdict) -> FormStatus:
    """How far a form can be trusted. One on which nothing could be checked is incomplete, not consistent."""
    if verdict.failures:
        return FormStatus.FAILING
    if verdict.empty:
        return FormStatus.EMPTY
    if not verdict.complete or not any(outcome.evaluated for outcome in verdict.outcomes.values()):
        return FormStatus.INCOMPLETE
    return FormStatus.CONSISTENT


def refresh_summaries(source: Source) -> None:
    """Adds up what ``source`` holds below every area that has one of its forms (all of them, in one pass)."""
    station = laws.load_law(source.election.law).station_level
    tallies = add_up(form_lines(source), own=source.level != station)
    areas = {
        area.path: area
        for chunk in chunks(tallies, _CHUNK)
        for area in Area.objects.filter(election=source.election_id, path__in=chunk)
    }
    expected = expected_below(source, areas.values(), station=station)
    AreaSummary.objects.bulk_create(
        [summary_of(source, area, tallies[path], expected[path]) for path, area in areas.items()],
        update_conflicts=True,
        unique_fields=["source", "area"],
        update_fields=[
            "expected", "forms", "consistent", "incomplete", "empty", "failing", "warnings", "complete", "failures",
            "sums", "given",
        ],
        batch_size=_CHUNK,
    )  # fmt: skip


def summary_of(source: Source, area: Area, tally: Tally, expected: int) -> AreaSummary:
    """What lies below an area as a row, not yet saved; there are at least as many forms expected as there are."""
    counts = {status.value: tally.by_status.get(status.value, 0) for status in FormStatus}
    return AreaSummary(
        source=source, area=area, expected=max(expected, tally.forms), forms=tally.forms, warnings=tally.warnings,
        complete=tally.complete, failures=tally.failures, sums=tally.sums, given=tally.given, **counts,
    )  # fmt: skip
