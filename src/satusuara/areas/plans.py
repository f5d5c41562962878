"""What tables of constituencies, links and outlines say against what is known. Pure, like ``rules``."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from satusuara.areas.rules import Change, Fault, link_kinds
from satusuara.kernel.hashing import payload_hash, sha256_hex
from satusuara.kernel.i18n import Text

UNKNOWN_CONTEST = Text(
    "jenis pemilihan tidak dikenal hukum pemilu ini", "the law of this election knows no such contest"
)
NO_NAME = Text("nama kosong", "the name is blank")
DISAGREES = Text("berbeda dari baris lain dapil yang sama", "differs from another row of the same constituency")
NO_AREA = Text("tidak ada dalam pohon wilayah", "not in the area tree")
A_STATION = Text("TPS tidak pernah dipadankan antarpemilu", "stations are never linked across elections")
UNKNOWN_KIND = Text("isi same, renamed, split, merged, atau kosong", "write same, renamed, split, merged or nothing")
NO_OUTLINE = Text(
    "bukan koordinat MultiPolygon GeoJSON (bujur, lintang)", "not coordinates of a GeoJSON MultiPolygon (lon, lat)"
)

DistrictKey = tuple[str, str]  # contest, code
MemberKey = tuple[str, str]  # area code, part
Pair = tuple[str, str]  # earlier code, later code


@dataclass(slots=True)
class DistrictFact:
    """A constituency and its areas: {(area code, part): name}."""

    name: str
    seats: int | None = None
    seats_source: str = ""
    source: str = ""
    members: dict[MemberKey, str] = field(default_factory=dict)

    def digest(self, key: DistrictKey) -> str:
        """SHA-256 of everything the constituency says."""
        members = [[*each, name] for each, name in sorted(self.members.items())]
        return payload_hash([*key, self.name, self.seats, self.seats_source, self.source, members])

    def same_as(self, other: DistrictFact) -> dict[str, tuple[Any, Any]]:
        """{field: (this, other)} of what differs, an area of one of them only by its code and part."""
        heads = ("name", "seats", "seats_source")
        found: dict[str, tuple[Any, Any]] = {
            each: (getattr(self, each), getattr(other, each))
            for each in heads
            if getattr(self, each) != getattr(other, each)
        }
        for member in sorted(self.members.keys() | other.members.keys()):
            pair = self.members.get(member), other.members.get(member)
            if pair[0] != pair[1]:
                found["/".join(filter(None, member))] = pair
        return found


@dataclass(slots=True)
class DistrictPlan:
    after: dict[DistrictKey, DistrictFact]
    listed: set[DistrictKey] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)
    gone: list[Change] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def plan_districts(
    rows: Sequence[Mapping[str, Any]],
    before: Mapping[DistrictKey, DistrictFact],
    contests: Collection[str],
    source: str,
) -> DistrictPlan:
    """The constituencies after a table. Areas of a listed one that the table leaves out are named, and kept."""
    made = DistrictPlan(dict(before))
    drafts: dict[DistrictKey, DistrictFact] = {}
    for row in rows:
        key = (row["contest"], row["district"])
        fault = _district_fault(row, drafts.get(key), contests)
        if fault:
            made.faults.append(fault)
            continue
        known = before.get(key)
        draft = drafts.setdefault(key, _draft(row, known, source))
        draft.members[row["area_code"], row["part"]] = row.get("area_name") or row["area_code"]
    for key, draft in drafts.items():
        known = before.get(key)
        missing = [each for each in known.members if each not in draft.members] if known else []
        code = "/".join(key)
        made.gone += [Change(f"{code}/{area}/{part}".rstrip("/"), draft.name, ("gone",)) for area, part in missing]
        if known:
            draft.members = {**{each: known.members[each] for each in missing}, **draft.members}
        made.listed.add(key)
        if known is None:
            made.changes.append(Change(code, draft.name, ("added",)))
        elif changed := known.same_as(draft):
            kinds = ("renamed",) if set(changed) == {"name"} else ("changed",)
            made.changes.append(Change(code, draft.name, kinds, changed))
        else:
            continue
        made.after[key] = draft
    return made


def _district_fault(row: Mapping[str, Any], draft: DistrictFact | None, contests: Collection[str]) -> Fault | None:
    number = row["_row"]
    if row["contest"] not in contests:
        return Fault(number, "contest", row["contest"], UNKNOWN_CONTEST)
    if not row["name"]:
        return Fault(number, "name", "", NO_NAME)
    if draft is not None and draft.name != row["name"]:
        return Fault(number, "name", row["name"], DISAGREES)
    if draft is not None and "seats" in row and draft.seats != row["seats"]:
        return Fault(number, "seats", str(row["seats"] or ""), DISAGREES)
    return None


def _draft(row: Mapping[str, Any], known: DistrictFact | None, source: str) -> DistrictFact:
    said = row.get("source") or source
    seats = row.get("seats", known.seats if known else None)
    seats_source = (row.get("seats_source") or said) if seats is not None else ""
    if known is not None and seats == known.seats and not row.get("seats_source"):
        seats_source = known.seats_source
    return DistrictFact(row["name"], seats, seats_source, said)


@dataclass(frozen=True, slots=True)
class Place:
    """What a link needs to know of an area."""

    name: str
    level: str


def plan_links(
    rows: Sequence[Mapping[str, Any]],
    before: Mapping[Pair, tuple[str, str]],
    earlier: Mapping[str, Place],
    later: Mapping[str, Place],
    *,
    stations: tuple[str, str],
    source: str,
) -> tuple[dict[Pair, tuple[str, str]], list[Fault]]:
    """{(earlier, later): (kind, source)} after a table. A kind that is not written follows from all links together.

    ``stations``: the station level of each election, whose areas are never linked.
    """
    after, written, faults = dict(before), dict[Pair, str](), list[Fault]()
    for row in rows:
        fault = _link_fault(row, earlier, later, stations)
        if fault:
            faults.append(fault)
            continue
        pair = (row["earlier"], row["later"])
        if row.get("kind"):
            written[pair] = row["kind"]
        after[pair] = ("", row.get("source") or (before[pair][1] if pair in before else source))
    kinds = link_kinds(after, {c: p.name for c, p in earlier.items()}, {c: p.name for c, p in later.items()})
    return {pair: (written.get(pair, kinds[pair]), said) for pair, (_, said) in after.items()}, faults


def _link_fault(
    row: Mapping[str, Any], earlier: Mapping[str, Place], later: Mapping[str, Place], stations: tuple[str, str]
) -> Fault | None:
    for column, tree, station in zip(("earlier", "later"), (earlier, later), stations, strict=True):
        place = tree.get(row[column])
        if place is None:
            return Fault(row["_row"], column, row[column], NO_AREA)
        if place.level == station:
            return Fault(row["_row"], column, row[column], A_STATION)
    if row.get("kind") not in {None, "", "same", "renamed", "split", "merged"}:
        return Fault(row["_row"], "kind", row["kind"], UNKNOWN_KIND)
    return None


def link_digest(pair: Pair, kind: str, source: str) -> str:
    return payload_hash([*pair, kind, source])


def read_outline(text: str) -> Any:
    """Coordinates of a MultiPolygon out of their JSON; None where they are none."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, list) and found and all(_is_polygon(each) for each in found) else None


def outline_digest(code: str, coordinates: Any, source: str) -> str:
    """SHA-256 of an outline; its degrees are compared as they are written."""
    return payload_hash([code, sha256_hex(json.dumps(coordinates).encode()), source])


def _is_polygon(polygon: Any) -> bool:
    return isinstance(polygon, list) and bool(polygon) and all(_is_ring(ring) for ring in polygon)


def _is_ring(ring: Any) -> bool:
    return isinstance(ring, list) and len(ring) >= 4 and ring[0] == ring[-1] and all(_is_point(each) for each in ring)


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) == 2
        and all(isinstance(each, int | float) and not isinstance(each, bool) for each in point)
        and -180 <= point[0] <= 180
        and -90 <= point[1] <= 90
    )


def changes_of(before: Mapping[Any, Any], after: Mapping[Any, Any], name: Any) -> Iterator[Change]:
    """Every key that is new or has another value, for things that are one value a key."""
    for key, value in after.items():
        code = "/".join(key) if isinstance(key, tuple) else key
        if key not in before:
            yield Change(code, name(key), ("added",))
        elif before[key] != value:
            yield Change(code, name(key), ("changed",), {"value": (before[key], value)})
