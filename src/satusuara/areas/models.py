"""The area tree, constituencies (dapil), boundaries and the crosswalk, each dated per election."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from satusuara.areas.choices import LinkKind, TableKind


class Election(models.Model):
    """One election under one law folder. Codes of its areas are of its own scheme and mean nothing in another."""

    code = models.SlugField(primary_key=True, max_length=32)  # "id-2024"
    law = models.CharField(max_length=64)  # the law folder's id
    name_id = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    day = models.DateField()
    scheme = models.CharField(max_length=32)  # whose codes: "kpu-2019", "kpu-2024"

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return self.code


class Area(models.Model):
    """A node of the tree, from the nation's parts down to the polling station (TPS); levels come from the law.

    ``path`` is "/" + the codes from the root, joined and closed by "/": an area's descendants are the rows whose
    path starts with its own. Rights, filters and sums all recurse by it.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="areas")
    code = models.CharField(max_length=16)
    level = models.CharField(max_length=32)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=120)
    abroad = models.BooleanField(default=False)
    special = models.BooleanField(default=False)  # a TPS at a special location (901 and up)
    stations = models.IntegerField(null=True)  # polling stations as the source counts them; null = no source
    lon_e6 = models.IntegerField(null=True)  # 1e-6 degree, WGS 84; where there is no boundary, a marker
    lat_e6 = models.IntegerField(null=True)
    note = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["election_id", "code"]
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["election", "code"], name="area_code_once")]
        indexes = [
            models.Index(fields=["election", "path"]),
            models.Index(fields=["election", "level"]),
        ]

    def __str__(self) -> str:
        return f"{self.election_id}:{self.code} {self.name}"


class Boundary(models.Model):
    """An area's outline as GeoJSON MultiPolygon coordinates (lon, lat; WGS 84)."""

    area = models.OneToOneField(Area, on_delete=models.PROTECT, related_name="boundary")
    coordinates = models.JSONField()
    source = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.area_id} ({self.source})"


class District(models.Model):
    """A constituency (dapil) of one contest. ``seats`` stays empty until a source says it."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="districts")
    contest = models.CharField(max_length=32)
    code = models.CharField(max_length=16)
    name = models.CharField(max_length=200)
    seats = models.SmallIntegerField(null=True)
    seats_source = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["election_id", "contest", "code"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["election", "contest", "code"], name="district_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.election_id} {self.contest} {self.code} {self.name}"


class DistrictArea(models.Model):
    """An area of a constituency; ``part`` names the piece where only a part of the area belongs (is_pecah).

    ``area`` is null when the source names a piece whose area is not in the tree; ``area_code`` and ``name`` keep
    what the source says.
    """

    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="members")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="memberships")
    area_code = models.CharField(max_length=16)
    name = models.CharField(max_length=200)
    part = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["district", "area_code", "part"], name="district_area_once")
        ]

    def __str__(self) -> str:
        return f"{self.district_id}: {self.area_code} {self.part}".rstrip()


class AreaLink(models.Model):
    """The crosswalk: which village of an earlier election is which of a later one. TPS are never linked."""

    earlier = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="later_links")
    later = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="earlier_links")
    kind = models.CharField(max_length=16, choices=LinkKind.choices)
    source = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["earlier", "later"], name="area_link_once")]

    def __str__(self) -> str:
        return f"{self.earlier_id} -> {self.later_id} ({self.kind})"


class AreaImport(models.Model):
    """One table of areas read once, and what it changed; ``changes`` and ``rejects`` hold the first thousand."""

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="area_imports")
    kind = models.CharField(max_length=16, choices=TableKind.choices)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    rows = models.IntegerField()
    added = models.IntegerField()
    changed = models.IntegerField()
    unchanged = models.IntegerField()
    gone = models.IntegerField()
    rejected = models.IntegerField()
    changes = models.JSONField(default=list)
    rejects = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.election_id} {self.kind} {self.file_name}"


class AreaRegister(models.Model):
    """The rows that one ledger entry seals together (a regency's areas, a contest's constituencies).

    ``digests`` is {code: first 16 hex digits of the row's SHA-256} as sealed: the entry's hash says that something
    changed, these say which row.
    """

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="area_registers")
    kind = models.CharField(max_length=16, choices=TableKind.choices)
    group = models.CharField(max_length=64, blank=True)
    digests = models.JSONField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["election", "kind", "group"], name="area_register_once")
        ]

    def __str__(self) -> str:
        return f"{self.election_id}/{self.kind}/{self.group}"
