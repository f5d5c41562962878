"""The addresses of the control room. An area's own address leads to its map and list, a station's to its form."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from satusuara.web.control import area, differences, download, forms, shift, start

HERE = "kendali/<slug:election>/<slug:contest>/<str:area_code>"

_control: list[URLPattern | URLResolver] = [
    path("kendali/", start.home, name="home"),
    path("kendali/<slug:election>/", start.election, name="election"),
    path("kendali/<slug:election>/<slug:contest>/", start.election, name="contest"),
    path(f"{HERE}/", area.area, name="area"),
    path(f"{HERE}/formulir/", forms.forms, name="forms"),
    path(f"{HERE}/selisih/", differences.differences, name="differences"),
    path(f"{HERE}/pergeseran/", shift.shift, name="shift"),
    path(f"{HERE}/bukti.json", download.receipt, name="receipt"),
    re_path(
        r"^kendali/(?P<election>[-\w]+)/(?P<contest>[-\w]+)/(?P<area_code>[^/]+)/unduh\.(?P<ending>csv|xlsx|parquet)$",
        download.download,
        name="download",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_control, "control")))]
