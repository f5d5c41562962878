"""Every address of the site, assembled from the chapters."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from satusuara.web.api import api, nowhere
from satusuara.web.pages.urls import language

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    re_path(r"^api/", nowhere, name="api_nowhere"),
    path("", include("satusuara.people.pages.urls")),
    path("", include("satusuara.areas.pages.urls")),
    path("", include("satusuara.count.pages.urls")),  # before the control room, whose addresses begin alike
    path("", include("satusuara.risk.pages.urls_readiness")),
    path("", include("satusuara.risk.pages.urls_register")),
    path("", include("satusuara.roll.pages.urls")),
    path("", include("satusuara.web.pages.urls")),
    path("", include("satusuara.web.control.urls")),
    language,
]

handler400 = "satusuara.web.pages.frame.bad_request"
handler403 = "satusuara.web.pages.frame.forbidden"
handler404 = "satusuara.web.pages.frame.not_found"
handler500 = "satusuara.web.pages.frame.broken"
