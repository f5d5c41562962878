"""The words of the two scales on which a rakor votes."""

from __future__ import annotations

from django.utils.translation import gettext as _


def probability_words() -> tuple[str, ...]:
    """1 … 5."""
    return (
        _("hampir mustahil"), _("kecil"), _("mungkin"), _("besar"), _("hampir pasti"),
    )  # fmt: skip


def impact_words() -> tuple[str, ...]:
    """1 … 5, from what is put right at once to what voids a result."""
    return (
        _("beres di tempat"), _("perlu waktu"), _("hitung ulang"), _("suara ulang"), _("hasil batal"),
    )  # fmt: skip


def names() -> tuple[str, str]:
    """What is asked."""
    return _("Kemungkinan terjadi di sini"), _("Akibat bila terjadi")
