"""The only writers of accounts and appointments. Every deed says who and why, and is sealed in the ledger."""

from __future__ import annotations

import re
import unicodedata
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from satusuara import law
from satusuara.areas.models import Area, Election
from satusuara.kernel.errors import Forbidden, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.model import Role
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.models import Appointment, User
from satusuara.people.queries import (
    Place,
    Scope,
    WholeTree,
    account_payload,
    appointment_payload,
    link_tokens,
    not_your_area,
    place_of,
    require_over,
    require_rights,
)

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
_LONG_NUMBER = re.compile(r"\d{14,}")  # longer than a station's code: a number of a person


@dataclass(frozen=True, slots=True)
class SetupLink:
    """The two parts of a one-time link by which a person sets his own password. Shown once, stored nowhere."""

    uid: str
    token: str


def together() -> AbstractContextManager[None]:
    """Several deeds of one page that stand or fall together."""
    return transaction.atomic()


def create_account(
    *, scope: Scope, username: str, display_name: str, home: Area | None, reason: str, at: datetime
) -> User:
    """A new account without a password, kept at ``home``. The same call again returns the account as it is.

    :raises Forbidden: without PEOPLE at ``home``
    :raises Refusal: ``username-unfit``, ``username-taken``, ``reason-missing``
    """
    _require_people(scope, home)
    _require_reason(reason)
    username = _fit_username(username)
    with transaction.atomic():
        user = User.objects.select_for_update().filter(username=username).first()
        if user:
            if (user.display_name, user.home_id) != (display_name, home.pk if home else None):
                raise Refusal(
                    "username-taken",
                    Text("Nama pengguna itu sudah dipakai", "That user name is taken"),
                    remedy=Text("Pilih nama lain.", "Choose another one."),
                )
            return user
        user = User(username=username, display_name=display_name, home=home)
        user.set_unusable_password()
        user.save()
        _seal_account(scope, "people.create_account", user, reason, at)
    return user


def appoint(
    *,
    scope: Scope,
    user: User,
    role: str,
    election: Election,
    area: Area | None,
    reason: str,
    at: datetime,
    participant: str = "",
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> Appointment:
    """Gives ``user`` a role at ``area`` (none: the whole tree) from ``starts`` (now) to ``ends`` (open).

    :raises Forbidden: outside the area where ``scope`` manages people, an account kept elsewhere, or a right not held
    :raises Refusal: ``role-not-at-level``, ``participant-missing``, ``participant-unfit``,
        ``area-of-another-election``, ``one-participant-only``, ``ends-before-start``, ``reason-missing``
    :raises NotFound: the law knows no such role
    """
    if area is not None and area.election_id != election.code:
        raise Refusal("area-of-another-election", Text("Wilayah milik pemilu lain", "The area is of another election"))
    place: Place = area or WholeTree(election.code)
    _require_people(scope, place)
    _require_people(scope, user.home)  # nobody entangles an account that others keep
    spec = law.load_law(election.law).role(role)
    _require_fit(spec, area, participant)
    require_rights(scope, spec.rights, place)
    _require_reason(reason)
    starts = starts or at
    if ends is not None and ends <= starts:
        raise Refusal(
            "ends-before-start", Text("Penugasan berakhir sebelum mulai", "The appointment ends before it starts")
        )
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        standing = Appointment.objects.filter(Q(ends=None) | Q(ends__gt=at), user=user, role=role, election=election)
        existing = standing.filter(area=area).first()
        if existing is not None and existing.participant == participant:
            return existing
        if spec.for_participant and standing.exclude(participant=participant).exists():
            raise Refusal(
                "one-participant-only",
                Text("Seorang saksi bertugas untuk satu peserta saja", "A witness acts for one participant only"),
                remedy=Text("Akhiri dahulu penugasan yang lama.", "End the earlier appointment first."),
            )
        appointment = Appointment.objects.create(
            user=user, role=role, election=election, area=area, participant=participant,
            starts=starts, ends=ends, granted_by=scope.name, reason=reason,
        )  # fmt: skip
        _seal_appointment(scope, "people.appoint", appointment, reason, at)
    return appointment


def end_appointment(*, scope: Scope, appointment: Appointment, reason: str, at: datetime) -> Appointment:
    """Ends an appointment now; the row stays. One that has ended already is returned as it is.

    :raises Forbidden: outside the area where ``scope`` manages people, or a role above its own rights
    """
    place = place_of(appointment)
    scope.require(Right.PEOPLE, place)
    require_rights(scope, law.load_law(appointment.election.law).role(appointment.role).rights, place)
    _require_reason(reason)
    with transaction.atomic():
        row = Appointment.objects.select_for_update(of=("self",)).select_related("area", "user").get(pk=appointment.pk)
        if row.ends is not None and row.ends <= at:
            return row
        row.ends = max(at, row.starts)
        row.ended_by, row.end_reason = scope.name, reason
        row.save(update_fields=["ends", "ended_by", "end_reason"])
        _seal_appointment(scope, "people.end_appointment", row, reason, at)
    return row


def issue_setup_link(*, scope: Scope, user: User, reason: str, at: datetime) -> SetupLink:
    """A one-time link to set a password. The old password, every older link and every session end with it.

    :raises Forbidden: unless ``scope`` holds PEOPLE and every right of the account wherever the account holds it
    """
    require_over(scope, user, at=at)
    _require_reason(reason)
    with transaction.atomic():
        row = User.objects.select_for_update(of=("self",)).select_related("home").get(pk=user.pk)
        row.set_unusable_password()
        row.save(update_fields=["password"])
        _seal_account(scope, "people.issue_setup_link", row, reason, at)
    return SetupLink(urlsafe_base64_encode(force_bytes(row.pk)), link_tokens(at=at).make_token(row))


def set_password(*, scope: Scope, user: User, password: str, at: datetime) -> None:
    """Sets a password: one's own, or by a command of the system. Ends every other session of the account.

    :raises Forbidden: somebody else's password
    :raises Refusal: ``password-weak``, saying why
    """
    if not scope.is_system and scope.name != user.username:
        raise not_your_area()
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Refusal("password-weak", Text(" ".join(weak.messages), " ".join(weak.messages))) from weak
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        _seal_account(scope, "people.set_password", user, "", at)


def use_setup_link(*, user: User, token: str, password: str, at: datetime) -> None:
    """Sets the password of ``user`` by his one-time link, once.

    :raises Forbidden: ``link-dead`` when it was used, replaced or is too old
    """
    with transaction.atomic():
        row = User.objects.select_for_update(of=("self",)).select_related("home").get(pk=user.pk)
        if not row.is_active or not link_tokens(at=at).check_token(row, token):
            raise Forbidden(
                "link-dead",
                Text("Tautan ini tidak berlaku lagi", "This link is no longer valid"),
                remedy=Text("Mintalah tautan baru kepada yang menugaskan Anda.", "Ask whoever appointed you for one."),
            )
        set_password(scope=Scope.oneself(row), user=row, password=password, at=at)


def end_sessions(*, scope: Scope, user: User, reason: str, at: datetime) -> None:
    """Signs an account out everywhere: one's own, or one that ``scope`` may act on.

    :raises Forbidden: as ``issue_setup_link``
    """
    if scope.name != user.username:
        require_over(scope, user, at=at)
    with transaction.atomic():
        row = User.objects.select_for_update(of=("self",)).select_related("home").get(pk=user.pk)
        row.session_serial += 1
        row.save(update_fields=["session_serial"])
        _seal_account(scope, "people.end_sessions", row, reason, at)
    user.session_serial = row.session_serial


def remove_second_factor(*, scope: Scope, user: User, reason: str, at: datetime) -> None:
    """Forgets the second factor of somebody who lost his phone; he sets up a new one when he next signs in.

    :raises Forbidden: as ``issue_setup_link``; never one's own
    """
    if scope.name == user.username:
        raise not_your_area()
    require_over(scope, user, at=at)
    _require_reason(reason)
    with transaction.atomic():
        row = User.objects.select_for_update(of=("self",)).select_related("home").get(pk=user.pk)
        Authenticator.objects.filter(user=row).delete()
        _seal_account(scope, "people.remove_second_factor", row, reason, at)


def _require_people(scope: Scope, place: Place | None) -> None:
    """PEOPLE at the place; without a place only the system."""
    if place is not None:
        scope.require(Right.PEOPLE, place)
    elif not scope.is_system:
        raise not_your_area()


def _require_fit(role: Role, area: Area | None, participant: str) -> None:
    if (area.level if area else "") not in role.levels:
        raise Refusal(
            "role-not-at-level",
            Text(f"Peran {role.name.id} tidak ada di tingkat ini", f"There is no {role.name.en} at this level"),
            remedy=Text("Pilih wilayah atau peran lain.", "Choose another area or role."),
        )
    if role.for_participant and not participant.strip():
        raise Refusal(
            "participant-missing",
            Text(
                "Saksi bertugas untuk satu peserta: sebutkan pesertanya", "A witness acts for one participant: name it"
            ),
        )
    if participant and not role.for_participant:
        raise Refusal(
            "participant-unfit",
            Text("Peran ini tidak mewakili peserta pemilu", "This role acts for no participant"),
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal(
            "reason-missing", Text("Sebutkan alasan atau nomor keputusannya", "Say why, or name the decision")
        )


def _fit_username(username: str) -> str:
    fit = unicodedata.normalize("NFKC", username).strip().lower()
    if _USERNAME.fullmatch(fit) and not _LONG_NUMBER.search(fit):
        return fit
    raise Refusal(
        "username-unfit",
        Text("Nama pengguna tidak dapat dipakai", "That user name cannot be used"),
        remedy=Text(
            "Pakai 3–64 huruf kecil, angka, titik, atau tanda hubung; jangan NIK atau nomor telepon.",
            "Use 3–64 small letters, digits, dots or hyphens; no identity or phone number.",
        ),
    )


def _seal_account(scope: Scope, action: str, user: User, reason: str, at: datetime) -> None:
    entry = Seal(
        action=action, subject_kind="people.user", subject_id=str(user.pk), payload=account_payload(user), reason=reason
    )
    seal(at=at, by=scope.name, seals=[entry])


def _seal_appointment(scope: Scope, action: str, row: Appointment, reason: str, at: datetime) -> None:
    entry = Seal(
        action=action,
        subject_kind="people.appointment",
        subject_id=str(row.pk),
        payload=appointment_payload(row),
        reason=reason,
    )
    seal(at=at, by=scope.name, seals=[entry])
