"""Devices, what they signed, and what it means. Segments and claims are added, never changed or removed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from satusuara.areas.models import Area, Election
from satusuara.pollbook.choices import Carrier, DeviceRole

LINES = 4096
"""Roll lines a station can have; ``RollKey.id`` = station's pk x LINES + line."""


class Device(models.Model):
    """A key that may speak for an area (a station, or a larger one for a spare). A reinstall is another device."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="poll_devices")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="poll_devices")
    device = models.CharField(max_length=32, unique=True)  # hex of the first 16 bytes of SHA-256(public key)
    public_key = models.BinaryField(max_length=32)
    dev_ix = models.SmallIntegerField()
    role = models.CharField(max_length=8, choices=DeviceRole.choices)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    manifest = models.BinaryField()  # as signed
    enrolled_at = models.DateTimeField()
    enrolled_by = models.CharField(max_length=150)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=150, blank=True)
    revoke_reason = models.TextField(blank=True)
    # what was heard of it: the highest number without a gap before it, and that event's hash
    head = models.BigIntegerField(default=0)
    head_hash = models.BinaryField(max_length=32, default=b"")
    waiting = models.BooleanField(default=False)  # something lies behind a gap

    class Meta:
        ordering = ["area_id", "dev_ix", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["area", "dev_ix"], condition=Q(revoked_at=None), name="dev_ix_once"),
        ]

    def __str__(self) -> str:
        return f"{self.device[:8]} {self.role} {self.area_id}"


class Arrival(models.Model):
    """Segments that reached the disk together: one commit, one entry in the log."""

    at = models.DateTimeField()
    segments_count = models.IntegerField()
    entry = models.BigIntegerField(null=True)  # index in the log

    def __str__(self) -> str:
        return f"{self.pk} ({self.segments_count})"


class Segment(models.Model):
    """A signed segment, byte for byte, with what pages need to count."""

    arrival = models.ForeignKey(Arrival, on_delete=models.PROTECT, related_name="segments")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="segments", db_index=False)  # see below
    station = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="poll_segments")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    prev_hash = models.BinaryField(max_length=32)
    last_hash = models.BinaryField(max_length=32)
    raw = models.BinaryField()
    check_ins = models.SmallIntegerField()
    inked = models.SmallIntegerField()
    refused = models.SmallIntegerField()
    refused_inked = models.SmallIntegerField()
    suspect = models.BooleanField()  # a stamp more than 15 minutes ahead of its arrival

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["hash"], name="poll_segment_once")]
        indexes = [models.Index(fields=["device", "first"])]

    def __str__(self) -> str:
        return f"{self.device_id}/{self.first}-{self.last}"


class Claim(models.Model):
    """A check-in: "this person was let in here". Live while no undo names it."""

    person = models.BinaryField(max_length=16)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="claims", db_index=False)
    seq = models.BigIntegerField()
    station = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="claims")
    line = models.SmallIntegerField(null=True)  # of the station's roll; null: named by a voter key
    category = models.SmallIntegerField()
    part = models.SmallIntegerField()
    mask = models.IntegerField()
    ms = models.BigIntegerField()  # as the device says
    undone = models.BooleanField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["device", "seq", "person"], name="claim_once")
        ]
        indexes = [models.Index(fields=["person"])]

    def __str__(self) -> str:
        return f"{self.device_id}/{self.seq}"


class Undo(models.Model):
    """One exact event that an undo names. ``counts``: it is here and may be taken back by that device."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="undos", db_index=False)
    seq = models.BigIntegerField()
    station = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    target_device = models.CharField(max_length=32)
    target_seq = models.BigIntegerField()
    kind = models.SmallIntegerField(null=True)  # of the event that was taken back
    counts = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["device", "seq", "target_device", "target_seq"], name="undo_once")
        ]
        indexes = [models.Index(fields=["target_device", "target_seq"])]

    def __str__(self) -> str:
        return f"{self.device_id}/{self.seq} -> {self.target_device[:8]}/{self.target_seq}"


class Conflict(models.Model):
    """Two live claims of one person: a lead, raised in the commit that brought the second. Never settled by a clock."""

    case_id = models.CharField(max_length=64, unique=True)
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="+")
    person = models.BinaryField(max_length=16)
    first = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")  # the smaller claim id
    second = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # one of the claims was taken back

    class Meta:
        ordering = ["-raised_at", "case_id"]

    def __str__(self) -> str:
        return self.case_id[:16]


class Fork(models.Model):
    """Two signed hashes under one number of a device: its key was copied, or it went back in time."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="forks")
    seq = models.BigIntegerField()
    first_hash = models.CharField(max_length=64)
    second_hash = models.CharField(max_length=64)
    raised_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["device", "seq", "first_hash", "second_hash"], name="poll_fork_once")
        ]

    def __str__(self) -> str:
        return f"{self.device_id}/{self.seq}"


class Quarantined(models.Model):
    """Bytes that were not accepted, kept as they came with the reason, until an officer decides."""

    sha256 = models.CharField(max_length=64, unique=True)
    raw = models.BinaryField()  # empty where it was larger than any segment; ``size`` says how large
    size = models.BigIntegerField()
    code = models.CharField(max_length=40)
    detail = models.CharField(max_length=200, blank=True)
    device = models.CharField(max_length=32, blank=True)  # as the bytes, or the address, say
    station = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    device_signed = models.BooleanField()  # its own key's signature held
    carrier = models.CharField(max_length=8, choices=Carrier.choices)
    at = models.DateTimeField()
    times = models.IntegerField(default=1)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.code} {self.sha256[:8]}"


class StationDay(models.Model):
    """Opening and closing of one station as its desks said; exact sums are made from the segments (queries)."""

    station = models.OneToOneField(Area, on_delete=models.PROTECT, related_name="poll_day")
    opened_ms = models.BigIntegerField(null=True)
    closed_ms = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.station_id}"


class RollKey(models.Model):
    """Which voter key stands behind a line of a station's roll. No name is kept here."""

    id = models.BigIntegerField(primary_key=True)
    key = models.BinaryField(max_length=16)
    part = models.SmallIntegerField()
    flags = models.SmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["key"])]

    def __str__(self) -> str:
        return str(self.pk)


class StationPacket(models.Model):
    """The locked packet of a station, as its devices fetch it."""

    station = models.OneToOneField(Area, on_delete=models.PROTECT, related_name="poll_packet")
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"{self.station_id} {self.sha256[:8]}"
