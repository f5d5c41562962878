"""The addresses of readiness, messages, signals and likelihood."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from satusuara.risk.pages import (
    likelihood,
    messages,
    readiness,
    readiness_cell,
    readiness_paper,
    readiness_phone,
    signals,
)

_AREA = r"^kesiapan/(?P<election>[-\w]+)/(?P<area_code>[^/]+)/"
HERE = "kesiapan/<slug:election>/<str:area_code>"

_readiness: list[URLPattern | URLResolver] = [
    path("kesiapan/", readiness.home, name="home"),
    path("kesiapan/penjaga.js", readiness_phone.worker, name="worker"),
    path("kesiapan/siapa.json", readiness_phone.who, name="who"),
    path("kesiapan/<slug:election>/", readiness.home, name="election"),
    path(f"{HERE}/", readiness.area, name="area"),
    path(f"{HERE}/pesan/", messages.messages_at, name="messages"),
    path(f"{HERE}/sinyal/", signals.signals, name="signals"),
    path(f"{HERE}/sinyal/<int:number>/", signals.signal, name="signal"),
    path(f"{HERE}/kemungkinan/", likelihood.likelihood, name="likelihood"),
    path(f"{HERE}/lembar/", readiness_paper.sheets, name="sheets"),
    re_path(_AREA + r"lembar\.(?P<ending>pdf)$", readiness_paper.sheets, name="sheets_pdf"),
    re_path(_AREA + r"kesiapan\.(?P<ending>csv|xlsx)$", readiness.download, name="download"),
    re_path(_AREA + r"(?P<letter>[A-Z])/$", readiness_cell.cell, name="cell"),
    re_path(
        _AREA + r"(?P<letter>[A-Z])/foto/(?P<sha256>[0-9a-f]{64})\.jpg$", readiness_cell.photo, name="photo"
    ),
]  # fmt: skip

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_readiness, "readiness")))]
