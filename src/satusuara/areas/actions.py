"""The only writers of areas: an election, and tables of its tree, constituencies, outlines and links.

A table is read as a whole, what it changes is named field by field, and nothing is removed because a table leaves it
out: that is reported as gone. The same table again changes nothing and leaves no trace.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from satusuara import law as laws
from satusuara.areas import plans, registers, rules, tables
from satusuara.areas.choices import TableKind
from satusuara.areas.facts import read_facts
from satusuara.areas.models import Area, AreaImport, AreaLink, AreaRegister, Boundary, District, DistrictArea, Election
from satusuara.areas.rules import Change, Fault, Node
from satusuara.kernel.errors import Refusal
from satusuara.kernel.hashing import file_sha256
from satusuara.kernel.i18n import Text
from satusuara.lake.files import Reject
from satusuara.ledger.actions import Seal, seal

_BATCH = 1000
_KEPT = 1000  # changes and rejects that the record of an import keeps

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class AreaOutcome:
    """What became of a table. ``record`` is None where nothing changed; counts of changes are of areas, constituencies,
    links or outlines, ``rows`` and ``rejected`` of rows in the file."""

    record: AreaImport | None = None
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    changes: list[Change] = field(default_factory=list)  # gone ones last
    rejects: list[Reject] = field(default_factory=list)

    @property
    def gone(self) -> int:
        return sum(change.kinds == ("gone",) for change in self.changes)

    @property
    def repeated(self) -> bool:
        return self.record is None

    def by_kind(self) -> dict[str, int]:
        """{kind of change: how many}."""
        found: dict[str, int] = {}
        for change in self.changes:
            for kind in change.kinds:
                found[kind] = found.get(kind, 0) + 1
        return found


def ensure_election(*, law: str, at: datetime, by: str) -> Election:
    """The election of a law folder, made and sealed when it is not there.

    :raises NotFound: ``law-unknown``
    """
    known = Election.objects.filter(code=law).first()
    if known is not None:
        return known
    said = laws.load_law(law)
    with transaction.atomic():
        election = Election.objects.create(
            code=said.id, law=said.id, name_id=said.name.id, name_en=said.name.en, day=said.election_day,
            scheme=said.code_scheme,
        )  # fmt: skip
        made = Seal("areas.add_election", "areas.election", election.code, registers.election_payload(election))
        seal(at=at, by=by, seals=[made])
    return election


def load_facts(*, law: str, at: datetime, by: str, progress: Progress | None = None) -> list[AreaOutcome]:
    """The facts that a law folder carries (``<law>/facts/facts.toml``), each table where it is not there yet.

    Links to an election that is not there are left for when it is.

    :raises NotFound: ``law-unknown``
    :raises Refusal: ``facts-…`` when the folder's table of contents is wrong
    """
    election = ensure_election(law=law, at=at, by=by)
    done = []
    for table in read_facts(law):
        earlier = Election.objects.filter(code=table.earlier).first() if table.earlier else None
        if table.earlier and earlier is None:
            continue
        outcome = import_areas(
            election=election, kind=table.kind, path=table.path, source=table.source, whole=True, earlier=earlier,
            at=at, by=by, progress=progress,
        )  # fmt: skip
        done.append(outcome)
    return done


def import_areas(
    *,
    election: Election,
    path: Path,
    source: str,
    at: datetime,
    by: str,
    kind: str = TableKind.TREE,
    earlier: Election | None = None,
    whole: bool = False,
    file_name: str = "",
    progress: Progress | None = None,
) -> AreaOutcome:
    """Reads one table of areas (docs/commands.md) into an election; bad rows are held back and named.

    ``whole``: the table says to be all of its kind. ``earlier``: the election whose areas ``links`` start from.
    One transaction; one ledger entry a register that changed, and one for the table.

    :raises Refusal: a file that cannot be read as a whole; ``earlier-missing``; ``areas-not-as-sealed``
    """
    name = (file_name or path.name)[-255:]
    with tables.opened(kind, path, name) as read, transaction.atomic():
        Election.objects.select_for_update().get(pk=election.pk)
        work = _WORK[TableKind(kind)](election, read, source, whole=whole, earlier=earlier, progress=progress)
        work.run()
        outcome = work.outcome
        outcome.rows = read.total
        faults = {fault.row for fault in work.faults}
        outcome.rejected = read.rejected + len(faults)
        held = [Reject(name, f.row, f.column, f.value, f.reason) for f in work.faults]
        outcome.rejects = sorted([*read.rejects, *held], key=lambda each: each.row)
        known = AreaImport.objects.filter(election=election, kind=kind, file_sha256=(sha256 := file_sha256(path)))
        if not (outcome.added or outcome.changed) and known.exists():
            return outcome
        record = AreaImport(
            election=election, kind=kind, file_name=name, file_sha256=sha256, source=source, at=at, by=by,
            rows=outcome.rows, added=outcome.added, changed=outcome.changed, unchanged=outcome.unchanged,
            gone=outcome.gone, rejected=outcome.rejected, changes=_kept(c.as_dict() for c in _telling(outcome.changes)),
            rejects=_kept(reject.as_dict("id") for reject in outcome.rejects),
        )  # fmt: skip
        record.save()
        outcome.record = record
        seals = _seal_registers(election, kind, work.touched)
        done = Seal("areas.import", "areas.import", str(record.pk), registers.import_payload(record), reason=source)
        seal(at=at, by=by, seals=[*seals, done])
    return outcome


def _telling(changes: Sequence[Change]) -> list[Change]:
    """What a record keeps: what is new speaks for itself where everything is."""
    return sorted(changes, key=lambda change: change.kinds == ("added",))


def _kept(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first thousand, as they will come back from the database."""
    found: list[dict[str, Any]] = json.loads(json.dumps([row for row, _ in zip(rows, range(_KEPT), strict=False)]))
    return found


def _seal_registers(election: Election, kind: str, touched: dict[str, dict[str, str]]) -> list[Seal]:
    AreaRegister.objects.bulk_create(
        [
            AreaRegister(election=election, kind=kind, group=group, digests=registers.short(rows))
            for group, rows in touched.items()
        ],
        update_conflicts=True,
        unique_fields=["election", "kind", "group"],
        update_fields=["digests"],
        batch_size=200,
    )
    seals = []
    for group, rows in touched.items():
        known = registers.id_of(election.code, kind, group)
        payload = registers.payload(known, rows, registers.short(rows))
        seals.append(Seal(f"areas.import_{kind}", "areas.register", known, payload))
    return seals


class _Work(ABC):
    """One table on its way into the database. ``touched``: every register that it changed, as it is afterwards."""

    kind: TableKind

    def __init__(
        self,
        election: Election,
        read: tables.TableRead,
        source: str,
        *,
        whole: bool,
        earlier: Election | None,
        progress: Progress | None,
    ) -> None:
        self.election, self.read, self.source, self.whole = election, read, source, whole
        self.earlier, self.progress = earlier, progress
        self.law = laws.load_law(election.law)
        self.outcome = AreaOutcome()
        self.faults: list[Fault] = []
        self.touched: dict[str, dict[str, str]] = {}

    @abstractmethod
    def run(self) -> None:
        """Reads every row of the table and writes what differs."""

    def count(self, changes: Iterable[Change], gone: Iterable[Change], listed: int) -> None:
        found = list(changes)
        self.outcome.added = sum(change.kinds == ("added",) for change in found)
        self.outcome.changed = len(found) - self.outcome.added
        self.outcome.unchanged = listed - len(found)
        self.outcome.changes = [*found, *gone]

    def refuse_unsealed(self, before: registers.Digests, corrected: set[str]) -> None:
        """A row that was changed from outside is never sealed along with its neighbours: the table must correct it.

        :raises Refusal: ``areas-not-as-sealed``
        """
        rows = AreaRegister.objects.filter(election=self.election, kind=self.kind, group__in=list(before))
        for register in rows:
            now = registers.short(before[register.group])
            odd = sorted(
                code
                for code in now.keys() | register.digests.keys()
                if now.get(code) != register.digests.get(code) and code not in corrected
            )
            if odd:
                named = ", ".join(odd[:10])
                raise Refusal(
                    "areas-not-as-sealed",
                    Text(f"Data wilayah berubah di luar sistem: {named}", f"Areas were changed from outside: {named}"),
                    remedy=Text(
                        "Jalankan `satusuara ledger verify`; sertakan wilayah itu dalam tabel atau pulihkan cadangan.",
                        "Run `satusuara ledger verify`; give those areas in the table, or restore a backup.",
                    ),
                )


class _Tree(_Work):
    kind = TableKind.TREE

    def run(self) -> None:
        before, pks, old_paths = registers.known_tree(self.election)
        plan = rules.plan(self.read.rows, before, self.law, self.source)
        self.faults = plan.faults
        after = plan.after
        new_paths = rules.paths(after)
        changes = list(rules.diff(before, after))
        self.count(
            changes, rules.gone(before, {code for (code,) in self.read.keys}, whole=self.whole), len(plan.listed)
        )
        depth = rules.depth_of(self.law)
        moved = [code for code in before if old_paths[code] != new_paths[code]]
        different = {change.code for change in changes} | set(moved)
        groups = {rules.group_of(new_paths[code], depth) for code in different}
        groups |= {rules.group_of(old_paths[code], depth) for code in different if code in before}
        self.touched = self._digests(after, new_paths, groups)
        if before:
            self.refuse_unsealed(self._digests(before, old_paths, groups), plan.listed)
        self._add([after[code] for code in after if code not in before], pks, new_paths)
        self._change([code for code in before if code in different], after, pks, new_paths)

    def _digests(self, nodes: dict[str, Node], paths: dict[str, str], groups: set[str]) -> registers.Digests:
        found: registers.Digests = {group: {} for group in groups}
        for group, code in registers.tree_digests(self.election, nodes, paths):
            if group in found:
                found[group][code] = nodes[code].digest(paths[code])
        return found

    def _add(self, nodes: Sequence[Node], pks: dict[str, int], paths: dict[str, str]) -> None:
        """Parents come before children, and a level is written before the next one starts."""
        start = 0
        while start < len(nodes):
            level = nodes[start].level
            end = start
            while end < len(nodes) and nodes[end].level == level and end - start < 10 * _BATCH:
                end += 1
            made = [self._row(node, pks, paths) for node in nodes[start:end]]
            for row in Area.objects.bulk_create(made, batch_size=_BATCH):
                pks[row.code] = row.pk
            start = end
            if self.progress:
                self.progress(start, len(nodes))

    def _row(self, node: Node, pks: dict[str, int], paths: dict[str, str]) -> Area:
        return Area(
            election=self.election, code=node.code, level=node.level, name=node.name,
            parent_id=pks[node.parent] if node.parent else None, path=paths[node.code], abroad=node.abroad,
            special=node.special, stations=node.stations, lon_e6=node.lon_e6, lat_e6=node.lat_e6, note=node.note,
            note_en=node.note_en, source=node.source,
        )  # fmt: skip

    def _change(self, codes: Sequence[str], after: dict[str, Node], pks: dict[str, int], paths: dict[str, str]) -> None:
        rows = []
        for code in codes:
            row = self._row(after[code], pks, paths)
            row.pk = pks[code]
            rows.append(row)
        fields = ["name", "parent", "path", "abroad", "special", "stations", "lon_e6", "lat_e6", "note", "note_en",
                  "source"]  # fmt: skip
        if rows:
            Area.objects.bulk_update(rows, fields, batch_size=50)


class _Districts(_Work):
    kind = TableKind.DISTRICTS

    def run(self) -> None:
        before = registers.known_districts(self.election)
        contests = [contest.code for contest in self.law.contests]
        plan = plans.plan_districts(self.read.rows, before, contests, self.source)
        self.faults = plan.faults
        at_stake = {contest for contest, _ in plan.listed}
        given = {key[:2] for key in self.read.keys}
        left_out = [key for key in before if self.whole and key[0] in at_stake and key not in given]
        mentioned = {"/".join(key).rstrip("/") for key in self.read.keys}
        gone = [change for change in plan.gone if change.code not in mentioned]
        gone += [Change("/".join(key), before[key].name, ("gone",)) for key in left_out]
        self.count(plan.changes, gone, len(plan.listed))
        keys = [key for key, fact in plan.after.items() if before.get(key) is not fact]
        for key in plan.after:
            if key[0] in {contest for contest, _ in keys}:
                self.touched.setdefault(key[0], {})["/".join(key)] = plan.after[key].digest(key)
        if before:
            now = registers.digests(self.election, self.kind)
            self.refuse_unsealed(
                {group: now[group] for group in self.touched if group in now}, {"/".join(k) for k in plan.listed}
            )
        self._write(keys, plan.after, before)

    def _write(
        self,
        keys: Sequence[plans.DistrictKey],
        after: dict[plans.DistrictKey, plans.DistrictFact],
        before: dict[plans.DistrictKey, plans.DistrictFact],
    ) -> None:
        made = [
            District(
                election=self.election, contest=key[0], code=key[1], name=after[key].name, seats=after[key].seats,
                seats_source=after[key].seats_source, source=after[key].source,
            )
            for key in keys
        ]  # fmt: skip
        District.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["election", "contest", "code"],
            update_fields=["name", "seats", "seats_source", "source"], batch_size=_BATCH,
        )  # fmt: skip
        rows = District.objects.filter(election=self.election)
        pks = {(row.contest, row.code): row.pk for row in rows}
        codes = {area for key in keys for area, _ in after[key].members}
        areas = dict(Area.objects.filter(election=self.election).values_list("code", "pk")) if codes else {}
        DistrictArea.objects.bulk_create(
            [
                DistrictArea(
                    district_id=pks[key], area_id=areas.get(area), area_code=area, name=name, part=part
                )
                for key in keys
                for (area, part), name in after[key].members.items()
                if key not in before or before[key].members.get((area, part)) != name
            ],
            update_conflicts=True, unique_fields=["district", "area_code", "part"], update_fields=["area", "name"],
            batch_size=_BATCH,
        )  # fmt: skip


class _Boundaries(_Work):
    kind = TableKind.BOUNDARIES

    def run(self) -> None:
        now = registers.digests(self.election, self.kind).get("", {})
        areas = dict(Area.objects.filter(election=self.election).values_list("code", "pk"))
        names = dict(Area.objects.filter(election=self.election).values_list("code", "name"))
        rows, after, listed = [], dict(now), set()
        sources = dict(Boundary.objects.filter(area__election=self.election).values_list("area__code", "source"))
        for row in self.read.rows:
            code, coordinates = row["code"], plans.read_outline(row["coordinates"])
            if code not in areas:
                self.faults.append(Fault(row["_row"], "code", code, plans.NO_AREA))
                continue
            if coordinates is None:
                self.faults.append(Fault(row["_row"], "coordinates", row["coordinates"][:200], plans.NO_OUTLINE))
                continue
            listed.add(code)
            said = row.get("source") or self.source
            if now.get(code) == plans.outline_digest(code, coordinates, sources.get(code, said)):
                continue
            after[code] = plans.outline_digest(code, coordinates, said)
            rows.append(Boundary(area_id=areas[code], coordinates=coordinates, source=said))
        changes = plans.changes_of(now, after, lambda code: names[code])
        left_out = sorted(now.keys() - {code for (code,) in self.read.keys}) if self.whole else []
        self.count(changes, [Change(code, names[code], ("gone",)) for code in left_out], len(listed))
        if rows:
            self.touched = {"": after}
            self.refuse_unsealed({"": now}, listed)
        Boundary.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["area"], update_fields=["coordinates", "source"], batch_size=50
        )


class _Links(_Work):
    kind = TableKind.LINKS

    def run(self) -> None:
        earlier = self.earlier
        if earlier is None or earlier.pk == self.election.pk:
            raise Refusal(
                "earlier-missing",
                Text("Padanan membutuhkan pemilu sebelumnya", "Links need the earlier election"),
                remedy=Text("Sebutkan dengan --earlier.", "Name it with --earlier."),
            )
        before = registers.known_links(self.election).get(earlier.code, {})
        one, other = self._places(earlier), self._places(self.election)
        stations = (laws.load_law(earlier.law).station_level, self.law.station_level)
        after, self.faults = plans.plan_links(self.read.rows, before, one, other, stations=stations, source=self.source)
        listed = {(row["earlier"], row["later"]) for row in self.read.rows} & after.keys()
        changes = list(plans.changes_of(before, after, lambda pair: other[pair[1]].name))
        left_out = sorted(before.keys() - self.read.keys) if self.whole else []
        self.count(changes, [Change("/".join(p), other[p[1]].name, ("gone",)) for p in left_out], len(listed))
        different = [pair for pair, said in after.items() if before.get(pair) != said]
        if not different:
            return
        self.touched = {earlier.code: {"/".join(pair): plans.link_digest(pair, *said) for pair, said in after.items()}}
        now = {"/".join(pair): plans.link_digest(pair, *said) for pair, said in before.items()}
        self.refuse_unsealed({earlier.code: now}, {"/".join(pair) for pair in listed})
        pks = [dict(Area.objects.filter(election=e).values_list("code", "pk")) for e in (earlier, self.election)]
        AreaLink.objects.bulk_create(
            [
                AreaLink(earlier_id=pks[0][p[0]], later_id=pks[1][p[1]], kind=after[p][0], source=after[p][1])
                for p in different
            ],
            update_conflicts=True, unique_fields=["earlier", "later"], update_fields=["kind", "source"],
            batch_size=_BATCH,
        )  # fmt: skip

    def _places(self, election: Election) -> dict[str, plans.Place]:
        rows = Area.objects.filter(election=election).values_list("code", "name", "level")
        return {code: plans.Place(name, level) for code, name, level in rows}


_WORK: dict[TableKind, type[_Work]] = {each.kind: each for each in (_Tree, _Districts, _Boundaries, _Links)}
