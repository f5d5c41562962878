"""Officers and what they are appointed to. What a role may do is law (roles of the law folder), not a table."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from satusuara.areas.models import Area, Election


class User(AbstractUser):
    """A person who signs in. Holds no more than a name to be addressed by.

    ``home`` is the area whose officers keep the account: it puts an account without an appointment on somebody's list.
    Without one only the whole tree, or the machine's own commands, keep it.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    display_name = models.CharField(max_length=150, blank=True)
    home = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="accounts")
    session_serial = models.IntegerField(default=0)  # counted up to end every session of the account

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Ties a session to the serial as well as to the password (Django: ``AbstractBaseUser``)."""
        salt = "satusuara.people.session"
        value = f"{self.password}:{self.session_serial}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.display_name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()


class Appointment(models.Model):
    """A role at an area, for a time. Rights recurse down the tree from that area.

    Without an area it is a role for the whole tree of the election (the national commission). ``participant`` is
    filled for roles that act for one participant of the election (a witness). Rows are ended, never deleted.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=32)  # a role code of the election's law
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="appointments")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="appointments")
    participant = models.CharField(max_length=100, blank=True)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    granted_by = models.CharField(max_length=150)
    reason = models.TextField()
    ended_by = models.CharField(max_length=150, blank=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["election_id", "area__code", "role", "id"]
        indexes = [models.Index(fields=["user", "starts", "ends"])]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "role", "area"], condition=Q(ends=None), name="appointment_once"),
            models.UniqueConstraint(
                fields=["user", "role", "election"],
                condition=Q(ends=None, area=None),
                name="appointment_whole_tree_once",
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=models.F("starts")), name="appointment_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}@{self.election_id}:{self.area.code if self.area else ''}"
