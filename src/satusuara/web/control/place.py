"""Where in the control room one stands: election, contest, area, and whose figures one looks at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.count.choices import FormStatus
from satusuara.count.models import Source
from satusuara.count.queries import sources as all_sources
from satusuara.kernel.pages import words
from satusuara.kernel.pages.parts import Crumb, Tab
from satusuara.law.model import Law
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import Scope, not_your_area


@dataclass(frozen=True)
class Place:
    """One address of the control room. ``sources``: all that speak of the contest; ``source``: the one looked at."""

    scope: Scope
    law: Law
    election: Election
    contest: str
    area: Area
    sources: Sequence[Source]
    source: Source | None
    lang: str

    @cached_property
    def prefix(self) -> str:
        """What every address of this election and contest starts with."""
        return reverse("control:area", args=[self.election.code, self.contest, "-"]).removesuffix("-/")

    def href(self, area_code: str, tail: str = "", **query: str) -> str:
        """The address of another area here; keeps the source where it was chosen."""
        asked = urlencode({name: value for name, value in query.items() if value})
        return f"{self.prefix}{area_code}/{tail}{'?' if asked else ''}{asked}"

    @cached_property
    def chosen(self) -> str:
        """The source's name for an address; "" where it is the one that is taken anyway."""
        default = default_source(self.law, self.sources)
        return self.source.name if self.source and self.source != default else ""

    @property
    def is_station(self) -> bool:
        return self.area.level == self.law.station_level

    @property
    def is_spoken_of(self) -> bool:
        """Whether some source has a figure of its own for areas of this level, not only sums of those below."""
        return any(source.level == self.area.level for source in self.sources)

    @property
    def has_rivals(self) -> bool:
        """Whether another source of the same level can differ from the one that is looked at."""
        return any(self.source and each != self.source and each.level == self.source.level for each in self.sources)

    @property
    def zone(self) -> tuple[str, str]:
        """(IANA zone, label) for times said on the page."""
        return self.law.zone_of(self.area.code, *(above.code for above in ancestors(self.area)))

    def level_name(self, code: str) -> str:
        return self.law.level(code).name.in_(self.lang)

    def name_of(self, area: Area) -> str:
        """An area's name; a station's number with the word for it."""
        return area_name(self.law, area, self.lang)

    @property
    def way(self) -> list[Crumb]:
        """The areas above this one, linked where one may look at them, and this one."""
        above = [*reversed(list(ancestors(self.area)))]
        found = [Crumb(self.name_of(area), self._up(area)) for area in above]
        return [*found, Crumb(self.name_of(self.area))]

    def _up(self, area: Area) -> str:
        return self.href(area.code, sumber=self.chosen) if self.scope.allows(Right.SEE, area) else ""

    def context(self) -> dict[str, Any]:
        """What every template of the control room needs."""
        contest = self.law.contest(self.contest)
        return {
            "place": self,
            "way": self.way,
            "title": self.name_of(self.area),
            "level": self.level_name(self.area.level),
            "contest_name": contest.name.in_(self.lang),
            "ballot_colour": contest.colour_token,
            "election_links": election_links(self.scope, self.election, self.lang),
            "source_name": self.source.name if self.source else "",
            "status_words": {status.value: str(status.label) for status in FormStatus},
            "downloads": self.downloads(self.chosen and urlencode({"sumber": self.chosen})),
        }

    def downloads(self, query: str = "") -> list[tuple[str, str]]:
        """(name, address) of what is seen as a file; empty without the right to export."""
        if self.source is None or not self.scope.allows(Right.EXPORT, self.area):
            return []
        tail = f"?{query}" if query else ""
        return [
            (name, f"{self.href(self.area.code, f'unduh.{name.lower()}')}{tail}") for name in ("CSV", "XLSX", "Parquet")
        ]

    def sections(self, here: str) -> list[Tab]:
        """The ways to look at an area; ``here``: "" (the area itself), "formulir", "selisih" or "pergeseran"."""
        names = {"": _("Wilayah"), "formulir": _("Formulir"), "selisih": _("Selisih"), "pergeseran": _("Pergeseran")}
        return [
            Tab(name, self.href(self.area.code, f"{tail}/" if tail else "", sumber=self.chosen), current=tail == here)
            for tail, name in names.items()
        ]

    def source_tabs(self) -> list[Tab]:
        """One tab a source."""
        return [
            Tab(title_of(each, self.lang), self.href(self.area.code, sumber=each.name), current=each == self.source)
            for each in self.sources
        ]


def place_of(request: HttpRequest, election: str, contest: str, area_code: str) -> Place:
    """The place of an address. Three queries.

    :raises Forbidden: no SEE there; the same whether the area exists or not
    :raises NotFound: the law of the election knows no such contest
    """
    scope = scope_for(request)
    above = "parent__parent__parent__parent"
    area = Area.objects.filter(election=election, code=area_code).select_related("election", above).first()
    if area is None:
        raise not_your_area()
    scope.require(Right.SEE, area)
    law = laws.load_law(area.election.law)
    law.contest(contest)
    sources = list(all_sources(scope, election, contest))
    wanted = request.GET.get("sumber", "")
    source = next((each for each in sources if each.name == wanted), None) or default_source(law, sources)
    lang = get_language() or "id"
    return Place(scope, law, area.election, contest, area, sources, source, lang)


def only_list(request: HttpRequest) -> bool:
    """Whether htmx asks for the list alone: a filter, a sort or a page of it, without the rest of the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target", "").endswith("#daftar")


def default_source(law: Law, sources: Sequence[Source]) -> Source | None:
    """The source looked at where none is named: the first that speaks of stations, else the first."""
    stations = [source for source in sources if source.level == law.station_level]
    return next(iter([*stations, *sources]), None)


def ancestors(area: Area) -> Iterator[Area]:
    """The areas above one, nearest first."""
    above = area.parent
    while above is not None:
        yield above
        above = above.parent


def area_name(law: Law, area: Area, lang: str) -> str:
    """An area's name; for a station whose name is its number, with the word for it."""
    if area.level != law.station_level or not area.name[:1].isdigit():
        return words.proper(area.name)
    return f"{law.level(area.level).name.in_(lang).split(' (')[0]} {area.name}"


def title_of(source: Source, lang: str) -> str:
    return (lang.startswith("en") and source.title_en) or source.title_id


def election_links(scope: Scope, current: Election | None, lang: str) -> list[dict[str, Any]]:
    """The elections that have figures and of which one sees something, newest first. One query."""
    rows = Election.objects.filter(sources__isnull=False).distinct().order_by("-day")
    return [
        {
            "label": election.name_en if lang.startswith("en") else election.name_id,
            "href": reverse("control:election", args=[election.code]),
            "current": election == current,
        }
        for election in rows
        if sees_of(scope, election.code)
    ]


def sees_of(scope: Scope, election: str) -> bool:
    """Whether SEE is held anywhere in an election."""
    return Right.SEE in scope.reach.everywhere or any(e == election for e, _path in scope.reach.paths(Right.SEE))
