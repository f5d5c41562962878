"""The one door to everything that is not public: a scope, and what a person's appointments let him see.

scope = scope_of(request.user, at=timezone.now())
scope.require(Right.SEE, area)                       # or Forbidden
forms = scope.filter(Form.objects.all(), Right.SEE)  # only rows whose ``area`` lies in his areas
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import connections
from django.db.models import Model, Q, QuerySet

from satusuara import law
from satusuara.areas.models import Area, Election
from satusuara.kernel.errors import Forbidden, NotFound
from satusuara.kernel.i18n import Text
from satusuara.law.model import Role
from satusuara.people.choices import Right
from satusuara.people.models import Appointment, User
from satusuara.people.rules import WHOLE_TREE, Grant, Reach

M = TypeVar("M", bound=Model)


class Place(Protocol):
    """An area, or anything that knows the election and the path of one."""

    @property
    def election_id(self) -> Any: ...

    @property
    def path(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class WholeTree:
    """All areas of one election, as a place to hold a right at."""

    election_id: str
    path: str = WHOLE_TREE


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see and do. ``name`` is how the ledger names him: an account, "system:<command>" or ""."""

    name: str
    reach: Reach

    @classmethod
    def public(cls) -> Scope:
        """Whoever has not signed in: published results, nothing else."""
        return cls("", Reach())

    @classmethod
    def system(cls, name: str) -> Scope:
        """A command run by whoever holds the machine: every right, everywhere."""
        return cls(f"system:{name}", Reach(everywhere=frozenset(Right.values)))

    @classmethod
    def oneself(cls, user: User) -> Scope:
        """Somebody acting on his own account and nothing else."""
        return cls(user.get_username(), Reach())

    @property
    def is_system(self) -> bool:
        return self.name.startswith("system:") and self.reach.everywhere == frozenset(Right.values)

    @property
    def is_public(self) -> bool:
        return self == Scope.public()

    def holds(self, right: Right) -> bool:
        """Whether the right is held anywhere at all: what a menu needs to know."""
        return right in self.reach.everywhere or bool(self.reach.paths(right))

    def allows(self, right: Right, area: Place) -> bool:
        return self.reach.allows(right, area.election_id, area.path)

    def require(self, right: Right, area: Place) -> None:
        """:raises Forbidden: ``not-your-area`` when the right is not held at the area."""
        if not self.allows(right, area):
            raise not_your_area()

    def filter(self, rows: QuerySet[M], right: Right, area_field: str = "area") -> QuerySet[M]:
        """``rows`` whose area lies where ``right`` is held.

        ``area_field`` is the lookup that leads from a row to its area ("version__form__area"); "" for areas themselves.
        """
        if right in self.reach.everywhere:
            return rows
        prefix = f"{area_field}__" if area_field else ""
        allowed = Q()
        for election, path in self.reach.paths(right):
            allowed |= Q(**{f"{prefix}election_id": election}) & below(f"{prefix}path", path, rows.db)
        return rows.filter(allowed) if allowed else rows.none()

    def areas(self, right: Right) -> QuerySet[Area]:
        """Every area where the right is held."""
        return self.filter(Area.objects.all(), right, area_field="")


def below(field: str, path: str, using: str) -> Q:
    """The condition that a path starts with ``path``, in the form that each database answers exactly and by index.

    SQLite's LIKE ignores case and indexes, its default comparison is by bytes: a range. PostgreSQL compares by locale,
    where "/" may not count: LIKE.
    """
    if path == WHOLE_TREE:
        return Q()
    if connections[using].vendor == "sqlite":
        return Q(**{f"{field}__gte": path, f"{field}__lt": path[:-1] + chr(ord("/") + 1)})
    return Q(**{f"{field}__startswith": path})


def not_your_area() -> Forbidden:
    """The one answer to a person outside his area; it does not tell whether there is anything to see."""
    return Forbidden(
        "not-your-area",
        Text("Anda tidak berwenang atas halaman atau wilayah ini", "You have no right over this page or area"),
        remedy=Text(
            "Mintalah penugasan kepada ketua atau divisi SDM di tingkat atas.",
            "Ask the chair or the personnel division above you for an appointment.",
        ),
    )


def scope_of(user: User | AnonymousUser, *, at: datetime) -> Scope:
    """What ``user`` may see and do at the moment ``at``: the sum of his appointments in force then. One query."""
    if not isinstance(user, User) or not user.is_active:
        return Scope.public()
    grants = tuple(grant_of(a) for a in appointments_in_force(at=at).filter(user=user))
    return Scope(user.get_username(), Reach(grants))


def appointments_in_force(*, at: datetime) -> QuerySet[Appointment]:
    """Every appointment that holds at ``at``, with its area and election."""
    rows = Appointment.objects.filter(Q(ends=None) | Q(ends__gt=at), starts__lte=at)
    return rows.select_related("area", "election", "user")


def grant_of(appointment: Appointment) -> Grant:
    """What an appointment gives, by the law of its election; nothing where the law no longer knows the role."""
    path = appointment.area.path if appointment.area else WHOLE_TREE
    try:
        role = role_of(appointment)
    except NotFound:
        return Grant(appointment.election_id, path, frozenset(), appointment.role)
    return Grant(
        appointment.election_id,
        path,
        frozenset(role.rights),
        role.code,
        appointment.participant,
        role.second_factor,
    )


def role_of(appointment: Appointment) -> Role:
    """The law's own words about the role of an appointment."""
    return law.load_law(appointment.election.law).role(appointment.role)


def grantable_roles(scope: Scope, election: Election, area: Area | None) -> tuple[Role, ...]:
    """The roles that exist at the area's level and whose every right ``scope`` holds there, in the law's order."""
    place: Place = area or WholeTree(election.code)
    if not scope.allows(Right.PEOPLE, place):
        return ()
    level = area.level if area else ""
    return tuple(
        role
        for role in law.load_law(election.law).roles
        if level in role.levels and not scope.reach.missing(role.rights, place.election_id, place.path)
    )


def officers_below(scope: Scope, place: Place, *, at: datetime) -> QuerySet[Appointment]:
    """Appointments in force at the place and below it, of which ``scope`` manages the people."""
    rows = appointments_in_force(at=at).filter(election_id=place.election_id)
    rows = rows.filter(below("area__path", place.path, rows.db))
    if scope.allows(Right.PEOPLE, WholeTree(place.election_id)):
        return rows
    return scope.filter(rows, Right.PEOPLE)


def accounts_without_appointment(scope: Scope, place: Place, *, at: datetime) -> QuerySet[User]:
    """Accounts kept at the place or below it that hold nothing now."""
    holders = appointments_in_force(at=at).values("user")
    rows = User.objects.filter(is_active=True, home__election_id=place.election_id).exclude(pk__in=holders)
    rows = rows.filter(below("home__path", place.path, rows.db)).select_related("home").order_by("username")
    return scope.filter(rows, Right.PEOPLE, area_field="home")


def require_over(scope: Scope, user: User, *, at: datetime) -> None:
    """That ``scope`` may act on the account of ``user``: PEOPLE where it is kept and at all its appointments, and every
    right it holds, so that replacing a password never gives anybody more than he has.

    :raises Forbidden: ``not-your-area`` or ``right-not-held``
    """
    if user.home is None and not scope.is_system:
        raise not_your_area()
    if user.home is not None:
        scope.require(Right.PEOPLE, user.home)
    for appointment in appointments_in_force(at=at).filter(user=user):
        place = place_of(appointment)
        scope.require(Right.PEOPLE, place)
        require_rights(scope, grant_of(appointment).rights, place)


def require_rights(scope: Scope, rights: Iterable[str], place: Place) -> None:
    """:raises Forbidden: ``right-not-held`` when ``scope`` lacks one of ``rights`` at the place."""
    missing = scope.reach.missing(rights, place.election_id, place.path)
    if missing:
        raise Forbidden(
            "right-not-held",
            Text("Tidak seorang pun memberi hak yang tidak ia miliki", "Nobody grants a right that he does not hold"),
            remedy=Text("Mintalah kepada ketua.", "Ask the chair."),
            details={"missing": list(missing)},
        )


def place_of(appointment: Appointment) -> Place:
    return appointment.area or WholeTree(appointment.election_id)


class _LinkTokens(PasswordResetTokenGenerator):
    """Tokens of one-time links: dead once used, once another is issued, and after ``PASSWORD_RESET_TIMEOUT``."""

    key_salt = "satusuara.people.setup-link"

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def _now(self) -> datetime:
        return self._at.astimezone(UTC).replace(tzinfo=None)


def link_tokens(*, at: datetime) -> PasswordResetTokenGenerator:
    """The maker and checker of setup links as of ``at``."""
    return _LinkTokens(at)


def appointment_payloads(ids: Iterable[str]) -> dict[str, Any]:
    """What the ledger sealed of appointments, as it stands now: {id: payload}."""
    rows = Appointment.objects.filter(pk__in=[int(i) for i in ids]).select_related("area")
    return {str(row.pk): appointment_payload(row) for row in rows}


def account_payloads(ids: Iterable[str]) -> dict[str, Any]:
    """What the ledger sealed of accounts, as it stands now: {id: payload}."""
    rows = User.objects.filter(pk__in=[int(i) for i in ids]).select_related("home")
    return {str(row.pk): account_payload(row) for row in rows}


def account_ids() -> list[str]:
    """Every account there is, so that one that no deed made is named."""
    return [str(pk) for pk in User.objects.values_list("pk", flat=True)]


def appointment_ids() -> list[str]:
    """Every appointment there is, so that one that no deed made is named."""
    return [str(pk) for pk in Appointment.objects.values_list("pk", flat=True)]


def appointment_payload(row: Appointment) -> dict[str, Any]:
    return {
        "user": row.user_id,
        "role": row.role,
        "election": row.election_id,
        "area": row.area.code if row.area else "",
        "participant": row.participant,
        "starts": row.starts.astimezone(UTC).isoformat(),
        "ends": row.ends.astimezone(UTC).isoformat() if row.ends else None,
        "granted_by": row.granted_by,
        "reason": row.reason,
        "ended_by": row.ended_by,
        "end_reason": row.end_reason,
    }


def account_payload(row: User) -> dict[str, Any]:
    """Without password and second factor: their changes are sealed as deeds, not as values."""
    home = f"{row.home.election_id}:{row.home.code}" if row.home else ""
    return {"username": row.username, "display_name": row.display_name, "home": home, "active": row.is_active}
