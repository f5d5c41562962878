"""Reads of likelihood: what is scored, how many people stand against it, and whether the scores were worth anything."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db.models import Count, Max, QuerySet

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, appointments_in_force, below, not_your_area
from satusuara.risk.models import Opinion, Outcome, Register, Risk, RiskScore
from satusuara.risk.queries import is_member, outcome_paths, playbook_of
from satusuara.risk.rules.backtest import Paired, log_loss, paired
from satusuara.risk.rules.likelihood import Path, learn

SPLITS = 20
_LEAST = 40  # stations with a known outcome, below which halves say nothing
_LEAST_EVENTS = 8


@dataclass(frozen=True, slots=True)
class Skill:
    """Halves of what happened against each other: does the area's own history forecast better than one flat rate?

    ``paired``: None where too little happened to say.
    """

    stations: int
    events: int
    paired: Paired | None


def scored_risks(scope: Scope, row: Register) -> list[str]:
    """Codes of the register's risks that have scores.

    :raises Forbidden: ``not-your-area``
    """
    if not is_member(scope, row):
        raise not_your_area()
    return sorted(set(RiskScore.objects.filter(risk__register=row).values_list("risk__code", flat=True)))


def scores_at(scope: Scope, one: Risk, area: Area, level: str) -> QuerySet[RiskScore]:
    """The scores of a risk for the areas of a level at and below an area, the most expected first."""
    rows = RiskScore.objects.filter(risk=one, area__level=level).select_related("area__parent")
    rows = rows.filter(below("area__path", area.path, rows.db))
    return scope.filter(rows, Right.SEE).order_by("-p", "area__code")


def opinions(scope: Scope, one: Risk, area: Area, *, at: datetime) -> QuerySet[Opinion]:
    """The opinions in force about areas at and below one, with their names."""
    rows = one.opinions.filter(expires__gt=at.date()).select_related("area").order_by("expires", "by")
    return scope.filter(rows.filter(below("area__path", area.path, rows.db)), Right.SEE)


def hands(scope: Scope, area: Area, level: str, *, at: datetime) -> Mapping[str, int]:
    """{code of an area of the level: officers in force at or below it}: the capacity that stands against a risk.

    :raises Forbidden: outside the area
    """
    scope.require(Right.SEE, area)
    rows = appointments_in_force(at=at).filter(election=area.election_id)
    rows = rows.filter(below("area__path", area.path, rows.db)).order_by()
    places = Area.objects.filter(election=area.election_id, level=level)
    codes = dict(places.filter(below("path", area.path, places.db)).values_list("path", "code"))
    found: dict[str, int] = {}
    for path, count in rows.values_list("area__path").annotate(n=Count("user", distinct=True)):
        parts = path.strip("/").split("/")
        for depth in range(1, len(parts) + 1):
            code = codes.get("/" + "/".join(parts[:depth]) + "/")
            if code is not None:
                found[code] = found.get(code, 0) + count
    return found


def skill(scope: Scope, one: Risk) -> Skill:
    """Kept in memory until outcomes change.

    :raises Forbidden: ``not-your-area``
    """
    if not is_member(scope, one.register):
        raise not_your_area()
    seen = Outcome.objects.filter(risk=one.code).aggregate(n=Count("pk"), last=Max("at"))
    return _skill(one.pk, seen["n"], str(seen["last"]))


@lru_cache(maxsize=128)
def _skill(pk: int, _count: int, _last: str) -> Skill:
    one = Risk.objects.select_related("register__election", "register__area").get(pk=pk)
    law = laws.load_law(one.register.election.law)
    depth = len(law.levels_between(one.register.area.level, law.station_level)) - 1
    return halves(list(outcome_paths(one, max(1, depth))))


def halves(history: Sequence[tuple[Path, bool]], *, splits: int = SPLITS, seed: int = 1) -> Skill:
    """Learn on one half and score on the other, ``splits`` times: log-loss of L1 less that of the flat rate."""
    events = sum(happened for _path, happened in history)
    if len(history) < _LEAST or not _LEAST_EVENTS <= events <= len(history) - _LEAST_EVENTS:
        return Skill(len(history), events, None)
    chance, differences = random.Random(seed), []  # noqa: S311 (splits that anybody can draw again)
    rows = list(history)
    for _split in range(splits):
        chance.shuffle(rows)
        half = len(rows) // 2
        learnt, scored = rows[:half], rows[half:]
        model = learn(learnt)
        flat = model.at(()).mean
        said = {path: model.at(path).mean for path in {path for path, _ in scored}}
        lost = sum(log_loss(said[path], happened) - log_loss(flat, happened) for path, happened in scored)
        differences.append(lost / len(scored))
    return Skill(len(rows), events, paired(differences, learnt=len(rows) // 2, scored=len(rows) - len(rows) // 2))


@dataclass(frozen=True, slots=True)
class Placed:
    """A risk in the 5 x 5 view: how many events are expected in the whole register, and how soon it wants somebody."""

    code: str
    name: str
    expected: float | None  # None: no rate by stations is known
    severity: int  # 1 most urgent … 4; 5 where no signal says
    own: bool  # from scores of this register, not from a published rate


def placed(scope: Scope, row: Register, lang: str) -> list[Placed]:
    """Every risk of the playbook, by scores where there are some, else by its published rate of stations.

    :raises Forbidden: ``not-your-area``
    """
    codes = set(scored_risks(scope, row))
    law = laws.load_law(row.election.law)
    unit = law.level(law.station_level).name.id.split(" (")[0]
    stations = row.area.stations or 0
    levels = law.levels_between(row.area.level, law.station_level)
    sums: dict[str, float] = {}
    if codes:
        scores = RiskScore.objects.filter(risk__register=row, area__level=levels[0].code)
        for code, p, count in scores.values_list("risk__code", "p", "stations"):
            sums[code] = sums.get(code, 0.0) + p * count / 1_000_000
    urgency: dict[str, int] = {}
    for code, severity in row.signals.values_list("risk__code", "severity"):
        urgency[code] = min(severity, urgency.get(code, 5))
    found = []
    for problem in playbook_of(row).problems:
        rate = next((each for each in problem.rates if each.of and each.unit.id == unit), None)
        published = rate.count / rate.of * stations if rate and rate.of else None
        expected = sums.get(problem.code, published)
        found.append(
            Placed(
                problem.code, problem.name.in_(lang), expected, urgency.get(problem.code, 5), problem.code in sums
            )
        )  # fmt: skip
    return found
