"""Reads of the tree, constituencies, crosswalk and outlines. Areas are public facts: nothing here needs a scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from satusuara import law as laws
from satusuara.areas.choices import LinkKind
from satusuara.areas.models import Area, AreaImport, AreaLink, Boundary, District, DistrictArea, Election
from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text

_PLACES = 10_000  # outlines are drawn to 1e-4 degree: eleven metres


def election(code: str) -> Election:
    """:raises NotFound: ``election-unknown``"""
    found = Election.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(Election.objects.values_list("code", flat=True)) or "-"
        raise NotFound(
            "election-unknown",
            Text(f'Pemilu "{code}" tidak ada', f'There is no election "{code}"'),
            remedy=Text(f"Yang ada: {known}.", f"There is: {known}."),
        )
    return found


def area(election_code: str, code: str) -> Area:
    """An area by its code, with its parent.

    :raises NotFound: ``area-unknown``
    """
    found = Area.objects.filter(election=election_code, code=code).select_related("election", "parent").first()
    if found is None:
        raise NotFound(
            "area-unknown",
            Text(f'Wilayah "{code}" tidak ada pada {election_code}', f'{election_code} has no area "{code}"'),
        )
    return found


def roots(election_code: str) -> QuerySet[Area]:
    """The areas at the top of the tree."""
    return Area.objects.filter(election=election_code, parent=None).order_by("code")


def children(of: Area) -> QuerySet[Area]:
    """The areas just below, by code."""
    return Area.objects.filter(parent=of).order_by("code")


def siblings(of: Area) -> QuerySet[Area]:
    """The areas beside it under the same parent, itself included, by code."""
    return Area.objects.filter(election=of.election_id, parent=of.parent_id).order_by("code")


def ancestors(of: Area) -> list[Area]:
    """The areas above, from the top, without itself. One query."""
    codes = codes_of(of)[:-1]
    found = {each.code: each for each in Area.objects.filter(election=of.election_id, code__in=codes)}
    return [found[code] for code in codes if code in found]


def codes_of(of: Area) -> list[str]:
    """The codes from the root to the area itself."""
    return of.path.strip("/").split("/")


def below(path: str, *, field: str = "path") -> Q:
    """The condition that a path starts with ``path``, itself included, in the form each database answers by index.

    SQLite's LIKE ignores case and indexes, its default comparison is by bytes: a range. PostgreSQL compares by locale,
    where "/" may not count: LIKE.
    """
    if path == "/":
        return Q()
    if connections[Area.objects.db].vendor == "sqlite":
        return Q(**{f"{field}__gte": path, f"{field}__lt": path[:-1] + chr(ord("/") + 1)})
    return Q(**{f"{field}__startswith": path})


def descendants(of: Area, *, level: str = "") -> QuerySet[Area]:
    """Every area below, or those of one level, by code; the area itself is not among them."""
    rows = Area.objects.filter(below(of.path), election=of.election_id).exclude(pk=of.pk)
    return (rows.filter(level=level) if level else rows).order_by("code")


def search(election_code: str, words: str, *, within: Area | None = None, limit: int = 20) -> list[Area]:
    """Areas whose code starts with ``words`` or whose name holds every one of them; upper levels first."""
    wanted = words.split()
    if not wanted:
        return []
    rows = Area.objects.filter(election=election_code).select_related("parent")
    if within is not None:
        rows = rows.filter(below(within.path))
    named = Q()
    for word in wanted:
        named &= Q(name__icontains=word)
    levels = [each.code for each in laws.load_law(election(election_code).law).levels]
    found: list[Area] = []
    for level in levels:
        found += rows.filter(named | Q(code__startswith=words.strip()), level=level).order_by("code")[
            : limit - len(found)
        ]
        if len(found) >= limit:
            break
    return found


@dataclass(frozen=True, slots=True)
class Membership:
    """The constituencies of one contest in which an area lies. More than one: the area is split, and its own code does
    not say to which a voter belongs. ``whole``: none is a piece, and there is one."""

    contest: str
    members: tuple[DistrictArea, ...]

    @property
    def districts(self) -> tuple[District, ...]:
        return tuple(dict.fromkeys(each.district for each in self.members))

    @property
    def whole(self) -> bool:
        return len(self.districts) == 1 and not any(each.part for each in self.members)


def memberships(of: Area) -> dict[str, Membership]:
    """{contest: where the area lies}, by its own membership or that of the nearest area above that has one.

    An area above a constituency (a province for a regency's assembly) is in none; see ``districts_below``.
    """
    codes = codes_of(of)
    rows = DistrictArea.objects.filter(district__election=of.election_id, area_code__in=codes)
    found: dict[str, dict[str, list[DistrictArea]]] = {}
    for row in rows.select_related("district").order_by("district__code", "part"):
        found.setdefault(row.district.contest, {}).setdefault(row.area_code, []).append(row)
    return {
        contest: Membership(contest, tuple(by_code[max(by_code, key=codes.index)]))
        for contest, by_code in found.items()
    }


def districts_below(of: Area, contest: str) -> QuerySet[District]:
    """The constituencies of a contest that have an area at or below this one."""
    rows = DistrictArea.objects.filter(below(of.path, field="area__path"), district__election=of.election_id)
    return District.objects.filter(pk__in=rows.filter(district__contest=contest).values("district")).order_by("code")


def districts(election_code: str, contest: str) -> QuerySet[District]:
    """Every constituency of a contest with ``areas``, the number of its areas."""
    rows = District.objects.filter(election=election_code, contest=contest)
    return rows.annotate(areas=Count("members")).order_by("code")


def contests_with_districts(election_code: str) -> list[tuple[str, int]]:
    """(contest, number of constituencies), by contest."""
    rows = District.objects.filter(election=election_code).order_by().values_list("contest")
    return list(rows.annotate(n=Count("pk")).order_by("contest"))


def links_of(of: Area) -> tuple[list[AreaLink], list[AreaLink]]:
    """(links to areas of earlier elections, links to areas of later ones)."""
    earlier = of.earlier_links.select_related("earlier__election", "earlier__parent").order_by("earlier__code")
    later = of.later_links.select_related("later__election", "later__parent").order_by("later__code")
    return list(earlier), list(later)


def links(election_code: str, kind: str = "") -> QuerySet[AreaLink]:
    """The crosswalk of a later election, in the order in which it was taken in.

    Ordered by the links' own number: ordered by a code of the areas, SQLite walks all pairs of two trees.
    """
    rows = AreaLink.objects.filter(later__election=election_code)
    rows = rows.select_related("earlier__parent", "later__parent", "earlier__election")
    return (rows.filter(kind=kind) if kind else rows).order_by("pk")


def link_counts(election_code: str, earlier_code: str = "") -> dict[str, int]:
    """{kind: links of this kind}, every kind named; to one earlier election or to all."""
    rows = AreaLink.objects.filter(later__election=election_code).order_by().values_list("kind")
    if earlier_code:
        rows = rows.filter(earlier__election=earlier_code)
    return {**dict.fromkeys(LinkKind.values, 0), **dict(rows.annotate(n=Count("pk")))}


def earlier_of(election_code: str) -> list[Election]:
    """The elections whose areas are linked to this one's, or that were held before it, newest first."""
    this = election(election_code)
    return list(Election.objects.filter(day__lt=this.day).order_by("-day"))


def unlinked_later(election_code: str, earlier_code: str) -> QuerySet[Area]:
    """Areas of the linked levels that no area of the earlier election is linked to.

    Only below those top areas that have any link: what the earlier election's data never held is no gap.
    """
    links = AreaLink.objects.filter(later__election=election_code, earlier__election=earlier_code)
    linked = links.order_by("pk").values_list("later__level", "later__path")  # in this order: see ``links``
    places = {(level, path.split("/")[1]) for level, path in linked.iterator()}
    levels, tops = {level for level, _ in places}, {top for _, top in places}
    start = Area.objects.filter(pk=OuterRef("earlier_id"), election=earlier_code)
    mine = AreaLink.objects.filter(Exists(start), later=OuterRef("pk"))
    rows = Area.objects.filter(~Exists(mine), election=election_code, level__in=levels)
    return _within(rows, tops)


def unlinked_earlier(election_code: str, earlier_code: str) -> QuerySet[Area]:
    """Areas of the earlier election's linked levels that no later area continues."""
    links = AreaLink.objects.filter(later__election=election_code, earlier__election=earlier_code)
    levels = set(links.order_by("pk").values_list("earlier__level", flat=True).iterator())
    mine = AreaLink.objects.filter(earlier=OuterRef("pk"), later__election=election_code)
    rows = Area.objects.filter(~Exists(mine), election=earlier_code, level__in=levels)
    return rows.select_related("parent").order_by("code")


def _within(rows: QuerySet[Area], tops: Iterable[str]) -> QuerySet[Area]:
    condition = Q(pk__in=[])
    for code in sorted(tops):
        condition |= below(f"/{code}/")
    return rows.filter(condition).select_related("parent").order_by("code")


def features(of: Area, level: str) -> Iterator[dict[str, Any]]:
    """GeoJSON features of the areas of one level at or below an area: outlines, or a point where there is a marker.

    Degrees are rounded to 1e-4 (eleven metres), the same for neighbours, so that their edges still meet.
    """
    rows = Area.objects.filter(below(of.path), election=of.election_id, level=level).order_by("code")
    outlines = dict(
        Boundary.objects.filter(below(of.path, field="area__path"), area__election=of.election_id, area__level=level)
        .values_list("area_id", "coordinates")
        .iterator()
    )
    for each in rows.only("pk", "code", "name", "stations", "note", "note_en", "lon_e6", "lat_e6"):
        geometry: dict[str, Any]
        if each.pk in outlines:
            geometry = {"type": "MultiPolygon", "coordinates": _drawn(outlines[each.pk])}
        elif each.lon_e6 is not None and each.lat_e6 is not None:
            geometry = {"type": "Point", "coordinates": [each.lon_e6 / 1_000_000, each.lat_e6 / 1_000_000]}
        else:
            continue
        properties = {"code": each.code, "name": each.name, "stations": each.stations}
        notes = {"note": each.note, "note_en": each.note_en or each.note} if each.note else {}
        yield {"type": "Feature", "id": each.code, "geometry": geometry, "properties": {**properties, **notes}}


def outline_sources(of: Area, level: str) -> list[str]:
    """Who says the outlines of one level at or below an area."""
    rows = Boundary.objects.filter(below(of.path, field="area__path"), area__election=of.election_id)
    return sorted(rows.filter(area__level=level).order_by().values_list("source", flat=True).distinct())


def outline_state(election_code: str) -> int:
    """A number that grows with every table of areas that an election takes in: what was drawn before may be old."""
    newest = AreaImport.objects.filter(election=election_code).aggregate(newest=Max("pk"))["newest"]
    return newest or 0


def _drawn(polygons: Any) -> list[list[list[list[float]]]]:
    drawn = [[_ring(ring) for ring in polygon] for polygon in polygons]
    return [[ring for ring in polygon if len(ring) >= 4] for polygon in drawn if len(polygon[0]) >= 4]


def _ring(points: Any) -> list[list[float]]:
    """A closed ring without points that fall onto the one before."""
    rounded = [[round(lon * _PLACES) / _PLACES, round(lat * _PLACES) / _PLACES] for lon, lat in points]
    return [point for n, point in enumerate(rounded) if n == 0 or point != rounded[n - 1]]


def outline_levels(of: Area) -> list[str]:
    """The levels at or below an area that have an outline, in the law's order."""
    found = set(
        Boundary.objects.filter(below(of.path, field="area__path"), area__election=of.election_id)
        .order_by()
        .values_list("area__level", flat=True)
        .distinct()
    )
    return [each.code for each in laws.load_law(of.election.law).levels if each.code in found]
