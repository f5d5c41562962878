"""Signals: armed by officers, raised once, and the playbook's names all lead somewhere."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from satusuara.kernel.errors import NotFound, Refusal
from satusuara.law import load_law
from satusuara.law.playbook_files import load_playbook
from satusuara.people.queries import Scope
from satusuara.recap.actions import compare_sources
from satusuara.recap.rules import within_parties
from satusuara.risk import actions, queries, registry
from satusuara.risk.choices import SignalMode
from satusuara.risk.models import SignalDef, SignalInstance
from satusuara.risk.registry import Sighting
from satusuara.risk.signals import run_detectors
from tests.count.regency import build_tree, file_of, load, source_of, station
from tests.risk.conftest import AT, STATIONS, Regency, wrong_in_the_log

pytestmark = pytest.mark.django_db
AFTER = AT + timedelta(days=8)
ROOT = Scope.system("signals")


def requirement(text: str, point: str = "6") -> pytest.MarkDecorator:
    return pytest.mark.requirement(5, point, text)


AUTOMATIC = [
    (problem.code, detection)
    for problem in load_playbook("id-2024").problems
    for detection in problem.detections
    if detection.kind == "automatic"
]


@requirement("every automatic detection leads to a detector and a fault that are built, or to a chapter that is not")
def test_what_is_built_resolves_and_what_is_planned_has_no_chapter_yet() -> None:
    for code, each in AUTOMATIC:
        if each.status == "built":
            assert registry.has_detector(each.detector), (code, each.detector)
            assert each.fault in registry.faults(), (code, each.fault)
        else:
            chapter = each.status.removeprefix("planned(").removesuffix(")")
            spec = find_spec(f"satusuara.{chapter}")
            folder = Path(spec.origin).parent if spec and spec.origin else None
            assert folder is None or not (folder / "signals.py").exists(), (code, each.detector, "is now built")


@requirement("every detector that looks, and every fault, is named by the playbook")
def test_no_detector_is_there_for_nothing() -> None:
    named = {each.detector for _, each in AUTOMATIC} | {"risk.report"}
    assert {d.name for d in registry.detectors()} <= named
    assert set(registry.faults()) <= {each.fault for _, each in AUTOMATIC}


def definition(regency: Regency, code: str, detector: str) -> SignalDef:
    return SignalDef.objects.select_related("risk__area").get(
        register=regency.register, risk__code=code, detector=detector
    )


def sighting(regency: Regency, at: datetime = AFTER, *, n: int = 0, rule: str = "I5", votes: int = 1) -> Sighting:
    code = STATIONS[n]
    return Sighting(regency.area(code).pk, f"ppwp/{code}", at, {"votes": votes}, rule)


def raised(regency: Regency, *sightings: Sighting, at: datetime = AFTER) -> actions.Raised:
    return actions.raise_signals(
        scope=ROOT, election=regency.election, detector="count.identity", sightings=sightings, at=at
    )


@requirement("a definition is draft, shadow, active, snoozed or retired; only installed detectors can be armed")
def test_a_definition_takes_its_steps(regency: Regency, chair: Scope) -> None:
    one = definition(regency, "HIT-02", "count.identity")
    assert raised(regency, sighting(regency)).unarmed == 1
    one = actions.arm_signal(scope=chair, definition=one, mode=SignalMode.SHADOW, at=AT)
    assert raised(regency, sighting(regency)).shadow == 1
    assert list(queries.instances(chair, regency.register)) == []  # tells nobody
    one = actions.arm_signal(scope=chair, definition=one, at=AT)
    with pytest.raises(Refusal, match="snooze-has-no-end"):
        actions.snooze_signal(scope=chair, definition=one, until=AFTER, reason="ramai", at=AFTER)
    one = actions.snooze_signal(scope=chair, definition=one, until=AFTER + timedelta(hours=1), reason="ramai", at=AFTER)
    assert raised(regency, sighting(regency, n=1)).snoozed == 1
    assert raised(regency, sighting(regency, n=2), at=AFTER + timedelta(hours=2)).new == 1  # the snooze has run out
    assert actions.expire(scope=ROOT, at=AFTER + timedelta(hours=2)) == 1
    one.refresh_from_db()
    assert one.mode == SignalMode.ACTIVE
    one = actions.retire_signal(scope=chair, definition=one, reason="diganti", at=AFTER)
    with pytest.raises(Refusal, match="signal-step"):
        actions.arm_signal(scope=chair, definition=one, at=AFTER)
    planned = next((code, each) for code, each in AUTOMATIC if each.status != "built")
    with pytest.raises(NotFound, match="no-detector"):
        actions.arm_signal(scope=chair, definition=definition(regency, planned[0], planned[1].detector), at=AT)
    assert wrong_in_the_log() == []


@requirement("the same content is one; another sighting of the same matter within the window is kept as repeated")
def test_sightings_are_deduplicated(regency: Regency, chair: Scope) -> None:
    one = actions.arm_signal(scope=chair, definition=definition(regency, "HIT-02", "count.identity"), at=AT)
    assert raised(regency, sighting(regency), sighting(regency)).new == 1
    assert raised(regency, sighting(regency)).known == 1
    again = raised(regency, sighting(regency, AFTER + timedelta(hours=1), votes=2))
    assert (again.new, again.deduped) == (0, 1)
    later = raised(regency, sighting(regency, AFTER + timedelta(days=2), votes=3))
    assert (later.new, later.deduped) == (1, 0)
    (repeat,) = SignalInstance.objects.filter(disposition="deduped")
    assert repeat.first is not None
    assert repeat.first.payload == {"votes": 1}
    assert raised(regency, sighting(regency, rule="I3")).counts() == (0,) * 6  # not a rule of this risk
    held = actions.attach_signal(scope=chair, instance=repeat.first, reason="kasus 1", at=AFTER)
    assert held.disposition == "attached"
    with pytest.raises(Refusal, match="signal-not-open"):
        actions.attach_signal(scope=chair, instance=repeat, reason="kasus 1", at=AFTER)
    actions.tune_signal(
        scope=chair, definition=one, expected=3, window_minutes=60, severity=1, opens_case=True, reason="uji", at=AT
    )
    with pytest.raises(Refusal, match="tuning-unfit"):
        actions.tune_signal(
            scope=chair, definition=one, expected=-1, window_minutes=60, severity=1, opens_case=True, reason="x", at=AT
        )
    assert wrong_in_the_log() == []


@requirement("the expected rate of a signal comes from the problem's base rate")
def test_the_expected_rate_comes_from_the_base_rate(regency: Regency) -> None:
    assert definition(regency, "VOT-02", "count.identity").expected == 12  # 10,496 of 820,161
    assert definition(regency, "HIT-06", "count.identity").expected is None


@requirement("what was seen stands beside what was expected")
def test_what_is_seen_stands_beside_what_is_expected(regency: Regency, chair: Scope) -> None:
    one = actions.arm_signal(scope=chair, definition=definition(regency, "HIT-02", "count.identity"), at=AT)
    assert one.expected == 2  # 2,162 of 820,161: none of six stations
    raised(regency, sighting(regency, n=0), sighting(regency, n=1))
    views = {(v.definition.detector, v.definition.risk.code): v for v in queries.signals(chair, regency.register)}
    view = views["count.identity", "HIT-02"]
    assert (view.seen, view.kept, view.excess, view.installed) == (2, 2, 2, True)
    assert views["count.identity", "HIT-06"].excess is None
    assert not views["audit.invalid_rate", "HIT-04"].installed


@requirement("a sighting is shown only where the reader may see")
def test_sightings_are_cut_to_the_readers_area(regency: Regency, ppk: Scope, chair: Scope) -> None:
    actions.arm_signal(scope=chair, definition=definition(regency, "HIT-02", "count.identity"), at=AT)
    raised(regency, sighting(regency, n=0), sighting(regency, n=4))
    assert queries.instances(chair, regency.register).count() == 2
    (mine,) = queries.instances(ppk, regency.register)
    assert mine.area.code == STATIONS[0]


def armed(regency: Regency, *names: str) -> None:
    for one in regency.register.signals.filter(detector__in=names).select_related("risk__area"):
        actions.arm_signal(scope=ROOT, definition=one, at=AT)


@requirement("the foundation's detectors are armed through it: failing identities, missing forms, gates not ready")
def test_the_runner_lets_armed_detectors_look(regency: Regency, chair: Scope, tmp_path: Path) -> None:
    source = source_of(regency.election)
    rows = [f"{STATIONS[0]},5,5,10,9,1,10,3,3,3", f"{STATIONS[1]},5,5,10,9,2,10,3,3,3"]
    load(source, file_of(tmp_path, *rows))
    armed(regency, "count.identity", "count.missing", "risk.readiness")
    (eve,) = run_detectors(scope=ROOT, register=regency.register, at=AFTER - timedelta(days=2), only=["risk.readiness"])
    assert eve.seen == 6 * 12  # nothing was reported and every day has passed
    runs = {run.detector: run for run in run_detectors(scope=ROOT, register=regency.register, at=AFTER)}
    assert runs["count.identity"].seen == 1  # I6 on one form
    codes = {i.definition.risk.code for i in queries.instances(chair, regency.register) if i.rule == "I6"}
    assert codes == {"HIT-06", "HIT-10"}
    assert runs["count.missing"].seen == 4
    assert runs["risk.readiness"].seen == 0  # after voting day a gate guards nothing
    again = run_detectors(scope=ROOT, register=regency.register, at=AFTER + timedelta(minutes=5))
    assert sum(run.raised.new + run.raised.deduped for run in again) == 0
    before = run_detectors(scope=ROOT, register=regency.register, at=AT, only=["count.missing"])
    assert before[0].seen == 0  # nobody is missing before the count


@requirement("sources that differ and votes that moved while the sum stayed are seen")
def test_differing_sources_are_seen(regency: Regency, chair: Scope, tmp_path: Path) -> None:
    a, b = source_of(regency.election, "satu"), source_of(regency.election, "dua")
    load(a, file_of(tmp_path, f"{STATIONS[0]},5,5,10,9,1,10,3,3,3", f"{STATIONS[1]},5,5,10,9,1,10,3,3,3", name="a.csv"))
    load(b, file_of(tmp_path, f"{STATIONS[0]},5,5,10,9,1,10,5,1,3", f"{STATIONS[1]},5,5,10,9,1,10,3,3,4", name="b.csv"))
    compare_sources(election=regency.election, contest="ppwp", a=a, b=b, at=AFTER, by="t")
    armed(regency, "recap.difference", "recap.shift")
    runs = {run.detector: run.seen for run in run_detectors(scope=ROOT, register=regency.register, at=AFTER)}
    assert runs == {"recap.difference": 2, "recap.shift": 1}
    seen = {(i.definition.risk.code, i.rule) for i in queries.instances(chair, regency.register)}
    assert seen == {("HIT-08", "X7"), ("HIT-10", "X7")}  # two readings of a form, not a recapitulation


def test_votes_inside_a_party() -> None:
    assert within_parties({"4.0": -9, "4.2": 9, "5.1": 3}) == ["4"]
    assert within_parties({"4.0": -9, "5.2": 9, "4.T": 0}) == []


@requirement("each fault is noticed by the rules of the detector that its truth names")
@pytest.mark.parametrize("name", sorted({e.fault for _, e in AUTOMATIC if e.fault.startswith("count.")}))
def test_a_fault_tells_the_truth(name: str) -> None:
    from satusuara.count.rules import evaluate_form

    law = load_law("id-2024")
    row = {
        "dpt": 200, "dpt_l": 100, "dpt_p": 100, "dpt_used": 150, "dpt_used_l": 75, "dpt_used_p": 75, "dptb_used": 2,
        "dptb_used_l": 1, "dptb_used_p": 1, "dpk_used": 2, "dpk_used_l": 1, "dpk_used_p": 1, "voters": 154,
        "voters_l": 77, "voters_p": 77, "disabled": 2, "disabled_l": 1, "disabled_p": 1, "ballots_received": 204,
        "ballots_used": 154, "ballots_spoilt": 1, "ballots_unused": 49, "valid": 150, "invalid": 4, "total": 154,
        "paslon_1": 50, "paslon_2": 60, "paslon_3": 40,
    }  # fmt: skip
    rows = [{"tps_id": station(n), **row} for n in range(1, 21)]
    verdict = evaluate_form(law, "ppwp", row)
    assert not verdict.failures
    assert not verdict.warnings
    made, truth = registry.fault(name)(rows, law=law, contest="ppwp", chance=random.Random(7), count=5)
    assert len(truth) == 5
    assert all(r == {"tps_id": r["tps_id"], **row} for r in rows)
    by_code = {r["tps_id"]: r for r in made}
    for each in truth:
        if each.detector == "count.missing":
            assert each.area_code not in by_code
            continue
        cells = {k: v for k, v in by_code[each.area_code].items() if k != "tps_id"}
        verdict = evaluate_form(law, "ppwp", cells)
        assert set(each.rules) == {*verdict.failures, *verdict.warnings} != set()
    untouched = [r for r in made if r["tps_id"] not in {each.area_code for each in truth}]
    assert len(untouched) == 15


@requirement("faults between tables keep or change the sum as they say")
@pytest.mark.parametrize("name", ["recap.shift", "recap.copy", "recap.candidate_shift", "recap.across_contests"])
def test_a_fault_between_tables_tells_the_truth(name: str) -> None:
    law = load_law("id-2024")
    wide = {"paslon_1": 50, "paslon_2": 60, "paslon_3": 40, "dpt": 200, "dpt_used": 150, "dpk_used": 3}
    long = {"4.0": 10, "4.1": 20, "4.2": 5, "4.T": 35, "5.0": 1, "5.1": 2, "5.T": 3}
    contest = "dpr" if name == "recap.candidate_shift" else "ppwp"
    cells = long if contest == "dpr" else wide
    contests = ("ppwp", "dpd") if name == "recap.across_contests" else (contest,)
    rows = [{"tps_id": station(n), "contest": c, **cells} for n in range(1, 11) for c in contests]
    made, truth = registry.fault(name)(rows, law=law, contest=contest, chance=random.Random(3), count=4)
    codes = {each.area_code for each in truth}
    assert len(codes) == 4
    changed = [(old, new) for old, new in zip(rows, made, strict=True) if old != new]
    assert {new["tps_id"] for _, new in changed} == codes
    choices = [n for n in cells if n.startswith("paslon") or ("." in n and not n.endswith("T"))]
    for old, new in changed:
        moved = {n: new[n] - old[n] for n in choices if new[n] != old[n]}
        if name == "recap.shift":
            assert len(moved) == 2
            assert sum(moved.values()) == 0
        elif name == "recap.candidate_shift":
            assert len(within_parties(moved)) == 1
        elif name == "recap.copy":
            assert len(moved) == 1
        else:
            assert moved == {}
            assert new != old


def test_a_gate_that_fails() -> None:
    rows = [{"tps_id": station(n), "gate": "SIAP.D", "condition": "done"} for n in range(1, 6)]
    law = load_law("id-2024")
    made, truth = registry.fault("risk.gate_failed")(rows, law=law, contest="", chance=random.Random(1), count=2)
    assert sum(r["condition"] == "failed" for r in made) == 2
    assert {t.rules for t in truth} == {("SIAP.D",)}


@requirement("a regency of 1,001 forms that all fail is raised in two seconds, and known the second time")
@pytest.mark.slow
def test_a_whole_regency_is_raised_in_two_seconds(db: None) -> None:
    stations = [f"7322{1 + n // 100:02}2001{1 + n % 100:03}" for n in range(1001)]
    election = build_tree(stations)
    area = election.areas.get(code="7322")
    register = actions.adopt_playbook(scope=ROOT, election=election, area=area, at=AT)
    for one in register.signals.filter(detector="count.identity", risk__code="HIT-02").select_related("risk__area"):
        actions.arm_signal(scope=ROOT, definition=one, at=AT)
    ids = dict(election.areas.filter(level="tps").values_list("code", "pk"))
    seen = [Sighting(ids[code], f"ppwp/{code}/I5", AFTER, {"left": 1, "right": 2}, "I5") for code in stations]
    start = time.perf_counter()
    first = actions.raise_signals(scope=ROOT, election=election, detector="count.identity", sightings=seen, at=AFTER)
    seconds = time.perf_counter() - start
    assert first.new == 1001
    second = actions.raise_signals(scope=ROOT, election=election, detector="count.identity", sightings=seen, at=AFTER)
    assert (second.new, second.known) == (0, 1001)
    assert seconds < 2, f"{seconds:.2f} s"
