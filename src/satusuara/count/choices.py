"""The vocabulary of the count chapter."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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
