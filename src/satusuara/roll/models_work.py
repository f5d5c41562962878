"""What is done with the roll beside its lines: long work, what stations report, and officers on duty elsewhere."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from satusuara.areas.models import Area, Election
from satusuara.roll.choices import JobKind, JobState
from satusuara.roll.models import Voter


class RollJob(models.Model):
    """Work that goes on without the page that asked for it. ``beat``: when it last gave a sign of life."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="roll_jobs")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="roll_jobs")
    kind = models.CharField(max_length=8, choices=JobKind.choices)
    settings = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.WAITING)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    said = models.JSONField(default=dict)  # {"id": …, "en": …}: the step, or why it was refused
    result = models.JSONField(default=dict)  # what it made: {"version": pk} or {"run": pk}
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    beat = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.area_id} {self.state}"


class StationReport(models.Model):
    """What a station's officers counted before the day: possible unlisted voters, and notices that came back.

    ``undelivered``: {reason of the law: how many}.
    """

    area = models.OneToOneField(Area, on_delete=models.PROTECT, related_name="roll_report")
    possible_unlisted = models.IntegerField(null=True)
    undelivered = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"{self.area_id}"


class Duty(models.Model):
    """A voter who works at a station on voting day: at another one than his own he needs a letter."""

    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="duties")
    station = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="on_duty")
    role = models.CharField(max_length=32)  # a role of the law
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["station_id", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["voter"], condition=models.Q(ended_at=None), name="one_duty_in_force")
        ]

    def __str__(self) -> str:
        return f"{self.voter_id} at {self.station_id}"
