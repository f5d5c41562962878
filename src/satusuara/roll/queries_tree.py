"""The roll of an area added up from the lists of its stations: quick, however many voters there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from satusuara.areas.models import Area
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.roll.choices import PairState
from satusuara.roll.models import LinkageRun, MovingLetter, Pair, RollVersion, StationList
from satusuara.roll.models_work import RollJob


@dataclass(slots=True)
class Sums:
    """Lists added up: lines by state, active ones by sex, for one category of voters."""

    active: int = 0
    locked: int = 0
    struck: int = 0
    sexes: Counter[str] = field(default_factory=Counter)

    def add(self, row: tuple[int, int, int, Mapping[str, int]]) -> None:
        lines, active, locked, sexes = row
        self.active += active
        self.locked += locked
        self.struck += lines - active - locked
        self.sexes.update(sexes)


def sums_below(scope: Scope, area: Area) -> tuple[dict[str, Sums], dict[str, dict[str, Sums]]]:
    """({category: sums of the area}, {code of an area just below: {category: sums}}) of what ``scope`` may see."""
    rows = StationList.objects.filter(area__election=area.election_id)
    rows = scope.filter(rows.filter(below("area__path", area.path, rows.db)), Right.ROLL)
    depth = len(area.path.strip("/").split("/"))
    whole: dict[str, Sums] = defaultdict(Sums)
    parts: dict[str, dict[str, Sums]] = defaultdict(lambda: defaultdict(Sums))
    read = rows.order_by().values_list("area__path", "category", "lines", "active", "locked", "sexes")
    for path, category, *figures in read:
        whole[category].add((figures[0], figures[1], figures[2], figures[3]))
        codes = path.strip("/").split("/")
        if len(codes) > depth:
            parts[codes[depth]][category].add((figures[0], figures[1], figures[2], figures[3]))
    return dict(whole), {code: dict(found) for code, found in parts.items()}


def fingerprint(area: Area) -> str:
    """Changes whenever a list below the area does: what a page may remember its figures by."""
    import hashlib

    rows = StationList.objects.filter(area__election=area.election_id)
    rows = rows.filter(below("area__path", area.path, rows.db)).order_by("pk")
    digest = hashlib.sha256()
    for content in rows.values_list("content_sha256", flat=True):
        digest.update(content.encode())
    return digest.hexdigest()


def is_made_up(area: Area) -> bool:
    """Whether a list that concerns the area was made up: said on every page."""
    codes = area.path.strip("/").split("/")
    rows = RollVersion.objects.filter(election=area.election_id, made_up=True)
    return rows.filter(Q(area__code__in=codes) | below("area__path", area.path, rows.db)).exists()


def pair_counts(scope: Scope, area: Area) -> dict[str, int]:
    """{state of a pair: how many} below an area."""
    rows = Pair.objects.filter(below("area__path", area.path, "default"), area__election=area.election_id)
    found = scope.filter(rows, Right.ROLL).order_by().values_list("state").annotate(n=Count("pk"))
    return {PairState(state): n for state, n in found}


def last_run(area: Area) -> LinkageRun | None:
    """The newest run over the area, or one above it."""
    codes = area.path.strip("/").split("/")
    rows = LinkageRun.objects.filter(election=area.election_id, area__code__in=codes)
    return rows.select_related("area").first()


def jobs(scope: Scope, area: Area, kind: str = "") -> Sequence[RollJob]:
    """Work asked for at or below the area, newest first."""
    rows = RollJob.objects.filter(below("area__path", area.path, "default"), election=area.election_id)
    rows = rows.select_related("area", "election")
    if kind:
        rows = rows.filter(kind=kind)
    return list(scope.filter(rows, Right.ROLL_MANAGE)[:10])


@dataclass(frozen=True, slots=True)
class Band:
    """Settled pairs of one span of scores: how many were one person. Scores in millionths."""

    least: int
    most: int
    settled: int
    same: int


BANDS = (995_000, 950_000, 900_000, 500_000, 0)


def measured(scope: Scope, area: Area) -> list[Band]:
    """How often reviewers said "one person", by span of the score: the measured share beside the computed one."""
    rows = Pair.objects.filter(below("area__path", area.path, "default"), area__election=area.election_id)
    rows = scope.filter(rows, Right.ROLL).filter(state__in=(PairState.STRUCK, PairState.DIFFERENT))
    found = []
    most = 1_000_000
    for least in BANDS:
        inside = rows.filter(score__gte=least, score__lte=most)
        found.append(
            Band(least, most, inside.count(), inside.filter(state=PairState.STRUCK).count()),
        )
        most = least - 1
    return found


def band_of(bands: Sequence[Band], score: int) -> Band | None:
    return next((band for band in bands if band.least <= score <= band.most), None)


def letters_of(scope: Scope, pk: int) -> MovingLetter | None:
    """A letter, seen from where the voter left or where he goes."""
    rows = MovingLetter.objects.filter(pk=pk).select_related(
        "origin__area__parent__parent", "destination__area__parent__parent", "origin__election"
    )
    return (
        scope.filter(rows, Right.ROLL, "origin__area").first()
        or scope.filter(rows, Right.ROLL, "destination__area").first()
    )
