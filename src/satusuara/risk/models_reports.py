"""What was done about readiness, deed by deed, and messages from phones. Rows are only ever added, or ended."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from satusuara.risk.choices import BarrierCondition, MessageStatus, ReadinessDeed


class BarrierReport(models.Model):
    """One deed about a barrier at a place, and how the barrier stood after it: its history, and what an undo goes to.

    ``client_id`` is the phone's own number of a report: sent twice, kept once.
    """

    state = models.ForeignKey("risk.BarrierState", on_delete=models.PROTECT, related_name="reports")
    deed = models.CharField(max_length=16, choices=ReadinessDeed.choices)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    client_id = models.CharField(max_length=64, blank=True)
    condition = models.CharField(max_length=16, choices=BarrierCondition.choices)
    note = models.TextField(blank=True)
    photo = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=16, blank=True)
    reported_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=150, blank=True)
    verified_by = models.CharField(max_length=150, blank=True)
    verified_at = models.DateTimeField(null=True)
    waived_by = models.CharField(max_length=150, blank=True)
    waived_until = models.DateField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["by", "client_id"], condition=~Q(client_id=""), name="barrier_report_once"),
        ]

    def __str__(self) -> str:
        return f"{self.state_id} {self.deed} {self.by}"


class Sender(models.Model):
    """A phone number from which an officer reports. Only its keyed hash is kept: the number can't be read back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="senders")
    number_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["user_id", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["number_hash"], condition=Q(ended_at=None), name="sender_number_once"),
            models.CheckConstraint(condition=Q(ended_at=None) | ~Q(ended_by=""), name="sender_end_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {'' if self.ended_at is None else 'ended'}"


class Message(models.Model):
    """A message of the gateway: what it said, what was understood and stored, and what was answered.

    ``area``: the station it speaks of, else the area of its sender; none where the number is nobody's.
    """

    gateway_id = models.CharField(max_length=128, unique=True)
    register = models.ForeignKey("risk.Register", null=True, on_delete=models.PROTECT, related_name="messages")
    area = models.ForeignKey("areas.Area", null=True, on_delete=models.PROTECT, related_name="messages")
    sender = models.ForeignKey(Sender, null=True, on_delete=models.PROTECT, related_name="messages")
    status = models.CharField(max_length=16, choices=MessageStatus.choices)
    text = models.CharField(max_length=480)  # numbers as long as a person's are masked
    kept = models.JSONField(default=list)  # letters that were stored
    wrong = models.JSONField(default=list)  # what could not be read, and what was refused: as sent back
    reply = models.CharField(max_length=160)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["area", "-received_at"])]

    def __str__(self) -> str:
        return f"{self.gateway_id} ({self.status})"
