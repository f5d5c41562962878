"""The register: adopted once, added to from the field, decided by named officers, its gaps always visible."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from satusuara.kernel.errors import Forbidden, NotFound, Refusal
from satusuara.ledger.models import Entry
from satusuara.people.queries import Scope
from satusuara.risk import actions, queries
from satusuara.risk.choices import BarrierCondition, GapKind, RiskState, Side, SignalMode
from satusuara.risk.models import Barrier, BarrierState, Decision, Register, Risk
from tests.risk.conftest import AT, STATIONS, Regency, wrong_in_the_log

pytestmark = pytest.mark.django_db


def requirement(text: str, point: str = "2") -> pytest.MarkDecorator:
    return pytest.mark.requirement(5, point, text)


@requirement("a playbook is adopted for an election, once; every deed is sealed")
def test_a_playbook_is_adopted_once(regency: Regency) -> None:
    entries = Entry.objects.count()
    again = actions.adopt_playbook(
        scope=Scope.system("t"), election=regency.election, area=regency.register.area, at=AT + timedelta(days=1)
    )
    assert again.pk == regency.register.pk
    assert Entry.objects.count() == entries
    assert regency.register.risks.count() == 86
    assert regency.register.barriers.filter(side=Side.READY).count() == 12
    assert set(regency.register.signals.values_list("mode", flat=True)) == {SignalMode.DRAFT}
    assert wrong_in_the_log() == []


def test_a_newer_playbook_adds_and_leaves_what_stands(regency: Regency, chair: Scope) -> None:
    regency.register.risks.filter(code="ORG-08").update(code="L-99")  # as if the adopted one had not known it
    actions.move_risk(scope=chair, risk=regency.risk("VOT-04"), to=RiskState.AGREED, minutes="12", at=AT)
    Register.objects.update(sha256="0" * 64)
    actions.adopt_playbook(scope=chair, election=regency.election, area=regency.register.area, at=AT)
    assert regency.risk("ORG-08").state == RiskState.DRAFT
    assert regency.risk("VOT-04").state == RiskState.AGREED


@requirement("an issue is raised in the field with area, stage and photo; sent twice it is one")
def test_an_issue_from_the_field(regency: Regency, ppk: Scope) -> None:
    said = {
        "register": regency.register, "area": regency.area(STATIONS[0]), "stage": "PRA", "photo": "a" * 64,
        "title": "Jembatan menuju TPS 001 putus", "client_id": "hp-1", "at": AT,
    }  # fmt: skip
    issue = actions.raise_issue(scope=ppk, **said)
    assert actions.raise_issue(scope=ppk, **said).pk == issue.pk
    assert (issue.code, issue.area.code, issue.stage) == ("L-1", STATIONS[0], "PRA")
    assert queries.risk(ppk, regency.register, "L-1").gaps == tuple(GapKind.values)
    elsewhere = regency.officer("ppk-ketua", "732202")
    assert "L-1" not in [view.risk.code for view in queries.risks(elsewhere, regency.register)]
    with pytest.raises(NotFound, match="no-risk"):
        queries.risk(elsewhere, regency.register, "L-1")


@requirement("what may not be raised is refused with a code")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "  "}, "title-missing"),
        ({"title": "x" * 201}, "title-long"),
        ({"stage": "XXX"}, "stage-unknown"),
        ({"photo": "../foto.jpg"}, "photo-unfit"),
        ({"detail": "NIK 7322011203800001"}, "number-of-a-person"),
    ],
)
def test_an_unfit_issue_is_refused(regency: Regency, ppk: Scope, change: dict[str, str], code: str) -> None:
    said = {"area": regency.area("732201"), "stage": "PRA", "title": "Jembatan putus"} | change
    with pytest.raises(Refusal, match=code):
        actions.raise_issue(scope=ppk, register=regency.register, at=AT, **said)  # type: ignore[arg-type]
    witness = regency.officer("bawaslu", "7322")
    with pytest.raises(Forbidden):
        actions.raise_issue(
            scope=witness, register=regency.register, area=regency.area("732201"), stage="PRA", title="x", at=AT
        )


@requirement("duplicates are suggested by what they say, and joined without deleting either")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("surat suara untuk dapil lain ikut terkirim, tertukar dapil", "PRA-10"),
        ("tinta di TPS habis dan mudah hilang", "VOT-10"),
        ("ada pemilih memilih dua kali, memberikan suara lebih dari satu kali", "VOT-04"),
        ("orang meninggal masih tercantum di DPT", "PRA-01"),
        ("tidak ada listrik dan internet", "PRA-14"),
    ],
)
def test_duplicates_are_suggested(regency: Regency, ppk: Scope, words: str, code: str) -> None:
    found = [view.risk.code for view, _ in queries.suggest_duplicates(ppk, regency.register, words)]
    assert code in found[:3]


def test_a_duplicate_is_joined(regency: Regency, ppk: Scope, chair: Scope) -> None:
    issue = actions.raise_issue(
        scope=ppk, register=regency.register, area=regency.area("732201"), stage="VOT", title="Tinta habis", at=AT
    )
    kept = regency.risk("VOT-10")
    actions.mark_duplicate(scope=chair, risk=issue, of=kept, reason="sama", at=AT)
    assert Risk.objects.get(pk=issue.pk).duplicate_of_id == kept.pk
    for wrong in ((kept, issue), (issue, issue)):
        with pytest.raises(Refusal, match="duplicate-unfit"):
            actions.mark_duplicate(scope=chair, risk=wrong[0], of=wrong[1], reason="x", at=AT)
    with pytest.raises(Refusal, match="risk-is-duplicate"):
        actions.move_risk(scope=chair, risk=issue, to=RiskState.AGREED, minutes="1", at=AT)


@requirement("discussion, a proposed solution, and a decision with named decider, office and reason")
def test_a_named_officer_decides_with_a_reason(regency: Regency, ppk: Scope, chair: Scope) -> None:
    risk = regency.risk("VOT-10")
    actions.comment(scope=ppk, risk=risk, text="Botol tahun lalu mudah hilang", at=AT)
    proposal = actions.comment(scope=ppk, risk=risk, text="Uji setiap botol", proposal=True, at=AT)
    said = {"risk": risk, "text": "Uji semua botol pada H-1", "reason": "2019", "proposal": proposal, "at": AT}
    with pytest.raises(Refusal, match="decider-unnamed"):
        actions.decide(scope=Scope.system("t"), office="kpu-ketua", **said)
    with pytest.raises(Forbidden, match="office-not-held"):
        actions.decide(scope=chair, office="kpu-hukum", **said)
    with pytest.raises(Forbidden, match="not-your-area"):
        actions.decide(scope=ppk, office="ppk-ketua", **said)
    with pytest.raises(Refusal, match="reason-missing"):
        actions.decide(scope=chair, office="kpu-ketua", **(said | {"reason": " "}))
    decision = actions.decide(scope=chair, office="kpu-ketua", **said)
    assert actions.decide(scope=chair, office="kpu-ketua", **said).pk == decision.pk
    assert (decision.decider, decision.office, decision.proposal_id) == ("kpu-ketua-7322", "kpu-ketua", proposal.pk)
    assert Entry.objects.filter(action="risk.decide").get().reason == "2019"
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(reason="")
    assert wrong_in_the_log() == []


@requirement("the lifecycle is guarded: agreed with minutes, armed only without gaps, no step skipped")
def test_a_risk_takes_its_steps_in_order(regency: Regency, chair: Scope) -> None:
    risk = regency.risk("HIT-02")
    with pytest.raises(Refusal, match="risk-step"):
        actions.move_risk(scope=chair, risk=risk, to=RiskState.LIVE, at=AT)
    with pytest.raises(Refusal, match="minutes-missing"):
        actions.move_risk(scope=chair, risk=risk, to=RiskState.AGREED, at=AT)
    actions.move_risk(scope=chair, risk=risk, to=RiskState.AGREED, minutes="12/PL/2024", at=AT)
    with pytest.raises(Refusal, match="risk-has-gaps") as refused:
        actions.move_risk(scope=chair, risk=risk, to=RiskState.ARMED, at=AT)
    assert refused.value.details == {"gaps": [GapKind.NO_SIGNAL]}
    actions.arm_signal(scope=chair, definition=risk.signals.get(detector="count.identity"), at=AT)
    for to in (RiskState.ARMED, RiskState.LIVE, RiskState.REVIEWED):
        risk = actions.move_risk(scope=chair, risk=risk, to=to, at=AT)
    assert [e.action for e in Entry.objects.filter(subject_kind="risk.risk", subject_id=str(risk.pk))] == [
        "risk.adopt", *["risk.move_risk"] * 4,
    ]  # fmt: skip


@requirement("gaps are visible and close one by one")
def test_gaps_close_one_by_one(regency: Regency, ppk: Scope, chair: Scope) -> None:
    issue = actions.raise_issue(
        scope=ppk, register=regency.register, area=regency.area("732201"), stage="PRA", title="Jembatan putus", at=AT
    )

    def gaps() -> list[str]:
        return list(queries.risk(chair, regency.register, issue.code).gaps)

    assert gaps() == ["no_preventer", "no_signal", "no_responder", "no_legal_basis"]
    said = {"scope": chair, "risk": issue, "owner_role": "ppk-ketua", "at": AT}
    first = actions.add_barrier(side=Side.PREVENT, text="Perahu disiapkan", days=-3, **said)
    assert actions.add_barrier(side=Side.PREVENT, text="Perahu disiapkan", days=-3, **said).pk == first.pk
    assert gaps() == ["no_signal", "no_responder", "no_legal_basis"]
    actions.add_barrier(side=Side.RESPOND, text="Pindah lokasi", **said)
    actions.name_legal_basis(scope=chair, risk=issue, legal="PKPU 25/2023", at=AT)
    actions.arm_signal(scope=chair, definition=issue.signals.get(), at=AT)
    assert gaps() == []
    with pytest.raises(Refusal, match="owner-unknown"):
        actions.add_barrier(side=Side.PREVENT, text="x", **(said | {"owner_role": "raja"}))
    listed = {view.risk.code for view in queries.risks(chair, regency.register, gap="no_legal_basis")}
    assert listed == {"PRA-16", "ORG-07", "HIT-12"}  # where the law's article is not yet found


@requirement("an officer put on a barrier has a day; the second person is another one, in the database too")
def test_a_barrier_is_assigned_reported_and_verified_by_a_second_person(regency: Regency, chair: Scope) -> None:
    barrier = Barrier.objects.get(register=regency.register, code="VOT-10.P1")
    area = regency.area("732201")
    state = actions.assign_barrier(scope=chair, barrier=barrier, area=area, owner_role="ppk-kul", at=AT)
    assert (state.due, state.condition) == (date(2024, 2, 13), BarrierCondition.PLANNED)
    assert queries.risk(chair, regency.register, "VOT-10").assigned == 1
    one, two = regency.officer("ppk-kul", "732201"), regency.officer("ppk-teknis", "732201")
    with pytest.raises(Refusal, match="barrier-step"):
        actions.verify_barrier(scope=two, state=state, at=AT)
    state = actions.report_barrier(scope=one, barrier=barrier, area=area, condition="done", photo="b" * 64, at=AT)
    with pytest.raises(Refusal, match="second-person-needed"):
        actions.verify_barrier(scope=one, state=state, at=AT)
    state = actions.verify_barrier(scope=two, state=state, at=AT)
    assert (state.condition, state.done_by, state.verified_by) == ("verified", "ppk-kul-732201", "ppk-teknis-732201")
    with pytest.raises(IntegrityError), transaction.atomic():
        BarrierState.objects.filter(pk=state.pk).update(verified_by="ppk-kul-732201")
    with pytest.raises(IntegrityError), transaction.atomic():
        BarrierState.objects.filter(pk=state.pk).update(verified_by="")
    state = actions.report_barrier(
        scope=one, barrier=barrier, area=area, condition="failed", note="botol kosong", at=AT + timedelta(hours=1)
    )
    assert (state.condition, state.verified_by) == ("failed", "")
    assert wrong_in_the_log() == []


@requirement("a report held back on a phone never undoes a newer one; one person reports only what one person may")
def test_reports_keep_their_order(regency: Regency) -> None:
    gate, area = queries.gate(regency.register, "d"), regency.area(STATIONS[0])
    kpps = regency.officer("kpps-ketua", STATIONS[0])
    said = {"scope": kpps, "barrier": gate, "area": area, "channel": "sms"}
    late = AT + timedelta(hours=5)
    actions.report_barrier(condition="done", at=late, reported_at=AT + timedelta(hours=2), **said)
    with pytest.raises(Refusal, match="report-outdated"):
        actions.report_barrier(condition="failed", note="x", at=late, reported_at=AT, **said)
    with pytest.raises(Refusal, match="condition-unfit"):
        actions.report_barrier(condition="verified", at=late, **said)
    with pytest.raises(Refusal, match="note-missing"):
        actions.report_barrier(condition="failed", at=late, **said)
    with pytest.raises(Forbidden):
        actions.report_barrier(condition="done", at=late, **(said | {"area": regency.area(STATIONS[1])}))


@requirement("a waiver names who, why and until when, and then counts as missing again")
def test_a_waiver_expires(regency: Regency, chair: Scope) -> None:
    gate, area = queries.gate(regency.register, "F"), regency.area(STATIONS[0])
    with pytest.raises(Refusal, match="waiver-has-no-end"):
        actions.waive_barrier(scope=chair, barrier=gate, area=area, until=AT.date(), reason="x", at=AT)
    actions.waive_barrier(scope=chair, barrier=gate, area=area, until=date(2024, 2, 10), reason="genset", at=AT)

    def reading(day: date) -> str:
        grid = queries.readiness(chair, regency.register, area, day)
        column = [barrier.code for barrier, _ in grid.gates].index("SIAP.F")
        return grid.stations[0].cells[column].reading

    assert [reading(date(2024, 2, day)) for day in (10, 11, 14)] == ["waived", "due", "overdue"]
    assert actions.expire(scope=Scope.system("t"), at=AT + timedelta(days=4)) == 1
    assert BarrierState.objects.get(barrier=gate, area=area).condition == BarrierCondition.PLANNED


@requirement("the grid tells what is not due from what is not reported, station by station", "4")
def test_not_due_is_not_unreported(regency: Regency, ppk: Scope) -> None:
    grid = queries.readiness(ppk, regency.register, regency.area("732201"), date(2024, 2, 9))
    assert [s.area.code for s in grid.stations] == STATIONS[:3]
    readings = {b.code: c.reading for (b, _), c in zip(grid.gates, grid.stations[0].cells, strict=True)}
    assert readings["SIAP.A"] == "overdue"
    assert readings["SIAP.B"] == "due"
    assert readings["SIAP.D"] == "not_due"
    assert (grid.stations[0].stand, grid.stations[0].should) == (0, 5)
    with pytest.raises(Forbidden):
        queries.readiness(ppk, regency.register, regency.area("732202"), date(2024, 2, 9))


def test_lists_cost_the_same_however_long(
    regency: Regency, chair: Scope, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    area = regency.area("7322")
    with django_assert_max_num_queries(5):
        queries.readiness(chair, regency.register, area, date(2024, 2, 9))
    with django_assert_max_num_queries(8):
        assert len(queries.risks(chair, regency.register)) == 86
    with django_assert_max_num_queries(2):
        assert len(queries.signals(chair, regency.register)) > 100
