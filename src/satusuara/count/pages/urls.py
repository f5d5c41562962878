"""The addresses of bringing results in."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from satusuara.count.pages import entry, entry_photos, entry_settle, entry_work, imports

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

_FORM = "entri/<slug:election>/<slug:contest>/<str:area_code>"
_entry: list[URLPattern | URLResolver] = [
    path("entri/", entry_work.home, name="work_home"),
    path("entri/<slug:election>/daftar/<str:area_code>/", entry_work.work, name="work"),
    path(f"{_FORM}/", entry.entry, name="entry"),
    path(f"{_FORM}/berikut/", entry.next_one, name="next"),
    path(f"{_FORM}/draf/", entry.draft, name="draft"),
    path(f"{_FORM}/selisih/", entry_settle.settle, name="settle"),
    path(f"{_FORM}/koreksi/", entry_settle.correct, name="correct"),
    path(f"{_FORM}/buka/", entry_settle.reopen, name="reopen"),
    path(f"{_FORM}/foto/", entry_photos.add_photos, name="add_photos"),
    re_path(
        r"^entri/(?P<election>[-\w]+)/(?P<contest>[-\w]+)/(?P<area_code>[^/]+)/foto/(?P<sha256>[0-9a-f]{64})\.jpg$",
        entry_photos.photo,
        name="photo",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include(([*_imports, *_entry], "count")))]
