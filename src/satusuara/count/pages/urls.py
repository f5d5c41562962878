"""The addresses of bringing results in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from satusuara.count.pages import imports

_imports: list[URLPattern | URLResolver] = [
    path("kendali/impor/", imports.imports, name="imports"),
    path("kendali/impor/berkas/<int:number>/", imports.batch, name="import_batch"),
    path("kendali/impor/berkas/<int:number>/tertahan.csv", imports.batch_rejects, name="import_rejects"),
    re_path(r"^kendali/impor/(?P<sha256>[0-9a-f]{64})/$", imports.preview, name="import_preview"),
    re_path(
        r"^kendali/impor/(?P<sha256>[0-9a-f]{64})/tertahan\.csv$", imports.preview_rejects,
        name="import_preview_rejects",
    ),
]  # fmt: skip

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_imports, "count")))]
