"""At which form, or over which area, somebody types: read once from the address."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from satusuara import law as laws
from satusuara.areas import queries as areas
from satusuara.areas.models import Area
from satusuara.count import papers
from satusuara.count.ballots import KnownBallot, ballot_at
from satusuara.count.models import Entry, Paper
from satusuara.count.rules.entry import Progress, Stage
from satusuara.kernel.errors import NotFound
from satusuara.kernel.pages.parts import Crumb
from satusuara.kernel.pages.words import proper
from satusuara.law.model import Law
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import Scope, not_your_area

STAGE_TONES = {
    Stage.ACCEPTED.value: "good", Stage.SETTLING.value: "warn", Stage.SECOND.value: "info",
    Stage.FIRST.value: "missing",
}  # fmt: skip
"""How a stage is drawn (kernel.pages.parts.TONES)."""


@dataclass(frozen=True)
class EntryPlace:
    """One form: the station, the contest, the ballot there, and how far its entries have come."""

    scope: Scope
    law: Law
    area: Area
    contest: str
    lang: str

    @cached_property
    def ballot(self) -> KnownBallot:
        return ballot_at(self.law, self.contest, self.area)

    @cached_property
    def paper(self) -> Paper | None:
        return papers.paper_at(papers.source_at(self.area.election, self.contest), self.area)

    @cached_property
    def _every(self) -> list[Entry]:
        return papers.all_of_round(self.paper) if self.paper else []

    @property
    def entries(self) -> list[Entry]:
        """Finished ones of this round."""
        return [entry for entry in self._every if entry.nth is not None]

    @cached_property
    def progress(self) -> Progress:
        return papers.progress_of(self.paper, self.entries)

    @cached_property
    def draft(self) -> Entry | None:
        """What the asker himself has typed and not finished."""
        mine = (entry for entry in self._every if entry.nth is None and entry.by == self.scope.name)
        return next(mine, None)

    @property
    def is_mine(self) -> bool:
        """Whether the asker has finished an entry of this round."""
        return self.scope.name in self.progress.hands

    @property
    def may_type(self) -> bool:
        return self.progress.stage in {Stage.FIRST, Stage.SECOND} and not self.is_mine

    @property
    def may_settle(self) -> bool:
        return self.progress.stage is Stage.SETTLING and not self.is_mine

    @cached_property
    def zone(self) -> tuple[str, str]:
        return self.law.zone_of(self.area.code, *areas.codes_of(self.area)[-2::-1])

    def href(self, name: str, **more: Any) -> str:
        return reverse(
            f"count:{name}",
            kwargs={"election": self.area.election_id, "contest": self.contest, "area_code": self.area.code, **more},
        )

    def context(self) -> dict[str, Any]:
        """What every page about one form needs. The way up is the work list of the areas above."""
        spec = self.law.contest(self.contest)
        above = areas.ancestors(self.area)
        seen = [each for each in above if self.scope.allows(Right.IMPORT, each)]
        return {
            "place": self,
            "way": [
                *(Crumb(proper(each.name), work_href(self.law, each, self.contest)) for each in seen),
                Crumb(proper(self.area.name)),
            ],
            "village": proper(above[-1].name) if above else "",
            "form_name": self.law.form(self.contest).name.in_(self.lang),
            "contest_name": spec.name.in_(self.lang),
            "ballot_colour": spec.colour_token,
            "work_href": work_href(self.law, seen[0], self.contest) if seen else "",
            "next_href": next_href(seen[0] if seen else self.area, self.contest) + f"?dari={self.area.code}",
            "drill": self.law.drill,
            "photos": list(self.paper.photos.all()) if self.paper else [],
            "zone": self.zone,
        }


def work_href(law: Law, area: Area, contest: str) -> str:
    """The work list of an area; the contest is left out where it is the first."""
    address = reverse("count:work", kwargs={"election": area.election_id, "area_code": area.code})
    return address if contest == law.contests[0].code else f"{address}?pemilihan={contest}"


def next_href(area: Area, contest: str) -> str:
    kwargs = {"election": area.election_id, "contest": contest, "area_code": area.code}
    return reverse("count:next", kwargs=kwargs)


def area_at(request: HttpRequest, election: str, area_code: str, right: Right = Right.IMPORT) -> tuple[Scope, Area]:
    """The area of an address, for whoever holds the right there.

    :raises Forbidden: the same whether there is no such area or it is not one's own
    """
    scope = scope_for(request)
    found = Area.objects.filter(election=election, code=area_code).select_related("election").first()
    if found is None or not scope.allows(right, found):
        raise not_your_area()
    return scope, found


def entry_place(
    request: HttpRequest, election: str, contest: str, area_code: str, right: Right = Right.IMPORT
) -> EntryPlace:  # fmt: skip
    """The form of an address.

    :raises Forbidden: as ``area_at``
    :raises NotFound: ``law-contest-unknown``
    :raises Refusal: ``entry-not-a-station``
    """
    scope, area = area_at(request, election, area_code, right)
    law = laws.load_law(area.election.law)
    law.contest(contest)
    papers.require_station(law, area)
    return EntryPlace(scope, law, area, contest, get_language() or "id")


def known_contest(law: Law, asked: str) -> str:
    """The contest asked for, or the law's first."""
    try:
        return law.contest(asked).code
    except NotFound:
        return law.contests[0].code
