"""Every address of the site and who may use it. A new address is not in this table: the test says so until it is.

A door is public (published results, sign-in), one's own (any account, and only about itself) or needs a right at the
area in the address. ``arguments`` builds the address for an area; None where the door makes no sense there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from satusuara.areas.models import Area
from satusuara.count.models import ImportBatch
from satusuara.law import load_law
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.risk.models import BarrierState, Register
from satusuara.roll.models import LinkageRun, MovingLetter, Pair, RollVersion, Voter
from satusuara.roll.models_work import RollJob
from tests.people.door import OWN, PUBLIC, Arguments, Door, place
from tests.people.doors_risk import RISK_DOORS
from tests.people.world import AT, World

PEOPLE_DOORS: dict[str, Door] = {
    "account_login": PUBLIC,
    "account_inactive": PUBLIC,
    "mfa_authenticate": PUBLIC,
    "account_logout": Door(why="everyone; signs out by POST only", methods=("GET",)),
    "account_reauthenticate": OWN,
    "mfa_reauthenticate": OWN,
    "account_change_password": OWN,
    "mfa_index": OWN,
    "mfa_activate_totp": OWN,
    "mfa_deactivate_totp": OWN,
    "mfa_view_recovery_codes": OWN,
    "mfa_generate_recovery_codes": OWN,
    "people:account": OWN,
    "people:end_sessions": OWN,
    "people:set_up": Door(arguments=lambda _w, _a: {"uidb64": "MQ", "token": "x-y"}, why="whoever holds the link"),
    "people:officers": Door(Right.PEOPLE, anywhere=True),
    "people:officers_at": Door(Right.PEOPLE, arguments=place),
    "people:appoint": Door(Right.PEOPLE, arguments=place),
    "people:end_appointment": Door(
        Right.PEOPLE, arguments=lambda w, a: _appointment_at(a), why="the area of the appointment"
    ),
    "people:new_link": Door(
        Right.PEOPLE,
        arguments=lambda w, a: _account_at(a),
        also=lambda scope, area: all(scope.allows(Right(right), area) for right in _rights_at(area)),
        why="and every right of the account",
    ),
}

WEB_DOORS: dict[str, Door] = {
    "set_language": Door(why="everyone; the language of the page, by POST", methods=("GET",)),
    "web:front": PUBLIC,
    "web:results": Door(arguments=lambda w, a: {**place(w, a), "contest": "ppwp"}, why="everyone: published figures"),
    "web:results_csv": Door(
        arguments=lambda w, a: {**place(w, a), "contest": "ppwp"}, why="everyone: published figures"
    ),
    "web:search": Door(query=lambda _w, a: {"q": a.code}, why="everyone: names of areas"),
    "web:about": PUBLIC,
    "web:manifest": PUBLIC,
}


def _of_api(_world: World, area: Area) -> dict[str, Any]:
    return {"election": area.election_id, "contest": "ppwp", "area": area.code}


def _of(*names: str) -> Arguments:
    return lambda w, a: {name: _of_api(w, a)[name] for name in names}


def _sees(**query: str) -> Door:
    return Door(Right.SEE, arguments=_of_api, query=lambda _w, _a: query)


_NO_FILE = {"sha256": "0" * 64}


def _form_typed(world: World, area: Area) -> dict[str, Any] | None:
    """The form of a station, typed; only stations have one."""
    return {**place(world, area), "contest": "ppwp"} if len(area.code) == 13 else None


def _batch(_world: World, _area: Area) -> dict[str, Any]:
    return {"number": ImportBatch.objects.order_by("pk").values_list("pk", flat=True)[0]}


_FILE_READ = Door(
    Right.IMPORT,
    anywhere=True,
    arguments=_batch,
    also=lambda scope, _area: scope.is_system,
    why="who read the file, or sees all of its source: here a command did, over two provinces",
)
COUNT_DOORS: dict[str, Door] = {
    "count:imports": Door(Right.IMPORT, anywhere=True),
    "count:import_preview": Door(Right.IMPORT, anywhere=True, arguments=lambda _w, _a: _NO_FILE),
    "count:import_preview_rejects": Door(Right.IMPORT, anywhere=True, arguments=lambda _w, _a: _NO_FILE),
    "count:import_batch": _FILE_READ,
    "count:import_rejects": _FILE_READ,
    "count:work_home": Door(Right.IMPORT, anywhere=True),
    "count:work": Door(Right.IMPORT, arguments=place),
    "count:next": Door(Right.IMPORT, arguments=lambda w, a: {**place(w, a), "contest": "ppwp"}),
    **dict.fromkeys(
        ("count:entry", "count:draft", "count:settle", "count:correct", "count:reopen", "count:add_photos"),
        Door(Right.IMPORT, arguments=_form_typed, methods=("GET",)),
    ),
    "count:photo": Door(
        arguments=lambda _w, _a: None, why="who may type or see the form (tests/count/test_entry_pages.py)"
    ),
}

API_DOORS: dict[str, Door] = {
    "api:openapi-json": PUBLIC,
    "api:api-root": Door(why="everyone; leads nowhere", arguments=lambda _w, _a: None),
    "api_nowhere": Door(why="everyone; leads nowhere", arguments=lambda _w, _a: None),
    "api:elections": PUBLIC,
    "api:election": Door(arguments=_of("election"), why="everyone: names"),
    "api:contests": Door(arguments=_of("election"), why="everyone: the law"),
    "api:areas": Door(arguments=_of("election"), why="everyone: names of areas"),
    "api:area": Door(arguments=_of("election", "area"), why="everyone: names of areas"),
    "api:children": Door(arguments=_of("election", "area"), why="everyone: names of areas"),
    "api:districts": Door(arguments=_of("election", "contest"), why="everyone: names"),
    "api:sources": Door(arguments=_of("election", "contest"), why="everyone: where figures come from"),
    "api:identities": Door(arguments=_of("election", "contest"), why="everyone: the law"),
    "api:summary": Door(arguments=_of_api, why="everyone: published figures"),
    "api:results_below": Door(arguments=_of_api, why="everyone: published figures"),
    "api:figures": Door(arguments=_of_api, why="everyone: published figures"),
    "api:forms": _sees(source="satu"),
    "api:form": Door(
        Right.SEE,
        arguments=lambda w, a: _of_api(w, a) if len(a.code) == 13 else None,
        query=lambda _w, _a: {"source": "satu"},
    ),
    "api:finding_counts": _sees(source="satu"),
    "api:comparisons": _sees(),
    "api:differences": _sees(),
    "api:recap_differs": _sees(first="satu", second="dua", recap="satu"),
    "api:export": Door(Right.EXPORT, arguments=_of_api, query=lambda _w, _a: {"source": "satu", "format": "xlsx"}),
}

AREAS_DOORS: dict[str, Door] = {
    "areas:index": PUBLIC,
    "areas:top": Door(arguments=lambda _w, a: {"election": a.election_id}, why="everyone: the area tree"),
    "areas:area": Door(arguments=place, why="everyone: facts of an area"),
    "areas:links": Door(arguments=lambda _w, a: {"election": a.election_id}, why="everyone: the crosswalk"),
    "areas:districts": Door(
        arguments=lambda _w, a: {"election": a.election_id, "contest": "dprd_kab"}, why="everyone: constituencies"
    ),
    "areas:outlines": Door(arguments=place, why="everyone: outlines of areas"),
}

DEVICE = Door(arguments=lambda _w, _a: None, why="enrolled devices, by signature (tests/pollbook/test_api.py)")
POLLBOOK_DOORS: dict[str, Door] = dict.fromkeys(
    ("api:put_segment", "api:get_have", "api:get_segments", "api:get_doubles", "api:get_marks", "api:get_packet"),
    DEVICE,
)


def _contest_at(_world: World, area: Area) -> dict[str, Any]:
    return {"election": area.election_id, "contest": "ppwp", "area_code": area.code}


def _of_election(*names: str) -> Arguments:
    return lambda w, a: {name: _contest_at(w, a)[name] for name in names}


CONTROL_DOORS: dict[str, Door] = {
    "control:home": Door(Right.SEE, anywhere=True),
    "control:election": Door(Right.SEE, anywhere=True, arguments=_of_election("election")),
    "control:contest": Door(Right.SEE, anywhere=True, arguments=_of_election("election", "contest")),
    "control:area": Door(Right.SEE, arguments=_contest_at),
    "control:forms": Door(Right.SEE, arguments=_contest_at),
    "control:differences": Door(Right.SEE, arguments=_contest_at),
    "control:shift": Door(Right.SEE, arguments=_contest_at),
    "control:download": Door(
        Right.EXPORT,
        arguments=lambda w, a: {**_contest_at(w, a), "ending": "xlsx"},
        also=lambda scope, area: scope.allows(Right.SEE, area),
        why="and what one may look at",
    ),
    "control:receipt": Door(
        Right.SEE,
        arguments=lambda w, a: _contest_at(w, a) if len(a.code) == 13 else None,
        query=lambda _w, _a: {"sumber": "satu", "versi": "1"},
    ),
}


def _of_register(_world: World, area: Area) -> Register | None:
    """The register of the area's election, opened for its regency by the test of doors."""
    rows = Register.objects.filter(election=area.election_id).select_related("area")
    return next((row for row in rows if area.path.startswith(row.area.path)), None)


def _register_at(world: World, area: Area) -> dict[str, Any] | None:
    return place(world, area) if _of_register(world, area) else None


def _gate_at(world: World, area: Area) -> dict[str, Any] | None:
    here = _register_at(world, area)
    return {**here, "letter": "A"} if here and len(area.code) == 13 else None


def _photo_at(world: World, area: Area) -> dict[str, Any] | None:
    gate = _gate_at(world, area)
    state = BarrierState.objects.filter(area=area, barrier__code="SIAP.A").exclude(photo="").first()
    return {**gate, "sha256": state.photo} if gate and state else None


def _signal_at(world: World, area: Area) -> dict[str, Any] | None:
    here, row = _register_at(world, area), _of_register(world, area)
    return {**here, "number": row.signals.all()[0].pk} if here and row else None


READINESS_DOORS: dict[str, Door] = {
    "readiness:home": Door(Right.SEE, anywhere=True),
    "readiness:election": Door(Right.SEE, anywhere=True, arguments=_of_election("election")),
    "readiness:who": OWN,
    "readiness:worker": Door(why="everyone: a script", arguments=lambda _w, _a: None),
    "readiness:area": Door(Right.SEE, arguments=_register_at),
    "readiness:messages": Door(Right.SEE, arguments=_register_at),
    "readiness:signals": Door(Right.SEE, arguments=_register_at),
    "readiness:signal": Door(Right.SEE, arguments=_signal_at),
    "readiness:likelihood": Door(Right.SEE, arguments=_register_at),
    "readiness:sheets": Door(Right.SEE, arguments=_register_at),
    "readiness:sheets_pdf": Door(
        Right.SEE, arguments=lambda w, a: {**place(w, a), "ending": "pdf"} if _gate_at(w, a) else None
    ),
    "readiness:download": Door(
        Right.EXPORT,
        arguments=lambda w, a: {**place(w, a), "ending": "csv"} if _register_at(w, a) else None,
        also=lambda scope, area: scope.allows(Right.SEE, area),
        why="and what one may look at",
    ),
    "readiness:cell": Door(Right.SEE, arguments=_gate_at),
    "readiness:photo": Door(Right.SEE, arguments=_photo_at),
    "api:take_sms": Door(
        arguments=lambda _w, _a: None, why="an SMS gateway, by signature (tests/risk/test_messages.py)"
    ),
}


def _voter(_world: World, area: Area, line: int = 1) -> Voter | None:
    """A made-up line of a station; None above stations."""
    if len(area.code) != 13:
        return None
    made = {"category": "dpt", "line": line, "name": f"Contoh {area.code[-7:]}", "name_key": "CONTOH", "digest": b"x"}
    return Voter.objects.get_or_create(election=area.election, area=area, rec_id=f"{area.code}-{line}", defaults=made)[
        0
    ]


def _numbered(row: Callable[[World, Area], Any]) -> Arguments:
    """The address of a row that belongs to the area; none where there is no such row."""

    def arguments(world: World, area: Area) -> dict[str, Any] | None:
        found = row(world, area)
        return {"number": found.pk} if found is not None else None

    return arguments


def _letter(world: World, area: Area) -> Any:
    origin, destination = _voter(world, area), _voter(world, area, 2)
    if origin is None or destination is None:
        return None
    made = {"destination": destination, "number": f"x/{area.code}", "reason": "duty", "contests": [], "at": AT}
    return MovingLetter.objects.get_or_create(origin=origin, defaults={**made, "code": area.code, "by": "t"})[0]


def _pair(world: World, area: Area) -> Any:
    a, b = _voter(world, area), _voter(world, area, 2)
    if a is None or b is None:
        return None
    counts = dict.fromkeys(("records", "pairs", "strike_list", "review"), 0)
    run, _ = LinkageRun.objects.get_or_create(
        election=area.election, area=area, design="t", defaults={"settings": {}, "at": AT, "by": "t", **counts}
    )
    made = {"run": run, "area": area, "score": 1, "decision": "review", "reasons": []}
    return Pair.objects.get_or_create(a=a, b=b, defaults=made)[0]


def _roll_version(_world: World, area: Area) -> Any:
    made = {"source": "t", "file_name": "t.csv", "file_sha256": "0" * 64, "at": AT, "by": "t", "state": "done"}
    return RollVersion.objects.get_or_create(
        election=area.election, area=area, category="dpt", number=1, defaults=made
    )[0]  # fmt: skip


def _job(_world: World, area: Area) -> Any:
    made = {"at": AT, "beat": AT, "by": "t", "state": "broken"}
    return RollJob.objects.get_or_create(election=area.election, area=area, kind="link", defaults=made)[0]


_SEES_ROLL, _KEEPS_ROLL = Door(Right.ROLL, arguments=place), Door(Right.ROLL_MANAGE, arguments=place)


def _takes_away(scope: Scope, area: Area) -> bool:
    return scope.allows(Right.ROLL, area)


ROLL_DOORS: dict[str, Door] = {
    "roll:home": Door(Right.ROLL, anywhere=True),
    **dict.fromkeys(
        (
            "roll:area",
            "roll:voters",
            "roll:printed",
            "roll:checks",
            "roll:duplicates",
            "roll:watch",
            "roll:letters",
            "roll:versions",
        ),
        _SEES_ROLL,
    ),
    "roll:queue": _KEEPS_ROLL,
    "roll:report": Door(Right.READY, arguments=place),
    "roll:download": Door(
        Right.EXPORT, arguments=lambda w, a: {**place(w, a), "ending": "xlsx"}, also=_takes_away, why="and the roll"
    ),
    "roll:voter": Door(Right.ROLL, arguments=_numbered(_voter)),
    **dict.fromkeys(
        ("roll:strike", "roll:restore", "roll:reveal", "roll:duty", "roll:move"),
        Door(Right.ROLL_MANAGE, arguments=_numbered(_voter)),
    ),
    "roll:letter": Door(Right.ROLL, arguments=_numbered(_letter)),
    "roll:cancel": Door(Right.ROLL_MANAGE, arguments=_numbered(_letter)),
    "roll:pair": Door(Right.ROLL_MANAGE, arguments=_numbered(_pair)),
    "roll:undo": Door(Right.ROLL_MANAGE, arguments=_numbered(_pair), methods=("GET", "POST")),
    "roll:job": Door(Right.ROLL_MANAGE, arguments=_numbered(_job)),
    "roll:resume": Door(Right.ROLL_MANAGE, arguments=_numbered(_job)),
    "roll:version": Door(Right.ROLL, arguments=_numbered(_roll_version)),
    "roll:held": Door(Right.ROLL, arguments=_numbered(_roll_version)),
    "roll:differences": Door(
        Right.EXPORT,
        arguments=lambda w, a: {"number": _roll_version(w, a).pk, "ending": "xlsx"},
        also=_takes_away,
        why="and the roll",
    ),
}

DOORS: dict[str, Door] = {
    **RISK_DOORS,
    **READINESS_DOORS,
    **AREAS_DOORS,
    **PEOPLE_DOORS,
    **WEB_DOORS,
    **API_DOORS,
    **COUNT_DOORS,
    **POLLBOOK_DOORS,
    **CONTROL_DOORS,
    **ROLL_DOORS,
}


def _appointment_at(area: Area) -> dict[str, Any] | None:
    row = area.appointments.order_by("pk").first()
    return {"appointment_id": row.pk} if row else None


def _account_at(area: Area) -> dict[str, Any] | None:
    row = area.appointments.order_by("pk").first()
    return {"user_id": row.user_id} if row else None


def _rights_at(area: Area) -> tuple[str, ...]:
    row = area.appointments.order_by("pk").first()
    return load_law(area.election.law).role(row.role).rights if row else ()


def every_pattern() -> Iterator[tuple[str, URLPattern, str]]:
    """(name with namespaces, pattern, route) of everything that the site answers to."""
    yield from _walk(get_resolver().url_patterns, (), "/")


def _walk(patterns: list[Any], spaces: tuple[str, ...], route: str) -> Iterator[tuple[str, URLPattern, str]]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, (*spaces, pattern.namespace) if pattern.namespace else spaces, here)
        else:
            yield ":".join((*spaces, pattern.name or "")), pattern, here
