"""What is asked of whoever brings a file of results: whose figures these are, and the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from satusuara.count.choices import SourceKind
from satusuara.count.published import ENDINGS

ACCEPTED = ".csv,.parquet,.xlsx"


class ImportForm(forms.Form):
    """One file of one source. ``contests``: (election~contest, words); ``levels``: (level, words), "" the stations."""

    contest = forms.ChoiceField(label=_("Pemilihan"))
    source = forms.SlugField(
        label=_("Nama pendek sumber"),
        max_length=64,
        help_text=_("Huruf kecil tanpa spasi, misalnya sirekap. Sumber yang belum ada dibuat bersama berkas ini."),
        widget=forms.TextInput(attrs={"list": "sumber", "autocapitalize": "none", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Tabel hasil"),
        help_text=_(
            "CSV (UTF-8), Parquet, atau XLSX, satu baris satu formulir; atau ZIP JSON publik KPU. Paling besar 2 GB."
        ),
        widget=forms.FileInput(attrs={"accept": f"{ACCEPTED},{','.join(ENDINGS)}"}),
    )
    votes = forms.FileField(
        label=_("Tabel suara panjang (bila ada)"),
        required=False,
        help_text=_("Untuk pemilihan dengan daftar calon: tps_id, contest, party, candidate, votes."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    title = forms.CharField(
        label=_("Judul sumber"), max_length=200, required=False, help_text=_("Hanya untuk sumber baru.")
    )
    kind = forms.ChoiceField(
        label=_("Dari mana angkanya"), choices=SourceKind.choices, initial=SourceKind.FORM,
        help_text=_("Hanya untuk sumber baru."),
    )  # fmt: skip
    level = forms.ChoiceField(label=_("Tingkat angkanya"), required=False, help_text=_("Hanya untuk sumber baru."))

    def __init__(
        self, *args: Any, contests: Sequence[tuple[str, str]], levels: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contest"] = forms.ChoiceField(label=_("Pemilihan"), choices=contests)
        self.fields["level"] = forms.ChoiceField(
            label=_("Tingkat angkanya"), choices=levels, required=False, help_text=_("Hanya untuk sumber baru.")
        )


class SupersedeForm(forms.Form):
    """Why a file was wrong: goes into the ledger."""

    reason = forms.CharField(
        label=_("Alasan"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Tercatat di buku catatan. Jangan menulis NIK, nomor telepon, atau alamat."),
    )
