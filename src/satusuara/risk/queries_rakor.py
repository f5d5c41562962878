"""Reads of a rakor: meetings, agenda, seats, what a vote came to, and what is known of a risk in figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.areas.queries import descendants
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, not_your_area
from satusuara.risk import queries
from satusuara.risk.choices import SeatKind
from satusuara.risk.models import AgendaItem, Handout, Meeting, Register, Risk, RiskScore, Seat, Tally
from satusuara.risk.queries import RiskView
from satusuara.risk.rules import rakor
from satusuara.risk.rules.likelihood import NOTHING, Estimate

BORROWED = 200.0
"""A published rate counts as at most so many stations of ours: it comes from elsewhere."""


@dataclass(frozen=True, slots=True)
class Expected:
    """How often a risk is expected in an area: events among ``stations``, with a 95 % interval, and why."""

    number: float
    low: float
    high: float
    stations: int
    reasons: tuple[Text, ...]


def meetings(scope: Scope, register: Register) -> QuerySet[Meeting]:
    """The meetings of a register, newest first.

    :raises Forbidden: to whoever is no member of it
    """
    if not queries.is_member(scope, register):
        raise not_your_area()
    return Meeting.objects.filter(register=register).select_related("area", "register__election")


def meeting(slug: str) -> Meeting:
    """The meeting behind an address. Whoever asks has still to be let in.

    :raises NotFound: ``no-meeting``
    """
    found = (
        Meeting.objects.select_related("area", "register__election", "register__area", "current__risk__area")
        .filter(slug=rakor.read_code(slug))
        .first()
    )
    if found is None:
        raise NotFound(
            "no-meeting",
            Text("Rakor itu tidak ada", "There is no such meeting"),
            remedy=Text("Periksa kode pada layar.", "Check the code on the screen."),
        )
    return found


def may_lead(scope: Scope, of: Meeting) -> bool:
    """Whether the scope decides on risks at the meeting's area."""
    return scope.allows(Right.RISK, of.area)


def may_look(scope: Scope, of: Meeting) -> bool:
    """Whether the scope is a member of the meeting's register: its minutes and sheets are for them."""
    return queries.is_member(scope, of.register)


def places(of: Meeting) -> list[Area]:
    """The areas right below the meeting's (sub-districts of a regency): each has a seat."""
    law = laws.load_law(of.register.election.law)
    level = law.levels_between(of.area.level, law.station_level)[0].code
    return list(descendants(of.area, level=level).order_by("code"))


def code_for(of: Meeting, area: Area) -> str:
    """The code of a sub-district's seat, for the leader's eyes."""
    return rakor.code_of(settings.SECRET_KEY.encode(), of.pk, area.code)


def items(of: Meeting) -> list[AgendaItem]:
    """The agenda in order, without what was taken off."""
    rows = of.items.filter(removed=False).select_related("risk__area", "risk__register__election", "decision")
    return list(rows.order_by("position", "pk"))


def item(of: Meeting, number: int) -> AgendaItem:
    """:raises NotFound: ``no-agenda-item``"""
    for each in items(of):
        if each.pk == number:
            return each
    raise NotFound("no-agenda-item", Text("Tidak ada dalam agenda", "Not on the agenda"))


def seats(of: Meeting) -> list[Seat]:
    """Who is present, by area."""
    return list(of.seats.filter(present=True).select_related("area").order_by("area__code", "pk"))


def voting_seats(of: Meeting) -> int:
    return of.seats.filter(present=True).exclude(kind=SeatKind.LISTED).count()


def voted(of: AgendaItem) -> set[int]:
    """Which seats have voted in the round that runs: whether, never what."""
    return set(of.votes.filter(round=of.round).values_list("seat", flat=True))


def tally(of: AgendaItem) -> Tally | None:
    """The last vote that was counted, of this round or an earlier one."""
    return of.tallies.order_by("-round").first()


def handouts(of: Meeting) -> list[Handout]:
    """Everything that is handed out in a meeting, by day."""
    rows = Handout.objects.filter(item__meeting=of, item__removed=False, undone=False)
    rows = rows.select_related("item__risk", "barrier__register__election", "barrier__risk", "area")
    return list(rows.order_by("due", "area__code", "barrier__code"))


def by_area(rows: Sequence[Handout]) -> dict[Area, list[Handout]]:
    """Handouts by the area that answers for them, by its code."""
    found: dict[Area, list[Handout]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: (each.area.code, each.due, each.barrier.code)):
        found[row.area].append(row)
    return dict(found)


def stations_of(area: Area) -> int:
    """How many stations an area has: by its source, else by counting."""
    if area.stations:
        return area.stations
    law = laws.load_law(area.election.law)
    return descendants(area, level=law.station_level).count()


def expected(view: RiskView, area: Area, stations: int) -> Expected | None:
    """From the scores of what lies below the area, else from the published rate; None where neither is known."""
    rows = [each for each in _scores(view.risk) if each.area.parent_id == area.pk]
    if rows and sum(each.stations for each in rows):
        number, low, high = (
            sum(getattr(each, name) * each.stations for each in rows) / 1_000_000 for name in ("p", "low", "high")
        )
        return Expected(number, low, high, sum(each.stations for each in rows), _reasons(rows))
    station = laws.load_law(area.election.law).station_level
    for rate in view.problem.rates if view.problem else ():
        if rate.of and rate.unit.id.casefold() == station:  # a share of cases or people says nothing of stations
            estimate = Estimate(rate.count / rate.of, min(BORROWED, float(rate.of)), NOTHING)
            low, high = estimate.interval()
            return Expected(estimate.mean * stations, low * stations, high * stations, stations, (rate.text,))
    return None


def _scores(risk: Risk) -> list[RiskScore]:
    return list(risk.scores.select_related("area").order_by("-p", "area__code"))


def _reasons(rows: Sequence[RiskScore]) -> tuple[Text, ...]:
    """The reasons of the area with the highest score."""
    return tuple(Text(each["id"], each["en"]) for each in rows[0].reasons)


def candidates(scope: Scope, register: Register, area: Area) -> list[tuple[RiskView, Expected | None]]:
    """Every risk that a meeting could speak of, with what is expected in the area: none that was joined to another."""
    stations = stations_of(area)
    views = [view for view in queries.risks(scope, register) if not view.risk.duplicate_of_id]
    return [(view, expected(view, area, stations)) for view in views]


def owners(law: Law, risk: Risk) -> list[tuple[str, Text]]:
    """(code, name) of everybody who can answer for a barrier: roles of the law, then partners of the playbook."""
    playbook = queries.playbook_of(risk.register)
    roles = [(role.code, role.name) for role in law.roles if "risk" in role.rights or "ready" in role.rights]
    return roles + list(playbook.partners.items())


def owner_name(law: Law, register: Register, code: str) -> Text:
    """The name of a role or partner; its code where neither knows it."""
    for role in law.roles:
        if role.code == code:
            return role.name
    partners = queries.playbook_of(register).partners
    return partners.get(code, Text(code, code))
