"""What a door is: the address of a page, an operation or a file, and who may use it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from satusuara.areas.models import Area
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from tests.people.world import World

Arguments = Callable[[World, Area], dict[str, Any] | None]


def nothing(_world: World, _area: Area) -> dict[str, Any]:
    return {}


def place(_world: World, area: Area) -> dict[str, Any]:
    return {"election": area.election_id, "area_code": area.code}


@dataclass(frozen=True)
class Door:
    """Who may use an address. ``right`` None and ``own`` False: everyone."""

    right: Right | None = None
    own: bool = False
    arguments: Arguments = nothing
    query: Callable[[World, Area], dict[str, str]] | None = None
    methods: tuple[str, ...] = ("GET", "POST")
    also: Callable[[Scope, Area], bool] | None = None
    """What is wanted beside the right at the area, asked in the test's own words."""
    anywhere: bool = False
    """The address names no area: what it shows is cut to the areas where the right is held."""
    why: str = ""

    def address(self, name: str, world: World, area: Area) -> str | None:
        arguments = self.arguments(world, area)
        if arguments is None:
            return None
        query = "&".join(f"{k}={v}" for k, v in self.query(world, area).items()) if self.query else ""
        return reverse(name, kwargs=arguments) + (f"?{query}" if query else "")


PUBLIC = Door(why="everyone")
OWN = Door(own=True, why="any account, about itself")
