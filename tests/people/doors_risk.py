"""The doors of the register and of its meetings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from satusuara.areas.models import Area
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.risk import actions
from satusuara.risk.models import Meeting, Register
from tests.people.door import PUBLIC, Door
from tests.people.world import World


def _register(_world: World, area: Area) -> dict[str, Any]:
    return {"election": area.election_id, "area_code": "7322"}


def _risk(world: World, area: Area) -> dict[str, Any]:
    return {**_register(world, area), "code": "VOT-10"}


def _regency(area: Area) -> Area:
    return Area.objects.get(election=area.election_id, code="7322")


def _member(right: Right) -> Callable[[Scope, Area], bool]:
    """Whether a right is held at, above or below the area of the register."""

    def held(scope: Scope, area: Area) -> bool:
        top = _regency(area)
        return scope.allows(right, top) or scope.areas(right).filter(path__startswith=top.path).exists()

    return held


def _leads(scope: Scope, area: Area) -> bool:
    return scope.allows(Right.RISK, _regency(area))


def _meeting(world: World, area: Area) -> dict[str, Any]:
    """A meeting that is open and has handed something out at the regency and at both sub-districts."""
    meeting = Meeting.objects.first()
    if meeting is None:
        at, top, scope = datetime(2024, 2, 8, tzinfo=UTC), _regency(area), Scope.system("t")
        register = Register.objects.get(area=top)
        meeting = actions.call_meeting(
            scope=scope, register=register, area=top, title="Rakor", day=at.date(), place="Aula", at=at
        )
        meeting = actions.open_meeting(scope=scope, meeting=meeting, at=at)
        item = meeting.items.first()
        assert item is not None
        barrier = item.risk.barriers.order_by("code")[0]
        for code in ("7322", "732201", "732299"):
            actions.hand_out(scope=scope, item=item, barrier=barrier, area=world.areas[code], at=at)
    return {"slug": meeting.slug}


def _tasks(world: World, area: Area) -> dict[str, Any]:
    return {**_meeting(world, area), "ending": "xlsx"}


def _sees_tasks(scope: Scope, area: Area) -> bool:
    rows = Area.objects.filter(election=area.election_id, code__in=("7322", "732201", "732299"))
    return any(scope.allows(Right.SEE, each) for each in rows)


_LEADS = Door(Right.RISK, anywhere=True, arguments=_meeting, also=_leads, why="who decides where the meeting is")
RISK_DOORS: dict[str, Door] = {
    "register:home": Door(Right.SEE, anywhere=True),
    "register:list": Door(Right.SEE, anywhere=True, arguments=_register, also=_member(Right.SEE)),
    "register:issue": Door(Right.READY, anywhere=True, arguments=_register, also=_member(Right.READY)),
    "register:similar": Door(Right.SEE, anywhere=True, arguments=_register, also=_member(Right.SEE), methods=("POST",)),
    "register:risk": Door(Right.SEE, anywhere=True, arguments=_risk, also=_member(Right.SEE)),
    "register:photo": Door(arguments=lambda _w, _a: None, why="as its issue (tests/risk/test_register_pages.py)"),
    "rakor:list": Door(Right.SEE, anywhere=True, arguments=_register, also=_member(Right.SEE)),
    "rakor:join": PUBLIC,
    "rakor:phone": Door(arguments=_meeting, why="whoever stands in the room; a seat takes an account or a code"),
    "rakor:phone_now": Door(arguments=_meeting, why="the same page"),
    "rakor:vote": Door(arguments=_meeting, why="whoever holds a seat (tests/risk/test_rakor_pages.py)"),
    "rakor:lead": _LEADS,
    "rakor:codes": _LEADS,
    "rakor:screen": _LEADS,
    "rakor:screen_now": _LEADS,
    "rakor:minutes": Door(
        Right.RISK, anywhere=True, arguments=_meeting, also=_leads, why="before the close only whoever leads"
    ),
    "rakor:tasks": Door(Right.SEE, anywhere=True, arguments=_tasks, also=_sees_tasks, why="cut to what one sees"),
}
