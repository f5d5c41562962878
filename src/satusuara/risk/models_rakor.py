"""The commission's meeting on risks (rakor): agenda, seats, silent votes, and what is handed out. Never deleted."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from satusuara.risk.choices import ItemPhase, MeetingState, SeatKind


class Meeting(models.Model):
    """One meeting over a register. ``slug`` is what people type to join; ``stage`` and ``pulse`` count its changes.

    ``stage`` changes with what everybody sees (the problem, its phase, what was decided), ``pulse`` with every vote
    and arrival as well: a page that knows the number asks for nothing else.
    """

    register = models.ForeignKey("risk.Register", on_delete=models.PROTECT, related_name="meetings")
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="meetings")
    title = models.CharField(max_length=200)
    day = models.DateField()
    place = models.CharField(max_length=200)
    slug = models.CharField(max_length=8, unique=True)
    state = models.CharField(max_length=16, choices=MeetingState.choices, default=MeetingState.PLANNED)
    current = models.ForeignKey("risk.AgendaItem", null=True, on_delete=models.PROTECT, related_name="+")
    stage = models.IntegerField(default=0)
    pulse = models.IntegerField(default=0)
    number = models.CharField(max_length=100, blank=True)  # of the minutes
    minutes_sha256 = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    office = models.CharField(max_length=32, blank=True)  # role under which it was closed
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["-day", "-id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~Q(state=MeetingState.CLOSED)
                | (~Q(number="") & ~Q(minutes_sha256="") & ~Q(closed_by="") & Q(closed_at__isnull=False)),
                name="meeting_closed_with_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.day} ({self.state})"


class AgendaItem(models.Model):
    """One risk on the agenda. ``round`` counts the votes taken on it: after the figures were seen a new one begins."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    risk = models.ForeignKey("risk.Risk", on_delete=models.PROTECT, related_name="agenda_items")
    position = models.IntegerField()
    why = models.JSONField(default=list)  # [{"id", "en"}]: why it stands on the agenda
    phase = models.CharField(max_length=16, choices=ItemPhase.choices, default=ItemPhase.WAITING)
    round = models.SmallIntegerField(default=1)
    removed = models.BooleanField(default=False)
    decision = models.ForeignKey("risk.Decision", null=True, on_delete=models.PROTECT, related_name="agenda_items")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["position", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["meeting", "risk"], name="agenda_item_once"),
            models.CheckConstraint(condition=Q(round__gte=1), name="agenda_round_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.risk_id} ({self.phase})"


class Seat(models.Model):
    """Whoever is at the meeting. One of an account, one a sub-district by its code, or written down by the chair.

    ``serial`` counts the phones that took a sub-district's seat: the last one holds it, and its votes go on with it.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="seats")
    kind = models.CharField(max_length=16, choices=SeatKind.choices)
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="meeting_seats")
    account = models.CharField(max_length=150, blank=True)
    name = models.CharField(max_length=150)  # as the attendance list shows it
    office = models.CharField(max_length=32, blank=True)  # role code, where the law knows it
    serial = models.IntegerField(default=1)
    present = models.BooleanField(default=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["area__code", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["meeting", "account"], condition=~Q(account=""), name="seat_account_once"),
            models.UniqueConstraint(fields=["meeting", "area"], condition=Q(kind=SeatKind.CODE), name="seat_code_once"),
            models.CheckConstraint(
                condition=(Q(kind=SeatKind.ACCOUNT) & ~Q(account="")) | (~Q(kind=SeatKind.ACCOUNT) & Q(account="")),
                name="seat_of_an_account_names_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.area_id} {self.kind}"


class Vote(models.Model):
    """What one seat thinks of one risk in one round: one row, changed until the vote is closed.

    Votes are silent: no row of them is sealed by itself, the log keeps the sums when the vote is closed.
    """

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="votes")
    round = models.SmallIntegerField()
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="votes")
    probability = models.SmallIntegerField()
    impact = models.SmallIntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["item", "round", "seat"], name="vote_once"),
            models.CheckConstraint(
                condition=Q(probability__gte=1) & Q(probability__lte=5) & Q(impact__gte=1) & Q(impact__lte=5),
                name="vote_on_the_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}.{self.round}"  # never whose, never which


class Tally(models.Model):
    """The sums of one closed vote: what the log seals. ``cells``: 25 counts, probability by impact, lowest first."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="tallies")
    round = models.SmallIntegerField()
    seats = models.IntegerField()  # who could have voted
    votes = models.IntegerField()
    cells = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["round"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["item", "round"], name="tally_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}.{self.round}: {self.votes}/{self.seats}"


class Handout(models.Model):
    """Somebody is to answer for a barrier at an area by a day: said in the meeting, in force when it is closed."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="handouts")
    barrier = models.ForeignKey("risk.Barrier", on_delete=models.PROTECT, related_name="handouts")
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="handouts")
    owner_role = models.CharField(max_length=32)
    due = models.DateField()
    undone = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["due", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["item", "barrier", "area"], condition=Q(undone=False), name="handout_once"),
        ]

    def __str__(self) -> str:
        return f"{self.barrier_id}@{self.area_id} {self.due}"
