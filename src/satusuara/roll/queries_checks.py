"""What the law asks of a roll, asked of the database: how many lines it names, and which. Questions, no verdicts.

Codes and titles are those of ``rules.checks`` (which ``roll check`` asks of files), and two that only a database knows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from satusuara import law as laws
from satusuara.areas.models import Area
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.roll.choices import VoterState
from satusuara.roll.models import StationList, Voter
from satusuara.roll.models_work import StationReport
from satusuara.roll.queries import at, lines_that_count, spec_of
from satusuara.roll.rules.checks import NEVER_MARRIED, OLDEST, TITLES

MOVED, DUTY = "moved.not-struck", "duty.elsewhere"
NAMES: dict[str, Text] = {
    **TITLES,
    MOVED: Text("tercatat sebagai pemilih pindahan, belum dikunci di TPS asal", "a moved voter, not locked at home"),
    DUTY: Text("bertugas di TPS lain tanpa surat pindah", "on duty at another station without a letter"),
}
OF_LINES = (
    "age.under", "age.future", "age.very-old", "nik.missing", "nik.length", "nik.date", "nik.birth-date", "nik.sex",
    "nik.serial", "village.crossed",
)  # fmt: skip
OF_GROUPS = ("nik.shared", "family.split", MOVED, DUTY)
OF_STATIONS = ("tps.over", "dpk.reserve", "notice.undelivered")


@dataclass(frozen=True, slots=True)
class StationFinding:
    """A station and a figure that exceeds another. ``most`` None: nothing to compare it with."""

    area: Area
    figure: int
    most: int | None


def lines(scope: Scope, area: Area) -> QuerySet[Voter]:
    """Active lines of the permanent lists below an area, of what ``scope`` may see."""
    spec = spec_of(area.election)
    rows = lines_that_count().filter(election=area.election_id, state=VoterState.ACTIVE, category=spec.home_category)
    return scope.filter(rows.filter(at(area)), Right.ROLL)


def counts(scope: Scope, area: Area) -> dict[str, int]:
    """{code of a check: lines, or stations, that it names}. One pass for what a line tells alone."""
    law = laws.load_law(area.election.law)
    asked = {code.replace(".", "_").replace("-", "_"): code for code in OF_LINES}
    found = (
        lines(scope, area)
        .order_by()
        .aggregate(**{name: Count("pk", filter=_of_line(law, code)) for name, code in asked.items()})
    )
    answer = {code: found[name] for name, code in asked.items()}
    answer |= {code: found_by(scope, area, code).count() for code in OF_GROUPS}
    return answer | {code: len(stations_by(scope, area, code)) for code in OF_STATIONS}


def found_by(scope: Scope, area: Area, code: str) -> QuerySet[Voter]:
    """The lines that a check names, those of one group beside each other."""
    rows = lines(scope, area).select_related("area__parent")
    law = laws.load_law(area.election.law)
    if code in OF_LINES:
        return rows.filter(_of_line(law, code)).order_by("area__code", "line", "pk")
    return _GROUPS[code](rows, area)


def _of_line(law: Law, code: str) -> Q:
    day, spec = law.election_day, law.roll
    assert spec is not None  # noqa: S101 (spec_of refuses a law without)
    if code == "age.under":
        unmarried = Q(marital__in=("", NEVER_MARRIED))
        return Q(birth_date__gt=_years_before(day, spec.minimum_age), birth_date__lte=day) & unmarried
    if code == "age.future":
        return Q(birth_date__gt=day)
    if code == "age.very-old":
        return Q(birth_date__lte=_years_before(day, OLDEST + 1))
    if code == "nik.missing":
        return Q(nik_token=None)
    return Q(flags__contains=f",{code},")


def _years_before(day: date, years: int) -> date:
    """Who was born on this day is so many years old; 29 February counts from 1 March."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)


def _shared(rows: QuerySet[Voter], area: Area) -> QuerySet[Voter]:
    """One number on more than one active line: also where the other line lies elsewhere in the election."""
    others = lines_that_count().filter(
        election=area.election_id, nik_token=OuterRef("nik_token"), category=OuterRef("category"),
        state=VoterState.ACTIVE,
    )  # fmt: skip
    return rows.exclude(nik_token=None).filter(Exists(others.exclude(pk=OuterRef("pk")))).order_by("nik_token", "pk")


def _split(rows: QuerySet[Voter], area: Area) -> QuerySet[Voter]:  # noqa: ARG001
    """Members of one family card at different stations."""
    others = lines_that_count().filter(
        election=OuterRef("election"), nkk_token=OuterRef("nkk_token"), category=OuterRef("category"),
        state=VoterState.ACTIVE,
    )  # fmt: skip
    apart = Exists(others.exclude(area=OuterRef("area")))
    return rows.exclude(nkk_token=None).filter(apart).order_by("nkk_token", "area__code", "line")


def _moved(rows: QuerySet[Voter], area: Area) -> QuerySet[Voter]:
    """Home lines still active of people who stand on a list of moved voters."""
    spec = spec_of(area.election)
    moved = lines_that_count().filter(
        election=area.election_id, category=spec.moved_category, state=VoterState.ACTIVE,
        nik_token=OuterRef("nik_token"),
    )  # fmt: skip
    return rows.exclude(nik_token=None).filter(Exists(moved)).order_by("area__code", "line", "pk")


def _on_duty(rows: QuerySet[Voter], area: Area) -> QuerySet[Voter]:  # noqa: ARG001
    """Active at home although on duty at another station: without a letter he cannot vote where he works."""
    return rows.filter(duties__ended_at=None, duties__station__isnull=False).exclude(
        duties__station=F("area"), duties__ended_at=None
    ).order_by("area__code", "line", "pk")  # fmt: skip


_GROUPS: Mapping[str, Callable[[QuerySet[Voter], Area], QuerySet[Voter]]] = {
    "nik.shared": _shared, "family.split": _split, MOVED: _moved, DUTY: _on_duty,
}  # fmt: skip


def reserve_of(law: Law, voters: int) -> int:
    """Ballots beyond the voters of a station's list, as the law rounds them."""
    exact = voters * law.station.reserve_percent
    return math.ceil(exact / 100) if law.station.reserve_rounding == "ceil" else exact // 100


def stations_by(scope: Scope, area: Area, code: str) -> list[StationFinding]:
    """The stations that a check names."""
    law = laws.load_law(area.election.law)
    active = _active(scope, area)
    if code == "tps.over":
        over = {pk: n for pk, n in active.items() if n > law.station.cap}
        found = Area.objects.filter(pk__in=over).select_related("parent").order_by("code")
        return [StationFinding(each, over[each.pk], law.station.cap) for each in found]
    rows = StationReport.objects.filter(below("area__path", area.path, "default"), area__election=area.election_id)
    rows = scope.filter(rows, Right.ROLL).select_related("area__parent").order_by("area__code")
    if code == "dpk.reserve":
        loads = [(row.area, row.possible_unlisted or 0, reserve_of(law, active.get(row.area_id, 0))) for row in rows]
        return [StationFinding(where, figure, most) for where, figure, most in loads if figure > most]
    returned = [(row.area, sum(row.undelivered.values())) for row in rows]
    return [StationFinding(where, figure, None) for where, figure in returned if figure]


def _active(scope: Scope, area: Area) -> dict[int, int]:
    spec = spec_of(area.election)
    rows = StationList.objects.filter(below("area__path", area.path, "default"), area__election=area.election_id)
    rows = scope.filter(rows.filter(category=spec.home_category), Right.ROLL)
    return dict(rows.order_by().values_list("area_id", "active"))


def report_of(area: Area) -> StationReport | None:
    return StationReport.objects.filter(area=area).first()


def facts(scope: Scope, area: Area) -> dict[str, Any]:
    """Titles, counts and whether each is a signal only, in the order of the law's questions."""
    from satusuara.roll.rules.checks import SOFT

    found = counts(scope, area)
    return {code: (NAMES[code], found[code], code in SOFT) for code in NAMES if code in found}
