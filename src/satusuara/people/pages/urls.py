"""The chapter's addresses. Those of the sign-in library are named one by one: what is not listed does not exist."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, URLResolver, include, path

from satusuara.people.pages import officers, own

_people: list[URLPattern | URLResolver] = [
    path("akun/", own.account, name="account"),
    path("akun/sesi/akhiri/", own.end_sessions, name="end_sessions"),
    path("masuk/atur/<str:uidb64>/<str:token>/", own.SetUp.as_view(), name="set_up"),
    path("petugas/", officers.roots, name="officers"),
    path("petugas/tugas/<int:appointment_id>/akhiri/", officers.end, name="end_appointment"),
    path("petugas/akun/<int:user_id>/tautan/", officers.new_link, name="new_link"),
    path("petugas/<str:election>/<str:area_code>/", officers.at_area, name="officers_at"),
    path("petugas/<str:election>/<str:area_code>/tugaskan/", officers.appoint, name="appoint"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("masuk/", account.login, name="account_login"),
    path("masuk/nonaktif/", account.account_inactive, name="account_inactive"),
    path("masuk/kode/", mfa.authenticate, name="mfa_authenticate"),
    path("masuk/ulang/", account.reauthenticate, name="account_reauthenticate"),
    path("masuk/ulang/kode/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("keluar/", account.logout, name="account_logout"),
    path("akun/sandi/", account.password_change, name="account_change_password"),
    path("akun/faktor-kedua/", mfa.index, name="mfa_index"),
    path("akun/faktor-kedua/aktifkan/", totp.activate_totp, name="mfa_activate_totp"),
    path("akun/faktor-kedua/nonaktifkan/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("akun/kode-pemulihan/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("akun/kode-pemulihan/buat/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("", include((_people, "people"))),
]
