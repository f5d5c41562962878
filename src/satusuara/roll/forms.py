"""What officers type about the roll. The deeds themselves decide (roll.actions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from satusuara.roll.choices import Verdict

ACCEPTED = ".csv,.parquet,.xlsx"
Choices = Sequence[tuple[str, str]]


class ReasonForm(forms.Form):
    """Why: stands in the log."""

    reason = forms.CharField(
        label=_("Alasan atau nomor dokumen"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Tercatat di buku catatan. Jangan menulis NIK, nomor telepon, atau alamat."),
    )


class StrikeForm(ReasonForm):
    """Which reason of the law, and what it is based on."""

    kind = forms.ChoiceField(label=_("Mengapa dicoret"))
    field_order = ("kind", "reason")

    def __init__(self, *args: Any, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(label=_("Mengapa dicoret"), choices=kinds)
        self.order_fields(self.field_order)


class DutyForm(forms.Form):
    """Where somebody works on voting day."""

    station = forms.CharField(
        label=_("Kode TPS tempat bertugas"),
        max_length=32,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Sebagai"))

    def __init__(self, *args: Any, roles: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(label=_("Sebagai"), choices=roles)


class UploadForm(forms.Form):
    """A list of one category of voters, whole for its area."""

    category = forms.ChoiceField(label=_("Kategori pemilih"))
    file = forms.FileField(
        label=_("Daftar pemilih"),
        help_text=_("CSV (UTF-8), XLSX, atau Parquet, dengan kepala kolom Model A. Seluruh daftar wilayah ini."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    source = forms.SlugField(
        label=_("Nama pendek sumber"), max_length=64, initial="dpt-kpu", help_text=_("Misalnya dpt-kpu atau dpshp.")
    )
    made_up = forms.BooleanField(
        label=_("Daftar buatan untuk latihan: tidak ada orang di baliknya"), required=False
    )  # fmt: skip

    def __init__(self, *args: Any, categories: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"] = forms.ChoiceField(label=_("Kategori pemilih"), choices=categories)
        self.order_fields(("category", "file", "source", "made_up"))


class ReviewForm(forms.Form):
    """One reviewer's verdict on a pair."""

    verdict = forms.ChoiceField(label=_("Putusan"), choices=Verdict.choices)
    keep = forms.ChoiceField(label=_("Baris yang tetap berlaku"), required=False)
    basis = forms.ChoiceField(label=_("Dasar putusan"))
    note = forms.CharField(
        label=_("Nomor dokumen atau catatan"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Jangan menulis NIK, nomor telepon, atau alamat."),
    )

    def __init__(self, *args: Any, keeps: Choices, bases: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"] = forms.ChoiceField(label=_("Baris yang tetap berlaku"), choices=keeps, required=False)
        self.fields["basis"] = forms.ChoiceField(label=_("Dasar putusan"), choices=bases)

    def clean(self) -> dict[str, Any]:
        """ "Same" names the line that stays; "other" says what."""
        data = super().clean() or {}
        if data.get("verdict") == Verdict.SAME and not data.get("keep"):
            self.add_error("keep", _("Pilih baris yang tetap berlaku."))
        if data.get("basis") == "other" and not data.get("note", "").strip():
            self.add_error("note", _("Tulis dasarnya."))
        return data


class MoveForm(forms.Form):
    """Why a voter votes elsewhere; the station stands in the address of the form."""

    reason = forms.ChoiceField(label=_("Alasan pindah memilih"))

    def __init__(self, *args: Any, reasons: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = forms.ChoiceField(
            label=_("Alasan pindah memilih"), choices=reasons, widget=forms.RadioSelect
        )


class ReportForm(forms.Form):
    """What a station counted: possible unlisted voters, and notices that came back by reason."""

    possible_unlisted = forms.IntegerField(
        label=_("Potensi pemilih DPK (orang)"), min_value=0, max_value=100_000, required=False,
        help_text=_("Warga ber-KTP-el di sini yang tidak ada dalam DPT dan DPTb. Kosongkan bila belum dihitung."),
        widget=forms.NumberInput(attrs={"class": "figure", "inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, *args: Any, reasons: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reasons = list(reasons)
        for code, words in reasons.items():
            self.fields[f"back-{code}"] = forms.IntegerField(
                label=words, min_value=0, max_value=100_000, required=False,
                widget=forms.NumberInput(attrs={"class": "figure", "inputmode": "numeric"}),
            )  # fmt: skip

    @property
    def undelivered(self) -> dict[str, int]:
        return {code: self.cleaned_data[f"back-{code}"] or 0 for code in self.reasons}
