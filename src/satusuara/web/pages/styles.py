"""The living page of the look, only where SATUSUARA_DEBUG is set: every part of web/README.md, drawn."""

from __future__ import annotations

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from satusuara.kernel.pages.parts import Crumb, Piece, Tab


class Example(forms.Form):
    nama = forms.CharField(label="Nama pengguna", help_text="Pakai nama jabatan, misalnya ppk-utara.")
    sah = forms.IntegerField(label="Suara sah")
    yakin = forms.BooleanField(label="Angka ini tertulis demikian di formulir")


def page(request: HttpRequest) -> HttpResponse:
    """GET: every part with example content."""
    form = Example({"nama": "", "sah": "1 0"})
    context = {
        "form": form,
        "way": [Crumb("Sulawesi Selatan", "#"), Crumb("Luwu Utara", "#"), Crumb("Malangke")],
        "tabs": [Tab("Formulir", "#", current=True, count=1001), Tab("Sumber", "#"), Tab("Riwayat", "#", count=3)],
        "pieces": [
            Piece("consistent", "cocok", 430, "#"),
            Piece("incomplete", "belum lengkap", 52, "#"),
            Piece("failing", "tidak cocok", 56, "#"),
            Piece("empty", "kosong", 463, "#"),
        ],
        "page": Paginator(range(1001), 50).get_page(request.GET.get("hal", "7")),
    }
    return render(request, "web/styles.html", context)
