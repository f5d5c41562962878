"""The one door to everything that is not public: a scope, and what a person's appointments let him see.

scope = scope_of(request.user, at=timezone.now())
scope.require(Right.SEE, area)                       # or Forbidden
forms = scope.filter(Form.objects.all(), Right.SEE)  # only rows whose ``area`` lies in his areas
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.db.models import Model, Q, QuerySet

from satusuara import law
from satusuara.areas.models import Area
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
            allowed |= Q(**{f"{prefix}election_id": election}) & _below(f"{prefix}path", path, rows.db)
        return rows.filter(allowed) if allowed else rows.none()

    def areas(self, right: Right) -> QuerySet[Area]:
        """Every area where the right is held."""
        return self.filter(Area.objects.all(), right, area_field="")


def _below(field: str, path: str, using: str) -> Q:
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
        rights = frozenset(role_of(appointment).rights)
    except NotFound:
        rights = frozenset()
    return Grant(appointment.election_id, path, rights, appointment.role, appointment.participant)


def role_of(appointment: Appointment) -> Role:
    """The law's own words about the role of an appointment."""
    return law.load_law(appointment.election.law).role(appointment.role)


def needs_second_factor(user: User, *, at: datetime) -> bool:
    """Whether any role that ``user`` holds now must sign in with a second factor."""
    return any(role_of(a).second_factor for a in appointments_in_force(at=at).filter(user=user))
