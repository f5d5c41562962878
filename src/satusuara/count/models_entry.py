"""Forms typed by people: who stands on a ballot, what each person read, photos, and how figures were accepted.

Nothing here is changed once it is finished: an entry, an acceptance, a photo and a ballot are sealed as they are made.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from satusuara.count.choices import AcceptedBy, EntryPass, EntryStage


class BallotPaper(models.Model):
    """The ballot of one contest in one constituency. ``district``: its code, or that of the area that decides.

    ``lines`` is ``[[party, number, name], …]`` in the order of the paper; party 0 where there are no lists.
    """

    election = models.ForeignKey("areas.Election", on_delete=models.PROTECT, related_name="ballots")
    contest = models.CharField(max_length=32)
    district = models.CharField(max_length=16)
    number = models.SmallIntegerField(default=1)  # of its versions; the newest counts
    lines = models.JSONField()
    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["election_id", "contest", "district", "-number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["election", "contest", "district", "number"], name="ballot_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.election_id} {self.contest} {self.district}#{self.number}"


class Paper(models.Model):
    """One result form of a station on its way from paper to figures. Kept from the first time that somebody types."""

    source = models.ForeignKey("count.Source", on_delete=models.PROTECT, related_name="papers")
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="papers")
    stage = models.CharField(max_length=16, choices=EntryStage.choices, default=EntryStage.FIRST)
    round = models.SmallIntegerField(default=1)  # a form opened again begins the next

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["source", "area"], name="paper_once")]
        indexes = [models.Index(fields=["source", "stage"])]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.area_id} {self.stage}"


class Entry(models.Model):
    """What one person read on a paper. Unfinished, it is a draft of his own; which pass it is, is decided at its end.

    ``cells`` is {column: figure, "x" (cannot be read) or "-" (blank on the paper)}; ``said`` {column: words}, where the
    words do not say the figure; ``notes`` {finding: {"as_written", "reason"}}.
    """

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="entries")
    round = models.SmallIntegerField()
    by = models.CharField(max_length=150)
    nth = models.SmallIntegerField(null=True, choices=EntryPass.choices)  # null: a draft
    cells = models.JSONField(default=dict)
    said = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)  # of whoever settles with a figure that neither had
    started = models.DateTimeField()
    touched = models.DateTimeField()
    finished = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["paper", "round", "by"], name="entry_once_a_person"),
            models.UniqueConstraint(fields=["paper", "round", "nth"], name="entry_once_a_pass"),
            models.CheckConstraint(
                condition=Q(nth__isnull=True, finished__isnull=True) | Q(nth__isnull=False, finished__isnull=False),
                name="entry_finished_with_its_pass",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id}.{self.round}/{self.nth or '-'}"


class Photo(models.Model):
    """A photo of a sheet of the paper, kept under its own hash without metadata."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="photos")
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["paper_id", "id"]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["paper", "sha256"], name="photo_once")]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.sha256[:8]}"


class Acceptance(models.Model):
    """How a version of a form came about: the entries, findings and photos it rests on, or the correction that it is.

    ``marks`` is {column: "x" or "-"} of cells without a figure; ``findings`` [{code, kind, left, right, notes: [{by,
    as_written, reason}]}]; ``changes`` {column: [before, after]} and ``witnesses`` [name and office] of a correction.
    """

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="acceptances")
    version = models.OneToOneField("count.FormVersion", on_delete=models.PROTECT, related_name="acceptance")
    kind = models.CharField(max_length=16, choices=AcceptedBy.choices)
    entries = models.JSONField(default=list)  # ids
    marks = models.JSONField(default=dict)
    said = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    photos = models.JSONField(default=list)  # SHA-256
    changes = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    basis = models.CharField(max_length=32, blank=True)
    witnesses = models.JSONField(default=list)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["paper_id", "id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~Q(kind=AcceptedBy.CORRECTED) | (~Q(reason="") & ~Q(basis="")),
                name="correction_has_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.kind}"


class Reopening(models.Model):
    """An accepted form that was opened for a new round, and why; its figures stay shown until others are accepted."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="reopenings")
    round = models.SmallIntegerField()  # the one that it began
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["paper", "round"], name="reopening_once")]

    def __str__(self) -> str:
        return f"{self.paper_id}.{self.round}"
