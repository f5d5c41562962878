"""Needs, movements, boxes, hand-overs and loans. A stock is the sum of its movements; rows are only ever added."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from satusuara.ballots.choices import Arrived, BoxState, Condition, DeedKind, Transport

_ITEM = 32


class NeedList(models.Model):
    """What the stations of an area need, as computed once from the number of listed voters. The newest one holds."""

    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="ballot_needs")
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=200)  # where the numbers of voters are from
    rows_sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["area", "number"], name="ballots_need_list_once")
        ]

    def __str__(self) -> str:
        return f"{self.area_id} #{self.number}"


class Need(models.Model):
    """How much of one item a station needs. ``item``: a contest of the law, or one of its supplies (district "")."""

    list = models.ForeignKey(NeedList, on_delete=models.PROTECT, related_name="rows")
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=_ITEM)
    district = models.CharField(max_length=16, blank=True)
    voters = models.PositiveIntegerField()
    quantity = models.PositiveIntegerField()

    class Meta:
        ordering = ["area_id", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["list", "area", "item"], name="ballots_need_once")
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.item} {self.quantity}"


class Box(models.Model):
    """A box packed for a station. ``holder``: the store where it lies, also while it is on its way from there."""

    station = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="ballot_boxes")
    number = models.PositiveSmallIntegerField()
    seal = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=BoxState.choices, default=BoxState.SEALED)
    holder = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="boxes_held")

    class Meta:
        ordering = ["station__code", "number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["station", "number"], condition=~Q(state="void"), name="ballots_box_once"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=99), name="ballots_box_two_digits"),
        ]

    def __str__(self) -> str:
        return f"{self.station_id}/{self.number}"


class Deed(models.Model):
    """Something done to a store, with the movements it made. ``client_id``: sent twice, done once."""

    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="ballot_deeds")
    kind = models.CharField(max_length=8, choices=DeedKind.choices)
    client_id = models.CharField(max_length=64)
    reference = models.CharField(max_length=100, blank=True)  # lot, delivery note or minutes
    seal = models.CharField(max_length=32, blank=True)  # as it was on the box at this deed
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["by", "client_id"], name="ballots_deed_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.area_id}"


class Movement(models.Model):
    """So many of an item more (or fewer) in a store, loose or in a box."""

    deed = models.ForeignKey(Deed, on_delete=models.PROTECT, related_name="movements")
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="+")
    box = models.ForeignKey(Box, null=True, on_delete=models.PROTECT, related_name="movements")
    item = models.CharField(max_length=_ITEM)
    district = models.CharField(max_length=16, blank=True)
    condition = models.CharField(max_length=8, choices=Condition.choices)
    quantity = models.IntegerField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["area", "item", "district", "condition"])]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=~Q(quantity=0), name="ballots_movement_moves")
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.item} {self.quantity:+d}"


class Handover(models.Model):
    """Boxes from one store to another, under two signatures: whoever sends and whoever counts them on arrival."""

    sender = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="boxes_sent")
    receiver = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="boxes_expected")
    client_id = models.CharField(max_length=64)
    transport = models.CharField(max_length=10, choices=Transport.choices)
    due = models.DateTimeField()
    sent_by = models.CharField(max_length=150)
    sent_at = models.DateTimeField()
    sent_over_both = models.BooleanField()  # the sender has a say at the other end too
    received_by = models.CharField(max_length=150, blank=True)
    received_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["sent_by", "client_id"], name="ballots_handover_once"),
            models.CheckConstraint(condition=~Q(sent_by=F("received_by")), name="ballots_handover_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} -> {self.receiver_id}"


class HandoverBox(models.Model):
    """A box of a hand-over: its seal as sent, and how it was found."""

    handover = models.ForeignKey(Handover, on_delete=models.PROTECT, related_name="boxes")
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="handovers")
    seal_sent = models.CharField(max_length=32)
    seal_seen = models.CharField(max_length=32, blank=True)
    arrived = models.CharField(max_length=8, choices=Arrived.choices, blank=True)  # "": not yet

    class Meta:
        ordering = ["id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["handover", "box"], name="ballots_handover_box_once"),
            models.UniqueConstraint(fields=["box"], condition=Q(arrived=""), name="ballots_box_on_one_way"),
        ]

    def __str__(self) -> str:
        return f"{self.handover_id}/{self.box_id}"


class Check(models.Model):
    """Which district somebody read on the ballots of a box, before they are used."""

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="checks")
    item = models.CharField(max_length=_ITEM)
    district = models.CharField(max_length=16, blank=True)  # as read
    expected = models.CharField(max_length=16, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.box_id} {self.item} {self.district}"


class Loan(models.Model):
    """Ballots from one station to a neighbour that runs out, under minutes and two signatures."""

    lender = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="ballots_lent")
    borrower = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="ballots_borrowed")
    client_id = models.CharField(max_length=64)
    item = models.CharField(max_length=_ITEM)
    district = models.CharField(max_length=16, blank=True)
    quantity = models.PositiveIntegerField()
    minutes = models.CharField(max_length=100)  # number of the minutes
    lent_by = models.CharField(max_length=150)
    lent_at = models.DateTimeField()
    lent_over_both = models.BooleanField()
    received_by = models.CharField(max_length=150, blank=True)
    received_at = models.DateTimeField(null=True)
    deed = models.OneToOneField(Deed, null=True, on_delete=models.PROTECT, related_name="loan")

    class Meta:
        ordering = ["-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["lent_by", "client_id"], name="ballots_loan_once"),
            models.CheckConstraint(condition=~Q(lent_by=F("received_by")), name="ballots_loan_two_people"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="ballots_loan_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.lender_id} -> {self.borrower_id} {self.quantity}"


class Route(models.Model):
    """How long the way to an area takes and by what; the newest one holds, older ones stay."""

    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="ballot_routes")
    transport = models.CharField(max_length=10, choices=Transport.choices)
    hours = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.area_id} {self.transport} {self.hours} h"
