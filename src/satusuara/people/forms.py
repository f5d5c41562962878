"""What officers type: appointments, their end, and new links. The deeds themselves decide (people.actions)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from satusuara.law.model import Role


class ReasonForm(forms.Form):
    """Why: goes into the ledger."""

    reason = forms.CharField(
        label=_("Alasan atau nomor keputusan"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Tercatat di buku catatan. Jangan menulis NIK, nomor telepon, atau alamat."),
    )


class LinkForm(ReasonForm):
    """A new one-time link, with or without a fresh second factor."""

    second_factor = forms.BooleanField(label=_("Hapus juga faktor kedua (ponsel hilang atau diganti)"), required=False)


class AppointForm(ReasonForm):
    """One appointment at the area of the page, to an account that exists or is made with it."""

    username = forms.CharField(
        label=_("Nama pengguna"),
        max_length=64,
        help_text=_("Nama pengguna yang sudah ada, atau yang baru. Pakai nama jabatan, misalnya ppk-utara."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    display_name = forms.CharField(
        label=_("Nama lengkap"), max_length=150, required=False, help_text=_("Hanya untuk akun baru.")
    )
    role = forms.ChoiceField(label=_("Peran"))
    participant = forms.CharField(
        label=_("Peserta pemilu"), max_length=100, required=False, help_text=_("Hanya untuk saksi: satu peserta saja.")
    )
    ends = forms.DateTimeField(
        label=_("Berakhir pada"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Kosongkan bila belum ditentukan."),
    )
    field_order = ("username", "display_name", "role", "participant", "ends", "reason")

    def __init__(self, *args: Any, roles: Sequence[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = get_language() or "id"
        self.fields["role"].choices = [(role.code, role.name.in_(lang)) for role in roles]  # type: ignore[attr-defined]
