"""The linkage over the roll of the database: its lines to the engine and back as pairs before reviewers.

Lines go out as a file that only this process reads, below SATUSUARA_HOME, gone when the work is done: numbers never
leave the machine. What a whole run prepared is kept sealed, so that a day's changes are matched in a second or two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from satusuara.areas.models import Area, Election
from satusuara.kernel.chunks import chunks
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.lake.engine import connected
from satusuara.people.choices import Right
from satusuara.people.queries import Scope, below
from satusuara.roll.actions.linking import FoundPair, record_linkage
from satusuara.roll.choices import VoterState
from satusuara.roll.lake.dedupe import Found, dedupe, dedupe_against
from satusuara.roll.lake.prepared import open_prepared, save
from satusuara.roll.lake.source import adopt, read_rolls, union
from satusuara.roll.lake.steps import Steps
from satusuara.roll.models import LinkageRun, RollChange, Voter
from satusuara.roll.queries import lines_that_count
from satusuara.roll.rules.levels import STRANGERS
from satusuara.roll.rules.model import milli
from satusuara.roll.rules.priors import load_model
from satusuara.roll.rules.spec import load_spec
from satusuara.roll.vault import vault

if TYPE_CHECKING:
    import pyarrow as pa

Say = Callable[[Text], None]
MEMORY = "2GB"
_CELLS = (
    "pk", "nik_sealed", "nkk_sealed", "name", "marital", "birth_place", "birth_date", "sex", "address", "rt", "rw",
)  # fmt: skip
_COLUMNS = (
    "rec_id", "nik", "nkk", "nama", "status_kawin", "tempat_lahir", "tgl_lahir", "jk", "alamat", "rt", "rw", "kec",
    "desa", "tps",
)  # fmt: skip
_CHUNK = 20_000


def link_roll(
    *, scope: Scope, area: Area, only_changes: bool, at: datetime, say: Say = lambda _text: None
) -> LinkageRun:
    """Looks for people with more than one active line below an area, and puts what it finds before reviewers.

    ``only_changes``: only lines that are new or changed since the last whole run, against that run's roll; a whole run
    where there was none. Nothing is struck.

    :raises Forbidden: without ROLL_MANAGE at ``area``
    :raises Refusal: ``roll-empty``
    """
    scope.require(Right.ROLL_MANAGE, area)
    election, model = area.election, load_model()
    lines = active_lines(area)
    kept = prepared_file(election, area)
    last = LinkageRun.objects.filter(area=area, settings__whole=True, settings__model=model.version).first()
    whole = not only_changes or last is None or not kept.exists()
    if not whole and last is not None:
        lines = lines.filter(_since(last, area))
    marks = {"line": _last_pk(active_lines(area)), "change": _last_pk(_changes_below(area))}
    with _workroom() as folder, connected(memory=MEMORY) as engine:
        say(Text("menyiapkan daftar", "preparing the roll"))
        file = folder / "roll.parquet"
        count = _write(lines, file)
        if not count and not whole:
            return _record(scope, area, None, {"whole": False, **marks}, at)
        if not count:
            raise Refusal(
                "roll-empty",
                Text("Belum ada pemilih aktif di wilayah ini", "There is no active voter in this area yet"),
                remedy=Text("Impor daftarnya dahulu.", "Import the list first."),
            )
        steps, spec = Steps(engine, folder), load_spec(election.law)
        readings = read_rolls(engine, [file])
        if whole:
            adopt(steps, engine, union(readings), spec, names=[file.name])
            found = dedupe(steps, spec, model, say=say)
            prepared = folder / "roll.prepared"
            save(steps, prepared, found.shares, law=election.law, version=model.version)
            _keep(prepared, kept)
        else:
            prepared = folder / "whole.prepared"
            prepared.write_bytes(vault().open_bytes(kept.read_bytes()))
            opened = open_prepared(steps, prepared, law=election.law, version=model.version)
            adopt(steps, engine, union(readings), spec, names=[file.name])
            found = dedupe_against(steps, spec, model, opened.known, opened.shares, opened.support, say=say)
        say(Text("menaruh pasangan di antrean", "putting pairs into the queue"))
        return _record(scope, area, found, {"whole": whole, **marks}, at)


def active_lines(area: Area) -> QuerySet[Voter]:
    """Lines on which somebody may vote: one that is locked has its other line where the voter goes."""
    rows = lines_that_count().filter(election=area.election_id, state=VoterState.ACTIVE)
    return rows.filter(below("area__path", area.path, rows.db))


def prepared_file(election: Election, area: Area) -> Path:
    """Where the prepared roll of an area is kept, sealed under the key of the roll."""
    return Path(settings.HOME) / "roll" / f"{election.code}-{area.code}.sealed"


def _record(
    scope: Scope, area: Area, found: Found | None, said: dict[str, Any], at: datetime
) -> LinkageRun:  # fmt: skip
    model = load_model()
    chosen = model.thresholds
    said |= {
        "model": model.version,
        "strike_from": round(chosen.strike * 1e6),
        "review_from": round(chosen.review * 1e6),
    }
    if found is not None:
        start, steps = milli(found.shares.prior_bits(STRANGERS)), {k: round(v * 1000) for k, v in found.seconds.items()}
        said |= {"start": start, "candidates": found.candidates, "milliseconds": steps}
    return record_linkage(
        scope=scope, election=area.election, area=area, design=f"satusuara-{model.version}", settings=said,
        records=found.records if found else 0, found=list(_pairs(found)) if found else (), at=at,
    )  # fmt: skip


def _pairs(found: Found) -> Iterator[FoundPair]:
    """Pairs of two lines of which both are active still: a prepared roll may know an older state of one."""
    cluster = {member: each.members[0].lstrip("0") for each in found.clusters for member in each.members}
    keys = {int(key) for pair in found.pairs for key in (pair.a, pair.b)}
    active: set[int] = set()
    for some in chunks(sorted(keys), 500):
        active.update(Voter.objects.filter(pk__in=some, state=VoterState.ACTIVE).values_list("pk", flat=True))
    for pair in found.pairs:
        a, b = int(pair.a), int(pair.b)
        if a == b or not {a, b} <= active:
            continue
        joined = cluster.get(pair.a, "")
        reasons = [
            {"feature": one.feature, "level": one.level, "weight": one.weight, "id": one.text.id, "en": one.text.en}
            for one in pair.evidence(found.shares)
        ]
        same = joined if joined == cluster.get(pair.b) else ""
        yield FoundPair(a, b, pair.probability, pair.decision, reasons, same)


def _changes_below(area: Area) -> QuerySet[RollChange]:
    rows = RollChange.objects.filter(voter__election=area.election_id)
    return rows.filter(below("voter__area__path", area.path, rows.db))


def _last_pk(rows: QuerySet[Any]) -> int:
    return int(rows.order_by().aggregate(last=Max("pk"))["last"] or 0)


def _since(last: LinkageRun, area: Area) -> Q:
    """Lines that are new or were changed after a whole run."""
    changed = _changes_below(area).filter(pk__gt=last.settings["change"]).values("voter")
    return Q(pk__gt=last.settings["line"]) | Q(pk__in=changed)


def _write(lines: QuerySet[Voter], file: Path) -> int:
    """The lines as the matching reads them, numbers opened; returns how many."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in _COLUMNS])
    places = _places(lines)
    rows = lines.order_by("pk").values_list(*_CELLS, "area_id").iterator(chunk_size=5000)
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for some in chunks(rows, _CHUNK):
            writer.write_table(_table(some, places, schema))
            count += len(some)
    return count


def _table(some: list[tuple[Any, ...]], places: dict[int, tuple[str, str, str]], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    own = vault()
    made = []
    for pk, nik, nkk, name, marital, born_at, born, sex, address, rt, rw, station in some:
        cells = (
            f"{pk:012d}", own.open(nik) if nik else None, own.open(nkk) if nkk else None, name, marital or None,
            born_at or None, born.isoformat() if born else None, sex or None, address or None, rt or None, rw or None,
        )  # fmt: skip
        made.append((*cells, *places[station]))
    columns = list(zip(*made, strict=True))
    return pa.table([pa.array(column, pa.string()) for column in columns], schema=schema)


def _places(lines: QuerySet[Voter]) -> dict[int, tuple[str, str, str]]:
    """{station: (sub-district, village, station)} by code: names may repeat, codes do not."""
    rows = Area.objects.filter(pk__in=lines.order_by().values("area")).only("code", "path")
    found = {}
    for row in rows:
        codes = row.path.strip("/").split("/")
        found[row.pk] = (codes[-3] if len(codes) > 2 else "", codes[-2] if len(codes) > 1 else "", row.code)
    return found


@contextmanager
def _workroom() -> Iterator[Path]:
    """A folder that its owner alone reads and that is gone afterwards, whatever happens."""
    home = Path(settings.HOME) / "work"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home, prefix="linkage-") as name:
        yield Path(name)


def _keep(prepared: Path, kept: Path) -> None:
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = kept.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(vault().seal_bytes(prepared.read_bytes()))
    fresh.replace(kept)
