"""The addresses of the register and of its meetings."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from satusuara.risk.pages import rakor, rakor_phone, rakor_screen, register, register_risk

HERE = "risiko/<slug:election>/<str:area_code>"
_ROOM = r"^rakor/(?P<slug>[A-Za-z0-9]{4})/"

_register: list[URLPattern | URLResolver] = [
    path("risiko/", register.home, name="home"),
    path(f"{HERE}/", register.listed, name="list"),
    path(f"{HERE}/lapor/", register.raise_issue, name="issue"),
    path(f"{HERE}/mirip/", register.similar, name="similar"),
    path(f"{HERE}/masalah/<str:code>/", register_risk.risk, name="risk"),
    path(f"{HERE}/masalah/<str:code>/foto.jpg", register_risk.photo, name="photo"),
]

_rakor: list[URLPattern | URLResolver] = [
    path(f"{HERE}/rakor/", rakor.listed, name="list"),
    path("rakor/", rakor_phone.join, name="join"),
    re_path(_ROOM + "$", rakor_phone.phone, name="phone"),
    re_path(_ROOM + "kini/$", rakor_phone.now, name="phone_now"),
    re_path(_ROOM + "suara/$", rakor_phone.vote, name="vote"),
    re_path(_ROOM + "pimpin/$", rakor.lead, name="lead"),
    re_path(_ROOM + "kode/$", rakor.codes, name="codes"),
    re_path(_ROOM + "layar/$", rakor_screen.screen, name="screen"),
    re_path(_ROOM + "layar/kini/$", rakor_screen.now, name="screen_now"),
    re_path(_ROOM + r"notulen\.pdf$", rakor.minutes_pdf, name="minutes"),
    re_path(_ROOM + r"tugas\.(?P<ending>pdf|xlsx|csv)$", rakor.tasks, name="tasks"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((_register, "register"))),
    path("", include((_rakor, "rakor"))),
]
