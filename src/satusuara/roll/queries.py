"""Reads of the roll. ``scope`` first: whoever has no ROLL at a station sees nothing of it.

Identity numbers come out masked; opening one is a deed (``actions.reveal_nik``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from satusuara import law as laws
from satusuara.areas.models import Area, DistrictArea, Election
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.law.roll import RollSpec
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.roll.choices import LetterState, PairState, VersionState, VoterState
from satusuara.roll.models import MovingLetter, Pair, Review, RollChange, RollVersion, Voter
from satusuara.roll.rules.lists import normal
from satusuara.roll.vault import masked, vault

SORTS = {
    "line": ("area__code", "category", "line"),
    "name": ("name_key", "area__code", "line"),
    "-name": ("-name_key", "area__code", "line"),
    "born": ("birth_date", "area__code", "line"),
    "-born": ("-birth_date", "area__code", "line"),
}


@dataclass(frozen=True, slots=True)
class RollCounts:
    """A roll at and below an area, by category and state."""

    category: str
    active: int
    locked: int
    struck: int
    by_sex: Mapping[str, int]  # active lines, by the law's codes


def spec_of(election: Election) -> RollSpec:
    """What the law of an election says about rolls. :raises NotFound: ``no-roll``"""
    spec = laws.load_law(election.law).roll
    if spec is None:
        raise NotFound(
            "no-roll", Text(f"{election.law} tidak memuat daftar pemilih", f"{election.law} has no voter roll")
        )
    return spec


@dataclass(frozen=True, slots=True)
class Retention:
    """Until when persons stay on the roll, in words, and the day itself where the law says one."""

    words: Text
    until: date | None


def retention_of(election: Election) -> Retention:
    """What is known of how long the roll may be kept."""
    days = spec_of(election).retention_days
    if not days:
        return Retention(
            Text(
                "Jangka simpan daftar pemilih belum ada dalam berkas hukum: komisi menetapkan kapan dihapus.",
                "The law folder does not say how long the roll is kept: the commission decides.",
            ),
            None,
        )
    until = election.day + timedelta(days=days)
    return Retention(
        Text(f"Daftar pemilih disimpan sampai {until:%d-%m-%Y}.", f"The roll is kept until {until:%d-%m-%Y}."), until
    )


def lines_that_count() -> QuerySet[Voter]:
    """Lines of finished versions, and those that a letter wrote. Asks first which versions are being read now: mostly
    none, and then nothing is joined."""
    unfinished = list(RollVersion.objects.filter(state=VersionState.READING).values_list("pk", flat=True))
    return Voter.objects.exclude(since__in=unfinished) if unfinished else Voter.objects.all()


def at(area: Area, field: str = "area") -> Q:
    """The condition that a row's area is this one or lies below it; a station is asked for by its key."""
    levels = laws.load_law(area.election.law).levels
    if area.level == levels[-1].code:
        return Q(**{field: area.pk})
    return below(f"{field}__path", area.path, "default")


def voters(
    scope: Scope, area: Area, *, category: str = "", state: str = "", text: str = "", sort: str = "line"
) -> QuerySet[Voter]:
    """Lines at and below an area. ``text``: parts of the name, or a whole identity number."""
    rows = lines_that_count().filter(election=area.election_id).select_related("area__parent")
    rows = rows.filter(at(area))
    if category:
        rows = rows.filter(category=category)
    if state:
        rows = rows.filter(state=state)
    words = text.split()
    if len(words) == 1 and words[0].isdigit() and len(words[0]) >= 12:
        rows = rows.filter(nik_token=vault().token(words[0]))
    else:
        for word in words:
            rows = rows.filter(name_key__contains=normal(word))
    return scope.filter(rows, Right.ROLL).order_by(*SORTS.get(sort, SORTS["line"]))


def voter(scope: Scope, pk: int) -> Voter:
    """:raises NotFound: ``no-voter``, also where the scope may not see him"""
    rows = lines_that_count().filter(pk=pk).select_related("area__parent", "election", "since")
    found = scope.filter(rows, Right.ROLL).first()
    if found is None:
        raise NotFound("no-voter", Text("Baris pemilih itu tidak ada", "There is no such line"))
    return found


def masked_nik(row: Voter) -> str:
    """What a screen shows of a voter's identity number."""
    return masked(vault().open(row.nik_sealed)) if row.nik_sealed else ""


def masked_nkk(row: Voter) -> str:
    return masked(vault().open(row.nkk_sealed)) if row.nkk_sealed else ""


def counts(scope: Scope, area: Area) -> list[RollCounts]:
    """How many lines of each category and state, and of each sex among the active ones."""
    rows = voters(scope, area).order_by().values("category", "state", "sex").annotate(n=Count("pk"))
    states: dict[str, Counter[str]] = {}
    sexes: dict[str, Counter[str]] = {}
    for row in rows:
        states.setdefault(row["category"], Counter())[row["state"]] += row["n"]
        if row["state"] == VoterState.ACTIVE:
            sexes.setdefault(row["category"], Counter())[row["sex"]] += row["n"]
    return [
        RollCounts(
            category, found[VoterState.ACTIVE], found[VoterState.LOCKED], found[VoterState.STRUCK],
            sexes.get(category, Counter()),
        )
        for category, found in sorted(states.items())
    ]  # fmt: skip


def versions(scope: Scope, area: Area) -> QuerySet[RollVersion]:
    """Lists read for areas at, above and below this one where ROLL is held, newest first."""
    rows = RollVersion.objects.filter(election=area.election_id).select_related("area")
    return scope.filter(rows, Right.ROLL).order_by("-at", "-pk")


def version(scope: Scope, pk: int) -> RollVersion:
    """:raises NotFound: ``no-version``"""
    found = scope.filter(RollVersion.objects.filter(pk=pk).select_related("area"), Right.ROLL).first()
    if found is None:
        raise NotFound("no-version", Text("Versi daftar itu tidak ada", "There is no such version"))
    return found


def changes(scope: Scope, version: RollVersion, *, kind: str = "") -> QuerySet[RollChange]:
    """What a version changed, line by line."""
    rows = RollChange.objects.filter(version=version).select_related("voter__area__parent", "from_area", "to_area")
    if kind:
        rows = rows.filter(kind=kind)
    return scope.filter(rows, Right.ROLL, area_field="voter__area").order_by("voter__area__code", "voter__line")


def history(scope: Scope, row: Voter) -> QuerySet[RollChange]:
    """Everything that became of one line."""
    scope.require(Right.ROLL, row.area)
    return RollChange.objects.filter(voter=row).select_related("from_area", "to_area", "version").order_by("-pk")


def letters(scope: Scope, area: Area, *, side: str = "origin") -> QuerySet[MovingLetter]:
    """Letters in force of voters who leave ("origin") or come to ("destination") stations of an area: the list that a
    station needs on the day."""
    rows = MovingLetter.objects.filter(state=LetterState.ISSUED)
    rows = rows.select_related("origin__area__parent", "destination__area__parent")
    rows = rows.filter(below(f"{side}__area__path", area.path, rows.db))
    return scope.filter(rows, Right.ROLL, area_field=f"{side}__area").order_by(f"{side}__area__code", f"{side}__line")


def pairs(scope: Scope, area: Area, *, state: str = "", decision: str = "") -> QuerySet[Pair]:
    """Pairs of which both lines lie below the area."""
    rows = Pair.objects.select_related("a__area__parent__parent", "b__area__parent__parent", "area", "run")
    rows = rows.filter(below("area__path", area.path, rows.db))
    if state:
        rows = rows.filter(state=state)
    if decision:
        rows = rows.filter(decision=decision)
    return scope.filter(rows, Right.ROLL)


def waiting_pairs(scope: Scope, area: Area) -> QuerySet[Pair]:
    """Pairs that still need a verdict, of lines that are still active."""
    rows = pairs(scope, area).filter(state__in=(PairState.OPEN, PairState.SECOND))
    return rows.filter(a__state=VoterState.ACTIVE, b__state=VoterState.ACTIVE)


def watch_list(scope: Scope, station: Area) -> QuerySet[Pair]:
    """Unresolved pairs with a line at this station: on voting day one more question is asked (both stations see it)."""
    unresolved = (PairState.OPEN, PairState.SECOND, PairState.UNSURE)
    scope.require(Right.ROLL, station)
    rows = Pair.objects.filter(Q(a__area=station) | Q(b__area=station), state__in=unresolved)
    rows = rows.filter(a__state=VoterState.ACTIVE, b__state=VoterState.ACTIVE)
    return rows.select_related("a__area__parent", "b__area__parent").order_by("-score", "pk")


def reviews(pair: Pair) -> QuerySet[Review]:
    return Review.objects.filter(pair=pair).order_by("pk")


def ballots_of_move(law: Law, home: Area, to: Area) -> dict[str, bool | None]:
    """{contest: whether a voter of ``home`` gets its ballot at ``to``}: where both lie in the same district of the
    contest (UU 7/2017 article 348(4); PKPU 7/2022 article 116(4)). A contest of the whole country always. None where a
    split area leaves it open: the code is not enough then, and nobody guesses."""
    return {contest.code: _shares(law, contest.code, contest.district_level, home, to) for contest in law.contests}


def _shares(law: Law, contest: str, level: str, home: Area, to: Area) -> bool | None:
    if not level:
        return True
    levels = [each.code for each in law.levels]
    if level != "district":
        depth = levels.index(level) + 1
        return _codes(home)[:depth] == _codes(to)[:depth]
    village = len(levels) - 1
    if _codes(home)[:village] == _codes(to)[:village]:
        return True  # no district divides a village
    mine, theirs = (_district(home.election_id, contest, area.path) for area in (home, to))
    return None if mine is None or theirs is None else mine == theirs


def _codes(area: Area) -> Sequence[str]:
    return area.path.strip("/").split("/")


def _district(election: str, contest: str, path: str) -> int | None:
    """The district of a contest in which an area lies: the smallest member area that holds it decides. None where no
    source says, or where only a part of the member belongs to it: then the area's code is not enough."""
    codes = path.strip("/").split("/")
    members = DistrictArea.objects.filter(district__election=election, district__contest=contest, area_code__in=codes)
    rows = list(members.values_list("district_id", "area_code", "part"))
    for code in reversed(codes):
        here = [(district, part) for district, area_code, part in rows if area_code == code]
        if len(here) == 1 and not here[0][1]:
            return here[0][0]
        if here:
            return None
    return None


def export_rows(
    scope: Scope, area: Area, *, category: str = "", state: str = ""
) -> Iterator[tuple[str | int | None, ...]]:
    """The lists of an area as a table, numbers masked."""
    for row in voters(scope, area, category=category, state=state).iterator(chunk_size=2000):
        yield (
            row.area.code, row.category, row.line, masked_nik(row), masked_nkk(row), row.name, row.sex, row.marital,
            row.birth_date.isoformat() if row.birth_date else None, row.address, row.rt, row.rw, row.state, row.reason,
        )  # fmt: skip


EXPORTED = (
    "tps_id", "category", "line", "nik", "nkk", "nama", "jk", "status_kawin", "tgl_lahir", "alamat", "rt", "rw",
    "state", "reason",
)  # fmt: skip
