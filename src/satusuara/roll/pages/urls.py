"""The addresses of the roll. No name and no number of a person ever stands in one."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from satusuara.roll.pages import checks, duplicates, letters, lists, overview, review, versions, voter

PLACE = r"^daftar/(?P<election>[-\w]+)/(?P<area_code>[^/]+)"
HERE = "daftar/<slug:election>/<str:area_code>"

_roll: list[URLPattern | URLResolver] = [
    path("daftar/", overview.home, name="home"),
    path("daftar/pemilih/<int:number>/", voter.voter, name="voter"),
    path("daftar/pemilih/<int:number>/coret/", voter.strike, name="strike"),
    path("daftar/pemilih/<int:number>/kembalikan/", voter.restore, name="restore"),
    path("daftar/pemilih/<int:number>/nik/", voter.reveal, name="reveal"),
    path("daftar/pemilih/<int:number>/tugas/", voter.duty, name="duty"),
    path("daftar/pemilih/<int:number>/pindah/", letters.move, name="move"),
    path("daftar/surat/<int:number>/", letters.letter, name="letter"),
    path("daftar/surat/<int:number>/batal/", letters.cancel, name="cancel"),
    path("daftar/kerja/<int:number>/", versions.job, name="job"),
    path("daftar/kerja/<int:number>/lanjutkan/", versions.resume, name="resume"),
    path("daftar/versi/<int:number>/", versions.version, name="version"),
    path("daftar/versi/<int:number>/tertahan.csv", versions.held, name="held"),
    re_path(
        r"^daftar/versi/(?P<number>\d+)/perubahan\.(?P<ending>csv|xlsx|parquet)$", versions.differences,
        name="differences",
    ),
    path("daftar/pasangan/<int:number>/", review.pair, name="pair"),
    path("daftar/pasangan/<int:number>/urungkan/", review.undo, name="undo"),
    path(f"{HERE}/", overview.area, name="area"),
    path(f"{HERE}/laporan/", overview.report, name="report"),
    path(f"{HERE}/pemilih/", lists.voters, name="voters"),
    re_path(
        PLACE + r"/pemilih/unduh\.(?P<ending>csv|xlsx|parquet)$",
        lists.download,
        name="download",
    ),
    path(f"{HERE}/cetak/", lists.printed, name="printed"),
    path(f"{HERE}/periksa/", checks.checks, name="checks"),
    path(f"{HERE}/ganda/", duplicates.duplicates, name="duplicates"),
    path(f"{HERE}/tinjauan/", review.queue, name="queue"),
    path(f"{HERE}/pantau/", duplicates.watch, name="watch"),
    path(f"{HERE}/pindah/", letters.letters, name="letters"),
    path(f"{HERE}/versi/", versions.versions, name="versions"),
]  # fmt: skip

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_roll, "roll")))]
