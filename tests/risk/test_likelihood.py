"""Likelihood: base rate, shrinkage, features, opinions, and whether any of it was worth something."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satusuara.kernel.errors import Forbidden, Refusal
from satusuara.people.queries import Scope
from satusuara.risk import actions, queries
from satusuara.risk.models import Opinion, Outcome, RiskScore
from satusuara.risk.rules.backtest import calibration, lift, paired, sample, score
from satusuara.risk.rules.beta import beta_cdf, beta_quantile
from satusuara.risk.rules.likelihood import (
    OPINION_CAP,
    Counts,
    Estimate,
    expit,
    fit_features,
    learn,
    logit,
)
from tests.risk.conftest import AT, STATIONS, Regency, wrong_in_the_log


def requirement(text: str, point: str = "5") -> pytest.MarkDecorator:
    return pytest.mark.requirement(5, point, text)


@pytest.mark.parametrize(
    ("x", "a", "b", "expected"),
    [
        (0.5, 2, 2, 0.5),
        (0.25, 1, 1, 0.25),
        (0.3, 2, 5, 0.579825),  # 1 - 0.7**6 - 6 * 0.3 * 0.7**5
        (0.1, 0.5, 0.5, 2 / math.pi * math.asin(math.sqrt(0.1))),
        (0.01, 3, 300, 1 - sum(math.comb(302, k) * 0.01**k * 0.99 ** (302 - k) for k in range(3))),
    ],
)
def test_the_beta_distribution(x: float, a: float, b: float, expected: float) -> None:
    assert beta_cdf(x, a, b) == pytest.approx(expected, abs=1e-6)
    assert beta_quantile(expected, a, b) == pytest.approx(x, abs=1e-5)


@given(st.floats(0.01, 0.99), st.floats(0.2, 400), st.floats(0.2, 400))
def test_a_quantile_leads_back(q: float, a: float, b: float) -> None:
    x = beta_quantile(q, a, b)
    if 1e-6 < x < 1 - 1e-6:
        assert beta_cdf(x, a, b) == pytest.approx(q, abs=1e-3)


def regencies(rates: dict[str, float], stations: int, seed: int) -> list[tuple[tuple[str, str], bool]]:
    chance = random.Random(seed)
    return [
        ((area, f"{area}{n // 10}"), chance.random() < rate)
        for area, rate in rates.items()
        for n in range(stations)
    ]  # fmt: skip


@requirement("areas that do not differ share one rate; those that do keep their own; few stations borrow from above")
def test_shrinkage_trusts_an_area_as_far_as_areas_differ() -> None:
    same = learn(regencies(dict.fromkeys("abcdefghij", 0.1), 100, 1))
    assert {round(same.at((area,)).mean, 2) for area in "abcdefghij"} <= {0.07, 0.08, 0.09, 0.1, 0.11, 0.12, 0.13}
    apart = learn(regencies({"a": 0.5, "b": 0.45, **dict.fromkeys("cdefghij", 0.02)}, 100, 2))
    assert apart.weights[0] < same.weights[0]
    assert apart.at(("a",)).mean > 0.35 > 0.08 > apart.at(("c",)).mean
    few = learn([*regencies({"a": 0.5, **dict.fromkeys("cdefghij", 0.02)}, 100, 3), (("z", "z0"), True)])
    assert few.at(("z",)).mean < 0.35
    assert (few.at(("z",)).strength, few.at(("a",)).strength) == ("borrowed", "own") or few.at(
        ("z",)
    ).strength == "mixed"


@requirement("the interval holds the true rate of an area as often as it says, and narrows with evidence")
def test_intervals_hold_what_they_promise() -> None:
    chance = random.Random(5)
    rates = {f"{n:02}": chance.betavariate(2, 18) for n in range(60)}
    model = learn(regencies(rates, 60, 6))
    held = sum(low <= rates[a] <= high for a in rates for low, high in [model.at((a,)).interval()])
    assert held >= 51  # 95 % of 60 would be 57
    wide, narrow = Estimate(0.1, 20, Counts(2, 20)), Estimate(0.1, 2000, Counts(200, 2000))
    assert wide.interval()[1] - wide.interval()[0] > 5 * (narrow.interval()[1] - narrow.interval()[0])


@requirement("what is unknown has the base rate; without data and base rate nothing is said")
def test_the_base_rate_stands_where_nothing_is_known() -> None:
    model = learn([(("a",), False)] * 50, Counts(3, 1000))
    assert model.at(("elsewhere",)).mean == pytest.approx(3.5 / 1051, rel=1e-6)
    with pytest.raises(ValueError, match="nothing"):
        learn([])


@requirement("opinion enters only as pseudo-observations, each at most ten")
def test_an_opinion_is_worth_ten_stations_at_most() -> None:
    estimate = Estimate(0.01, 200, Counts(2, 200))
    loud = estimate.with_opinions([Counts(1000, 1000)])
    assert loud == estimate.with_opinions([Counts(OPINION_CAP, OPINION_CAP)])
    assert loud.mean == pytest.approx(12 / 210)
    assert estimate.with_opinions([]) == estimate


@requirement("features move the estimate where they matter and are left alone where they do not")
def test_features_are_learnt_beside_the_estimate() -> None:
    chance = random.Random(8)
    rows = [(chance.gauss(0, 1), chance.gauss(0, 1)) for _ in range(3000)]
    offsets = [logit(0.1)] * len(rows)
    happened = [chance.random() < expit(logit(0.1) + 1.0 * row[0]) for row in rows]
    fitted = fit_features(("remote", "noise"), rows, offsets, happened)
    assert fitted.weights[1] == pytest.approx(1.0, abs=0.2)
    assert abs(fitted.weights[2]) < 0.15
    assert fitted.apply(0.1, (2.0, 0.0)) > 0.3 > 0.05 > fitted.apply(0.1, (-2.0, 0.0))
    assert fitted.parts((2.0, 0.0))[0] > abs(fitted.parts((2.0, 0.0))[1])
    none = fit_features(("flat",), [(1.0,)] * 10, [logit(0.1)] * 10, [False] * 10)
    assert none.apply(0.1, (1.0,)) < 0.1


@requirement("log-loss, Brier, calibration and lift are what they are defined to be; no better is said so")
def test_scores_of_a_forecast() -> None:
    said, happened = [0.9, 0.1, 0.1, 0.1, 0.1], [True, False, False, False, True]
    found = score(said, happened)
    assert found.log_loss == pytest.approx(-(4 * math.log(0.9) + math.log(0.1)) / 5)
    assert found.brier == pytest.approx((4 * 0.01 + 0.81) / 5)
    assert found.lift == 0.5
    assert lift([0.2] * 10, [True] + [False] * 9) == pytest.approx(0.2)  # equal forecasts have no skill
    bands = calibration([0.1, 0.3], [False, True], bands=2)
    assert [(b.n, b.said, b.happened) for b in bands] == [(1, 0.1, 0), (1, 0.3, 1)]
    better, none = paired([-0.02, -0.021, -0.019], learnt=10, scored=10), paired([-0.02, 0.03], learnt=10, scored=10)
    assert better.better
    assert not none.better
    assert "no better" in none.verdict().en
    assert "tidak lebih baik" in none.verdict().id
    assert sample([-1.0, -1.1, -0.9]).better
    # splits share their stations: the corrected interval is wider than the naive one
    assert better.high - better.low > 2 * 1.96 * 0.001 / math.sqrt(3)


@pytest.mark.slow
@requirement(
    "half against half in South Sulawesi: better than the flat rate with its interval, far below raw history", "bar"
)
def test_the_bar_on_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    from bench import likelihood

    monkeypatch.setattr(likelihood, "PARQUET", likelihood.HERE / "absent.parquet")
    (table,) = likelihood.provinces().values()
    assert (len(table.stations), sum(each.happened for each in table.stations)) == (18590, 607)
    found = {one.name: one for one in likelihood.judged("73", table, splits=20)}
    assert len(found) == 6
    for one in found.values():
        assert one.ok, one
    flat = found["province 73: log-loss shrunk / flat, upper end of 95 %"]
    assert flat.measured < 1
    assert "better than the flat rate" in flat.note


@requirement(
    "the reference is counted from the public table, and how many forms the definition leaves out is printed", "bar"
)
def test_the_reference_is_the_real_table() -> None:
    from collections import Counter

    from bench import likelihood
    from tests.shared import shared

    shared("data/sirekap2024/sulawesi_ppwp_tps.parquet")
    real = likelihood.provinces()["73"]
    kept = Counter((each.path, each.happened) for each in likelihood._reference())
    assert Counter((each.path, each.happened) for each in real.stations) == kept
    assert (real.incomplete, real.unread) == (7569, 198)


@requirement("Luwu Utara: learnt in 2019, scored in 2024, and said so where it is no better", "bar")
def test_luwu_utara_from_one_election_to_the_next() -> None:
    from bench.likelihood import learnt_in_2019

    forms, shrunk, featured = learnt_in_2019()
    assert forms.measured == 482
    for one in (shrunk, featured):
        assert ("no better than the flat rate" in one.note) == (one.measured >= 1 or "+" in one.note.split("[")[1])


@pytest.mark.django_db
@requirement("a score has probability, interval, strength and reasons, for each area below the register")
def test_scores_are_kept_with_interval_and_reasons(regency: Regency, chair: Scope) -> None:
    risk = regency.risk("HIT-02")
    scores = {s.area.code: s for s in actions.score_risk(scope=chair, risk=risk, at=AT)}
    assert set(scores) == {"732201", "732202"}
    assert scores["732201"].p == round(1e6 * 2162 / 820161)
    assert scores["732201"].reasons[0]["id"].startswith("2.162 dari 820.161")
    rows = [(regency.area(code), n < 3) for n, code in enumerate(STATIONS)]
    assert actions.record_outcomes(scope=chair, risk="HIT-02", source="uji", rows=rows, at=AT) == 6
    actions.score_risk(scope=chair, risk=risk, at=AT)
    first, second = queries.scores(chair, regency.register, "HIT-02")
    assert (first.area.code, second.area.code) == ("732201", "732202")
    assert first.p > second.p
    assert first.low <= first.p <= first.high
    assert first.reasons[0]["en"] == "3 of 3 stations here"
    assert RiskScore.objects.count() == 2
    assert wrong_in_the_log() == []
    Outcome.objects.filter(area__code=STATIONS[0]).update(happened=False)
    assert wrong_in_the_log() == ["row-changed"]
    with pytest.raises(Refusal, match="nothing-to-learn"):
        actions.score_risk(scope=chair, risk=regency.risk("PRA-12"), at=AT)


@pytest.mark.django_db
@requirement("an opinion is named, reasoned, capped and expires")
def test_an_opinion_is_named_and_expires(regency: Regency, chair: Scope, ppk: Scope) -> None:
    risk = regency.risk("HIT-02")
    said = {"risk": risk, "area": regency.area("732201"), "reason": "2019", "at": AT, "expires": date(2024, 2, 20)}
    for unfit in ({"happened": 3, "of": 11}, {"happened": 3, "of": 2}, {"happened": 1, "of": 2, "expires": AT.date()}):
        with pytest.raises(Refusal, match="opinion-unfit"):
            actions.give_opinion(scope=ppk, **(said | unfit))  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="opinion-unnamed"):
        actions.give_opinion(scope=Scope.system("t"), happened=1, of=5, **said)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        actions.give_opinion(scope=ppk, happened=1, of=5, **(said | {"area": regency.area("732202")}))  # type: ignore[arg-type]
    actions.give_opinion(scope=ppk, happened=5, of=10, **said)  # type: ignore[arg-type]
    actions.give_opinion(scope=ppk, happened=4, of=10, **said)  # type: ignore[arg-type]
    assert Opinion.objects.get().happened == 4

    def scored(at_day: int) -> dict[str, int]:
        rows = actions.score_risk(scope=chair, risk=risk, at=AT + timedelta(days=at_day))
        return {row.area.code: row.p for row in rows}

    now, later = scored(0), scored(30)
    assert now["732201"] > now["732202"] == later["732201"]
