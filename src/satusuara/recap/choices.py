"""The vocabulary of the recap chapter."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DifferenceKind(models.TextChoices):
    NET_ZERO = "net_zero", _("bergeser, jumlah tetap")  # votes moved between choices, the sum is the same
    NET_NONZERO = "net_nonzero", _("jumlah berbeda")
