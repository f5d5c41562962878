"""An appointment as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.people.models import Appointment
from satusuara.people.queries import role_of

WHOLE_TREE_CODE = "-"
"""Stands for the whole tree of an election where an address wants an area's code."""


@dataclass(frozen=True, slots=True)
class OfficerRow:
    id: int
    user_id: int
    name: str
    username: str
    role: str
    participant: str
    election: str
    area_name: str
    area_code: str
    starts: datetime
    ends: datetime | None
    granted_by: str


def officer_row(appointment: Appointment, lang: str) -> OfficerRow:
    """An appointment (with user, area, election loaded) in words of ``lang``; an unknown role shows its code."""
    try:
        role = role_of(appointment).name.in_(lang)
    except NotFound:
        role = appointment.role
    area = appointment.area
    return OfficerRow(
        id=appointment.pk,
        user_id=appointment.user_id,
        name=appointment.user.get_full_name(),
        username=appointment.user.username,
        role=role,
        participant=appointment.participant,
        election=Text(appointment.election.name_id, appointment.election.name_en).in_(lang),
        area_name=area.name if area else "",
        area_code=area.code if area else "",
        starts=appointment.starts,
        ends=appointment.ends,
        granted_by=appointment.granted_by,
    )
