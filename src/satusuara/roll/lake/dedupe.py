"""Duplicates of a roll: the steps in their order, and what they found (docs/roll-linkage.md)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from satusuara.kernel.i18n import Text
from satusuara.roll.lake import score as scoring
from satusuara.roll.lake.candidates import candidates, candidates_against
from satusuara.roll.lake.compare import compare
from satusuara.roll.lake.prepare import Known, prepare
from satusuara.roll.rules.clusters import Cluster, Edge, clusters
from satusuara.roll.rules.levels import FEATURES
from satusuara.roll.rules.reasons import evidence, sentence

if TYPE_CHECKING:
    from satusuara.roll.lake.steps import Steps
    from satusuara.roll.rules.model import Shares
    from satusuara.roll.rules.priors import Model
    from satusuara.roll.rules.reasons import Evidence
    from satusuara.roll.rules.spec import Spec

STRIKE, REVIEW = "strike", "review"
FLOOR = -8_000  # thousandths of a bit; pairs below are forgotten

Say = Callable[[Text], None]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one person. ``score``: in thousandths of a bit; ``probability``: calibrated."""

    a: str
    b: str
    score: int
    probability: float
    decision: str  # strike | review
    stratum: int
    levels: tuple[int, ...]
    tf: tuple[int, int, int]
    support: int

    def evidence(self, shares: Shares) -> tuple[Evidence, ...]:
        name, dob, place = self.tf
        return evidence(
            shares, self.stratum, self.levels, name_tf=name, dob_tf=dob, place_tf=place, support=self.support
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What a run found. ``pairs`` by rec_id, ``clusters`` by their first member."""

    records: int
    candidates: int
    pairs: list[Pair]
    clusters: list[Cluster]
    shares: Shares
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def strike_list(self) -> int:
        return sum(pair.decision == STRIKE for pair in self.pairs)

    def reasons(self, lang: str) -> Iterator[tuple[Pair, str]]:
        for pair in self.pairs:
            yield pair, sentence(pair.evidence(self.shares), lang)


class _Clock:
    """Seconds of each step, told as it begins."""

    def __init__(self, say: Say) -> None:
        self.seconds: dict[str, float] = {}
        self._say, self._name, self._since = say, "", time.perf_counter()

    def step(self, name: str, text: Text | None = None) -> None:
        now = time.perf_counter()
        if self._name:
            self.seconds[self._name] = round(self.seconds.get(self._name, 0) + now - self._since, 3)
        self._name, self._since = name, now
        if text is not None:
            self._say(text)


def dedupe(steps: Steps, spec: Spec, model: Model, *, say: Say = lambda _text: None) -> Found:
    """Every pair and cluster of ``source``. Leaves ``person`` and ``keyed``: what a later run with ``known`` needs."""
    clock = _Clock(say)
    clock.step("prepare", Text("menyeragamkan data pemilih", "making records comparable"))
    size = prepare(steps, spec)
    clock.step("candidates", Text("mencari pasangan", "looking for pairs"))
    candidates(steps, size)
    clock.step("compare", Text("membandingkan pasangan", "comparing pairs"))
    compare(steps, "pair", "compared")
    looked_at = steps.number("SELECT count(*) FROM compared")
    steps.drop("pair")
    clock.step("learn", Text("mempelajari bobot", "learning the weights"))
    shares = scoring.learned(steps, size=size, priors=model.priors)
    clock.step("score", Text("menilai pasangan", "scoring pairs"))
    pairs, joined = _judged(steps, shares, model, weight=None)
    clock.step("")
    return Found(size, looked_at, pairs, joined, shares, clock.seconds)


def dedupe_against(
    steps: Steps, spec: Spec, model: Model, known: Known, shares: Shares, support: int, *, say: Say = lambda _text: None
) -> Found:
    """The pairs of the records of ``source`` with each other and with a prepared roll, weighed as that roll taught."""
    clock = _Clock(say)
    clock.step("prepare", Text("menyeragamkan data pemilih", "making records comparable"))
    size = prepare(steps, spec, known)
    clock.step("candidates", Text("mencari pasangan", "looking for pairs"))
    candidates_against(steps, known)
    clock.step("compare", Text("membandingkan pasangan", "comparing pairs"))
    compare(steps, "pair", "compared")
    looked_at = steps.number("SELECT count(*) FROM compared")
    clock.step("score", Text("menilai pasangan", "scoring pairs"))
    pairs, joined = _judged(steps, shares, model, weight=support)
    clock.step("")
    return Found(size, looked_at, pairs, joined, shares, clock.seconds)


def _judged(steps: Steps, shares: Shares, model: Model, *, weight: int | None) -> tuple[list[Pair], list[Cluster]]:
    scoring.score(steps, shares, floor=FLOOR)
    scoring.link_households(steps)
    if weight is None:
        weight = scoring.support_bits(steps)
        steps.make("support", f"SELECT {weight} AS weight")
    scoring.with_support(steps, weight)
    rows = steps.rows(
        f"SELECT x.rec_id, y.rec_id, j.total, j.stratum, {', '.join(f'j.{each}' for each in FEATURES)}, "
        "j.name_tf, j.dob_tf, j.place_tf, j.support "
        "FROM judged AS j JOIN person AS x ON x.id = j.a JOIN person AS y ON y.id = j.b"
    )
    edges, pairs = [], []
    least = model.score_of(model.thresholds.review)
    for row in rows:
        a, b = sorted(row[:2])
        edges.append(Edge(a, b, row[2]))
        if row[2] >= least:
            pairs.append(_pair(model, a, b, row))
    return sorted(pairs, key=lambda pair: (pair.a, pair.b)), clusters(edges, join=model.score_of(model.thresholds.join))


def _pair(model: Model, a: str, b: str, row: tuple[int, ...]) -> Pair:
    probability = model.probability(row[2])
    end = 4 + len(FEATURES)
    return Pair(
        a=a,
        b=b,
        score=row[2],
        probability=probability,
        decision=STRIKE if probability >= model.thresholds.strike else REVIEW,
        stratum=row[3],
        levels=tuple(row[4:end]),
        tf=(row[end], row[end + 1], row[end + 2]),
        support=row[end + 3],
    )
