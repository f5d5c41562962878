"""Likelihood kept: what happened, what people believe, and what the model makes of it per area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.playbook import Problem
from satusuara.law.playbook_files import load_playbook
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.risk import queries
from satusuara.risk.actions.common import require_inside, require_text
from satusuara.risk.choices import Origin
from satusuara.risk.models import Opinion, Outcome, Risk, RiskScore
from satusuara.risk.payloads import OUTCOMES, outcomes, sealed
from satusuara.risk.rules.likelihood import NOTHING, OPINION_CAP, Counts, Estimate, Shrinkage, learn

MODEL = "L1"
PRIOR_CAP = 200.0
"""A published rate counts as at most so many stations: it comes from elsewhere."""

_CHUNK = 500


def give_opinion(
    *, scope: Scope, risk: Risk, area: Area, happened: int, of: int, reason: str, expires: dt.date, at: datetime
) -> Opinion:
    """Somebody's belief as pseudo-observations: "2 of 10 stations". One a person, risk and area.

    :raises Forbidden: without READY at ``area``
    :raises Refusal: ``area-outside-register``, ``opinion-unnamed``, ``opinion-unfit``, ``reason-missing``
    """
    scope.require(Right.READY, area)
    require_inside(risk.register, area)
    if scope.is_system or not scope.name:
        raise Refusal("opinion-unnamed", Text("Pendapat harus atas nama seseorang", "An opinion needs a name"))
    if not (1 <= of <= OPINION_CAP and 0 <= happened <= of) or expires <= at.date():
        raise Refusal(
            "opinion-unfit",
            Text(
                f"Pendapat paling banyak {OPINION_CAP} TPS dan berakhir nanti", f"At most {OPINION_CAP}, ending later"
            ),
            remedy=Text(
                'Tulis seperti "2 dari 10", sampai tanggal yang akan datang.', 'Write "2 of 10", until a day to come.'
            ),
        )
    reason = require_text(reason, "reason", Text("Alasan", "The reason"))
    with transaction.atomic():
        Risk.objects.select_for_update().get(pk=risk.pk)
        row, _ = Opinion.objects.update_or_create(
            risk=risk, area=area, by=scope.name,
            defaults={"happened": happened, "of": of, "reason": reason, "at": at, "expires": expires},
        )  # fmt: skip
        seal(at=at, by=scope.name, seals=[sealed("give_opinion", row, reason)])
    return row


def record_outcomes(*, scope: Scope, risk: str, source: str, rows: Iterable[tuple[Area, bool]], at: datetime) -> int:
    """Whether the risk of a code came true at areas, as one source says it; what a source said before is replaced.

    The ledger seals the counts. Returns how many rows there are.

    :raises Forbidden: without IMPORT at one of the areas
    """
    made = []
    for area, happened in rows:
        scope.require(Right.IMPORT, area)
        made.append(Outcome(risk=risk, area=area, happened=happened, source=source, at=at))
    with transaction.atomic():
        Outcome.objects.bulk_create(
            made, batch_size=_CHUNK, update_conflicts=True, unique_fields=["risk", "area", "source"],
            update_fields=["happened", "at"],
        )  # fmt: skip
        subject = f"{risk} {source}"
        seals = [Seal("risk.record_outcomes", OUTCOMES, subject, said) for said in outcomes([subject]).values()]
        seal(at=at, by=scope.name, seals=seals)
    return len(made)


def score_risk(*, scope: Scope, risk: Risk, at: datetime, level: str = "") -> list[RiskScore]:
    """How likely the risk is per station, for every area of ``level`` (the first below the register's, by default).

    L0 and L1 of ``rules.likelihood`` with the opinions that are still in force. Scores of the model are replaced.

    :raises Forbidden: without RISK at the risk's area
    :raises Refusal: ``nothing-to-learn`` when neither a base rate nor an outcome is known
    """
    scope.require(Right.RISK, risk.area)
    register = risk.register
    law = laws.load_law(register.election.law)
    levels = law.levels_between(register.area.level, law.station_level)
    level = level or levels[0].code
    depth = [each.code for each in levels].index(level) + 1
    problem = load_playbook(register.playbook).problem(risk.code) if risk.origin == Origin.PLAYBOOK else None
    base, source = _base(problem, law.station_level)
    history = list(queries.outcome_paths(risk, depth))
    if not history and not base.of:
        raise Refusal(
            "nothing-to-learn",
            Text("Belum ada angka dasar maupun kejadian untuk risiko ini", "No base rate and no outcome is known"),
            remedy=Text("Masukkan kejadian pemilu lalu, atau beri pendapat.", "Load outcomes of a past election."),
        )
    model = learn(((path, happened) for path, happened in history), base)
    opinions = queries.opinions_in_force(risk, at.date())
    places = Area.objects.filter(election=register.election, level=level)
    places = places.filter(below("path", register.area.path, places.db)).order_by("code")
    prefix = len(register.area.path)
    with transaction.atomic():
        Risk.objects.select_for_update().get(pk=risk.pk)
        rows = []
        for place in places:
            path = tuple(place.path[prefix:].strip("/").split("/"))
            given = [Counts(o.happened, o.of) for o in opinions if _concerns(o.area, place)]
            plain = model.at(path) if model.weights else Estimate(base.happened / base.of, base.of, NOTHING)
            estimate = plain.with_opinions(given)
            low, high = estimate.interval()
            row, _ = RiskScore.objects.update_or_create(
                risk=risk, area=place, model=MODEL,
                defaults={
                    "as_of": at, "p": _ppm(estimate.mean), "low": min(_ppm(low), _ppm(estimate.mean)),
                    "high": max(_ppm(high), _ppm(estimate.mean)), "strength": estimate.strength,
                    "stations": place.stations or 0, "reasons": _reasons(estimate, source, model, len(given)),
                },
            )  # fmt: skip
            rows.append(row)
        seal(at=at, by=scope.name, seals=[sealed("score", row) for row in rows])
    return rows


def _base(problem: Problem | None, station: str) -> tuple[Counts, Text | None]:
    """The published rate per station, as few pseudo-observations, and its words; a share of cases or people is none."""
    for rate in problem.rates if problem else ():
        if rate.of and rate.unit.id.casefold() == station:
            weight = min(PRIOR_CAP, float(rate.of))
            return Counts(rate.count / rate.of * weight, weight), rate.text
    return NOTHING, None


def _concerns(given: Area, place: Area) -> bool:
    """An opinion about an area speaks of what lies below it; about a smaller one it speaks of that one only."""
    return place.path.startswith(given.path)


def _ppm(p: float) -> int:
    return min(1_000_000, max(0, round(p * 1_000_000)))


def _reasons(estimate: Estimate, base: Text | None, model: Shrinkage, opinions: int) -> Sequence[dict[str, str]]:
    """Why the figure is what it is, most important first; whole numbers only."""
    found = []
    own = estimate.own
    if own.of and model.counts:
        happened, of = int(own.happened), int(own.of)
        found.append(Text(f"{happened} dari {of} TPS di sini", f"{happened} of {of} stations here"))
    if base is not None:
        found.append(base)
    if opinions:
        found.append(Text(f"{opinions} pendapat bernama", f"{opinions} named opinions"))
    if estimate.strength == "borrowed":
        found.append(Text("hampir seluruhnya dari wilayah lain", "nearly all of it from other areas"))
    return [{"id": each.id, "en": each.en} for each in found]
