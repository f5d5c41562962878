"""Officers and what they are appointed to. What a role may do is law (roles of the law folder), not a table."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from satusuara.areas.models import Area


class User(AbstractUser):
    """A person who signs in. Holds no more than a name to be addressed by."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(max_length=150, blank=True)

    def get_full_name(self) -> str:
        return self.display_name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()


class Appointment(models.Model):
    """A role at an area, for a time. Rights recurse down the tree from that area."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=32)  # a role code of the law of the area's election
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="appointments")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    granted_by = models.CharField(max_length=150)
    reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["user", "role", "area"], condition=models.Q(ends=None), name="appointment_once"
            )
        ]
