"""Where in the roll one stands, and what every page of it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.kernel.pages import words
from satusuara.kernel.pages.parts import Crumb, Tab
from satusuara.law.model import Law
from satusuara.law.roll import RollSpec
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import Scope, not_your_area
from satusuara.roll.queries import spec_of
from satusuara.roll.queries_tree import is_made_up

_ABOVE = "parent__parent__parent__parent"


@dataclass(frozen=True)
class Place:
    """An area of the roll, seen by somebody."""

    scope: Scope
    law: Law
    spec: RollSpec
    area: Area
    lang: str

    @property
    def is_station(self) -> bool:
        return self.area.level == self.law.station_level

    @cached_property
    def manages(self) -> bool:
        return self.scope.allows(Right.ROLL_MANAGE, self.area)

    @cached_property
    def exports(self) -> bool:
        return self.scope.allows(Right.EXPORT, self.area)

    @cached_property
    def made_up(self) -> bool:
        return is_made_up(self.area)

    @property
    def zone(self) -> tuple[str, str]:
        return self.law.zone_of(*(self.area.path.strip("/").split("/")[::-1]))

    def href(self, view: str = "area", area: Area | None = None) -> str:
        where = area or self.area
        return reverse(f"roll:{view}", args=[where.election_id, where.code])

    def name_of(self, area: Area) -> str:
        return area_name(self.law, area, self.lang)

    def whole_name(self, area: Area) -> str:
        """A station with its village: what tells it apart on a list of several."""
        return f"{self.name_of(area)} {words.proper(area.parent.name)}" if area.parent else self.name_of(area)

    def category_name(self, code: str) -> str:
        found = next((each for each in self.law.categories if each.code == code), None)
        return found.name.in_(self.lang) if found else code

    @property
    def categories(self) -> list[tuple[str, str]]:
        return [(each.code, each.name.in_(self.lang)) for each in self.law.categories]

    def reason_name(self, code: str) -> str:
        found = self.spec.strike_reason(code)
        return found.name.in_(self.lang) if found else code

    @property
    def way(self) -> list[Crumb]:
        above = [*reversed(list(_ancestors(self.area)))]
        crumbs = [
            Crumb(self.name_of(area), self.href(area=area) if self.scope.allows(Right.ROLL, area) else "")
            for area in above
        ]
        return [*crumbs, Crumb(self.name_of(self.area))]

    def tabs(self, here: str) -> list[Tab]:
        names = [
            ("area", _("Ringkasan")),
            ("voters", _("Daftar")),
            ("checks", _("Pemeriksaan")),
            ("duplicates", _("Data ganda")),
            ("letters", _("Pindah memilih")),
        ]
        if self.manages or self.scope.allows(Right.SEE, self.area):
            names.append(("versions", _("Versi dan impor")))
        return [Tab(label, self.href(view), current=view == here) for view, label in names]

    def context(self, here: str = "") -> dict[str, Any]:
        return {
            "place": self,
            "way": self.way,
            "title": self.name_of(self.area),
            "level": self.law.level(self.area.level).name.in_(self.lang),
            "sections": self.tabs(here) if here else [],
            "zone": self.zone,
        }


def place_of(request: HttpRequest, election: str, area_code: str, *, right: Right = Right.ROLL) -> Place:
    """The place of an address.

    :raises Forbidden: the right is not held there; the same whether the area exists or not
    """
    scope = scope_for(request)
    area = Area.objects.filter(election=election, code=area_code).select_related("election", _ABOVE).first()
    if area is None:
        raise not_your_area()
    scope.require(right, area)
    return here(scope, area)


def here(scope: Scope, area: Area) -> Place:
    """The place of an area that was found already."""
    return Place(scope, laws.load_law(area.election.law), spec_of(area.election), area, get_language() or "id")


def area_name(law: Law, area: Area, lang: str) -> str:
    """An area's name; a station's number with the word for it."""
    if area.level != law.station_level or not area.name[:1].isdigit():
        return words.proper(area.name)
    return f"{law.level(area.level).name.in_(lang).split(' (')[0]} {area.name}"


def _ancestors(area: Area) -> Iterator[Area]:
    above = area.parent
    while above is not None:
        yield above
        above = above.parent
