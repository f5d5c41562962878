"""The register of risks, barriers and who answers for them, signals, scores and outcomes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from satusuara.areas.models import Area, Election
from satusuara.risk.choices import (
    BarrierCondition,
    Disposition,
    Origin,
    RiskState,
    Severity,
    Side,
    SignalMode,
)
from satusuara.risk.models_rakor import AgendaItem, Handout, Meeting, Seat, Tally, Vote
from satusuara.risk.models_reports import BarrierReport, Message, Sender

__all__ = [
    "AgendaItem", "Barrier", "BarrierReport", "BarrierState", "Comment", "Decision", "Handout", "Meeting", "Message",
    "Opinion", "Outcome", "Register", "Risk", "RiskScore", "Seat", "Sender", "SignalDef", "SignalInstance", "Tally",
    "Vote",
]  # fmt: skip


class Register(models.Model):
    """A playbook adopted for an election by the commission of an area. Everything else of the chapter hangs on it."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="registers")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="registers")
    playbook = models.CharField(max_length=64)  # law folder of the playbook
    version = models.CharField(max_length=32)
    sha256 = models.CharField(max_length=64)  # of its files, as they were adopted
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["election", "area"], name="risk_register_once")
        ]

    def __str__(self) -> str:
        return f"{self.election_id} {self.area_id} {self.version}"


class Risk(models.Model):
    """A problem in the register. One from the playbook keeps its code, and its words stay in the playbook.

    One raised in the field carries its own words, area, stage and photo. Rows are never deleted: a duplicate points
    to the one that is kept.
    """

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="risks")
    code = models.CharField(max_length=32)  # "VOT-04", or "L-<n>" for one from the field
    origin = models.CharField(max_length=16, choices=Origin.choices)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="risks")
    stage = models.CharField(max_length=16)  # code of the playbook's group: "VOT"
    title = models.CharField(max_length=200, blank=True)
    detail = models.TextField(blank=True)
    photo = models.CharField(max_length=64, blank=True)  # SHA-256 of the picture, which lies outside the database
    client_id = models.CharField(max_length=64, blank=True)  # of the phone that raised it: sent twice, kept once
    state = models.CharField(max_length=16, choices=RiskState.choices, default=RiskState.DRAFT)
    minutes = models.CharField(max_length=100, blank=True)  # number of the minutes in which it was agreed
    legal = models.TextField(blank=True)  # legal basis named by the commission, where the playbook has none
    duplicate_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="duplicates")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["register_id", "code"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["register", "code"], name="risk_code_once"),
            models.UniqueConstraint(
                fields=["register", "by", "client_id"], condition=~Q(client_id=""), name="risk_client_id_once"
            ),
            models.CheckConstraint(
                condition=Q(origin=Origin.PLAYBOOK) | ~Q(title=""), name="risk_from_the_field_has_a_title"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.state})"


class Comment(models.Model):
    """One contribution to the discussion of a risk; ``proposal`` ones can be decided for."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField()
    proposal = models.BooleanField(default=False)
    client_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["risk", "by", "client_id"], condition=~Q(client_id=""), name="comment_client_id_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.risk_id} {self.by}"


class Decision(models.Model):
    """What was decided about a risk, by whom by name and office, and why. A later one stands beside it."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="decisions")
    proposal = models.ForeignKey(Comment, null=True, on_delete=models.PROTECT, related_name="decisions")
    text = models.TextField()
    reason = models.TextField()
    decider = models.CharField(max_length=150)  # account
    office = models.CharField(max_length=32)  # role code under which he decided
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(decider="") & ~Q(text=""), name="decision_named_and_reasoned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.risk_id} {self.decider}"


class Barrier(models.Model):
    """A prevention, a step of a response, or a gate of readiness. ``text`` only where the playbook does not say it."""

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="barriers")
    risk = models.ForeignKey(Risk, null=True, on_delete=models.PROTECT, related_name="barriers")  # null: a gate
    code = models.CharField(max_length=48)  # "VOT-10.P1", "VOT-10.R1", "SIAP.A"
    side = models.CharField(max_length=16, choices=Side.choices)
    owner_role = models.CharField(max_length=32)  # role of the law, or partner of the playbook
    days = models.SmallIntegerField(null=True)  # due so many days from voting day; null: when it happens
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["register_id", "code"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["register", "code"], name="barrier_code_once"),
            models.CheckConstraint(condition=Q(side=Side.READY) | Q(risk__isnull=False), name="barrier_of_a_risk"),
        ]

    def __str__(self) -> str:
        return self.code


class BarrierState(models.Model):
    """One barrier at one place: who answers for it, by when, and what is reported of it.

    The second person is another one than the first: also the database says so. No row: nothing was reported there.
    """

    barrier = models.ForeignKey(Barrier, on_delete=models.PROTECT, related_name="states")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="barrier_states")
    owner = models.CharField(max_length=150, blank=True)  # account; empty: whoever holds the role there
    owner_role = models.CharField(max_length=32)
    due = models.DateField()
    condition = models.CharField(max_length=16, choices=BarrierCondition.choices, default=BarrierCondition.PLANNED)
    note = models.TextField(blank=True)
    photo = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=16, blank=True)  # web, sms, paper
    reported_at = models.DateTimeField(null=True)  # when it was so
    received_at = models.DateTimeField(null=True)  # when this instance heard of it
    done_by = models.CharField(max_length=150, blank=True)
    verified_by = models.CharField(max_length=150, blank=True)
    verified_at = models.DateTimeField(null=True)
    waived_by = models.CharField(max_length=150, blank=True)
    waived_until = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["barrier", "area"], name="barrier_state_once"),
            models.CheckConstraint(
                condition=Q(verified_by="") | ~Q(verified_by=F("done_by")), name="verified_by_a_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(condition=BarrierCondition.VERIFIED) | (~Q(verified_by="") & ~Q(done_by="")),
                name="verified_names_both_persons",
            ),
            models.CheckConstraint(
                condition=~Q(condition=BarrierCondition.WAIVED)
                | (Q(waived_until__isnull=False) & ~Q(waived_by="") & ~Q(note="")),
                name="waiver_names_who_why_and_until",
            ),
        ]
        indexes = [models.Index(fields=["area", "barrier"])]

    def __str__(self) -> str:
        return f"{self.barrier_id}@{self.area_id} {self.condition}"


class SignalDef(models.Model):
    """A detector armed for one risk: what of it counts, how often it is expected, how loud it is.

    The steps of the risk's response are its runbook.
    """

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="signals")
    detector = models.CharField(max_length=64)  # name in the registry of detectors
    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="signals")
    rules = models.JSONField(default=list)  # what of the detector counts: identities, relations; empty: all
    mode = models.CharField(max_length=16, choices=SignalMode.choices, default=SignalMode.DRAFT)
    snoozed_until = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # of the last change of mode
    severity = models.SmallIntegerField(choices=Severity.choices, default=Severity.S3)
    expected = models.IntegerField(null=True)  # sightings expected per 1,000 stations; null: not known
    window_minutes = models.IntegerField(default=24 * 60)  # the same sighting within it is one
    opens_case = models.BooleanField(default=False)

    class Meta:
        ordering = ["register_id", "detector", "risk_id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["detector", "risk"], name="signal_def_once"),
            models.CheckConstraint(
                condition=~Q(mode=SignalMode.SNOOZED) | Q(snoozed_until__isnull=False), name="snooze_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.detector} ({self.mode})"


class SignalInstance(models.Model):
    """One sighting. The same content under the same definition is one row, however often it is sent."""

    definition = models.ForeignKey(SignalDef, on_delete=models.PROTECT, related_name="instances")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="signal_instances")
    key = models.CharField(max_length=200)  # what it is about: two sightings of one key are one matter
    rule = models.CharField(max_length=32, blank=True)
    observed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    channel = models.CharField(max_length=32)
    payload = models.JSONField()
    payload_sha256 = models.CharField(max_length=64)
    disposition = models.CharField(max_length=16, choices=Disposition.choices)
    first = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeats")

    class Meta:
        ordering = ["-observed_at", "-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["definition", "payload_sha256"], name="signal_instance_once"),
        ]
        indexes = [
            models.Index(fields=["definition", "key", "observed_at"]),
            models.Index(fields=["area", "disposition"]),
        ]

    def __str__(self) -> str:
        return f"{self.definition_id} {self.key} ({self.disposition})"


class Opinion(models.Model):
    """What somebody believes, as pseudo-observations: named, with a reason, at most ten, until a day."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="opinions")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="opinions")
    by = models.CharField(max_length=150)
    happened = models.SmallIntegerField()
    of = models.SmallIntegerField()
    reason = models.TextField()
    at = models.DateTimeField()
    expires = models.DateField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["risk", "area", "by"], name="opinion_once"),
            models.CheckConstraint(
                condition=Q(of__gte=1) & Q(of__lte=10) & Q(happened__gte=0) & Q(happened__lte=F("of")) & ~Q(reason=""),
                name="opinion_within_its_cap",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.risk_id} {self.by}: {self.happened}/{self.of}"


class Outcome(models.Model):
    """Whether a risk came true at a place in an election: what scores learn from and are judged by."""

    risk = models.CharField(max_length=32)  # its code: outcomes of earlier elections belong to no register
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="outcomes")
    happened = models.BooleanField()
    source = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["risk", "area", "source"], name="outcome_once")
        ]

    def __str__(self) -> str:
        return f"{self.risk} {self.area_id}: {self.happened}"


class RiskScore(models.Model):
    """How likely a risk is per station of an area, as a model said at a time. Figures are parts per million."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="scores")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="risk_scores")
    model = models.CharField(max_length=32)
    as_of = models.DateTimeField()
    p = models.IntegerField()
    low = models.IntegerField()
    high = models.IntegerField()
    strength = models.CharField(max_length=16)  # of the evidence: rules.likelihood.Strength
    stations = models.IntegerField()  # so that expected number = p x stations
    reasons = models.JSONField()  # [{"id", "en"}], most important first

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["risk", "area", "model"], name="risk_score_once"),
            models.CheckConstraint(
                condition=Q(low__gte=0) & Q(low__lte=F("p")) & Q(p__lte=F("high")) & Q(high__lte=1_000_000),
                name="score_is_an_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.risk_id}@{self.area_id}: {self.p}"
