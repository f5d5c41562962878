"""The addresses of the public face."""

from __future__ import annotations

from django.conf import settings
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from satusuara.web.pages import frame, results, search, styles

app_name = "web"
urlpatterns = [
    path("", results.front, name="front"),
    path("hasil/<str:election>/<str:contest>/<str:area_code>/", results.at_area, name="results"),
    path("hasil/<str:election>/<str:contest>/<str:area_code>/hasil.csv", results.download, name="results_csv"),
    path("cari/", search.search, name="search"),
    path("tentang/", frame.about, name="about"),
    path("manifest.webmanifest", frame.manifest, name="manifest"),
]
if settings.DEBUG:
    urlpatterns.append(path("gaya/", styles.page, name="styles"))

# Which language a visitor reads in is nobody's secret and nobody's harm: without a token, public pages need no cookie.
language = path("bahasa/", csrf_exempt(set_language), name="set_language")
