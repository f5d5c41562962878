"""The vocabulary of the pollbook chapter."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeviceRole(models.TextChoices):
    DOOR = "door", _("meja pendaftaran")
    EXIT = "exit", _("pintu keluar")
    SPARE = "spare", _("cadangan")


class Carrier(models.TextChoices):
    """How a segment came."""

    HTTPS = "https", _("jaringan")
    FILE = "file", _("berkas atau USB")
    QR = "qr", _("kode QR")


class Outcome(models.TextChoices):
    """What became of a segment."""

    STORED = "stored", _("tersimpan")
    KNOWN = "known", _("sudah ada")
    QUARANTINED = "quarantined", _("ditahan")
