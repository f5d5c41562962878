"""The vocabulary of the roll chapter's tables."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionState(models.TextChoices):
    """How far the reading of a list has come. Only ``DONE`` counts; ``READING`` goes on where it stopped."""

    READING = "reading", _("sedang dibaca")
    DONE = "done", _("selesai")


class VoterState(models.TextChoices):
    """``LOCKED`` lines stay on the list of the station, but nobody votes on them: the voter votes elsewhere."""

    ACTIVE = "active", _("aktif")
    LOCKED = "locked", _("terkunci: pindah memilih")
    STRUCK = "struck", _("dicoret")


class ChangeKind(models.TextChoices):
    ADDED = "added", _("bertambah")
    STRUCK = "struck", _("dicoret")
    MOVED = "moved", _("pindah TPS")
    CHANGED = "changed", _("data berubah")
    RESTORED = "restored", _("dikembalikan")


class LetterState(models.TextChoices):
    ISSUED = "issued", _("berlaku")
    CANCELLED = "cancelled", _("dibatalkan")


class JobKind(models.TextChoices):
    """Work that takes longer than a page may."""

    IMPORT = "import", _("membaca daftar")
    LINK = "link", _("mencari data ganda")


class JobState(models.TextChoices):
    WAITING = "waiting", _("menunggu")
    RUNNING = "running", _("berjalan")
    DONE = "done", _("selesai")
    REFUSED = "refused", _("ditolak")
    BROKEN = "broken", _("terputus")


class PairDecision(models.TextChoices):
    """What the linkage proposes: never more than a place in the queue."""

    STRIKE = "strike", _("ganda kuat")
    REVIEW = "review", _("perlu ditinjau")


class PairState(models.TextChoices):
    OPEN = "open", _("menunggu tinjauan")
    SECOND = "second", _("menunggu peninjau kedua")
    UNSURE = "unsure", _("belum yakin")  # both stations are told: the watch list
    DIFFERENT = "different", _("dua orang berbeda")
    STRUCK = "struck", _("satu baris dicoret")


class Verdict(models.TextChoices):
    SAME = "same", _("orang yang sama")
    DIFFERENT = "different", _("orang berbeda")
    UNSURE = "unsure", _("belum yakin")
