"""Where one stands in a register: who looks, whose register, and by which law its words are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from satusuara import law as laws
from satusuara.kernel.pages.parts import Crumb, Tab
from satusuara.kernel.pages.words import proper
from satusuara.law.model import Law
from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for
from satusuara.people.queries import Scope
from satusuara.risk import queries, queries_rakor
from satusuara.risk.models import Register, Risk


@dataclass(frozen=True)
class Here:
    """One register, as somebody sees it now."""

    scope: Scope
    law: Law
    register: Register
    at: datetime
    lang: str

    @property
    def zone(self) -> tuple[str, str]:
        return self.law.zone_of(self.register.area.code)

    @property
    def arguments(self) -> list[str]:
        return [self.register.election_id, self.register.area.code]

    @property
    def decides(self) -> bool:
        return self.scope.allows(Right.RISK, self.register.area)

    @property
    def speaks(self) -> bool:
        """Whether READY is held somewhere in the register."""
        return bool(self.ready_paths)

    @property
    def ready_paths(self) -> list[str]:
        """Paths at and below which an issue may be raised."""
        mine, own = self.register.election_id, self.register.area.path
        if Right.READY.value in self.scope.reach.everywhere:
            return [own]
        paths = [p for election, p in self.scope.reach.paths(Right.READY.value) if election == mine]
        return [p if p.startswith(own) else own for p in paths if p.startswith(own) or own.startswith(p)]

    def offices(self, risk: Risk | None = None) -> list[tuple[str, str]]:
        """(code, name) of the offices in which one decides over the register, or over a risk's area."""
        area = risk.area if risk else self.register.area
        held = {
            grant.role
            for grant in self.scope.reach.grants
            if Right.RISK.value in grant.rights and grant.covers(area.election_id, area.path)
        }
        return [(code, self.owner(code)) for code in sorted(held)]

    def owner(self, code: str) -> str:
        """The name of a role or partner."""
        return queries_rakor.owner_name(self.law, self.register, code).in_(self.lang)

    @property
    def stages(self) -> list[tuple[str, str]]:
        return [(group.code, group.name.in_(self.lang)) for group in queries.playbook_of(self.register).groups]

    def context(self, current: str, *more: Crumb) -> dict[str, Any]:
        """What every page of a register knows: where it is, tabs, and what one may do."""
        list_href = reverse("register:list", args=self.arguments)
        meetings = reverse("rakor:list", args=self.arguments)
        tabs = [
            Tab(_("Daftar risiko"), list_href, current == "list"),
            Tab(_("Rakor"), meetings, current == "rakor"),
        ]
        place = proper(self.register.area.name)
        first = Crumb(_("Risiko"), reverse("register:home"))
        second = Crumb(place, list_href) if more else Crumb(place)
        return {
            "here": self,
            "register": self.register,
            "election": self.register.election,
            "place_name": place,
            "zone": self.zone,
            "tabs": tabs,
            "way": [first, second, *more],
        }


def here(request: HttpRequest, election: str, area_code: str) -> Here:
    """The register of an address, for a member of it.

    :raises NotFound: ``no-register``, also for whoever is no member
    """
    scope = scope_for(request)
    register = queries.register(scope, election, area_code)
    law = laws.load_law(register.election.law)
    return Here(scope, law, register, timezone.now(), get_language() or "id")


def photo_folder() -> Path:
    """Where photos of issues are kept, by their hash."""
    return Path(settings.HOME) / "uploads"
