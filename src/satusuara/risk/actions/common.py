"""What several deeds refuse in the same words."""

from __future__ import annotations

import re

from satusuara.areas.models import Area
from satusuara.kernel.errors import Forbidden, Refusal
from satusuara.kernel.i18n import Text
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.risk.models import Register

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LONG_NUMBER = re.compile(r"\d{14,}")  # longer than a station's code: a number of a person


def require_text(text: str, code: str, name: Text) -> str:
    """The text without outer spaces.

    :raises Refusal: ``<code>-missing``, ``number-of-a-person``
    """
    text = text.strip()
    if not text:
        raise Refusal(f"{code}-missing", Text(f"{name.id} belum diisi", f"{name.en} is missing"))
    return no_person(text)


def no_person(text: str) -> str:
    """:raises Refusal: ``number-of-a-person``"""
    if _LONG_NUMBER.search(text):
        raise Refusal(
            "number-of-a-person",
            Text("Nomor identitas seseorang tidak boleh ditulis di sini", "A person's identity number is not for here"),
            remedy=Text("Tulis TPS dan kejadiannya saja.", "Write only the station and what happened."),
        )
    return text


def require_photo(photo: str) -> str:
    """:raises Refusal: ``photo-unfit``"""
    if photo and not _SHA256.fullmatch(photo):
        raise Refusal("photo-unfit", Text("Foto tidak dikenali", "The photo is not recognised"))
    return photo


def require_inside(register: Register, area: Area) -> None:
    """:raises Refusal: ``area-outside-register``"""
    if area.election_id != register.election_id or not area.path.startswith(register.area.path):
        raise Refusal(
            "area-outside-register",
            Text("Wilayah itu di luar daftar risiko ini", "That area is outside this register"),
        )


def require_named(scope: Scope, office: str, area: Area) -> None:
    """A decision is somebody's: an account that holds ``office`` with the right to decide over ``area``.

    :raises Refusal: ``decider-unnamed``
    :raises Forbidden: ``office-not-held``
    """
    if scope.is_system or not scope.name:
        raise Refusal(
            "decider-unnamed",
            Text("Keputusan harus atas nama seorang pejabat", "A decision needs an officer's name"),
            remedy=Text("Masuklah sebagai pejabat yang memutuskan.", "Sign in as the officer who decides."),
        )
    held = any(
        grant.role == office and Right.RISK.value in grant.rights and grant.covers(area.election_id, area.path)
        for grant in scope.reach.grants
    )
    if not held:
        raise Forbidden(
            "office-not-held",
            Text("Anda tidak memutuskan dalam jabatan itu di wilayah ini", "You do not decide in that office here"),
        )
