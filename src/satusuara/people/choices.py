"""The words of this chapter: what a person may be allowed to do."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Right(TextChoices):
    """A right, always held at an area and for everything below it. Which role holds which is law (roles.toml).

    ``PUBLIC`` is held by everyone everywhere, signed in or not: published results and the status of every figure.
    """

    PUBLIC = "public", _("melihat hasil yang dipublikasikan")
    SEE = "see", _("melihat ruang kendali, formulir, dan temuan")
    EXPORT = "export", _("mengunduh data")
    IMPORT = "import", _("memasukkan hasil")
    OBJECT = "object", _("mencatat keberatan")
    PEOPLE = "people", _("mengelola petugas")
    AREAS = "areas", _("mengelola wilayah")
    LEDGER = "ledger", _("memeriksa buku catatan")
    SETTINGS = "settings", _("mengatur sistem")
    ROLL = "roll", _("melihat daftar pemilih")
    ROLL_MANAGE = "roll-manage", _("mengurus daftar pemilih")
    READY = "ready", _("melaporkan kesiapan dan masalah")
    RISK = "risk", _("memutuskan penanganan risiko")
