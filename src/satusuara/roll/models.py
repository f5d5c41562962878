"""The voter roll: lines with their versions, letters of those who vote elsewhere, and pairs under review.

Identity and family card numbers are kept sealed (``vault``); beside each stands a keyed token by which equal numbers
are found without opening any. Rows are struck and locked, never deleted, until the law says that the roll is erased.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from satusuara.areas.models import Area, Election
from satusuara.roll.choices import (
    ChangeKind,
    LetterState,
    PairDecision,
    PairState,
    Verdict,
    VersionState,
    VoterState,
)


class RollVersion(models.Model):
    """One list read once, for one area and one category of voters: a version of that roll.

    ``content_sha256`` is over the digests of all its lines. ``next_row`` says where an interrupted reading goes on.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="roll_versions")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="roll_versions")
    category = models.CharField(max_length=16)  # a voter category of the law
    number = models.IntegerField()
    source = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    state = models.CharField(max_length=8, choices=VersionState.choices, default=VersionState.READING)
    next_row = models.IntegerField(default=0)
    rows = models.IntegerField(default=0)
    added = models.IntegerField(default=0)
    struck = models.IntegerField(default=0)
    moved = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    content_sha256 = models.CharField(max_length=64, blank=True)
    made_up = models.BooleanField(default=False)  # a made-up list: nobody on it exists

    class Meta:
        ordering = ["election_id", "area_id", "category", "number"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["election", "area", "category", "number"], name="roll_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.election_id} {self.area_id} {self.category} v{self.number}"


class HeldBack(models.Model):
    """A row of a list that was not taken, and why. ``value`` never holds a whole identity number."""

    version = models.ForeignKey(RollVersion, on_delete=models.PROTECT, related_name="held_back")
    row = models.IntegerField()  # the number in the file, header = 1
    column = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.row} {self.column}: {self.reason}"


class Voter(models.Model):
    """One line of a station's list. ``digest`` is over everything the list says of it (keyed, see ``vault``)."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="voters")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="voters")  # the station
    category = models.CharField(max_length=16)
    rec_id = models.CharField(max_length=64)  # as the list names the record, or made from its content
    line = models.IntegerField()  # number on the list of the station
    nik_sealed = models.BinaryField(null=True)
    nik_token = models.BinaryField(max_length=16, null=True)
    nkk_sealed = models.BinaryField(null=True)
    nkk_token = models.BinaryField(max_length=16, null=True)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200)  # capitals, single spaces: for searching
    birth_place = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=4, blank=True)
    marital = models.CharField(max_length=4, blank=True)
    address = models.CharField(max_length=300, blank=True)
    rt = models.CharField(max_length=8, blank=True)
    rw = models.CharField(max_length=8, blank=True)
    disability = models.CharField(max_length=60, blank=True)
    digest = models.BinaryField(max_length=16)
    made_up = models.BooleanField(default=False)  # a line of a made-up roll: never a person
    flags = models.CharField(max_length=100, blank=True)  # soft flags found as the list was read, ",nik.date,nik.sex,"
    state = models.CharField(max_length=8, choices=VoterState.choices, default=VoterState.ACTIVE)
    reason = models.CharField(max_length=32, blank=True)  # a strike reason of the law, where struck or locked
    since = models.ForeignKey(RollVersion, null=True, on_delete=models.PROTECT, related_name="lines")

    class Meta:
        ordering = ["area_id", "category", "line", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["election", "category", "rec_id"], name="voter_record_once"),
        ]
        indexes = [
            models.Index(fields=["election", "nik_token"]),
            models.Index(fields=["election", "nkk_token"]),
            models.Index(fields=["area", "category", "line"]),
            models.Index(fields=["election", "name_key"]),
        ]

    def __str__(self) -> str:
        return f"{self.area_id}/{self.category}/{self.line}"


class RollChange(models.Model):
    """What became of one line: by a new version, a strike, a move, or its undoing.

    ``before`` is sealed (``vault``) JSON of what the line said, ``fields`` the names of what differs.
    """

    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="changes")
    version = models.ForeignKey(RollVersion, null=True, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=ChangeKind.choices)
    reason = models.CharField(max_length=32, blank=True)
    note = models.TextField(blank=True)
    from_area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    to_area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField(default=list)
    before = models.BinaryField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["version", "kind"])]

    def __str__(self) -> str:
        return f"{self.voter_id} {self.kind}"


class StationList(models.Model):
    """What the list of one station and category amounts to: sealed, so that a changed line is found by its station."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="roll_lists")
    category = models.CharField(max_length=16)
    lines = models.IntegerField()
    active = models.IntegerField()
    locked = models.IntegerField(default=0)
    sexes = models.JSONField(default=dict)  # {sex: active lines}
    content_sha256 = models.CharField(max_length=64)  # over the lines in order

    class Meta:
        ordering = ["area_id", "category"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["area", "category"], name="station_list_once")
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.category}"


class MovingLetter(models.Model):
    """The letter of a voter who votes elsewhere: issuing it locks his line and writes one where he goes, in one act."""

    number = models.CharField(max_length=40, unique=True)
    origin = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="letters")  # the locked line
    destination = models.OneToOneField(Voter, on_delete=models.PROTECT, related_name="letter")  # the new line
    reason = models.CharField(max_length=32)  # a move reason of the law
    contests = models.JSONField()  # codes of the ballots he is given, in the law's order
    code = models.CharField(max_length=32, unique=True)  # what the QR of the letter carries: by lot, says nothing
    state = models.CharField(max_length=10, choices=LetterState.choices, default=LetterState.ISSUED)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=150, blank=True)
    cancel_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["origin"], condition=Q(state="issued"), name="one_letter_in_force")
        ]

    def __str__(self) -> str:
        return self.number


class LinkageRun(models.Model):
    """One run of the linkage over a roll: with which design and thresholds, and what it found."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="linkage_runs")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="linkage_runs")
    design = models.CharField(max_length=64)
    settings = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    records = models.IntegerField()
    pairs = models.IntegerField()
    strike_list = models.IntegerField()
    review = models.IntegerField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.election_id} {self.area_id} {self.at:%F}"


class Pair(models.Model):
    """Two lines that may be one person. ``score`` is a probability in millionths."""

    run = models.ForeignKey(LinkageRun, on_delete=models.PROTECT, related_name="found")
    a = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="+")
    b = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="pairs")  # the lowest area that holds both
    cluster = models.CharField(max_length=64, blank=True)
    score = models.IntegerField()
    decision = models.CharField(max_length=8, choices=PairDecision.choices)
    reasons = models.JSONField()
    state = models.CharField(max_length=10, choices=PairState.choices, default=PairState.OPEN)
    held_by = models.CharField(max_length=150, blank=True)  # whoever has the batch in hand
    held_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-score", "id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["a", "b"], name="pair_once"),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="pair_in_order"),
        ]
        indexes = [models.Index(fields=["area", "state", "-score"])]

    def __str__(self) -> str:
        return f"{self.a_id}~{self.b_id}"


class Review(models.Model):
    """What one reviewer said of a pair. Never changed: whoever thinks again writes another one."""

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="reviews")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.TextField()
    keep = models.ForeignKey(Voter, null=True, on_delete=models.PROTECT, related_name="+")  # where "same"
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.pair_id} {self.verdict} {self.by}"


class Erasure(models.Model):
    """The roll of an election erased: how many rows of each kind there were."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="erasures")
    counts = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"{self.election_id} {self.at:%F}"


class Erased(models.Model):
    """A row that the log spoke of and that is erased: its last entry says so."""

    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=32)
    subject = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["kind", "subject"], name="erased_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
