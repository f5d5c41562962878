"""Result forms as each source gives them: versions are added, never overwritten; sources never meet in a row."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from satusuara.areas.models import Area, Election
from satusuara.count.choices import FormStatus, SourceKind
from satusuara.count.models_entry import Acceptance, BallotPaper, Entry, Paper, Photo, Reopening

__all__ = [
    "Acceptance", "AreaSummary", "BallotPaper", "Entry", "Finding", "Form", "FormVersion", "ImportBatch", "Paper",
    "Photo", "RejectedRow", "Reopening", "Source",
]  # fmt: skip


class Source(models.Model):
    """Who says the figures of one contest, at the level of area it says them."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="sources")
    contest = models.CharField(max_length=32)
    name = models.SlugField(max_length=64)  # "sirekap"
    title_id = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, choices=SourceKind.choices)
    level = models.CharField(max_length=32)  # level of its areas: the law's station level, or a recap level
    origin = models.TextField(blank=True)  # where the figures were published
    note_id = models.TextField(blank=True)
    note_en = models.TextField(blank=True)

    class Meta:
        ordering = ["election_id", "contest", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["election", "contest", "name"], name="source_once")
        ]

    def __str__(self) -> str:
        return f"{self.election_id} {self.contest} {self.name}"


class ImportBatch(models.Model):
    """One file read once: its name, hash and time, and what became of its rows."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    rows = models.IntegerField()
    added = models.IntegerField()
    changed = models.IntegerField()
    unchanged = models.IntegerField()
    rejected = models.IntegerField()

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.file_sha256[:8]})"


class RejectedRow(models.Model):
    """A row that was held back, and why: nothing is dropped silently."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rejects")
    row = models.IntegerField()  # the number in the file, header = 1
    column = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.row} {self.column}: {self.reason}"


class Form(models.Model):
    """One result form (C.Hasil of a TPS, or a recapitulation row of a village) as one source shows it."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="forms")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="forms")
    version = models.OneToOneField("FormVersion", null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=FormStatus.choices)  # of the current version
    failures = models.SmallIntegerField(default=0)  # exact and bound identities that fail
    warnings = models.SmallIntegerField(default=0)
    complete = models.BooleanField(default=False)  # no blank among the cells that identities name

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["source", "area"], name="form_once")]
        indexes = [models.Index(fields=["area", "source"]), models.Index(fields=["source", "status"])]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.area_id}"


class FormVersion(models.Model):
    """The figures of a form at one time: {column: votes | null}; null = blank on the source, 0 = a written zero."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    number = models.SmallIntegerField()
    cells = models.JSONField()
    cells_sha256 = models.CharField(max_length=64)
    source_time = models.CharField(max_length=40, blank=True)  # as the source writes it
    published = models.JSONField(default=dict, blank=True)  # beside the figures: {"images": [address], "notes": {…}}
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="versions")
    row = models.IntegerField()  # in the batch's file

    class Meta:
        ordering = ["form_id", "number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.form_id}#{self.number}"


class Finding(models.Model):
    """An identity that does not hold on a version of a form."""

    version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="findings")
    identity = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)  # exact, bound, warning
    left = models.BigIntegerField()
    right = models.BigIntegerField()
    difference = models.BigIntegerField()  # left - right

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["version", "identity"], name="finding_once")
        ]

    def __str__(self) -> str:
        return f"{self.identity} {self.left}/{self.right}"


class AreaSummary(models.Model):
    """What one source holds below one area: counts of forms by status and sums of every column.

    Kept so that a page costs the same for a village and for the nation. ``sums`` adds only written figures;
    ``given`` counts how many forms gave each column (null is not 0).
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="summaries")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="summaries")
    expected = models.IntegerField()  # forms there should be (the tree's stations)
    forms = models.IntegerField()
    consistent = models.IntegerField()
    incomplete = models.IntegerField()
    empty = models.IntegerField()
    failing = models.IntegerField()
    warnings = models.IntegerField()  # forms with a warning, whatever their status
    complete = models.IntegerField(default=0)  # forms without a blank, whatever their status
    failures = models.IntegerField(default=0)  # identities that do not hold, over all forms
    sums = models.JSONField()
    given = models.JSONField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["source", "area"], name="area_summary_once")
        ]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.area_id}"
