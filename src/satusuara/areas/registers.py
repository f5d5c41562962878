"""What the ledger seals of areas: a register of rows at a time, read as it stands now, with the rows that differ named.

The log keeps one hash a register (a regency's areas, a contest's constituencies), so the nation is sealed in some
hundreds of entries. A register keeps the beginning of every row's own hash, so that a change is named by its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from satusuara import law as laws
from satusuara.areas import plans
from satusuara.areas.choices import TableKind
from satusuara.areas.models import Area, AreaImport, AreaLink, AreaRegister, Boundary, District, DistrictArea, Election
from satusuara.areas.rules import Node, depth_of, group_of, register_hash

SHORT = 16  # hex digits that a register keeps of a row's hash
_NAMED = 50  # differing rows that a payload names

Digests = dict[str, dict[str, str]]  # group: {code: digest}


def known_tree(election: Election) -> tuple[dict[str, Node], dict[str, int], dict[str, str]]:
    """({code: node}, {code: row number}, {code: path}) of a tree as it stands, parents first."""
    ranks = {level.code: rank for rank, level in enumerate(laws.load_law(election.law).levels)}
    rows = list(
        Area.objects.filter(election=election).order_by().values_list(
            "pk", "code", "level", "name", "parent_id", "stations", "abroad", "special", "lon_e6", "lat_e6", "note",
            "note_en", "source", "path",
        )
    )  # fmt: skip
    rows.sort(key=lambda row: ranks.get(row[2], len(ranks)))
    codes: dict[int | None, str] = {row[0]: row[1] for row in rows}
    nodes = {row[1]: Node(row[1], row[2], row[3], codes.get(row[4]), *row[5:13]) for row in rows}
    return nodes, {row[1]: row[0] for row in rows}, {row[1]: row[13] for row in rows}


def tree_digests(election: Election, nodes: Mapping[str, Node], paths: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(group, code) of every area, in the order of ``nodes``."""
    depth = depth_of(laws.load_law(election.law))
    for code in nodes:
        yield group_of(paths[code], depth), code


def known_districts(election: Election) -> dict[plans.DistrictKey, plans.DistrictFact]:
    """Every constituency of an election as it stands."""
    found = {
        (row.contest, row.code): plans.DistrictFact(row.name, row.seats, row.seats_source, row.source)
        for row in District.objects.filter(election=election)
    }
    members = DistrictArea.objects.filter(district__election=election).order_by()
    for contest, code, area, part, name in members.values_list(
        "district__contest", "district__code", "area_code", "part", "name"
    ):
        found[contest, code].members[area, part] = name
    return found


def known_links(election: Election) -> dict[str, dict[plans.Pair, tuple[str, str]]]:
    """{earlier election: {(earlier code, later code): (kind, source)}} of a later election."""
    found: dict[str, dict[plans.Pair, tuple[str, str]]] = {}
    rows = AreaLink.objects.filter(later__election=election).order_by()
    for earlier, one, other, kind, source in rows.values_list(
        "earlier__election", "earlier__code", "later__code", "kind", "source"
    ):
        found.setdefault(earlier, {})[one, other] = (kind, source)
    return found


def digests(election: Election, kind: str, groups: set[str] | None = None) -> Digests:
    """Every register of a kind (or those named) as its rows stand now."""
    found: Digests = {}

    def add(group: str, code: str, digest: str) -> None:
        found.setdefault(group, {})[code] = digest

    if kind == TableKind.TREE:
        nodes, _, paths = known_tree(election)
        for group, code in tree_digests(election, nodes, paths):
            if groups is None or group in groups:
                add(group, code, nodes[code].digest(paths[code]))
    elif kind == TableKind.DISTRICTS:
        for key, fact in known_districts(election).items():
            add(key[0], "/".join(key), fact.digest(key))
    elif kind == TableKind.LINKS:
        for earlier, links in known_links(election).items():
            for pair, (link_kind, source) in links.items():
                add(earlier, "/".join(pair), plans.link_digest(pair, link_kind, source))
    else:
        for code, coordinates, source in Boundary.objects.filter(area__election=election).values_list(
            "area__code", "coordinates", "source"
        ):
            add("", code, plans.outline_digest(code, coordinates, source))
    return found


def short(rows: Mapping[str, str]) -> dict[str, str]:
    """What a register keeps of its rows."""
    return {code: digest[:SHORT] for code, digest in rows.items()}


def payload(register_id: str, rows: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, Any]:
    """What is sealed of a register. Rows that are not as it keeps them are named: sealed there are never any."""
    now = short(rows)
    differing = sorted(code for code in now.keys() | kept.keys() if now.get(code) != kept.get(code))
    said: dict[str, Any] = {"register": register_id, "rows": len(rows), "sha256": register_hash(rows)}
    return {**said, "differs": differing[:_NAMED]} if differing else said


def id_of(election: str, kind: str, group: str) -> str:
    return f"{election}/{kind}/{group}"


def payloads(ids: Iterable[str]) -> dict[str, Any]:
    """The registers named by ``ids`` as they stand now; one whose row is gone is left out."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for each in ids:
        election_code, kind, group = each.split("/", 2)
        wanted.setdefault((election_code, kind), set()).add(group)
    found = {}
    for (code, kind), groups in wanted.items():
        registers = AreaRegister.objects.filter(election=code, kind=kind, group__in=groups)
        election = Election.objects.filter(code=code).first()
        now = digests(election, kind, groups) if election else {}
        for register in registers:
            known = id_of(code, kind, register.group)
            found[known] = payload(known, now.get(register.group, {}), register.digests)
    return found


def ids() -> Iterator[str]:
    """Every register there is or should be, in elections that were ever sealed."""
    kinds = AreaRegister.objects.order_by().values_list("election", "kind").distinct()
    for election, kind in sorted(kinds):
        groups = set(AreaRegister.objects.filter(election=election, kind=kind).values_list("group", flat=True))
        if kind == TableKind.TREE:
            depth = depth_of(laws.load_law(Election.objects.get(code=election).law))
            paths = Area.objects.filter(election=election).order_by().values_list("path", flat=True)
            groups |= {group_of(path, depth) for path in paths.iterator(chunk_size=20_000)}
        yield from (id_of(election, kind, group) for group in sorted(groups))


def import_payload(row: AreaImport) -> dict[str, Any]:
    """What the ledger seals of a table that was read."""
    names = ("kind", "file_name", "file_sha256", "source", "by", "rows", "added", "changed", "unchanged", "gone",
             "rejected", "changes", "rejects")  # fmt: skip
    return {"election": row.election_id, **{name: getattr(row, name) for name in names}}


def import_payloads(ids: Iterable[str]) -> dict[str, Any]:
    return {str(row.pk): import_payload(row) for row in AreaImport.objects.filter(pk__in=[int(i) for i in ids])}


def import_ids() -> Iterator[str]:
    return (str(pk) for pk in AreaImport.objects.values_list("pk", flat=True))


def election_payload(row: Election) -> dict[str, Any]:
    """What the ledger seals of an election."""
    names = ("code", "law", "name_id", "name_en", "scheme")
    return {**{name: getattr(row, name) for name in names}, "day": row.day.isoformat()}


def election_payloads(ids: Iterable[str]) -> dict[str, Any]:
    return {row.code: election_payload(row) for row in Election.objects.filter(code__in=list(ids))}
