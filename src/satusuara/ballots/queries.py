"""Reads of needs, stocks, boxes and hand-overs. A stock is the sum of movements, loose or in boxes held there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from satusuara import law as laws
from satusuara.areas.models import Area, DistrictArea
from satusuara.areas.queries import below, codes_of
from satusuara.ballots.choices import Arrived, BoxState, Condition, DeedKind
from satusuara.ballots.models import Box, Check, Deed, Handover, HandoverBox, Loan, Movement, Need, NeedList, Route
from satusuara.ballots.rules import Key, read_box_code, wanted_at
from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.people.choices import Right
from satusuara.people.queries import Scope

_DISTRICT = "district"  # in a law: a constituency decides the ballot
PACKING = (DeedKind.PACK, DeedKind.REVERSE)
"""Deeds whose movements in a box are what was packed into it."""


# --- what a station votes with ---


def districts_of(law: Law, stations: Sequence[Area]) -> dict[tuple[int, str], str]:
    """{(station's number, contest): the code on its ballots} by the law and the table of districts; three queries.

    A station whose area is split between districts, or in none, is left out for that contest.
    """
    order = [level.code for level in law.levels]
    codes = {code for station in stations for code in codes_of(station)}
    known: dict[tuple[str, str], set[str]] = {}
    if stations:
        rows = DistrictArea.objects.filter(district__election=stations[0].election_id)
        names = ("district__contest", "area_code", "district__code", "part")
        for of_contest, area_code, code, part in rows.values_list(*names):
            if area_code in codes:
                known.setdefault((of_contest, area_code), set()).update({code, "/"} if part else {code})
    found: dict[tuple[int, str], str] = {}
    for station in stations:
        path = codes_of(station)
        for contest in law.contests:
            if contest.district_level != _DISTRICT:
                level = contest.district_level
                found[station.pk, contest.code] = path[order.index(level)] if level else ""
                continue
            nearest = next((known[contest.code, code] for code in reversed(path) if (contest.code, code) in known), ())
            if len(nearest) == 1:
                (found[station.pk, contest.code],) = nearest
    return found


def items_of(law: Law, lang: str) -> dict[str, str]:
    """{item: its name}: the contests in the order of counting, then the supplies."""
    ballots = {contest.code: contest.short.in_(lang) for contest in law.contests}
    return ballots | {supply.code: supply.name.in_(lang) for supply in law.station.supplies}


def stations_of(area: Area) -> QuerySet[Area]:
    """The stations at and below an area, by code."""
    level = laws.load_law(area.election.law).station_level
    return Area.objects.filter(below(area.path), election=area.election_id, level=level).order_by("code")


# --- needs ---


def need_list_of(area: Area) -> NeedList | None:
    """The list that holds at an area: the newest of the nearest area, here or above, that has one."""
    rows = list(
        NeedList.objects.filter(area__election=area.election_id, area__code__in=codes_of(area)).select_related("area")
    )
    return max(rows, key=lambda row: (len(row.area.path), row.number), default=None)


def needs(scope: Scope, area: Area) -> QuerySet[Need]:
    """What the stations at and below need, by station and item.

    :raises Forbidden: ``not-your-area``
    """
    scope.require(Right.SEE, area)
    found = need_list_of(area)
    if found is None:
        return Need.objects.none()
    return found.rows.filter(below(area.path, field="area__path")).select_related("area")


def need_sums(scope: Scope, area: Area) -> dict[Key, int]:
    """{(item, district): needed at and below}."""
    rows = needs(scope, area).order_by().values_list("item", "district").annotate(n=Sum("quantity"))
    return {(item, district): n for item, district, n in rows}


# --- stock ---


def loose(area: Area) -> dict[tuple[str, str, str], int]:
    """{(item, district, condition): so many} lying in a store outside boxes; zeros left out."""
    rows = Movement.objects.filter(area=area, box=None).order_by()
    sums = rows.values_list("item", "district", "condition").annotate(n=Sum("quantity"))
    return {(item, district, condition): n for item, district, condition, n in sums if n}


def in_box(box: Box) -> dict[Key, int]:
    """{(item, district): so many} in a box; zeros left out."""
    rows = Movement.objects.filter(box=box).order_by().values_list("item", "district").annotate(n=Sum("quantity"))
    return {(item, district): n for item, district, n in rows if n}


def opening_stock(scope: Scope, station: Area) -> dict[str, int]:
    """{item: received by a station}: what was packed into the boxes that came, and loans in and out.

    It is what "ballots left" of the desk starts from and what the form calls ballots received, also after boxes left.

    :raises Forbidden: ``not-your-area``
    """
    scope.require(Right.SEE, station)
    came = HandoverBox.objects.filter(handover__receiver=station, box__station=station)
    came = came.filter(arrived__in=(Arrived.WHOLE, Arrived.BROKEN))
    packed = Q(box__in=came.values("box"), deed__kind__in=PACKING)
    lent = Q(deed__kind=DeedKind.LOAN, area=station)
    rows = Movement.objects.filter(packed | lent).order_by().values_list("item").annotate(n=Sum("quantity"))
    return dict(rows)


_THERE = (Condition.UNSORTED, Condition.GOOD, Condition.DAMAGED, Condition.WRONG)


@dataclass(frozen=True, slots=True)
class Account:
    """One item of one district at and below an area, from the order to the station."""

    item: str
    district: str
    needed: int = 0
    conditions: Counter[str] = field(default_factory=Counter)  # loose, by condition
    packed: int = 0  # in boxes, wherever they are
    arrived: int = 0  # at stations: in boxes held there and loose

    @property
    def received(self) -> int:
        """All that came: what lies here in whatever state, and what was packed or arrived. What is missing did not."""
        there = sum(self.conditions[each] for each in _THERE)
        return there + self.packed + self.loose_at_stations

    @property
    def loose_at_stations(self) -> int:
        return self.conditions["at-station"]

    @property
    def in_use(self) -> int:
        """Good ones: loose in stores, packed, or at stations."""
        return self.conditions[Condition.GOOD] + self.packed + self.loose_at_stations

    @property
    def lacking(self) -> int:
        """Needed, and neither good, packed nor still to be sorted."""
        return max(0, self.needed - self.in_use - self.conditions[Condition.UNSORTED])


def accounts(scope: Scope, area: Area) -> list[Account]:
    """Every item and district at and below an area, in the law's order. Boxes count where their station lies.

    :raises Forbidden: ``not-your-area``
    """
    scope.require(Right.SEE, area)
    law = laws.load_law(area.election.law)
    found: dict[Key, Account] = {}

    def at(key: Key) -> Account:
        return found.setdefault(key, Account(*key, needed=wanted.get(key, 0)))

    wanted = need_sums(scope, area)
    for key in wanted:
        at(key)
    here = Movement.objects.filter(below(area.path, field="area__path"), area__election=area.election_id, box=None)
    names = ("item", "district", "condition", "area__level")
    for item, district, condition, level, n in here.order_by().values_list(*names).annotate(n=Sum("quantity")):
        good_there = level == law.station_level and condition == Condition.GOOD
        at((item, district)).conditions["at-station" if good_there else condition] += n
    boxed: dict[Key, list[int]] = {}
    rows = Movement.objects.filter(
        below(area.path, field="box__station__path"), box__station__election=area.election_id
    )
    rows = rows.annotate(there=Exists(Box.objects.filter(pk=OuterRef("box"), holder=OuterRef("box__station"))))
    for item, district, there, n in (
        rows.order_by().values_list("item", "district", "there").annotate(n=Sum("quantity"))
    ):
        sums = boxed.setdefault((item, district), [0, 0])
        sums[0] += n
        sums[1] += n if there else 0
    for key in boxed:
        at(key)
    order = {item: n for n, item in enumerate(items_of(law, "id"))}
    made = [
        Account(
            each.item, each.district, each.needed, each.conditions, boxed.get(key, [0, 0])[0],
            boxed.get(key, [0, 0])[1] + each.loose_at_stations,
        )
        for key, each in found.items()
    ]  # fmt: skip
    return sorted(made, key=lambda each: (order.get(each.item, 99), each.district))


# --- boxes and their way ---


def boxes(scope: Scope, area: Area) -> QuerySet[Box]:
    """Boxes meant for stations at and below an area.

    :raises Forbidden: ``not-your-area``
    """
    scope.require(Right.SEE, area)
    rows = Box.objects.filter(below(area.path, field="station__path"), station__election=area.election_id)
    return (
        rows.exclude(state=BoxState.VOID)
        .select_related("station__parent", "holder")
        .order_by("station__code", "number")
    )


def box_of(election: str, said: str) -> Box:
    """The box of a typed or scanned code.

    :raises Refusal: ``box-code-unread``
    :raises NotFound: ``box-unknown``
    """
    read = read_box_code(said)
    if read is None:
        raise Refusal(
            "box-code-unread",
            Text(f'"{said[:40]}" bukan kode kotak', f'"{said[:40]}" is no box code'),
            remedy=Text(
                "Ketik kembali kode pada label: satu angkanya keliru.", "Type the label's code again: a digit is wrong."
            ),
        )
    rows = Box.objects.filter(station__election=election, station__code=read[0], number=read[1])
    found = rows.exclude(state=BoxState.VOID).select_related("station__election", "holder").first()
    if found is None:
        raise NotFound("box-unknown", Text("Kotak itu belum dikemas", "That box has not been packed"))
    return found


def on_the_way() -> QuerySet[HandoverBox]:
    """Boxes that were sent and not yet counted by anybody."""
    return HandoverBox.objects.filter(arrived="")


def handovers(scope: Scope, area: Area) -> QuerySet[Handover]:
    """Hand-overs from or to an area at or below this one, newest first.

    :raises Forbidden: ``not-your-area``
    """
    scope.require(Right.SEE, area)
    here = below(area.path, field="sender__path") | below(area.path, field="receiver__path")
    rows = Handover.objects.filter(here, sender__election=area.election_id)
    return rows.select_related("sender__election", "receiver").prefetch_related("boxes__box__station")


def handover(scope: Scope, number: int) -> Handover:
    """One hand-over, for whoever sees one of its ends.

    :raises NotFound: ``handover-unknown``; the same where one may not see it
    """
    row = Handover.objects.filter(pk=number).select_related("sender__election", "receiver__election").first()
    if row is None or not (scope.allows(Right.SEE, row.sender) or scope.allows(Right.SEE, row.receiver)):
        raise NotFound("handover-unknown", Text("Serah terima itu tidak ada", "There is no such hand-over"))
    return row


def loans(scope: Scope, area: Area) -> QuerySet[Loan]:
    """Loans from or to a station at or below an area, newest first.

    :raises Forbidden: ``not-your-area``
    """
    scope.require(Right.SEE, area)
    here = below(area.path, field="lender__path") | below(area.path, field="borrower__path")
    return Loan.objects.filter(here, lender__election=area.election_id).select_related("lender", "borrower")


def deeds(scope: Scope, area: Area) -> QuerySet[Deed]:
    """What was done to stores at and below an area, newest first.

    :raises Forbidden: ``not-your-area``
    """
    scope.require(Right.SEE, area)
    rows = Deed.objects.filter(below(area.path, field="area__path"), area__election=area.election_id)
    return rows.select_related("area", "reversed_by").prefetch_related("movements")


def wrong_seals(scope: Scope, area: Area) -> QuerySet[HandoverBox]:
    """Boxes that came with a seal other than the one they were sent with, broken, or not at all."""
    other = ~Q(seal_seen="") & ~Q(seal_seen=F("seal_sent"))
    rows = HandoverBox.objects.filter(other | Q(arrived__in=(Arrived.BROKEN, Arrived.MISSING)))
    return rows.filter(box__in=boxes(scope, area)).select_related("box__station", "handover").order_by("pk")


def packed_in(boxes: Iterable[Box]) -> dict[int, set[Key]]:
    """{box: the (item, district)s that were packed into it}."""
    rows = Movement.objects.filter(box__in=list(boxes), deed__kind__in=PACKING).order_by()
    found: dict[int, set[Key]] = {}
    for pk, item, district, n in rows.values_list("box", "item", "district").annotate(n=Sum("quantity")):
        if n:
            found.setdefault(pk, set()).add((item, district))
    return found


def ways(boxes: Iterable[Box]) -> QuerySet[HandoverBox]:
    """Every way of these boxes, in the order in which they were sent."""
    rows = HandoverBox.objects.filter(box__in=list(boxes)).order_by("pk")
    return rows.select_related("handover", "box__station")


def came_to_station(boxes: Iterable[Box]) -> list[Box]:
    """Those of the boxes that have been at their station."""
    came = {
        row.box_id
        for row in ways(boxes).select_related("handover", "box")
        if row.arrived in {Arrived.WHOLE, Arrived.BROKEN} and row.handover.receiver_id == row.box.station_id
    }
    return [box for box in boxes if box.pk in came]


def stations_in_need(scope: Scope, area: Area) -> list[Area]:
    """The stations whose needs are set, by code."""
    pks = set(needs(scope, area).order_by().values_list("area", flat=True))
    return [each for each in stations_of(area).select_related("election") if each.pk in pks]


def routes_below(area: Area) -> list[Route]:
    """The ways to areas at and below this one, the newest of each."""
    rows = Route.objects.filter(below(area.path, field="area__path"), area__election=area.election_id)
    return list({row.area_id: row for row in rows.select_related("area").order_by("pk")}.values())


def checks(scope: Scope, area: Area) -> QuerySet[Check]:
    """Readings of a box's district, newest first."""
    return Check.objects.filter(box__in=boxes(scope, area)).select_related("box__station")


def routes(areas: Iterable[Area]) -> dict[int, Route]:
    """{area: the way to it}, where one was set; the newest."""
    found: dict[int, Route] = {}
    for row in Route.objects.filter(area__in=list(areas)).order_by("pk"):
        found[row.area_id] = row
    return found


def wanted_at_station(area: Area) -> datetime:
    """When everything must be at the stations of an area, by the law and its local time."""
    law = laws.load_law(area.election.law)
    zone = ZoneInfo(law.zone_of(*reversed(codes_of(area)))[0])
    return wanted_at(area.election.day, law.station.supplied_days, law.station.supplied_by, zone)
