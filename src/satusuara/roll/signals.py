"""What this chapter sees: the law's questions to the roll, and pairs that nobody has settled. Registered in ``apps``.

A sighting names a station (of a pair: the lowest area that holds both), a count and rows by their keys: no name and no
number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from satusuara.areas.models import Area, Election
from satusuara.kernel.i18n import Text
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.risk.registry import Detector, Sighting, register_detector, register_fault
from satusuara.roll import queries_checks as asked
from satusuara.roll.choices import PairDecision, PairState, VoterState
from satusuara.roll.faults import FAULTS
from satusuara.roll.models import Pair
from satusuara.roll.queries import at as at_area

Look = Callable[[Scope, Election, Area, datetime], Iterator[Sighting]]
_UNSETTLED = (PairState.OPEN, PairState.SECOND, PairState.UNSURE)


def _lines_by_station(*codes: str) -> Look:
    """One sighting a station and question: how many active lines it names."""

    def look(scope: Scope, election: Election, area: Area, at: datetime) -> Iterator[Sighting]:  # noqa: ARG001
        for code in codes:
            found = Counter(asked.found_by(scope, area, code).order_by().values_list("area_id", "area__code"))
            for (station, station_code), lines in sorted(found.items()):
                yield Sighting(station, f"{code}/{station_code}", at, {"lines": lines}, code)

    return look


def _stations(code: str) -> Look:
    """One sighting a station whose figure exceeds what the law allows."""

    def look(scope: Scope, election: Election, area: Area, at: datetime) -> Iterator[Sighting]:  # noqa: ARG001
        for each in asked.stations_by(scope, area, code):
            payload = {"figure": each.figure, "most": each.most}
            yield Sighting(each.area.pk, f"{code}/{each.area.code}", at, payload, code)

    return look


def duplicates(scope: Scope, election: Election, area: Area, at: datetime) -> Iterator[Sighting]:  # noqa: ARG001
    """Strong pairs that are not settled, and stations where a number stands on more than one active line."""
    rows = Pair.objects.filter(at_area(area), area__election=area.election_id, state__in=_UNSETTLED)
    rows = scope.filter(rows, Right.ROLL).filter(decision=PairDecision.STRIKE)
    rows = rows.filter(a__state=VoterState.ACTIVE, b__state=VoterState.ACTIVE)
    for pair in rows.select_related("a__area", "b__area").order_by("pk"):
        stations = sorted({pair.a.area.code, pair.b.area.code})
        yield Sighting(pair.area_id, f"pair/{pair.pk}", at, {"pair": pair.pk, "stations": stations}, "pair")
    found = Counter(asked.found_by(scope, area, "nik.shared").order_by().values_list("area_id", "area__code"))
    for (station, code), lines in sorted(found.items()):
        yield Sighting(station, f"nik/{code}", at, {"lines": lines}, "nik")


DETECTORS = (
    Detector(
        "roll.ineligible", "roll", Text("baris yang mungkin tidak memenuhi syarat", "lines that may not be eligible"),
        _lines_by_station("age.under", "age.future"),
    ),
    Detector("roll.duplicate", "roll", Text("calon pemilih ganda", "possible duplicates"), duplicates),
    Detector(
        "roll.unlisted_over_reserve", "roll",
        Text("potensi DPK melebihi surat suara cadangan", "possible unlisted voters exceed the reserve"),
        _stations("dpk.reserve"),
    ),
    Detector(
        "roll.family_split", "roll", Text("satu kartu keluarga di dua TPS", "one family card at two stations"),
        _lines_by_station("family.split", "village.crossed"),
    ),
    Detector(
        "roll.over_cap", "roll", Text("pemilih TPS melebihi batas", "more voters than a station may have"),
        _stations("tps.over"),
    ),
    Detector(
        "roll.moved_not_struck", "roll",
        Text("pemilih pindahan yang barisnya di TPS asal belum dikunci", "moved voters not locked at home"),
        _lines_by_station(asked.MOVED),
    ),
    Detector(
        "roll.officer_elsewhere", "roll",
        Text("petugas di TPS lain tanpa surat pindah", "officers on duty elsewhere without a letter"),
        _lines_by_station(asked.DUTY),
    ),
)  # fmt: skip


def register_signals() -> None:
    """Called once, when the chapter is ready."""
    for detector in DETECTORS:
        register_detector(detector)
    for name, fault in FAULTS.items():
        register_fault(name, fault)
