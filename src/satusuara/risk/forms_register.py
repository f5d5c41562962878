"""What people type into the register. The deeds themselves decide (risk.actions)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class IssueForm(forms.Form):
    """An issue from the field, in a minute."""

    title = forms.CharField(
        label=_("Apa masalahnya?"),
        max_length=200,
        help_text=_("Satu kalimat. Misalnya: jembatan menuju TPS putus."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-mirip": ""}),
    )
    area = forms.ChoiceField(label=_("Di mana?"))
    stage = forms.ChoiceField(label=_("Pada tahapan apa?"))
    photo = forms.FileField(
        label=_("Foto"),
        required=False,
        help_text=_("Boleh dikosongkan. Tempat dan waktu di dalam berkas foto dihapus."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    detail = forms.CharField(
        label=_("Keterangan"),
        required=False,
        max_length=4000,
        help_text=_("Boleh dikosongkan. Jangan menulis NIK, nomor telepon, atau alamat."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    client_id = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, areas: Sequence[tuple[str, str]], stages: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = areas  # type: ignore[attr-defined]
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]


class MeetingForm(forms.Form):
    """A rakor: what it is called, when and where."""

    title = forms.CharField(label=_("Nama rapat"), max_length=200)
    day = forms.DateField(label=_("Hari"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    place = forms.CharField(label=_("Tempat"), max_length=200)
