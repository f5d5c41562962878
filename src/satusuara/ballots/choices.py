"""The vocabulary of ballots and their logistics."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Condition(models.TextChoices):
    """In which state things lie in a store. ``ORDERED`` and ``MISSING`` are not there: they are owed."""

    ORDERED = "ordered", _("dipesan")
    UNSORTED = "unsorted", _("belum disortir")
    GOOD = "good", _("baik")
    DAMAGED = "damaged", _("rusak")
    WRONG = "wrong", _("dapil lain")
    MISSING = "missing", _("kurang")


class DeedKind(models.TextChoices):
    ORDER = "order", _("pesanan cetak")
    RECEIPT = "receipt", _("penerimaan")
    SORT = "sort", _("sortir")
    PACK = "pack", _("pengemasan")
    OPEN = "open", _("pembukaan kotak")
    RESEAL = "reseal", _("penyegelan kembali")
    LOAN = "loan", _("pinjaman antar-TPS")
    DESTROY = "destroy", _("pemusnahan")
    REVERSE = "reverse", _("pembatalan")


class BoxState(models.TextChoices):
    SEALED = "sealed", _("tersegel")
    OPENED = "opened", _("dibuka")
    VOID = "void", _("kotak dibatalkan")


class Transport(models.TextChoices):
    LAND = "land", _("darat")
    MOTORCYCLE = "motorcycle", _("sepeda motor")
    AIR = "air", _("pesawat")
    WATER = "water", _("perahu")
    FOOT = "foot", _("jalan kaki")


class Arrived(models.TextChoices):
    """How a box was found by whoever received it."""

    WHOLE = "whole", _("utuh")
    BROKEN = "broken", _("rusak atau terbuka")
    MISSING = "missing", _("tidak datang")
