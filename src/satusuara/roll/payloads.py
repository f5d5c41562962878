"""What the ledger seals of the roll, as it stands now. Counts and hashes: never anything about one voter."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Any, NamedTuple

import msgspec
from django.db.models import QuerySet

from satusuara.roll.models import (
    Erased,
    Erasure,
    LinkageRun,
    MovingLetter,
    Pair,
    Review,
    RollVersion,
    StationList,
    Voter,
)
from satusuara.roll.models_work import Duty, StationReport

_LINE = (
    "rec_id", "line", "nik_sealed", "nik_token", "nkk_sealed", "nkk_token", "name", "name_key", "birth_place",
    "birth_date", "sex", "marital", "address", "rt", "rw", "disability", "digest", "made_up", "state", "reason",
)  # fmt: skip
_STATE, _SEX = _LINE.index("state"), _LINE.index("sex")
_VERSION = (
    "category", "number", "source", "file_name", "file_sha256", "by", "state", "rows", "added", "struck", "moved",
    "changed", "unchanged", "rejected", "content_sha256",
)  # fmt: skip


def version_payload(version: RollVersion) -> dict[str, Any]:
    return {
        "election": version.election_id,
        "area": version.area.code,
        "at": version.at.astimezone(UTC).isoformat(),
        **{name: getattr(version, name) for name in _VERSION},
    }


class ListHash(NamedTuple):
    """The list of one station and category: how many lines, how many active (by sex too) and locked, SHA-256 over
    every stored cell."""

    area: int
    category: str
    lines: int = 0
    active: int = 0
    locked: int = 0
    sexes: tuple[tuple[str, int], ...] = ()
    content: str = ""


def list_hashes(areas: Iterable[int] | None = None) -> Iterator[ListHash]:
    """The lists of some stations, or all.

    Lines of a version that is still being read do not count.
    """
    rows = Voter.objects.exclude(since__state="reading").order_by("area_id", "category", "line", "pk")
    if areas is not None:
        rows = rows.filter(area__in=list(areas))
    encode = msgspec.msgpack.Encoder().encode  # every cell with its kind and length
    current: tuple[int, str] | None = None
    lines = active = locked = 0
    sexes: Counter[str] = Counter()
    digest = hashlib.sha256()
    for area, category, *cells in rows.values_list("area_id", "category", *_LINE).iterator(chunk_size=5000):
        if (area, category) != current:
            if current is not None:
                yield ListHash(*current, lines, active, locked, tuple(sorted(sexes.items())), digest.hexdigest())
            current, lines, active, locked, digest = (area, category), 0, 0, 0, hashlib.sha256()
            sexes = Counter()
        lines += 1
        if cells[_STATE] == "active":
            active += 1
            sexes[cells[_SEX]] += 1
        locked += cells[_STATE] == "locked"
        digest.update(encode(cells))
    if current is not None:
        yield ListHash(*current, lines, active, locked, tuple(sorted(sexes.items())), digest.hexdigest())


def list_payload(area_code: str, found: ListHash) -> dict[str, Any]:
    return {**found._asdict(), "area": area_code, "sexes": dict(found.sexes)}


def letter_payload(letter: MovingLetter) -> dict[str, Any]:
    fields = ("number", "reason", "contests", "state", "by", "cancelled_by", "cancel_reason")
    return {
        "origin": letter.origin.area.code,
        "destination": letter.destination.area.code,
        "at": letter.at.astimezone(UTC).isoformat(),
        **{name: getattr(letter, name) for name in fields},
    }


def run_payload(run: LinkageRun) -> dict[str, Any]:
    fields = ("design", "settings", "by", "records", "pairs", "strike_list", "review")
    return {"election": run.election_id, "area": run.area.code, **{name: getattr(run, name) for name in fields}}


def pair_payload(pair: Pair) -> dict[str, Any]:
    return {"a": pair.a_id, "b": pair.b_id, "state": pair.state}


def review_payload(review: Review) -> dict[str, Any]:
    return {
        "pair": review.pair_id,
        "verdict": review.verdict,
        "keep": review.keep_id,
        "by": review.by,
        "undone": review.undone,
    }


def erasure_payload(erasure: Erasure) -> dict[str, Any]:
    return {"election": erasure.election_id, "by": erasure.by, **erasure.counts}


def erased_payload(erasure: int) -> dict[str, Any]:
    """What is sealed last of a row that was erased."""
    return {"erased": erasure}


def versions(ids: Iterable[str]) -> dict[str, Any]:
    rows = RollVersion.objects.filter(pk__in=_numbers(ids)).select_related("area")
    return {str(row.pk): version_payload(row) for row in rows}


def version_ids() -> list[str]:
    return _all(RollVersion.objects.filter(state="done"))


def lists(ids: Iterable[str]) -> dict[str, Any]:
    """Recomputed from the lines themselves: one changed cell of one line gives another payload of its station."""
    rows = StationList.objects.filter(pk__in=_numbers(ids)).select_related("area")
    found = {(each.area, each.category): each for each in list_hashes({row.area_id for row in rows})}
    now = {
        str(row.pk): list_payload(
            row.area.code, found.get((row.area_id, row.category), ListHash(row.area_id, row.category))
        )
        for row in rows
    }
    return now | _erased("roll.list", ids)


def list_ids() -> list[str]:
    return _all(StationList.objects.all())


def letters(ids: Iterable[str]) -> dict[str, Any]:
    """What the ledger seals of moving letters; an erased one as erased."""
    rows = MovingLetter.objects.filter(pk__in=_numbers(ids))
    rows = rows.select_related("origin__area", "destination__area")
    return {str(row.pk): letter_payload(row) for row in rows} | _erased("roll.letter", ids)


def letter_ids() -> list[str]:
    return _all(MovingLetter.objects.all())


def runs(ids: Iterable[str]) -> dict[str, Any]:
    rows = LinkageRun.objects.filter(pk__in=_numbers(ids)).select_related("area")
    return {str(row.pk): run_payload(row) for row in rows}


def run_ids() -> list[str]:
    return _all(LinkageRun.objects.all())


def pairs(ids: Iterable[str]) -> dict[str, Any]:
    rows = Pair.objects.filter(pk__in=_numbers(ids))
    return {str(row.pk): pair_payload(row) for row in rows} | _erased("roll.pair", ids)


def reviews(ids: Iterable[str]) -> dict[str, Any]:
    rows = Review.objects.filter(pk__in=_numbers(ids))
    return {str(row.pk): review_payload(row) for row in rows} | _erased("roll.review", ids)


def review_ids() -> list[str]:
    return _all(Review.objects.all())


def erasures(ids: Iterable[str]) -> dict[str, Any]:
    return {str(row.pk): erasure_payload(row) for row in Erasure.objects.filter(pk__in=_numbers(ids))}


def erasure_ids() -> list[str]:
    return _all(Erasure.objects.all())


def report_payload(report: StationReport) -> dict[str, Any]:
    return {
        "area": report.area.code,
        "possible_unlisted": report.possible_unlisted,
        "undelivered": report.undelivered,
        "by": report.by,
    }


def reports(ids: Iterable[str]) -> dict[str, Any]:
    rows = StationReport.objects.filter(pk__in=_numbers(ids)).select_related("area")
    return {str(row.pk): report_payload(row) for row in rows}


def report_ids() -> list[str]:
    return _all(StationReport.objects.all())


def duty_payload(duty: Duty) -> dict[str, Any]:
    return {"voter": duty.voter_id, "station": duty.station.code, "role": duty.role, "ended": duty.ended_at is not None}


def duties(ids: Iterable[str]) -> dict[str, Any]:
    rows = Duty.objects.filter(pk__in=_numbers(ids)).select_related("station")
    return {str(row.pk): duty_payload(row) for row in rows} | _erased("roll.duty", ids)


def duty_ids() -> list[str]:
    return _all(Duty.objects.all())


def looks(ids: Iterable[str]) -> dict[str, Any]:
    """A look at a whole identity number leaves no row but its entry: the payload is the subject itself."""
    return {one: look_payload(one) for one in ids}


def look_payload(subject: str) -> dict[str, Any]:
    return {"look": subject}


def _erased(kind: str, ids: Iterable[str]) -> dict[str, Any]:
    rows = Erased.objects.filter(kind=kind, subject__in=list(ids))
    return {row.subject: erased_payload(row.erasure_id) for row in rows}


def _numbers(ids: Iterable[str]) -> list[int]:
    return [int(one) for one in ids]


def _all(rows: QuerySet[Any]) -> list[str]:
    return [str(pk) for pk in rows.values_list("pk", flat=True)]
