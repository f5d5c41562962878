"""What a rakor leaves on paper: its minutes, and a sheet of tasks for each area. Reads only, and keeps files by hash.

The minutes are an official document and speak Indonesian; the sheets speak the language of whoever prints them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages.words import BLANK, day, moment, proper
from satusuara.kernel.paper import pdf
from satusuara.law.model import Law
from satusuara.people.models import User
from satusuara.risk import queries, queries_rakor
from satusuara.risk.models import AgendaItem, Handout, Meeting
from satusuara.risk.rules import rakor

ID = "id"
_HEAD = Text("Notulen Rapat Koordinasi Mitigasi Risiko", "Minutes of the coordination meeting on risks")
_SHEET_HEAD = (
    Text("No.", "No."), Text("Masalah", "Problem"), Text("Yang dikerjakan", "What is to be done"),
    Text("Penanggung jawab", "Who answers for it"), Text("Tenggat", "By"), Text("Selesai", "Done"),
    Text("Paraf", "Initials"),
)  # fmt: skip
COLUMNS = (
    Text("kode_wilayah", "area_code"), Text("wilayah", "area"), Text("kode_masalah", "problem_code"),
    Text("masalah", "problem"), Text("kode_pencegahan", "barrier_code"), Text("yang_dikerjakan", "task"),
    Text("penanggung_jawab", "owner"), Text("tenggat", "due"),
)  # fmt: skip
"""Columns of the table of tasks."""


def minutes_pdf(meeting: Meeting) -> bytes:
    """The minutes as PDF/A; a draft, named so, until the meeting is closed. The same state gives the same bytes."""
    law = laws.load_law(meeting.register.election.law)
    at = meeting.closed_at or meeting.at.astimezone(UTC)
    return pdf(_document("minutes"), _minutes(meeting, law), at=at)


def _document(name: str) -> str:
    return files("satusuara.risk").joinpath("paper", f"{name}.typ").read_text(encoding="utf-8")


def _minutes(meeting: Meeting, law: Law) -> dict[str, Any]:
    place = proper(meeting.area.name)
    leader = _person(meeting.closed_by or meeting.by)
    office = queries_rakor.owner_name(law, meeting.register, meeting.office).id if meeting.office else "Pimpinan rapat"
    issuer = f"{law.level(meeting.area.level).name.id} {place}"
    return {
        "title": f"{_HEAD.id} {place}, {day(_noon(meeting), ID)}",
        "heading": _HEAD.id if meeting.number else f"RANCANGAN: {_HEAD.id}",
        "issuer": settings.PUBLISHER or issuer,
        "facts": list(_facts(meeting, law, issuer, f"{leader}, {office}")),
        "present": [_present(seat, law, meeting) for seat in queries_rakor.seats(meeting)],
        "items": [_item(each, law) for each in queries_rakor.items(meeting)],
        "signatures": [{"office": office, "name": leader}, {"office": "Notulis", "name": ""}],
        "words": {
            "present": "Daftar hadir",
            "present_head": ["No.", "Nama", "Jabatan", "Wilayah"],
            "votes_head": ["Pendapat tertutup", "1", "2", "3", "4", "5", "Median", "Kesepakatan"],
            "handouts_head": ["Yang dikerjakan", "Wilayah", "Penanggung jawab", "Tenggat"],
            "decision": "Keputusan",
            "sealed": "Sidik SHA-256 dokumen ini tercatat dalam buku catatan pada saat rapat ditutup. "
            "Pendapat tertutup dicatat sebagai jumlah; siapa memilih apa tidak dicatat.",
        },
    }


def _noon(meeting: Meeting) -> datetime:
    return datetime(meeting.day.year, meeting.day.month, meeting.day.day, 12, tzinfo=UTC)


def _facts(meeting: Meeting, law: Law, issuer: str, leader: str) -> Iterator[tuple[str, str]]:
    zone = law.zone_of(meeting.area.code)
    yield "Nomor", meeting.number or BLANK
    yield "Rapat", meeting.title
    yield "Pemilu", meeting.register.election.name_id
    yield "Hari", day(_noon(meeting), ID)
    yield "Tempat", meeting.place
    yield "Wilayah", issuer
    yield "Pimpinan", leader
    if meeting.closed_at:
        yield "Ditutup", moment(meeting.closed_at, zone, ID)
    yield (
        "Buku panduan",
        f"{meeting.register.playbook} {meeting.register.version}, sidik {meeting.register.sha256[:16]}…",
    )


def _person(account: str) -> str:
    user = User.objects.filter(username=account).first()
    return user.get_full_name() if user else account


def _present(seat: Any, law: Law, meeting: Meeting) -> tuple[str, str, str]:
    office = queries_rakor.owner_name(law, meeting.register, seat.office).id if seat.office else BLANK
    return seat.name, office, proper(seat.area.name)


def _item(item: AgendaItem, law: Law) -> dict[str, Any]:
    risk = item.risk
    problem = queries.problem_of(risk)
    facts = [("Alasan dibahas", "; ".join(each["id"] for each in item.why))] if item.why else []
    if risk.minutes:
        facts.append(("Disepakati", risk.minutes))
    return {
        "title": f"{risk.code} · {problem.name.id if problem else risk.title}",
        "sentence": problem.sentence().id if problem else risk.detail,
        "facts": facts,
        "votes": [row for tally in item.tallies.all() for row in _votes(tally)],
        "decision": _decision(item, law) if item.decision else {},
        "handouts": [
            _handout(each, law, ID) for each in queries_rakor.handouts(item.meeting) if each.item_id == item.pk
        ],
    }


def _votes(tally: Any) -> Iterator[list[str]]:
    probability, impact = rakor.spreads(tally.cells)
    for name, spread in (("kemungkinan", probability), ("akibat", impact)):
        label = f"Putaran {tally.round}, {name} ({tally.votes} dari {tally.seats})"
        yield [label, *(str(n) for n in spread.counts), _plain(spread.median), _percent(spread.agreement)]


def _plain(value: Fraction | None) -> str:
    return BLANK if value is None else f"{float(value):g}".replace(".", ",")


def _percent(value: Fraction | None) -> str:
    return BLANK if value is None else f"{round(100 * value)} %"


def _decision(item: AgendaItem, law: Law) -> dict[str, str]:
    decision = item.decision
    assert decision is not None  # noqa: S101 (asked by the caller)
    office = queries_rakor.owner_name(law, item.risk.register, decision.office).id
    return {
        "text": decision.text,
        "by": f"Diputuskan oleh {_person(decision.decider)}, {office}",
        "reason": f"Alasan: {decision.reason}",
    }


def _handout(row: Handout, law: Law, lang: str) -> list[str]:
    owner = queries_rakor.owner_name(law, row.barrier.register, row.owner_role)
    when = datetime(row.due.year, row.due.month, row.due.day, 12, tzinfo=UTC)
    return [
        queries.barrier_text(row.barrier).in_(lang), proper(row.area.name), owner.in_(lang), day(when, lang),
    ]  # fmt: skip


def sheets_pdf(meeting: Meeting, areas: Sequence[Area], lang: str) -> bytes:
    """One page of tasks for each of ``areas`` that has any.

    :raises NotFound: ``no-tasks`` where none has
    """
    law = laws.load_law(meeting.register.election.law)
    by_area = queries_rakor.by_area(queries_rakor.handouts(meeting))
    wanted = {area.pk for area in areas}
    sheets = [
        {
            "title": Text("Lembar tugas", "Sheet of tasks").in_(lang) + f": {proper(area.name)}",
            "rows": [_task(row, law, lang) for row in rows],
        }
        for area, rows in by_area.items()
        if area.pk in wanted
    ]
    if not sheets:
        raise no_tasks()
    number = meeting.number or Text("rancangan, rapat belum ditutup", "draft, the meeting is not closed").in_(lang)
    data = {
        "lang": "en" if lang.startswith("en") else "id",
        "title": f"{meeting.title}, {day(_noon(meeting), lang)}",
        "issuer": settings.PUBLISHER or f"{law.level(meeting.area.level).name.in_(lang)} {proper(meeting.area.name)}",
        "lead": f"{meeting.title}, {day(_noon(meeting), lang)}, {meeting.place}. "
        + Text("Notulen", "Minutes").in_(lang) + f": {number}.",
        "head": [each.in_(lang) for each in _SHEET_HEAD],
        "sheets": sheets,
        "signatures": [
            Text("Diserahkan oleh", "Handed over by").in_(lang), Text("Diterima oleh", "Received by").in_(lang),
        ],
        "source": f"{meeting.slug} · {meeting.register.playbook} {meeting.register.version}",
    }  # fmt: skip
    return pdf(_document("sheets"), data, at=meeting.closed_at or meeting.at)


def _task(row: Handout, law: Law, lang: str) -> list[str]:
    text, _, owner, when = _handout(row, law, lang)
    return [f"{row.item.risk.code} {_title(row).in_(lang)}", text, owner, when]


def _title(row: Handout) -> Text:
    problem = queries.problem_of(row.item.risk)
    return problem.name if problem else Text(row.item.risk.title, row.item.risk.title)


def table(meeting: Meeting, areas: Sequence[Area], lang: str) -> list[list[str]]:
    """The tasks of areas as rows of ``COLUMNS``.

    :raises NotFound: ``no-tasks``
    """
    law = laws.load_law(meeting.register.election.law)
    wanted = {area.pk for area in areas}
    rows = [row for row in queries_rakor.handouts(meeting) if row.area_id in wanted]
    if not rows:
        raise no_tasks()
    rows.sort(key=lambda row: (row.area.code, row.due, row.barrier.code))
    return [
        [
            row.area.code, proper(row.area.name), row.item.risk.code, _title(row).in_(lang), row.barrier.code,
            queries.barrier_text(row.barrier).in_(lang),
            queries_rakor.owner_name(law, meeting.register, row.owner_role).in_(lang), row.due.isoformat(),
        ]
        for row in rows
    ]  # fmt: skip


def no_tasks() -> NotFound:
    """There is nothing to print."""
    return NotFound(
        "no-tasks",
        Text("Belum ada tugas untuk dicetak", "There are no tasks to print yet"),
        remedy=Text("Tempatkan petugas pada pencegahan dahulu.", "Put somebody on a barrier first."),
    )


def folder() -> Path:
    """Where minutes are kept, by their hash."""
    return Path(settings.HOME) / "minutes"


def keep(content: bytes) -> str:
    """Keeps a PDF under its hash, and returns the hash; the same one is kept once."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = folder() / f"{sha256}.pdf"
    if not path.exists():
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder(), prefix="datang-", delete=False) as into:
            into.write(content)
            into.flush()
            os.fsync(into.fileno())
        Path(into.name).replace(path)
    return sha256


def kept(meeting: Meeting) -> bytes:
    """The minutes as they were sealed when the meeting was closed; a draft before that.

    :raises NotFound: ``minutes-lost`` where the file is gone or is not what was sealed
    """
    if not meeting.minutes_sha256:
        return minutes_pdf(meeting)
    path = folder() / f"{meeting.minutes_sha256}.pdf"
    content = path.read_bytes() if path.is_file() else minutes_pdf(meeting)
    if hashlib.sha256(content).hexdigest() != meeting.minutes_sha256:
        raise NotFound(
            "minutes-lost",
            Text(
                "Berkas notulen hilang atau tidak lagi sama dengan yang disegel", "The minutes' file is lost or altered"
            ),
            remedy=Text("Pulihkan dari cadangan.", "Restore it from a backup."),
        )
    return content
