"""What a table of areas says against what is known: a tree, its paths, and every change by its name. Pure.

Rows come as ``{column: value}`` with only the columns that the table has; a blank cell is None (figures) or "" (texts).
A column that is absent leaves what is known as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from satusuara.kernel.errors import Refusal
from satusuara.kernel.hashing import payload_hash
from satusuara.kernel.i18n import Text
from satusuara.law.model import Law

_CODE = re.compile(r"[A-Za-z0-9._-]{1,16}")
_LONGEST = 200

BAD_CODE = Text("kode: 1-16 huruf, angka, titik, garis", "a code has 1-16 letters, digits, dots, dashes")
NO_NAME = Text("nama kosong", "the name is blank")
TOO_LONG = Text("lebih dari 200 huruf", "more than 200 letters")
NO_LEVEL = Text("tingkat kosong dan tidak terbaca dari kode", "the level is blank and the code does not tell it")
UNKNOWN_LEVEL = Text("tingkat tidak dikenal hukum pemilu ini", "the law of this election knows no such level")
OTHER_LEVEL = Text("tingkat wilayah yang sudah ada tidak berubah", "the level of a known area does not change")
NO_PARENT = Text("induk tidak ada dalam pohon wilayah", "the parent is not in the area tree")
NOT_ABOVE = Text("induk tidak di atas tingkat wilayah ini", "the parent is not of a level above")
NOT_A_FLAG = Text("isi 0 atau 1", "write 0 or 1")
NOT_A_DEGREE = Text("bukan derajat desimal yang sah", "not a valid decimal degree")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one row is held back."""

    row: int
    column: str
    value: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Node:
    """An area as a tree needs it; ``parent`` is a code. Degrees are whole numbers of 1e-6."""

    code: str
    level: str
    name: str
    parent: str | None
    stations: int | None = None
    abroad: bool = False
    special: bool = False
    lon_e6: int | None = None
    lat_e6: int | None = None
    note: str = ""
    note_en: str = ""
    source: str = ""

    def digest(self, path: str) -> str:
        """SHA-256 of everything the area says, its place in the tree included."""
        return payload_hash([path, *(getattr(self, each) for each in _ALL)])


_ALL = tuple(each.name for each in fields(Node))
_COMPARED = tuple(each for each in _ALL if each not in {"code", "source"})
_KINDS = {"name": "renamed", "parent": "moved", "stations": "recounted"}


@dataclass(frozen=True, slots=True)
class Change:
    """What became different of one thing. ``kinds``: added, gone, renamed, moved, recounted, changed; ``fields`` are
    {field: (before, after)}."""

    code: str
    name: str
    kinds: tuple[str, ...]
    fields: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        said = {name: [before, after] for name, (before, after) in self.fields.items()}
        return {"code": self.code, "name": self.name, "kinds": list(self.kinds), "fields": said}


@dataclass(slots=True)
class Plan:
    """What a table of areas makes of a tree: ``after`` holds every area, known and new, parents before children."""

    after: dict[str, Node] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)  # codes that the table gives and that are not held back
    faults: list[Fault] = field(default_factory=list)


def plan(rows: Sequence[Mapping[str, Any]], before: Mapping[str, Node], law: Law, source: str) -> Plan:
    """The tree after a table of areas. A row that cannot be right is held back, and whatever hangs on it.

    Level and parent may be blank where the law's codes tell them. A row that changes nothing keeps its source.
    """
    ranks = {level.code: rank for rank, level in enumerate(law.levels)}
    made = Plan()
    drafts: list[tuple[int, Node, int]] = []
    for row in rows:
        node = _node(row, before.get(row["code"]), law, source)
        if isinstance(node, Fault):
            made.faults.append(node)
        else:
            drafts.append((ranks[node.level], node, row["_row"]))
    drafts.sort(key=lambda each: each[0])
    after = dict(before)
    for rank, node, number in drafts:
        parent = after.get(node.parent) if node.parent else None
        if node.parent and parent is None:
            made.faults.append(Fault(number, "parent", node.parent, NO_PARENT))
        elif parent is not None and ranks[parent.level] >= rank:
            made.faults.append(Fault(number, "parent", parent.code, NOT_ABOVE))
        else:
            after[node.code] = node
            made.listed.add(node.code)
    made.after = dict(sorted(after.items(), key=lambda each: ranks.get(each[1].level, len(ranks))))
    return made


def paths(tree: Mapping[str, Node]) -> dict[str, str]:
    """{code: "/a/b/c/"} of a tree whose parents come before their children."""
    found: dict[str, str] = {}
    for code, node in tree.items():
        found[code] = f"{found[node.parent] if node.parent else '/'}{code}/"
    return found


def diff(before: Mapping[str, Node], after: Mapping[str, Node]) -> Iterator[Change]:
    """Every area of ``after`` that is new or says something else, field by field, and every one that is not in it."""
    for code, node in after.items():
        known = before.get(code)
        if known is None:
            yield Change(code, node.name, ("added",))
            continue
        if known is node:
            continue
        changed = {f: (getattr(known, f), getattr(node, f)) for f in _COMPARED if getattr(known, f) != getattr(node, f)}
        if changed:
            yield Change(code, node.name, tuple(dict.fromkeys(_KINDS.get(f, "changed") for f in changed)), changed)
    for code in before.keys() - after.keys():
        yield Change(code, before[code].name, ("removed",))


def gone(before: Mapping[str, Node], listed: set[str], *, whole: bool) -> Iterator[Change]:
    """Known areas that a table leaves out though it lists their parent and others below it.

    ``whole``: the table says to be all of the tree, so the same holds at the top. Nothing is ever removed for this.
    """
    parents = {before[code].parent for code in listed if code in before}
    for code, node in before.items():
        at = node.parent
        if code not in listed and at in parents and (whole if at is None else at in listed):
            yield Change(code, node.name, ("gone",))


def group_of(path: str, depth: int) -> str:
    """The register in which an area is sealed: the first ``depth`` codes of its path; "" for what lies above."""
    codes = path.strip("/").split("/")
    return "/".join(codes[:depth]) if len(codes) > depth else ""


def depth_of(law: Law) -> int:
    """How many codes name a register: two levels from the top (a regency), where there are levels below."""
    return max(0, min(2, len(law.levels) - 2))


def register_hash(digests: Mapping[str, str]) -> str:
    """One hash for all rows of a register, whatever their order."""
    return payload_hash([[key, digests[key]] for key in sorted(digests)])


def letters(name: str) -> str:
    """A name by its letters and digits alone: what "the same name" means in a crosswalk."""
    return re.sub(r"[\W_]", "", name.upper())


def link_kinds(
    pairs: Iterable[tuple[str, str]], earlier_names: Mapping[str, str], later_names: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """The kind of every link (earlier code, later code): split where an earlier area has several later ones, merged
    where a later area has several earlier ones, else same or renamed, by the letters of their names.
    """
    found = list(dict.fromkeys(pairs))
    successors = Counter(one for one, _ in found)
    predecessors = Counter(other for _, other in found)

    def kind(one: str, other: str) -> str:
        if successors[one] > 1:
            return "split"
        if predecessors[other] > 1:
            return "merged"
        return "same" if letters(earlier_names[one]) == letters(later_names[other]) else "renamed"

    return {pair: kind(*pair) for pair in found}


class _Held(Exception):
    """A cell that holds its row back: column, value, reason."""


def _node(row: Mapping[str, Any], known: Node | None, law: Law, source: str) -> Node | Fault:
    """The area that a row makes of what is known of it."""
    try:
        given = _given(row, known, law)
    except _Held as held:
        column, value, reason = held.args
        return Fault(row["_row"], column, str(value)[:_LONGEST], reason)
    if known is None:
        return Node(**given, source=row.get("source") or source)
    changed = {f: value for f, value in given.items() if getattr(known, f) != value}
    return replace(known, **changed, source=row.get("source") or source) if changed else known


def _given(row: Mapping[str, Any], known: Node | None, law: Law) -> dict[str, Any]:
    code = row["code"]
    if not _CODE.fullmatch(code):
        raise _Held("code", code, BAD_CODE)
    level = _level(row, known, law)
    parent = row.get("parent") or (known.parent if known else _parent_of(code, level, law))
    given: dict[str, Any] = {"code": code, "level": level, "parent": parent}
    for column, (name, read) in _CELLS.items():
        if column in row:
            given[name] = read(column, row[column])
    name = given.setdefault("name", known.name if known else "")
    if not name or len(name) > _LONGEST:
        raise _Held("name", name, TOO_LONG if name else NO_NAME)
    return given


def _level(row: Mapping[str, Any], known: Node | None, law: Law) -> str:
    level: str = row.get("level") or (known.level if known else _level_of(row["code"], law))
    if not level:
        raise _Held("level", "", NO_LEVEL)
    if level not in {each.code for each in law.levels}:
        raise _Held("level", level, UNKNOWN_LEVEL)
    if known and level != known.level:
        raise _Held("level", level, OTHER_LEVEL)
    return level


def _flag(column: str, cell: int | None) -> bool:
    if cell not in {None, 0, 1}:
        raise _Held(column, cell, NOT_A_FLAG)
    return bool(cell)


def _degree(column: str, cell: str) -> int | None:
    """ "120.219712" as 120219712."""
    if not cell:
        return None
    try:
        degree = Decimal(cell)
    except InvalidOperation:
        raise _Held(column, cell, NOT_A_DEGREE) from None
    if not degree.is_finite() or abs(degree) > 180:
        raise _Held(column, cell, NOT_A_DEGREE)
    return int((degree * 1_000_000).to_integral_value())


def _as_it_is(_column: str, cell: Any) -> Any:
    return cell


_CELLS: dict[str, tuple[str, Callable[[str, Any], Any]]] = {
    "name": ("name", _as_it_is),
    "stations": ("stations", _as_it_is),
    "abroad": ("abroad", _flag),
    "special": ("special", _flag),
    "lon": ("lon_e6", _degree),
    "lat": ("lat_e6", _degree),
    "note": ("note", _as_it_is),
    "note_en": ("note_en", _as_it_is),
}  # column: field, how it is read


def _level_of(code: str, law: Law) -> str:
    if law.codes == "own":
        return ""
    return next((each.code for each in law.levels if law.width_of(each.code) == len(code)), "")


def _parent_of(code: str, level: str, law: Law) -> str | None:
    """The code of the area just above, where codes tell it: nested ones always, others only of a station."""
    order = [each.code for each in law.levels]
    rank = order.index(level)
    if rank == 0:
        return None
    if law.codes == "own":
        try:
            return law.split_code(code)[order[-2]] if level == order[-1] else None
        except Refusal:
            return None
    return code[: law.width_of(order[rank - 1])]
