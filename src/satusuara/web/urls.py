"""Every address of the site, assembled from the chapters."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("satusuara.people.pages.urls")),
]
