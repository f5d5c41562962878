"""What a run of the linkage found, put before reviewers. Linkage fills a queue; it strikes nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from satusuara.areas.models import Area, Election
from satusuara.kernel.chunks import chunks
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.roll.choices import PairDecision, PairState
from satusuara.roll.models import LinkageRun, Pair, Voter
from satusuara.roll.payloads import run_payload


@dataclass(frozen=True, slots=True)
class FoundPair:
    """Two lines (keys of ``Voter``), the probability that they are one person, and why."""

    a: int
    b: int
    score: float
    decision: str
    reasons: Sequence[Any]  # sentences, or {"feature", "level", "weight" in thousandths of a bit, "id", "en"}
    cluster: str = ""


def record_linkage(
    *, scope: Scope, election: Election, area: Area, design: str, settings: dict[str, Any], records: int,
    found: Iterable[FoundPair], at: datetime,
) -> LinkageRun:  # fmt: skip
    """Keeps a run. A pair that was found before keeps its state: what people have decided is not asked again.

    :raises Forbidden: without ROLL_MANAGE at ``area``
    """
    scope.require(Right.ROLL_MANAGE, area)
    pairs = list(found)
    with transaction.atomic():
        run = LinkageRun.objects.create(
            election=election, area=area, design=design, settings=settings, at=at, by=scope.name, records=records,
            pairs=len(pairs), strike_list=sum(pair.decision == PairDecision.STRIKE for pair in pairs),
            review=sum(pair.decision == PairDecision.REVIEW for pair in pairs),
        )  # fmt: skip
        for some in chunks(pairs, 500):
            _write(run, some)
        seal(at=at, by=scope.name, seals=[Seal("roll.link", "roll.linkage", str(run.pk), run_payload(run))])
    return run


def _write(run: LinkageRun, some: Sequence[FoundPair]) -> None:
    voters = Voter.objects.select_related("area").in_bulk({pk for pair in some for pk in (pair.a, pair.b)})
    paths = {(pair.a, pair.b): _common(voters[pair.a].area.path, voters[pair.b].area.path) for pair in some}
    areas = {
        area.path: area for area in Area.objects.filter(election=run.election_id, path__in=set(paths.values()) - {"/"})
    }
    Pair.objects.bulk_create(
        [
            Pair(
                run=run, a_id=min(pair.a, pair.b), b_id=max(pair.a, pair.b),
                area=areas.get(paths[pair.a, pair.b], run.area), cluster=pair.cluster[:64],
                score=round(pair.score * 1_000_000), decision=pair.decision, reasons=list(pair.reasons),
                state=PairState.OPEN,
            )
            for pair in some
        ],
        update_conflicts=True,
        unique_fields=["a", "b"],
        update_fields=["run", "score", "decision", "reasons", "cluster"],
    )  # fmt: skip


def _common(a: str, b: str) -> str:
    """The path of the lowest area that holds both."""
    shared = []
    for one, other in zip(a.strip("/").split("/"), b.strip("/").split("/"), strict=False):
        if one != other:
            break
        shared.append(one)
    return f"/{'/'.join(shared)}/" if shared else "/"
