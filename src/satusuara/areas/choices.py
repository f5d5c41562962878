"""The vocabulary of the areas chapter."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LinkKind(models.TextChoices):
    SAME = "same", _("sama")
    RENAMED = "renamed", _("berganti nama")
    SPLIT = "split", _("dipecah")
    MERGED = "merged", _("digabung")


class TableKind(models.TextChoices):
    """What a table of areas is about."""

    TREE = "tree", _("pohon wilayah")
    DISTRICTS = "districts", _("daerah pemilihan")
    BOUNDARIES = "boundaries", _("batas wilayah")
    LINKS = "links", _("padanan antarpemilu")
