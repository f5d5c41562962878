"""The register: adopting a playbook, issues from the field, discussion, decisions, and where each risk stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from satusuara.areas.models import Area, Election
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.playbook import DAYS, Playbook, Problem
from satusuara.law.playbook_files import load_playbook
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.risk import queries
from satusuara.risk.actions.common import (
    no_person,
    require_inside,
    require_named,
    require_photo,
    require_text,
)
from satusuara.risk.choices import GapKind, Origin, RiskState, Severity, Side
from satusuara.risk.models import Barrier, Comment, Decision, Register, Risk, SignalDef
from satusuara.risk.payloads import sealed
from satusuara.risk.rules.lifecycle import require_step

REPORT = "risk.report"
"""The detector of what people report by form, message or eye."""

_REASON = Text("Alasan", "The reason")


def adopt_playbook(*, scope: Scope, election: Election, area: Area, at: datetime, law: str = "") -> Register:
    """The playbook of the election's law becomes the register of the commission of ``area``.

    Again: what a newer playbook adds is added, what stands is left as it is. Every signal begins as a draft.

    :raises Forbidden: without RISK at ``area``
    :raises NotFound: ``playbook-missing``
    """
    scope.require(Right.RISK, area)
    if area.election_id != election.code:
        raise Refusal("area-of-another-election", Text("Wilayah milik pemilu lain", "The area is of another election"))
    playbook = load_playbook(law or election.law)
    with transaction.atomic():
        register = Register.objects.select_for_update().filter(election=election, area=area).first()
        if register is not None and register.sha256 == playbook.sha256:
            return register
        if register is None:
            register = Register(election=election, area=area)
        register.playbook, register.version, register.sha256 = playbook.law, playbook.version, playbook.sha256
        register.at, register.by = at, scope.name
        register.save()
        seals = [*_add_risks(register, playbook), *_add_gates(register, playbook)]
        seal(at=at, by=scope.name, seals=[*seals, sealed("adopt_playbook", register)])
    return register


def _add_risks(register: Register, playbook: Playbook) -> Iterable[Seal]:
    known = set(register.risks.values_list("code", flat=True))
    fresh = [problem for problem in playbook.problems if problem.code not in known]
    risks = Risk.objects.bulk_create(
        Risk(
            register=register, code=problem.code, origin=Origin.PLAYBOOK, area=register.area, stage=problem.group,
            at=register.at, by=register.by,
        )
        for problem in fresh
    )  # fmt: skip
    by_code = {risk.code: risk for risk in register.risks.filter(origin=Origin.PLAYBOOK)}
    barriers = set(register.barriers.values_list("code", flat=True))
    signals = set(register.signals.values_list("detector", "risk__code"))
    new_barriers: list[Barrier] = []
    new_signals: list[SignalDef] = []
    for problem in playbook.problems:
        risk = by_code[problem.code]
        new_barriers += [each for each in _barriers(risk, problem) if each.code not in barriers]
        new_signals += [each for each in _signals(risk, problem) if (each.detector, problem.code) not in signals]
    made = [*risks, *Barrier.objects.bulk_create(new_barriers), *SignalDef.objects.bulk_create(new_signals)]
    return [sealed("adopt", row) for row in made]


def _barriers(risk: Risk, problem: Problem) -> list[Barrier]:
    found = [
        Barrier(
            register=risk.register, risk=risk, code=f"{problem.code}.{each.code}", side=Side.PREVENT,
            owner_role=each.owner, days=DAYS[each.gate],
        )
        for each in problem.preventions
    ]  # fmt: skip
    found += [
        Barrier(
            register=risk.register, risk=risk, code=f"{problem.code}.R{number}", side=Side.RESPOND,
            owner_role=each.owner, days=None,
        )
        for number, each in enumerate(problem.responses, 1)
    ]  # fmt: skip
    return found


def _signals(risk: Risk, problem: Problem) -> list[SignalDef]:
    """One definition a detector; what people report or see comes in through one of its own."""
    rules: dict[str, list[str]] = {}
    for each in problem.detections:
        name = each.detector if each.kind == "automatic" else REPORT
        rules.setdefault(name, []).extend(each.rules)
    expected = next((1000 * r.count // r.of for r in problem.rates if r.of), None)
    severity = Severity.S2 if problem.priority else Severity.S3
    return [
        SignalDef(
            register=risk.register, detector=name, risk=risk, rules=sorted(set(named)), expected=expected,
            severity=severity, opens_case=problem.priority,
        )
        for name, named in rules.items()
    ]  # fmt: skip


def _add_gates(register: Register, playbook: Playbook) -> Iterable[Seal]:
    known = set(register.barriers.filter(side=Side.READY).values_list("code", flat=True))
    made = Barrier.objects.bulk_create(
        Barrier(register=register, code=code, side=Side.READY, owner_role=gate.owner, days=DAYS[gate.due])
        for gate in playbook.gates
        if (code := f"SIAP.{gate.letter}") not in known
    )
    return [sealed("adopt", row) for row in made]


def raise_issue(
    *,
    scope: Scope,
    register: Register,
    area: Area,
    stage: str,
    title: str,
    at: datetime,
    detail: str = "",
    photo: str = "",
    client_id: str = "",
) -> Risk:
    """A problem from the field, in the words of whoever saw it. The same ``client_id`` again is the same issue.

    :raises Forbidden: without READY at ``area``
    :raises Refusal: ``area-outside-register``, ``stage-unknown``, ``title-missing``, ``title-long``, ``photo-unfit``,
        ``number-of-a-person``
    """
    scope.require(Right.READY, area)
    require_inside(register, area)
    groups = [group.code for group in load_playbook(register.playbook).groups]
    if stage not in groups:
        raise Refusal(
            "stage-unknown",
            Text(f'Tahapan "{stage}" tidak dikenal', f'The stage "{stage}" is unknown'),
            remedy=Text(f"Pilih: {', '.join(groups)}.", f"Choose: {', '.join(groups)}."),
        )
    title = require_text(title, "title", Text("Judul", "The title"))
    if len(title) > 200:
        raise Refusal("title-long", Text("Judul lebih dari 200 huruf", "The title is over 200 characters"))
    with transaction.atomic():
        register = Register.objects.select_for_update().get(pk=register.pk)
        if client_id:
            known = register.risks.filter(by=scope.name, client_id=client_id).first()
            if known is not None:
                return known
        number = register.risks.filter(origin=Origin.FIELD).count() + 1
        risk = Risk.objects.create(
            register=register, code=f"L-{number}", origin=Origin.FIELD, area=area, stage=stage, title=title,
            detail=no_person(detail.strip()), photo=require_photo(photo), client_id=client_id, at=at, by=scope.name,
        )  # fmt: skip
        report = SignalDef.objects.create(register=register, detector=REPORT, risk=risk)
        seal(at=at, by=scope.name, seals=[sealed("raise_issue", risk), sealed("raise_issue", report)])
    return risk


def mark_duplicate(*, scope: Scope, risk: Risk, of: Risk, reason: str, at: datetime) -> Risk:
    """The issue says what ``of`` says already: both stay, one is worked on.

    :raises Forbidden: without RISK at the issue's area
    :raises Refusal: ``duplicate-unfit`` for itself, for one of the playbook, or for one that is a duplicate
    """
    scope.require(Right.RISK, risk.area)
    reason = require_text(reason, "reason", _REASON)
    with transaction.atomic():
        risk = Risk.objects.select_for_update().select_related("area").get(pk=risk.pk)
        of = Risk.objects.get(pk=of.pk)
        if risk.duplicate_of_id == of.pk:
            return risk
        same = risk.register_id == of.register_id and risk.pk != of.pk
        if not same or of.duplicate_of_id or risk.origin == Origin.PLAYBOOK or risk.duplicates.exists():
            raise Refusal(
                "duplicate-unfit",
                Text("Kedua masalah ini tidak dapat digabung", "These two issues cannot be joined"),
                remedy=Text("Pilih masalah yang dipertahankan.", "Choose the issue that is kept."),
            )
        risk.duplicate_of = of
        risk.save(update_fields=["duplicate_of"])
        seal(at=at, by=scope.name, seals=[sealed("mark_duplicate", risk, reason)])
    return risk


def comment(
    *, scope: Scope, risk: Risk, text: str, at: datetime, proposal: bool = False, client_id: str = ""
) -> Comment:
    """A contribution to the discussion; with ``proposal`` one that can be decided for.

    :raises Forbidden: without READY somewhere in the register's area
    :raises Refusal: ``text-missing``, ``number-of-a-person``
    """
    queries.require_member(scope, risk.register)
    text = require_text(text, "text", Text("Tanggapan", "The comment"))
    with transaction.atomic():
        Risk.objects.select_for_update().get(pk=risk.pk)
        if client_id:
            known = risk.comments.filter(by=scope.name, client_id=client_id).first()
            if known is not None:
                return known
        row = Comment.objects.create(risk=risk, text=text, proposal=proposal, client_id=client_id, at=at, by=scope.name)
        seal(at=at, by=scope.name, seals=[sealed("propose" if proposal else "comment", row)])
    return row


def decide(
    *, scope: Scope, risk: Risk, office: str, text: str, reason: str, at: datetime, proposal: Comment | None = None
) -> Decision:
    """A named officer decides, in an office that he holds over the risk's area, with his reason.

    :raises Forbidden: ``not-your-area``, ``office-not-held``
    :raises Refusal: ``decider-unnamed``, ``decision-missing``, ``reason-missing``, ``not-a-proposal``
    """
    scope.require(Right.RISK, risk.area)
    require_named(scope, office, risk.area)
    text = require_text(text, "decision", Text("Keputusan", "The decision"))
    reason = require_text(reason, "reason", _REASON)
    if proposal is not None and not (proposal.proposal and proposal.risk_id == risk.pk):
        raise Refusal(
            "not-a-proposal", Text("Itu bukan usulan untuk masalah ini", "That is no proposal for this problem")
        )
    with transaction.atomic():
        Risk.objects.select_for_update().get(pk=risk.pk)
        last = risk.decisions.last()
        if last is not None and (last.text, last.reason, last.decider) == (text, reason, scope.name):
            return last
        row = Decision.objects.create(
            risk=risk, proposal=proposal, text=text, reason=reason, decider=scope.name, office=office, at=at
        )
        seal(at=at, by=scope.name, seals=[sealed("decide", row, reason)])
    return row


def name_legal_basis(*, scope: Scope, risk: Risk, legal: str, at: datetime) -> Risk:
    """The legal basis that the commission names where the playbook has none.

    :raises Forbidden: without RISK at the risk's area
    :raises Refusal: ``legal-missing``
    """
    scope.require(Right.RISK, risk.area)
    legal = require_text(legal, "legal", Text("Dasar hukum", "The legal basis"))
    with transaction.atomic():
        risk = Risk.objects.select_for_update().select_related("area", "register").get(pk=risk.pk)
        if risk.legal != legal:
            risk.legal = legal
            risk.save(update_fields=["legal"])
            seal(at=at, by=scope.name, seals=[sealed("name_legal_basis", risk)])
    return risk


def move_risk(*, scope: Scope, risk: Risk, to: str, at: datetime, minutes: str = "", reason: str = "") -> Risk:
    """The next step of a risk: agreed with the number of the minutes, armed without gaps, live, reviewed.

    :raises Forbidden: without RISK at the risk's area
    :raises Refusal: ``risk-step``, ``minutes-missing``, ``risk-has-gaps``, ``risk-is-duplicate``
    """
    scope.require(Right.RISK, risk.area)
    with transaction.atomic():
        risk = Risk.objects.select_for_update().select_related("area", "register").get(pk=risk.pk)
        if risk.state == to:
            return risk
        if risk.duplicate_of_id:
            raise Refusal(
                "risk-is-duplicate",
                Text("Masalah ini sudah digabung ke masalah lain", "This problem was joined to another one"),
            )
        require_step("risk", risk.state, to)
        if to == RiskState.AGREED:
            risk.minutes = require_text(
                minutes or risk.minutes, "minutes", Text("Nomor notulen", "The minutes' number")
            )
        if to in {RiskState.ARMED, RiskState.LIVE} and (open_gaps := queries.gaps_of(risk)):
            raise _has_gaps(open_gaps)
        risk.state = to
        risk.save(update_fields=["state", "minutes"])
        seal(at=at, by=scope.name, seals=[sealed("move_risk", risk, no_person(reason.strip()))])
    return risk


def _has_gaps(gaps: Iterable[str]) -> Refusal:
    english = {
        "no_preventer": "no preventer", "no_signal": "no armed signal", "no_responder": "no responder",
        "no_legal_basis": "no legal basis",
    }  # fmt: skip
    indonesian = {
        "no_preventer": "belum ada pencegah", "no_signal": "belum ada sinyal yang aktif",
        "no_responder": "belum ada penanggung jawab penanganan", "no_legal_basis": "belum ada dasar hukum",
    }  # fmt: skip
    codes = [GapKind(code).value for code in gaps]
    return Refusal(
        "risk-has-gaps",
        Text(
            f"Risiko ini masih kurang: {', '.join(indonesian[code] for code in codes)}",
            f"This risk still lacks: {', '.join(english[code] for code in codes)}",
        ),
        remedy=Text("Lengkapi dahulu, lalu siagakan.", "Complete it first, then arm it."),
        details={"gaps": codes},
    )
