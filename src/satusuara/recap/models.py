"""Where two sources, or two levels, say different things about the same area."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from satusuara.areas.models import Area
from satusuara.count.models import Source
from satusuara.recap.choices import DifferenceKind


class Difference(models.Model):
    """Two sources on one area, choice by choice, where they differ. ``cells`` is {column: [a, b]} of what differs.

    Where ``b`` gives no figure of its own at that level (a TPS source against a recapitulation), its value is the
    sum of its forms, and only where every form below gave one.
    """

    a = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    b = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=16, choices=DifferenceKind.choices)
    cells = models.JSONField()
    votes = models.BigIntegerField()  # sum of max(b - a, 0) and max(a - b, 0), whichever is larger

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["a", "b", "area"], name="difference_once")]

    def __str__(self) -> str:
        return f"{self.a_id}/{self.b_id} {self.area_id} {self.kind}"


class ComparedArea(models.Model):
    """Every pair of sources and area that was compared, so that "no difference" differs from "not compared"."""

    a = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    b = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="comparisons")  # an area above the forms
    level = models.CharField(max_length=32)  # level of the keys that were compared
    equal = models.IntegerField()
    net_zero = models.IntegerField()
    net_nonzero = models.IntegerField()
    not_comparable = models.IntegerField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["a", "b", "area", "level"], name="compared_area_once")
        ]

    def __str__(self) -> str:
        return f"{self.a_id}/{self.b_id} {self.area_id} {self.level}"
