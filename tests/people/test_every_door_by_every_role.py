"""Every page, export, file and API operation, walked by every role of the law, at its own area and at others'.

Whoever adds an address adds a line to ``tests/people/doors.py``: until then the first test fails and says which line.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse
from ninja import NinjaAPI

from satusuara import law
from satusuara.areas.models import Area
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from tests.people.doors import DOORS, Door, every_pattern
from tests.people.world import ABROAD, ELECTION, PLACES, Visitor, World, build_world, shows, visitors

OPEN = {200, 302, 405}
SHUT = {302, 401, 403, 404, 405}
HERE_AND_THERE = (*PLACES[1:], ABROAD[1])
LAW_ROLES = [f"{r.code}-{level or 'all'}" for r in law.load_law(ELECTION).roles for level in r.levels]
NAMES = ["stranger", "nobody", "ended", *LAW_ROLES]


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.mark.requirement(2, "7", "no page, export or API operation exists without a declared rule of who may use it")
def test_every_address_says_who_may_use_it() -> None:
    found = {name: route for name, _pattern, route in every_pattern()}
    undeclared = {name: route for name, route in found.items() if name not in DOORS}
    lines = [f'    "{name}": Door(Right.SEE, arguments=place),  # {route}' for name, route in undeclared.items()]
    assert not undeclared, "add to DOORS in tests/people/doors.py, with the right that each needs:\n" + "\n".join(lines)
    assert set(DOORS) <= set(found), f"no longer addresses: {sorted(set(DOORS) - set(found))}"


def test_every_operation_of_the_api_is_one_of_the_walked_addresses() -> None:
    routes = {re.sub(r"<[^>]*>", "{}", route).replace("\\Z", "") for _name, _pattern, route in every_pattern()}
    operations = [path for api in _apis() for path in api.get_openapi_schema(path_prefix="/api/")["paths"]]
    assert not [path for path in operations if re.sub(r"{[^}]*}", "{}", path) not in routes]


def _apis() -> Iterator[NinjaAPI]:
    seen: list[NinjaAPI] = []
    for _name, pattern, _route in every_pattern():
        view = getattr(pattern.callback, "__self__", None)
        for operation in getattr(view, "operations", []):
            if operation.api not in seen:
                seen.append(operation.api)
    return iter(seen)


@pytest.mark.requirement(2, "7", "every page, export and API operation as every role: nothing of another area is shown")
@pytest.mark.parametrize("who", NAMES)
def test_a_door_opens_for_its_right_and_shows_nothing_of_other_areas(
    who: str, world: World, settings: Any, client: Client, tmp_path: Path
) -> None:
    settings.HOME = tmp_path  # the log's key is made there
    settings.REQUIRE_SECOND_FACTOR = False  # of the second factor: test_gate
    visitor = next(v for v in visitors(world) if v.name == who)
    if visitor.user.is_authenticated:
        client.force_login(visitor.user, backend="django.contrib.auth.backends.ModelBackend")
    leaks = [leak for name, door in DOORS.items() for leak in _knock(name, door, visitor, world, client)]
    assert not leaks, "\n".join(leaks)


def _knock(name: str, door: Door, visitor: Visitor, world: World, client: Client) -> Iterator[str]:
    tried: set[str] = set()
    for code in HERE_AND_THERE:
        address = door.address(name, world, world.areas[code])
        if address is None or address in tried:
            continue
        tried.add(address)
        may = _may(door, visitor, world.areas[code])
        for method in door.methods if not may else door.methods[:1]:
            response = client.generic(method, address)
            yield from (
                f"{visitor.name} {method} {address}: {what}" for what in _wrong(response, may, door, visitor, world)
            )


def _may(door: Door, visitor: Visitor, area: Area) -> bool:
    if door.right is None:
        return visitor.user.is_authenticated or not door.own
    scope = visitor.scope
    held = scope.holds(door.right) if door.anywhere else scope.allows(door.right, area)
    return held and (door.also is None or door.also(scope, area))


def _wrong(response: Any, may: bool, door: Door, visitor: Visitor, world: World) -> Iterator[str]:
    expected = OPEN | ({404} if door.own else set()) if may else SHUT
    if response.status_code not in expected:
        yield f"status {response.status_code}, expected one of {sorted(expected)}"
    if not may and response.status_code == 302 and reverse("account_login") not in response.headers["Location"]:
        yield f"sent to {response.headers['Location']} instead of to sign in"
    body = text_of(response)
    if "Text(id=" in body or "&lt;function" in body or " object at 0x" in body:
        yield "shows an object of the program instead of words"
    scope = visitor.scope
    if ("Seberang Kanan" in body or "officer-there" in body) and not scope.allows(Right.PEOPLE, world.areas["732299"]):
        yield "names an officer of another area"
    if door.right is None and may:
        return  # published figures are everyone's
    for code, area in world.areas.items():
        if len(code) == 13 and not (may and _sees(scope, door, area)):
            if shows(body, world.marks[code]) or shows(body, world.marks[code] + 17):
                yield f"shows the figures of {code}"
            if code in body and code not in _asked(response):
                yield f"shows the code {code}"


def _sees(scope: Scope, door: Door, area: Area) -> bool:
    return door.right is not None and scope.allows(door.right, area)


def _asked(response: Any) -> str:
    """The address itself: a page may repeat what it was asked for."""
    request = response.request
    return f"{request['PATH_INFO']}?{request['QUERY_STRING']}"


def text_of(response: Any) -> str:
    """Whatever an answer carries, as text to search: HTML, JSON, CSV, the parts of an XLSX, the rows of a Parquet."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:4] == b"PAR1":
        return str(pq.read_table(io.BytesIO(content)).to_pylist())
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "\n".join(parts.read(part).decode(errors="replace") for part in parts.namelist())
    return content.decode(errors="replace")


def test_a_leak_would_be_seen(world: World) -> None:
    """The walker itself: a page that shows another area's form is named."""
    visitor = next(v for v in visitors(world) if v.name == "ppk-ketua-kecamatan")
    door = Door(Right.SEE)

    class Answer:
        status_code = 200
        streaming = False
        content = f"valid: {world.marks['7322992001001']:,}".replace(",", ".").encode()
        request = {"PATH_INFO": "/x/", "QUERY_STRING": ""}

    assert list(_wrong(Answer, True, door, visitor, world)) == ["shows the figures of 7322992001001"]
