"""Who stands on which ballot: brought in from a table, never changed under a form that somebody types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.facts import ballot_tables
from satusuara.areas.models import Election
from satusuara.count.ballot_tables import BallotLine, ballots_in
from satusuara.count.ballots import ballot_payload
from satusuara.count.models import BallotPaper, Entry
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.lake.files import Reject
from satusuara.law.model import Law
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, WholeTree


@dataclass(frozen=True, slots=True)
class BallotsOutcome:
    """What became of a table: ballots that are new, ballots with other lines than before, and those that were known."""

    rows: int
    added: int
    changed: int
    unchanged: int
    rejected: int
    rejects: Sequence[Reject] = field(default=(), repr=False)


def load_ballots(*, scope: Scope, election: Election, at: datetime) -> list[BallotsOutcome]:
    """The ballots among the facts of an election's law, each where it is not there yet.

    :raises Forbidden, Refusal: as ``import_ballots``
    """
    tables = ballot_tables(election.law)
    return [
        import_ballots(scope=scope, election=election, path=table.path, source=table.source, at=at) for table in tables
    ]


def import_ballots(*, scope: Scope, election: Election, path: Path, source: str, at: datetime) -> BallotsOutcome:
    """Reads a table of who stands where; other lines than before are a ballot's next version. One ledger entry each.

    :raises Forbidden: without AREAS over the election
    :raises Refusal: a file that cannot be read as a whole; ``ballot-contest-unknown``; ``ballot-in-use`` when forms of
        the contest are being typed by the lines before; ``ballot-real-name-in-drill``
    """
    scope.require(Right.AREAS, WholeTree(election.code))
    law = laws.load_law(election.law)
    with ballots_in(path) as read, transaction.atomic():
        Election.objects.select_for_update().get(pk=election.pk)
        _require_contests(law, read.ballots)
        if law.drill:
            _require_made_up(law, election, read.ballots)
        known: dict[tuple[str, str], BallotPaper] = {}
        for row in BallotPaper.objects.filter(election=election).order_by("number"):
            known[row.contest, row.district] = row
        fresh = []
        for (contest, district), lines in read.ballots.items():
            before = known.get((contest, district))
            if before is not None and [tuple(line) for line in before.lines] == lines:
                continue
            if before is not None:
                _require_unused(election, contest, district)
            fresh.append(
                BallotPaper(
                    election=election,
                    contest=contest,
                    district=district,
                    lines=lines,
                    source=source,
                    at=at,
                    by=scope.name,
                    number=before.number + 1 if before else 1,
                )
            )
        rows = BallotPaper.objects.bulk_create(fresh)
        seal(
            at=at,
            by=scope.name,
            seals=[Seal("count.import_ballot", "count.ballot_paper", str(row.pk), ballot_payload(row)) for row in rows],
        )
    added = sum(row.number == 1 for row in rows)
    changed = len(rows) - added
    return BallotsOutcome(read.rows, added, changed, len(read.ballots) - len(rows), len(read.rejects), read.rejects)


def _require_contests(law: Law, ballots: Mapping[tuple[str, str], Sequence[BallotLine]]) -> None:
    known = [contest.code for contest in law.contests]
    for contest, _district in ballots:
        if contest not in known:
            raise Refusal(
                "ballot-contest-unknown",
                Text(f'Jenis pemilihan "{contest}" tidak dikenal', f'The contest "{contest}" is unknown'),
                remedy=Text(f"Yang dikenal: {', '.join(known)}.", f"Known: {', '.join(known)}."),
            )


def _require_unused(election: Election, contest: str, district: str) -> None:
    if Entry.objects.filter(paper__source__election=election, paper__source__contest=contest).exists():
        raise Refusal(
            "ballot-in-use",
            Text(
                f"Surat suara {contest} {district} sudah dipakai untuk entri",
                f"The ballot {contest} {district} is already used for entries",
            ),
            remedy=Text(
                "Surat suara tidak diubah setelah entri dimulai.", "A ballot does not change once entries have begun."
            ),
        )


def _require_made_up(
    law: Law, election: Election, ballots: Mapping[tuple[str, str], Sequence[BallotLine]]
) -> None:  # fmt: skip
    """Names of people who really stand never carry a drill's votes."""
    real: set[str] = set()
    for table in ballot_tables(law.base) if law.base else ():
        with ballots_in(table.path) as read:
            real |= {_plain(name) for lines in read.ballots.values() for _party, _number, name in lines}
    for row in BallotPaper.objects.exclude(election=election):
        if not laws.load_law(row.election.law).drill:
            real |= {_plain(line[2]) for line in row.lines}
    for lines in ballots.values():
        for _party, _number, name in lines:
            if _plain(name) in real:
                raise Refusal(
                    "ballot-real-name-in-drill",
                    Text(
                        "Tabel ini memuat nama calon sungguhan", "This table has the name of somebody who really stands"
                    ),
                    remedy=Text("Latihan hanya memakai nama rekaan.", "A drill uses made-up names only."),
                )


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.upper()))
