"""Figures accepted: a form's next version with what it rests on; and a correction, which keeps what it replaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.count import papers
from satusuara.count.actions.importing import finding_of, status_of
from satusuara.count.actions.summing import shift_summaries
from satusuara.count.ballots import ballot_at
from satusuara.count.choices import AcceptedBy, CorrectionBasis
from satusuara.count.models import Acceptance, Entry, Finding, Form, FormVersion, ImportBatch, Paper, Photo
from satusuara.count.queries import Line, batch_payload, version_payload
from satusuara.count.registry import tell
from satusuara.count.rules import entry as rules
from satusuara.count.rules.entry import Judged, Note, Reading, Said, Typed
from satusuara.kernel.errors import Refusal
from satusuara.kernel.hashing import payload_hash
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope


def correct_form(
    *, scope: Scope, area: Area, contest: str, chosen: Typed, said: Said, notes: Mapping[str, Note], reason: str,
    basis: str, witnesses: Sequence[str], at: datetime,
) -> FormVersion:  # fmt: skip
    """Other figures than those accepted, as a further version: with who, why, on what basis and before whom. The
    figures before, and what did not hold on them, stay.

    :raises Forbidden: without IMPORT at the station
    :raises Refusal: ``entry-not-accepted``, ``reason-missing``, ``correction-basis``, ``correction-witnesses``,
        ``correction-changes-nothing``, ``entry-column-unknown``, ``entry-findings``
    """
    scope.require(Right.IMPORT, area)
    law = laws.load_law(area.election.law)
    papers.require_station(law, area)
    ballot = ballot_at(law, contest, area)
    columns = rules.columns_of(law, contest, ballot.lines)
    with transaction.atomic():
        source = papers.source_at(area.election, contest)
        paper = Paper.objects.select_for_update().filter(source=source, area=area).first() if source else None
        done = papers.entries_of_round(paper) if paper else []
        rules.require_accepted(papers.progress_of(paper, done))
        if paper is None or source is None:
            raise LookupError(area.code)
        paper.source, paper.area = source, area
        _require_grounds(reason, basis, witnesses)
        before = shown_reading(paper)
        changes = {c: [before.typed.get(c), v] for c, v in chosen.items() if c in columns and before.typed.get(c) != v}
        words = {**before.said, **{c: text for c, text in said.items() if c in columns}}
        reading = Reading({**before.typed, **{c: v for c, v in chosen.items() if c in columns}}, _spoken(words))
        if not changes and reading.said == before.said:
            raise Refusal(
                "correction-changes-nothing",
                Text("Koreksi ini tidak mengubah apa pun", "This correction changes nothing"),
                remedy=Text("Ubah kotak yang dikoreksi.", "Change the box that is to be corrected."),
            )
        judged = rules.judge(law, contest, ballot.lines, reading)
        rest = rules.unanswered(judged, notes)
        if rest:
            raise Refusal(
                "entry-findings",
                Text(f"{len(rest)} temuan belum dijelaskan", f"{len(rest)} findings are not explained yet"),
                details={"codes": list(rest)},
            )
        about = {
            "changes": changes, "reason": reason.strip(), "basis": basis,
            "witnesses": [name.strip() for name in witnesses if name.strip()],
        }  # fmt: skip
        return accept(
            paper=paper, reading=reading, judged=judged, kind=AcceptedBy.CORRECTED,
            entries=[], seals=[], at=at, by=scope.name, notes=[(scope.name, notes)], about=about,
        )  # fmt: skip


def _spoken(words: Mapping[str, str]) -> dict[str, str]:
    return {column: text for column, text in words.items() if text.strip()}


def _require_grounds(reason: str, basis: str, witnesses: Sequence[str]) -> None:
    if not reason.strip():
        raise Refusal("reason-missing", Text("Alasan belum ditulis", "No reason is given"))
    if basis not in CorrectionBasis.values:
        raise Refusal("correction-basis", Text("Dasar koreksi belum dipilih", "The basis of the correction is missing"))
    if not any(name.strip() for name in witnesses):
        raise Refusal(
            "correction-witnesses",
            Text("Belum ada yang menyaksikan koreksi ini", "Nobody witnessed this correction"),
            remedy=Text(
                "Tulis nama dan jabatan yang hadir, satu baris satu orang.",
                "Write name and office of those present, one a line.",
            ),
        )


def shown_reading(paper: Paper) -> Reading:
    """What a form shows now, marks and words included: figures of its version, the rest of its last acceptance."""
    last = Acceptance.objects.filter(paper=paper).select_related("version").order_by("-pk").first()
    if last is None:
        return Reading({}, {})
    figures = {column: value for column, value in last.version.cells.items() if value is not None}
    return Reading({**figures, **last.marks}, last.said)


def accept(
    *, paper: Paper, reading: Reading, judged: Judged, kind: AcceptedBy,
    entries: Sequence[Entry], seals: Sequence[Seal], at: datetime, by: str,
    notes: Sequence[tuple[str, Mapping[str, Note]]] = (), about: Mapping[str, Any] | None = None,
) -> FormVersion:  # fmt: skip
    """Writes the next version of a form, what does not hold on it, and how it came about; seals it all with ``seals``.

    ``notes``: who said what about findings; of entries they are their own.
    """
    form = Form.objects.filter(source=paper.source, area=paper.area).select_related("version").first()
    before = _line(form, paper) if form else None
    cells = rules.figures_of(reading.typed)
    about = about or {}
    origin = {"entries": [papers.entry_payload(entry) for entry in entries], **about}
    batch = ImportBatch.objects.create(
        source=paper.source, file_name=f"entri-{paper.area.code}.json", file_sha256=payload_hash(origin), at=at, by=by,
        rows=1, added=int(form is None), changed=int(form is not None), unchanged=0, rejected=0,
    )  # fmt: skip
    outcomes = list(judged.outcomes(reading))
    form = form or Form(source=paper.source, area=paper.area)
    number = form.version.number + 1 if form.version else 1
    form.status, form.complete = status_of(judged.verdict), judged.verdict.complete
    form.failures, form.warnings = len(judged.hard), len(judged.soft)
    if form.pk is None:
        form.save()
    version = FormVersion.objects.create(
        form=form, number=number, cells=cells, cells_sha256=payload_hash(cells), source_time="", batch=batch, row=1
    )
    form.version = version
    form.save()
    Finding.objects.bulk_create(finding_of(version, outcome) for outcome in outcomes)
    said_by = list(notes) or [(entry.by, papers.notes_of(entry)) for entry in entries]
    row = Acceptance.objects.create(
        paper=paper, version=version, kind=kind, entries=[entry.pk for entry in entries],
        marks={c: v for c, v in reading.typed.items() if not isinstance(v, int)}, said=dict(reading.said),
        findings=[
            {
                "code": each.code, "kind": each.kind, "left": each.left, "right": each.right,
                "notes": [
                    {"by": who, "as_written": said[each.code].as_written, "reason": said[each.code].reason}
                    for who, said in said_by
                    if each.code in said
                ],
            }
            for each in outcomes
        ],
        photos=list(Photo.objects.filter(paper=paper).order_by("pk").values_list("sha256", flat=True)),
        at=at, by=by, **about,
    )  # fmt: skip
    after = _line(form, paper)
    shift_summaries(source=paper.source, before=before, after=after)
    deed = "count.correct_form" if kind == AcceptedBy.CORRECTED else "count.accept_form"
    seal(
        at=at,
        by=by,
        seals=[
            *seals,
            Seal("count.import_form", "count.form_version", str(version.pk), version_payload(version, paper.area.code)),
            Seal("count.import_results", "count.import_batch", str(batch.pk), batch_payload(batch)),
            Seal(deed, "count.acceptance", str(row.pk), papers.acceptance_payload(row), row.reason),
        ],
    )
    tell(source=paper.source, at=at, by=by)
    return version


def seal_of_entry(entry: Entry) -> Seal:
    """A finished entry, ready to be sealed."""
    return Seal("count.finish_entry", "count.entry", str(entry.pk), papers.entry_payload(entry), entry.reason)


def _line(form: Form, paper: Paper) -> Line:
    cells = dict(form.version.cells) if form.version else {}
    return Line(paper.area.path, form.status, form.warnings, cells, form.failures, form.complete)
