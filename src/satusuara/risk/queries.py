"""Reads of the register, readiness, signals and scores. ``scope`` comes first.

The register's own risks concern every officer of its area: whoever sees any part of it sees them. Issues from the
field, barrier states and sightings are cut to where SEE is held.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.law.playbook import Gate, Playbook, Problem
from satusuara.law.playbook_files import load_playbook
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below, not_your_area
from satusuara.risk.choices import Disposition, Origin, Side, SignalMode
from satusuara.risk.models import (
    Barrier,
    BarrierState,
    Opinion,
    Outcome,
    Register,
    Risk,
    RiskScore,
    SignalDef,
    SignalInstance,
)
from satusuara.risk.registry import has_detector
from satusuara.risk.rules import bowtie, similarity
from satusuara.risk.rules.likelihood import Path
from satusuara.risk.rules.readiness import cell, due_date, due_share, risk_left
from satusuara.risk.rules.sightings import excess


@dataclass(frozen=True, slots=True)
class RiskView:
    """A risk with its words, what it lacks, and how far its barriers are handed out."""

    risk: Risk
    problem: Problem | None  # None: from the field
    title: Text
    gaps: tuple[str, ...]
    assigned: int  # preventions that somebody answers for somewhere
    preventions: int
    missing_elements: tuple[str, ...]  # of detect, decide, act; of the playbook's preventions


class Cell(NamedTuple):
    """One gate at one station: how it reads today. ``state``: number of the report's row, None where there is none."""

    reading: str  # rules.readiness.CELLS
    due: dt.date
    state: int | None


class Spot(NamedTuple):
    """A station, as a list needs it."""

    pk: int
    code: str
    name: str
    village: str


@dataclass(frozen=True, slots=True)
class StationReadiness:
    area: Spot
    cells: Sequence[Cell]  # in the order of the gates
    stand: int
    should: int
    risk_left: int  # in twentieths of a gate: what the list of the worst is sorted by


@dataclass(frozen=True, slots=True)
class Grid:
    gates: Sequence[tuple[Barrier, Gate]]
    stations: Sequence[StationReadiness]


def registers(scope: Scope, election: str = "") -> list[Register]:
    """The registers of which the scope sees any part."""
    rows = Register.objects.select_related("election", "area").order_by("election_id", "area__code")
    if election:
        rows = rows.filter(election=election)
    return [row for row in rows if is_member(scope, row)]


def register(scope: Scope, election: str, area_code: str = "") -> Register:
    """The register of an election, of an area where there are several.

    :raises NotFound: ``no-register``
    """
    for row in registers(scope, election):
        if not area_code or row.area.code == area_code:
            return row
    raise NotFound(
        "no-register",
        Text("Belum ada daftar risiko untuk pemilu ini", "There is no register for this election"),
        remedy=Text("Tetapkan dahulu buku panduannya.", "Adopt the playbook first."),
    )


def is_member(scope: Scope, row: Register) -> bool:
    """Whether SEE is held at the register's area, above it, or anywhere below."""
    if scope.allows(Right.SEE, row.area):
        return True
    paths = scope.reach.paths(Right.SEE.value)
    return any(election == row.election_id and path.startswith(row.area.path) for election, path in paths)


def require_member(scope: Scope, row: Register) -> None:
    """Who may speak in a register: READY somewhere in its area.

    :raises Forbidden: ``not-your-area``
    """
    paths = scope.reach.paths(Right.READY.value)
    inside = any(election == row.election_id and path.startswith(row.area.path) for election, path in paths)
    if not (inside or scope.allows(Right.READY, row.area)):
        raise not_your_area()


def playbook_of(row: Register) -> Playbook:
    return load_playbook(row.playbook)


def problem_of(one: Risk) -> Problem | None:
    """The playbook's words on a risk; None for one from the field, or that a newer playbook no longer has."""
    if one.origin != Origin.PLAYBOOK:
        return None
    return next((each for each in playbook_of(one.register).problems if each.code == one.code), None)


def risks(
    scope: Scope, row: Register, *, stage: str = "", state: str = "", origin: str = "", gap: str = ""
) -> list[RiskView]:
    """The risks of a register: the playbook's for every member, those from the field where SEE is held. Five queries.

    :raises Forbidden: ``not-your-area``
    """
    if not is_member(scope, row):
        raise not_your_area()
    chosen = row.risks.select_related("area", "register__election", "register__area")
    for name, value in (("stage", stage), ("state", state), ("origin", origin)):
        if value:
            chosen = chosen.filter(**{name: value})
    field = scope.filter(chosen.filter(origin=Origin.FIELD), Right.SEE).values("pk")
    rows = list(chosen.filter(Q(origin=Origin.PLAYBOOK) | Q(pk__in=field)))
    views = _views(row, rows)
    return [view for view in views if not gap or gap in view.gaps]


def risk(scope: Scope, row: Register, code: str) -> RiskView:
    """:raises NotFound: ``no-risk``, also where it may not be seen"""
    for view in risks(scope, row):
        if view.risk.code == code:
            return view
    raise NotFound("no-risk", Text(f"Tidak ada risiko {code}", f"There is no risk {code}"))


def _views(row: Register, rows: Sequence[Risk]) -> list[RiskView]:
    playbook = playbook_of(row)
    known = {problem.code: problem for problem in playbook.problems}
    roles = _roles(row)
    preventers, responders, armed, assigned = _counts(rows, roles)
    found = []
    for one in rows:
        problem = known.get(one.code) if one.origin == Origin.PLAYBOOK else None
        facts = bowtie.Facts(preventers[one.pk], armed[one.pk], responders[one.pk], _bases(one, problem))
        parts = [each.elements for each in problem.preventions] if problem else []
        found.append(
            RiskView(
                one, problem, problem.name if problem else Text(one.title, one.title), bowtie.gaps(facts),
                assigned[one.pk], preventers[one.pk], bowtie.missing_elements(parts) if parts else (),
            )
        )  # fmt: skip
    return found


def _roles(row: Register) -> set[str]:
    return {role.code for role in laws.load_law(row.election.law).roles}


def _counts(rows: Sequence[Risk], roles: set[str]) -> tuple[Counter[int], Counter[int], Counter[int], Counter[int]]:
    """Per risk: preventions and responses that a role of the law owns, active signals, preventions handed out."""
    ids = [one.pk for one in rows]
    barriers = Barrier.objects.filter(risk__in=ids, owner_role__in=roles).order_by()
    sides = barriers.values_list("risk", "side").annotate(n=Count("pk"))
    preventers: Counter[int] = Counter()
    responders: Counter[int] = Counter()
    for pk, side, n in sides:
        (preventers if side == Side.PREVENT else responders)[pk] += n
    active = SignalDef.objects.filter(risk__in=ids, mode=SignalMode.ACTIVE).order_by()
    armed = Counter(dict(active.values_list("risk").annotate(n=Count("pk"))))
    handed = barriers.filter(side=Side.PREVENT, states__isnull=False).values_list("risk")
    return preventers, responders, armed, Counter(dict(handed.annotate(n=Count("pk", distinct=True))))


def _bases(one: Risk, problem: Problem | None) -> int:
    """Legal bases that a source or the commission names; those of general knowledge are none."""
    named = [basis for basis in problem.legal if basis.confidence != "general-knowledge"] if problem else []
    return len(named) + bool(one.legal)


def gaps_of(one: Risk) -> tuple[str, ...]:
    """What a risk still lacks; unguarded, for this chapter's actions."""
    return _views(one.register, [one])[0].gaps


def suggest_duplicates(scope: Scope, row: Register, text: str, *, most: int = 5) -> list[tuple[RiskView, float]]:
    """Risks already in the register that say what ``text`` says, best first, with how alike they are (0–1)."""
    views = {view.risk.code: view for view in risks(scope, row) if not view.risk.duplicate_of_id}
    words = {code: _words(view) for code, view in views.items()}
    return [(views[match.code], match.score) for match in similarity.suggest(text, words, most=most)]


def _words(view: RiskView) -> str:
    if view.problem is None:
        return f"{view.risk.title} {view.risk.detail}"
    return " ".join([view.problem.name.id, view.problem.event.id, *(each.id for each in view.problem.threats)])


def barrier_text(barrier: Barrier) -> Text:
    """The words of a barrier: its own, or the playbook's."""
    if barrier.text:
        return Text(barrier.text, barrier.text)
    playbook = playbook_of(barrier.register)
    code, _, rest = barrier.code.partition(".")
    if barrier.side == Side.READY:
        return next(gate.name for gate in playbook.gates if gate.letter == rest)
    if barrier.side == Side.PREVENT:
        return playbook.barrier(barrier.code)[1].text
    return playbook.problem(code).responses[int(rest.removeprefix("R")) - 1].text


def barriers(scope: Scope, row: Register, risk_code: str = "") -> QuerySet[Barrier]:
    """The barriers of a register, of one risk where it is named; gates are ``readiness``'s."""
    if not is_member(scope, row):
        raise not_your_area()
    rows = row.barriers.exclude(side=Side.READY).select_related("risk__area", "register__election")
    field = scope.filter(rows.filter(risk__origin=Origin.FIELD), Right.SEE, area_field="risk__area").values("pk")
    rows = rows.filter(Q(risk__origin=Origin.PLAYBOOK) | Q(pk__in=field))
    return rows.filter(risk__code=risk_code) if risk_code else rows


def states(scope: Scope, row: Register, area: Area | None = None) -> QuerySet[BarrierState]:
    """What is assigned and reported at and below an area, where SEE is held."""
    rows = BarrierState.objects.filter(barrier__register=row).select_related("barrier__risk", "area")
    if area is not None:
        rows = rows.filter(below("area__path", area.path, rows.db))
    return scope.filter(rows, Right.SEE).order_by("due", "area__code", "barrier__code")


def readiness(scope: Scope, row: Register, area: Area, today: dt.date) -> Grid:
    """Every station at and below an area against every gate. Three queries, however many stations.

    :raises Forbidden: outside the area
    """
    scope.require(Right.SEE, area)
    playbook = playbook_of(row)
    by_letter = {f"SIAP.{gate.letter}": gate for gate in playbook.gates}
    gates = [(each, by_letter[each.code]) for each in row.barriers.filter(side=Side.READY).order_by("code")]
    law = laws.load_law(row.election.law)
    places = Area.objects.filter(election=row.election_id, level=law.station_level)
    places = places.filter(below("path", area.path, places.db)).order_by("code")
    dues = {barrier.pk: due_date(row.election.day, barrier.days) for barrier, _ in gates}
    unreported = [Cell(cell("", due=dues[each.pk], today=today), dues[each.pk], None) for each, _ in gates]
    reported = _reported(row, area, today)
    stations = []
    for spot in places.values_list("pk", "code", "name", "parent__name"):
        own = reported.get(spot[0])
        cells = (
            [own.get(each.pk, bare) for (each, _), bare in zip(gates, unreported, strict=True)] if own else unreported
        )
        readings = [each.reading for each in cells]
        stations.append(StationReadiness(Spot(*spot), cells, *due_share(readings), risk_left(readings)))
    return Grid(gates, stations)


def _reported(row: Register, area: Area, today: dt.date) -> dict[int, dict[int, Cell]]:
    """{station: {gate: its cell}} of what was reported. Plain rows: a regency has twelve thousand of them."""
    said = BarrierState.objects.filter(barrier__register=row, barrier__side=Side.READY)
    said = said.filter(below("area__path", area.path, said.db)).order_by()
    readings: dict[tuple[str, dt.date, dt.date | None], str] = {}
    found: dict[int, dict[int, Cell]] = {}
    columns = said.values_list("pk", "area", "barrier", "condition", "due", "waived_until")
    for pk, place, gate, condition, due, until in columns:
        reading = readings.get((condition, due, until))
        if reading is None:
            reading = cell(condition, due=due, today=today, waived_until=until)
            readings[condition, due, until] = reading
        found.setdefault(place, {})[gate] = Cell(reading, due, pk)
    return found


def gate(row: Register, letter: str) -> Barrier:
    """:raises NotFound: ``no-gate``"""
    found = row.barriers.filter(side=Side.READY, code=f"SIAP.{letter.upper()}").first()
    if found is None:
        known = ", ".join(each.letter for each in playbook_of(row).gates)
        raise NotFound(
            "no-gate", Text(f'Butir "{letter}" tidak ada', f'There is no gate "{letter}"'),
            remedy=Text(f"Yang ada: {known}.", f"There is: {known}."),
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class SignalView:
    """A definition, what it has seen (``kept``: repeats, snoozed and shadow too), and how much more than expected."""

    definition: SignalDef
    seen: int
    kept: int
    excess: int | None  # None where nothing was expected
    installed: bool  # whether its detector is there at all


def signals(scope: Scope, row: Register) -> list[SignalView]:
    """Every definition of a register. Counts are of the whole register: they name no station.

    :raises Forbidden: ``not-your-area``
    """
    if not is_member(scope, row):
        raise not_your_area()
    open_ones = Q(instances__disposition__in=[Disposition.NEW, Disposition.ATTACHED])
    rows = row.signals.select_related("risk__area", "register__election", "register__area")
    rows = rows.annotate(seen=Count("instances", filter=open_ones), kept=Count("instances"))
    stations = row.area.stations or 0
    return [
        SignalView(one, one.seen, one.kept, excess(one.seen, stations, one.expected), has_detector(one.detector))
        for one in rows
    ]


def instances(
    scope: Scope, row: Register, *, area: Area | None = None, risk_code: str = "", disposition: str = ""
) -> QuerySet[SignalInstance]:
    """Sightings where SEE is held, newest first; those in shadow only when asked for by name."""
    rows = SignalInstance.objects.filter(definition__register=row).select_related("definition__risk", "area__parent")
    rows = rows.filter(disposition=disposition) if disposition else rows.exclude(disposition=Disposition.SHADOW)
    if risk_code:
        rows = rows.filter(definition__risk__code=risk_code)
    if area is not None:
        rows = rows.filter(below("area__path", area.path, rows.db))
    return scope.filter(rows, Right.SEE)


def scores(scope: Scope, row: Register, risk_code: str) -> QuerySet[RiskScore]:
    """Scores of one risk by area, the most expected events first, where SEE is held."""
    rows = RiskScore.objects.filter(risk__register=row, risk__code=risk_code).select_related("area", "risk")
    return scope.filter(rows, Right.SEE).order_by("-p", "area__code")


def opinions_in_force(one: Risk, today: dt.date) -> list[Opinion]:
    """Unguarded, for scoring."""
    return list(one.opinions.filter(expires__gt=today).select_related("area"))


def outcome_paths(one: Risk, depth: int) -> Iterator[tuple[Path, bool]]:
    """What happened in this and earlier elections, at stations below the register's area, as paths of ``depth`` codes.

    An earlier election's areas are looked up through the crosswalk of villages; what has no successor is left out.
    Unguarded, for scoring.
    """
    prefix = one.register.area.path
    now = Outcome.objects.filter(risk=one.code, area__election=one.register.election_id)
    now = now.filter(below("area__path", prefix, now.db))
    for path, happened in now.values_list("area__path", "happened"):
        yield tuple(path[len(prefix) :].strip("/").split("/")[:depth]), happened
    past = Outcome.objects.filter(risk=one.code).exclude(area__election=one.register.election_id)
    successors = _successors(past, one)
    for path, happened in past.values_list("area__path", "happened"):
        village = path.strip("/").split("/")[-2] if path.count("/") > 2 else ""
        if later := successors.get((path, village)):
            yield tuple(later[len(prefix) :].strip("/").split("/")[:depth]), happened


def _successors(past: QuerySet[Outcome], one: Risk) -> Mapping[tuple[str, str], str]:
    """{(path of a former station, code of its village): path of the village that follows it}."""
    found = {}
    links = past.filter(
        area__parent__later_links__later__election=one.register.election_id,
        area__parent__later_links__later__path__startswith=one.register.area.path,
    )
    for path, village, later in links.values_list(
        "area__path", "area__parent__code", "area__parent__later_links__later__path"
    ):
        found[path, village] = later
    return found
