"""The vocabulary of the count chapter."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from satusuara.count.rules.entry import Stage


class SourceKind(models.TextChoices):
    """How a source came to its figures."""

    OFFICIAL_WEB = "official_web", _("tampilan web resmi")  # Sirekap, Situng
    VOLUNTEERS = "volunteers", _("pembacaan relawan")
    RECAP = "recap", _("rekapitulasi resmi")
    FORM = "form", _("formulir TPS")


class FormStatus(models.TextChoices):
    """How far one form can be trusted, worst first."""

    FAILING = "failing", _("tidak cocok")  # an exact identity or a bound fails
    EMPTY = "empty", _("kosong")  # no choice has a figure
    INCOMPLETE = "incomplete", _("belum lengkap")  # some cell is missing, nothing present is wrong
    CONSISTENT = "consistent", _("cocok")  # every cell present, every identity holds


class EntryStage(models.TextChoices):
    """Where a form stands between paper and figures: ``rules.entry.Stage`` in words."""

    FIRST = Stage.FIRST.value, _("menunggu entri pertama")
    SECOND = Stage.SECOND.value, _("menunggu entri kedua")
    SETTLING = Stage.SETTLING.value, _("berbeda, menunggu orang ketiga")
    ACCEPTED = Stage.ACCEPTED.value, _("diterima")


class EntryPass(models.IntegerChoices):
    """Which reading of a paper an entry is."""

    FIRST = 1, _("entri pertama")
    SECOND = 2, _("entri kedua")
    SETTLING = 3, _("penyelesaian selisih")


class AcceptedBy(models.TextChoices):
    """How figures were accepted."""

    AGREED = "agreed", _("dua entri sama")
    SETTLED = "settled", _("selisih diselesaikan orang ketiga")
    CORRECTED = "corrected", _("koreksi")


class CorrectionBasis(models.TextChoices):
    """On what a correction rests."""

    RECOUNT = "recount", _("penghitungan ulang surat suara")
    COPIES = "copies", _("pencocokan dengan salinan saksi dan pengawas")
    RULING = "ruling", _("putusan Bawaslu atau Mahkamah Konstitusi")
    READING = "reading", _("pembacaan ulang C.Hasil")
