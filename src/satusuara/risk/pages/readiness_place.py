"""Where one stands in readiness, signals and likelihood: election, register, area, and the day as which it is read."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.areas.queries import ancestors
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.kernel.pages import words
from satusuara.kernel.pages.parts import Crumb, Tab
from satusuara.law.model import Law
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import Scope, not_your_area
from satusuara.risk import queries
from satusuara.risk.models import Register


@dataclass(frozen=True)
class Here:
    """One address. ``at``: now; ``today``: the day as which gates are read (``?hari=``), never after voting day."""

    scope: Scope
    law: Law
    register: Register
    area: Area
    at: datetime
    today: dt.date
    over: bool  # voting day has passed: a gate guards nothing any more
    zone: tuple[str, str]  # (IANA zone, label) of times said on the page
    lang: str

    @property
    def election(self) -> Election:
        return self.register.election

    @property
    def is_station(self) -> bool:
        return self.area.level == self.law.station_level

    @property
    def may_report(self) -> bool:
        return self.scope.allows(Right.READY, self.area)

    @property
    def may_decide(self) -> bool:
        return self.scope.allows(Right.RISK, self.area)

    def href(self, view: str = "readiness:area", code: str = "", *more: Any) -> str:
        return reverse(view, args=[self.election.code, code or self.area.code, *more])

    def name_of(self, area: Area) -> str:
        return place_name(self.law, area.level, area.name, self.lang)

    @property
    def station_word(self) -> str:
        """ "TPS"."""
        return self.law.level(self.law.station_level).name.in_(self.lang).split(" (")[0]

    def way(self, view: str = "readiness:area", last: str = "") -> list[Crumb]:
        """The areas above, linked where one may look at them, this one, and what of it."""
        top = len(self.register.area.path)
        above = [each for each in ancestors(self.area) if len(each.path) >= top]
        found = [
            Crumb(self.name_of(each), self.href(view, each.code) if self.scope.allows(Right.SEE, each) else "")
            for each in above
        ]
        found.append(Crumb(self.name_of(self.area), self.href(view) if last else ""))
        return [*found, Crumb(last)] if last else found

    def tabs(self, here: str) -> list[Tab]:
        """What one can look at of an area."""
        names = {
            "readiness:area": _("Kesiapan"), "readiness:messages": _("Pesan"), "readiness:signals": _("Sinyal"),
            "readiness:likelihood": _("Kemungkinan"),
        }  # fmt: skip
        return [Tab(name, self.href(view), current=view == here) for view, name in names.items()]

    def context(self, here: str, last: str = "") -> dict[str, Any]:
        """What every template of these pages needs."""
        return {
            "here": self,
            "way": self.way(here, last),
            "title": self.name_of(self.area),
            "level": self.law.level(self.area.level).name.in_(self.lang),
            "sections": self.tabs(here),
            "election_links": election_links(self.scope, self.election, self.lang),
        }


def here_of(request: HttpRequest, election: str, area_code: str) -> Here:
    """The place of an address.

    :raises Forbidden: no SEE there; the same whether the area exists or not
    :raises NotFound: ``no-register``
    """
    scope = scope_for(request)
    area = Area.objects.filter(election=election, code=area_code).select_related("election", "parent").first()
    if area is None:
        raise not_your_area()
    scope.require(Right.SEE, area)
    rows = Register.objects.filter(election=election).select_related("election", "area")
    register = next((row for row in rows if area.path.startswith(row.area.path)), None)
    if register is None:
        raise NotFound(
            "no-register",
            Text("Daftar risiko wilayah ini belum dibuka", "The register of this area is not open yet"),
            remedy=Text(
                "Tetapkan dahulu buku panduan untuk kabupaten/kota: satusuara playbook adopt.",
                "Adopt the playbook for the regency first: satusuara playbook adopt.",
            ),
        )
    law, at = laws.load_law(area.election.law), timezone.now()
    zone = law.zone_of(area.code, *(above.code for above in ancestors(area)))
    today = at.astimezone(ZoneInfo(zone[0])).date()
    asked = today
    with contextlib.suppress(ValueError):  # not a day: today
        asked = dt.date.fromisoformat(request.GET.get("hari", ""))
    seen_as = min(asked, register.election.day)
    return Here(scope, law, register, area, at, seen_as, today > register.election.day, zone, get_language() or "id")


def place_name(law: Law, level: str, name: str, lang: str) -> str:
    """An area's name; for a station whose name is its number, with the word for it."""
    if level != law.station_level or not name[:1].isdigit():
        return words.proper(name)
    return f"{law.level(level).name.in_(lang).split(' (')[0]} {name}"


def election_links(scope: Scope, current: Election, lang: str) -> list[dict[str, Any]]:
    """The elections that have a register of which one sees something, newest first."""
    found = {row.election for row in queries.registers(scope)}
    return [
        {
            "label": each.name_en if lang.startswith("en") else each.name_id,
            "href": reverse("readiness:election", args=[each.code]),
            "current": each == current,
        }
        for each in sorted(found, key=lambda each: each.day, reverse=True)
    ]
