"""Reading a list into the roll: a version. Lines are added, changed, moved and struck; none is ever deleted.

First the new lines are written, a chunk a transaction, under a version that does not count yet: whatever breaks off
goes on at the same row when the same file is read again. Then everything that touches lines already there happens in
one transaction, and the version counts.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from satusuara import law as laws
from satusuara.areas.models import Area, Election
from satusuara.kernel.chunks import chunks
from satusuara.kernel.errors import NotFound, Place, Refusal
from satusuara.kernel.file_names import clean_name
from satusuara.kernel.hashing import canonical_json, file_sha256
from satusuara.kernel.i18n import Text
from satusuara.law.roll import RollSpec
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.roll.actions.sealing import seals_of_lists
from satusuara.roll.choices import ChangeKind, VersionState, VoterState
from satusuara.roll.lists import ListRow, OpenList, opened
from satusuara.roll.models import HeldBack, RollChange, RollVersion, Voter
from satusuara.roll.payloads import version_payload
from satusuara.roll.rules.flags import flags_of_line, stored
from satusuara.roll.rules.lists import ListLine, normal
from satusuara.roll.rules.spec import load_spec
from satusuara.roll.vault import Vault, vault

ABSENT = "not-in-new-list"
_CHUNK = 4000
_SHOWN = 100
_FIELDS = (
    "area_id", "name", "birth_place", "birth_date", "sex", "marital", "address", "rt", "rw", "disability",
)  # fmt: skip

_WRITTEN = (
    "area", "line", "nik_sealed", "nik_token", "nkk_sealed", "nkk_token", "name", "name_key", "birth_place",
    "birth_date", "sex", "marital", "address", "rt", "rw", "disability", "digest", "made_up", "flags", "state",
    "reason",
)  # fmt: skip
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class ImportOutcome:
    """What became of a list. ``kept_struck``: lines struck by an officer's decision that the new list names again.

    ``absent``: lines that the list no longer names and that were left as they are because rows were held back.
    """

    version: RollVersion
    repeated: bool = False
    resumed_at: int = 0
    kept_struck: int = 0
    absent: int = 0
    rejects: list[HeldBack] = field(default_factory=list)


def import_roll(
    *,
    scope: Scope,
    election: Election,
    area: Area,
    category: str,
    source: str,
    path: Path,
    at: datetime,
    file_name: str = "",
    made_up: bool = False,
    progress: Progress | None = None,
) -> ImportOutcome:
    """Reads the whole list of ``area`` for one category of voters. The same file again changes nothing.

    A voter whom the new list no longer names is struck with that reason, unless a row was held back: then nobody is.
    Who was struck by a decision stays struck.

    :raises Forbidden: without ROLL_MANAGE at ``area``
    :raises Refusal: ``roll-being-read`` (another list of it was not finished), and those of the file
    """
    scope.require(Right.ROLL_MANAGE, area)
    law = laws.load_law(election.law)
    if category not in {each.code for each in law.categories}:
        known = ", ".join(each.code for each in law.categories)
        raise NotFound(
            "no-category",
            Text(f"Kategori pemilih {category} tidak dikenal", f"The category of voters {category} is unknown"),
            remedy=Text(f"Yang dikenal: {known}.", f"Known: {known}."),
        )
    sha256 = file_sha256(path)
    with opened(law, election, area, path) as read:
        fresh = RollVersion(
            election=election, area=area, category=category, source=source, file_sha256=sha256, at=at, by=scope.name,
            file_name=clean_name(file_name or path.name), made_up=made_up,
        )  # fmt: skip
        version, repeated = _version(fresh)
        if repeated:
            return ImportOutcome(version, repeated=True)
        spec = law.roll
        assert spec is not None  # noqa: S101 (opened() refuses a law without)
        return _Import(version, spec, read, made_up, progress).run(at)


def _version(fresh: RollVersion) -> tuple[RollVersion, bool]:
    """The version to read into, and whether this very file is the newest version already."""
    of_list = RollVersion.objects.filter(election=fresh.election, area=fresh.area, category=fresh.category)
    of_list = of_list.order_by("-number")
    newest = of_list.filter(state=VersionState.DONE).first()
    if newest is not None and newest.file_sha256 == fresh.file_sha256:
        return newest, True
    open_one = of_list.filter(state=VersionState.READING).first()
    if open_one is not None and open_one.file_sha256 != fresh.file_sha256:
        raise Refusal(
            "roll-being-read",
            Text("Daftar lain untuk wilayah ini belum selesai dibaca", "Another list of this area is not finished"),
            place=Place(file=open_one.file_name, row=open_one.next_row or None),
            remedy=Text("Lanjutkan dahulu dengan berkas itu.", "Go on with that file first."),
        )
    if open_one is not None:
        return open_one, False
    last = of_list.first()
    fresh.number = last.number + 1 if last else 1
    fresh.save()
    return fresh, False


@dataclass(slots=True)
class _Known:
    """A line that was there before this version."""

    pk: int
    digest: bytes
    area: int
    state: str
    reason: str


class _Import:
    """One list on its way into the roll."""

    def __init__(
        self, version: RollVersion, spec: RollSpec, read: OpenList, made_up: bool, progress: Progress | None
    ) -> None:
        self.version, self.spec, self.read = version, spec, read
        self.made_up, self.progress = made_up, progress
        self.vault: Vault = vault()
        self.known = dict(self._before())
        self.named: set[int] = set()  # known lines that the list names
        self.differing: list[tuple[_Known, Voter]] = []
        self.numbers: Counter[int] = Counter()  # lines of each station so far
        self.seen: Counter[str] = Counter()  # how often a record occurred
        self.content: list[bytes] = []
        self.stations: set[int] = set()
        self.ids: dict[str, int] = {}  # record named by the file -> its row
        self.identity = load_spec(version.election.law).identity
        self.woman = list(spec.sexes)[-1] if spec.sexes else ""
        self.villages = read.places.villages

    def _before(self) -> Iterator[tuple[str, _Known]]:
        rows = Voter.objects.filter(election=self.version.election_id, category=self.version.category)
        rows = rows.exclude(since=self.version).filter(below("area__path", self.version.area.path, rows.db))
        named = rows.values_list("rec_id", "pk", "digest", "area_id", "state", "reason")
        for rec_id, pk, digest, area, state, reason in named.iterator(chunk_size=5000):
            yield rec_id, _Known(pk, bytes(digest), area, state, reason)

    def run(self, at: datetime) -> ImportOutcome:
        outcome = ImportOutcome(self.version, resumed_at=self.version.next_row)
        done = 0
        for chunk in chunks(self.read.rows(), _CHUNK):
            self._write(chunk)
            done += len(chunk)
            if self.progress:
                self.progress(done, self.read.total)
        with transaction.atomic():
            self._finish(outcome, at)
        outcome.rejects = list(HeldBack.objects.filter(version=self.version).order_by("row", "pk")[:_SHOWN])
        return outcome

    def _write(self, chunk: Sequence[ListRow]) -> None:
        """New lines of a chunk, in a transaction of its own; those before ``next_row`` were written the last time."""
        fresh, held = [], []
        for row in chunk:
            voter = None if row.line is None or row.station is None else self._voter(row, row.line, row.station)
            written = row.row <= self.version.next_row
            if isinstance(voter, Voter):
                known = self.known.get(voter.rec_id)
                if known is not None:
                    self.named.add(known.pk)
                    if known.digest != voter.digest or known.reason == ABSENT:
                        self.differing.append((known, voter))
                elif not written:
                    fresh.append(voter)
            elif not written:
                held += self._held(row, voter)
        if chunk[-1].row <= self.version.next_row:
            return
        with transaction.atomic():
            Voter.objects.bulk_create(fresh)
            HeldBack.objects.bulk_create(held)
            self.version.next_row = chunk[-1].row
            self.version.save(update_fields=["next_row"])

    def _voter(self, row: ListRow, line: ListLine, station: Area) -> Voter | int:
        """The line as a row of the roll; or the earlier row of the file that has the same ``rec_id``."""
        token = self.vault.token
        nik_token = token(line.nik) if line.nik else None
        if line.rec_id:
            if line.rec_id in self.ids:
                return self.ids[line.rec_id]
            self.ids[line.rec_id] = row.row
            rec_id = line.rec_id
        else:
            identity = nik_token or token(f"{line.name}|{line.birth_date}|{line.nkk}")
            base = identity.hex()[:24]
            self.seen[base] += 1
            rec_id = base if self.seen[base] == 1 else f"{base}-{self.seen[base]}"
        self.numbers[station.pk] += 1
        village = self.villages.get(station.parent_id or 0, ("", ""))
        flags = flags_of_line(line, identity=self.identity, woman=self.woman, village=village)
        said = [
            station.code, line.nik, line.nkk, line.name, line.birth_place, str(line.birth_date or ""), line.sex,
            line.marital, line.address, line.rt, line.rw, line.disability, line.strike,
        ]  # fmt: skip
        digest = token(canonical_json(said).decode())
        self.content.append(rec_id.encode() + b"\0" + digest)
        self.stations.add(station.pk)
        return Voter(
            election_id=self.version.election_id, area_id=station.pk, category=self.version.category, rec_id=rec_id,
            line=line.line or self.numbers[station.pk],
            nik_sealed=self.vault.seal(line.nik) if line.nik else None, nik_token=nik_token,
            nkk_sealed=self.vault.seal(line.nkk) if line.nkk else None,
            nkk_token=token(line.nkk) if line.nkk else None,
            name=line.name, name_key=normal(line.name)[:200], birth_place=line.birth_place,
            birth_date=line.birth_date, sex=line.sex, marital=line.marital, address=line.address, rt=line.rt,
            rw=line.rw, disability=line.disability, digest=digest, made_up=self.made_up, flags=stored(flags),
            state=VoterState.STRUCK if line.strike else VoterState.ACTIVE, reason=line.strike, since=self.version,
        )  # fmt: skip

    def _held(self, row: ListRow, twice: Voter | int | None) -> list[HeldBack]:
        if isinstance(twice, int):
            reason = f"rec_id sama dengan baris {twice} / the same rec_id as row {twice}"
            return [HeldBack(version=self.version, row=row.row, column="rec_id", reason=reason)]
        return [
            HeldBack(
                version=self.version, row=row.row, column=problem.column, value=problem.value[:200],
                reason=f"{problem.reason.id} / {problem.reason.en}",
            )
            for problem in row.problems
        ]  # fmt: skip

    def _finish(self, outcome: ImportOutcome, at: datetime) -> None:
        version = self.version
        version.rejected = version.held_back.values("row").distinct().count()
        version.rows = self.read.total
        version.added = Voter.objects.filter(since=version).count()
        changes = [change for some in chunks(self.differing, 500) for change in self._changes(outcome, some, at)]
        self._struck_by_absence(outcome, changes, at)
        version.changed = sum(change.kind == ChangeKind.CHANGED for change in changes)
        version.moved = sum(change.kind == ChangeKind.MOVED for change in changes)
        version.struck = sum(change.kind == ChangeKind.STRUCK for change in changes)
        version.unchanged = len(self.named) - len(self.differing)
        RollChange.objects.bulk_create(changes)
        version.content_sha256 = hashlib.sha256(b"".join(sorted(self.content))).hexdigest()
        version.state = VersionState.DONE
        version.save()
        touched = self.stations | {c.from_area_id for c in changes if c.from_area_id}
        seals = seals_of_lists(touched, action="roll.import")
        done = Seal("roll.import", "roll.version", str(version.pk), version_payload(version))
        seal(at=at, by=version.by, seals=[*seals, done])

    def _changes(
        self, outcome: ImportOutcome, some: Sequence[tuple[_Known, Voter]], at: datetime
    ) -> Iterator[RollChange]:
        """Lines that the new list says otherwise. One struck by a decision, or locked, keeps its state."""
        olds = Voter.objects.in_bulk([known.pk for known, _ in some])
        for known, fresh in some:
            old = olds[known.pk]
            if old.state != VoterState.ACTIVE and old.reason != ABSENT:
                outcome.kept_struck += 1
                fresh.state, fresh.reason = old.state, old.reason
            yield self._change(old, fresh, at)
            fresh.pk, fresh.since_id = old.pk, old.since_id
        Voter.objects.bulk_update([fresh for _, fresh in some], _WRITTEN, batch_size=200)

    def _change(self, old: Voter, fresh: Voter, at: datetime) -> RollChange:
        before = {name: str(getattr(old, name)) for name in (*_FIELDS, "state", "reason")}
        differing = [name for name in _FIELDS if getattr(old, name) != getattr(fresh, name)]
        differing += [name for name in ("nik", "nkk") if _token(old, name) != _token(fresh, name)]
        moved = old.area_id != fresh.area_id
        kind = ChangeKind.MOVED if moved else ChangeKind.CHANGED
        if fresh.state == VoterState.STRUCK and old.state == VoterState.ACTIVE:
            kind = ChangeKind.STRUCK
        elif old.reason == ABSENT and fresh.state == VoterState.ACTIVE:
            kind = ChangeKind.RESTORED
        return RollChange(
            voter=old, version=self.version, kind=kind, reason=fresh.reason, fields=differing,
            from_area_id=old.area_id if moved else None, to_area_id=fresh.area_id if moved else None,
            before=self.vault.seal(canonical_json(before).decode()), at=at, by=self.version.by,
        )  # fmt: skip

    def _struck_by_absence(self, outcome: ImportOutcome, changes: list[RollChange], at: datetime) -> None:
        gone = [k for k in self.known.values() if k.pk not in self.named and k.state == VoterState.ACTIVE]
        if self.version.rejected:
            outcome.absent = len(gone)
            return
        for some in chunks(gone, 500):
            Voter.objects.filter(pk__in=[k.pk for k in some]).update(
                state=VoterState.STRUCK, reason=ABSENT
            )  # fmt: skip
        changes += [
            RollChange(
                voter_id=k.pk, version=self.version, kind=ChangeKind.STRUCK, reason=ABSENT,
                from_area_id=k.area, at=at, by=self.version.by,
            )
            for k in gone
        ]  # fmt: skip


def _token(voter: Voter, name: str) -> Any:
    value = getattr(voter, f"{name}_token")
    return bytes(value) if value is not None else None
