"""``satusuara roll generate | check | dedupe``: rolls from files to files, without a database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ops.commands import voters as roll  # the name "roll" is the module
from satusuara.ops.commands.answer import DONE, FOUND, REJECTED, language, print_json, progress, refusing

if TYPE_CHECKING:
    from satusuara.lake.files import Reading
    from satusuara.roll.lake.dedupe import Found

Say = Callable[[Text], None]
MEMORY = "2500MB"  # of the engine's own buffers; a million records then stay under 4 GiB in all
REJECT_COLUMNS = ("file", "row", "column", "value", "reason")
PAIR_COLUMNS = ("rec_id_a", "rec_id_b", "score", "decision", "reasons")
CLUSTER_COLUMNS = ("rec_id", "cluster_id", "score", "reasons")

Json = Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")]
LawFolder = Annotated[str, typer.Option(help="Folder hukum / law folder.")]
Rejects = Annotated[Path | None, typer.Option(help="Tulis baris tertahan ke / write rows held back to.")]


@roll.callback()
def roll_() -> None:
    """Daftar pemilih / the voter roll."""


@roll.command("generate")
def generate_(
    *,
    rows: Annotated[int, typer.Option(min=1, max=50_000_000, help="Banyaknya baris / number of rows.")],
    out: Annotated[Path, typer.Option(help="Tulis daftar ke / write the roll to.")],
    seed: Annotated[int, typer.Option(min=0, help="Benih acak / random seed.")] = 1,
    truth: Annotated[Path | None, typer.Option(help="Tulis pasangan sejati ke / write the true pairs to.")] = None,
    law: LawFolder = "id-2024",
    area: Annotated[str, typer.Option(help="Mulai di wilayah ini / begin in this area.")] = "7322",
    settings: Annotated[Path | None, typer.Option(help="Setelan TOML / settings.")] = None,
    as_json: Json = False,
) -> None:
    """Buat daftar pemilih buatan / make up a voter roll, its duplicates known."""
    with refusing(), progress() as say:
        from satusuara.law import load_law
        from satusuara.roll.generator import generate, load_settings

        made = load_settings(settings) if settings else load_settings()
        on: date = load_law(law).election_day
        counts = generate(out, rows=rows, seed=seed, law=law, settings=made, on=on, area=area, truth=truth, say=say)
    if as_json:
        print_json({"seed": seed, "law": law, **counts})
        return
    note = Text("pemilih buatan; tidak ada orang di baliknya", "made-up voters; nobody stands behind them")
    typer.echo(f"{out}: {counts['records']} ({note.in_(language())})")


@dataclass(frozen=True, slots=True)
class Job:
    """What was asked of ``dedupe``."""

    files: tuple[Path, ...]
    out: Path
    pairs: Path | None
    rejects: Path | None
    against: Path | None
    save: Path | None
    law: str
    engine: str


@dataclass(frozen=True, slots=True)
class Result:
    found: Found
    rejected: int
    rejects: list[dict[str, Any]]
    thresholds: dict[str, float]
    version: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Checked:
    """What ``check`` found, by code."""

    records: int
    counts: dict[str, int]
    rejected: int
    rejects: list[dict[str, Any]]


@roll.command("check")
def check_(
    file: Annotated[Path, typer.Argument(help="Daftar pemilih: CSV, Parquet, atau XLSX / the roll.")],
    *,
    findings: Annotated[Path | None, typer.Option(help="Tulis temuan ke / write findings to.")] = None,
    unlisted: Annotated[
        Path | None, typer.Option(help="Potensi DPK per TPS: kec, desa, tps, potensi_dpk / possible unlisted voters.")
    ] = None,
    law: LawFolder = "id-2024",
    as_json: Json = False,
    fail_on_findings: Annotated[bool, typer.Option(help="Kode keluar 1 bila ada temuan / exit 1 on findings.")] = False,
) -> None:
    """Periksa daftar pemilih / check a roll."""
    with refusing():
        with progress() as say:
            checked = run_checks(file, findings, unlisted, law, say)
        from satusuara.roll.rules.checks import SOFT

        hard = {code: n for code, n in checked.counts.items() if code not in SOFT}
        if as_json:
            soft = {code: n for code, n in checked.counts.items() if code in SOFT}
            answer = {"law": law, "records": checked.records, "findings": hard, "soft": soft}
            print_json({**answer, "rejected": checked.rejected, "rejects": checked.rejects})
        else:
            from satusuara.ops.commands.roll_table import print_checks

            print_checks(file, checked)
    if checked.rejected:
        raise typer.Exit(REJECTED)
    raise typer.Exit(FOUND if fail_on_findings and any(hard.values()) else DONE)


def run_checks(file: Path, out: Path | None, unlisted: Path | None, law: str, say: Say) -> Checked:
    """Reads, checks, writes the findings where asked. Raises ``Refusal`` like ``run``."""
    from satusuara.lake.engine import connected
    from satusuara.lake.files import read_table
    from satusuara.lake.write import write_table, writer_of
    from satusuara.law import load_law
    from satusuara.roll.lake import checks
    from satusuara.roll.lake.prepare import TEXTS
    from satusuara.roll.lake.source import adopt, read_rolls, union
    from satusuara.roll.lake.steps import Steps
    from satusuara.roll.rules.checks import TITLES
    from satusuara.roll.rules.spec import load_spec

    if out is not None:
        writer_of(out)
    spec, terms = load_spec(law), _terms(load_law(law))
    extra = (checks.MARKS, checks.NOTICE)
    with connected(memory=MEMORY) as reader, TemporaryDirectory(prefix="satusuara-") as folder:
        steps = Steps(reader, Path(folder))
        say(Text("membaca daftar", "reading the roll"))
        readings = read_rolls(reader, [file], extra=extra)
        adopt(steps, reader, union(readings, (*TEXTS, *extra)), spec, names=[file.name])
        if unlisted is not None:
            station = ["kec", "desa", "tps"]
            table = read_table(reader, unlisted, key=station, required=[checks.UNLISTED]).table
            steps.make("unlisted_voters", str(reader.compile(table)))
        say(Text("memeriksa daftar", "checking the roll"))
        size = checks.findings(steps, spec, terms, unlisted=unlisted is not None)
        counts = dict.fromkeys(TITLES, 0) | dict(steps.rows("SELECT code, count(*) FROM found GROUP BY code"))
        if out is not None:
            order = "ORDER BY code, rec_id, kec, desa, tps"
            rows = steps.rows(f"SELECT {', '.join(checks.FINDING)} FROM found {order}")  # noqa: S608 (constants)
            write_table(out, checks.FINDING, rows)
        rejects = [one.as_dict(language()) for reading in readings for one in reading.rejects()]
    return Checked(size, counts, sum(reading.rejected for reading in readings), rejects)


def _terms(law: Any) -> Any:
    """What the law says of a roll and a station."""
    from satusuara.roll.lake.checks import Terms

    if law.roll is None:
        raise Refusal(
            "law-file-missing",
            Text(f'folder hukum "{law.id}" tidak punya roll.toml', f'the law folder "{law.id}" has no roll.toml'),
        )
    marks = [mark.upper() for reason in law.roll.strike_reasons if reason.ineligible for mark in reason.marks]
    station = law.station
    return Terms(
        day=law.election_day,
        minimum_age=law.roll.minimum_age,
        cap=station.cap,
        reserve_percent=station.reserve_percent,
        reserve_rounding=station.reserve_rounding,
        ineligible=marks,
    )


@roll.command("dedupe")
def dedupe_(
    files: Annotated[list[Path], typer.Argument(help="Daftar pemilih: CSV, Parquet, atau XLSX / the roll.")],
    *,
    out: Annotated[Path, typer.Option(help="Tulis kelompok ke / write the clusters to.")],
    pairs: Annotated[Path | None, typer.Option(help="Tulis pasangan ke / write the pairs to.")] = None,
    rejects: Rejects = None,
    against: Annotated[
        Path | None, typer.Option(help="Hanya data baru terhadap daftar ini / only new records, against this roll.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Simpan daftar siap pakai untuk --against / keep the prepared roll.")
    ] = None,
    law: LawFolder = "id-2024",
    engine: Annotated[str, typer.Option(help="duckdb | spark")] = "duckdb",
    as_json: Json = False,
) -> None:
    """Cari pemilih yang tercatat lebih dari sekali / find voters who are on the roll more than once."""
    job = Job(tuple(files), out, pairs, rejects, against, save, law, engine)
    with refusing():
        with progress() as say:
            result = run(job, say)
        if as_json:
            print_json(as_dict(result))
        else:
            from satusuara.ops.commands.roll_table import print_duplicates

            print_duplicates(job, result)
    raise typer.Exit(REJECTED if result.rejected else DONE)


def run(job: Job, say: Say) -> Result:
    """Reads, refuses, matches and writes.

    Raises ``Refusal`` for files that cannot be read, masked numbers, an unknown engine, a name that cannot be written.
    """
    from satusuara.lake.engine import connected
    from satusuara.lake.files import SHOWN
    from satusuara.lake.write import write_table, writer_of
    from satusuara.roll.lake.dedupe import dedupe
    from satusuara.roll.lake.prepared import save
    from satusuara.roll.lake.source import adopt, read_rolls, union
    from satusuara.roll.lake.steps import Steps
    from satusuara.roll.rules.priors import load_model
    from satusuara.roll.rules.spec import load_spec

    started = time.perf_counter()
    for path in filter(None, (job.out, job.pairs, job.rejects)):
        writer_of(path)  # a name it cannot write is refused before the work, not after
    if job.engine != "duckdb" and (job.against or job.save):
        raise Refusal(
            "engine-unable", Text("--against dan --save hanya pada duckdb", "--against and --save need duckdb")
        )
    spec, model = load_spec(job.law), load_model()
    with ExitStack() as stack:
        reader = stack.enter_context(connected(memory=MEMORY))
        engine = reader if job.engine == "duckdb" else stack.enter_context(connected(job.engine))
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="satusuara-")))
        steps = Steps(engine, folder)
        say(Text("membaca daftar", "reading the roll"))
        readings = read_rolls(reader, job.files)
        if job.against is not None:
            found = _against(job, steps, reader, readings, say)
        else:
            adopt(steps, reader, union(readings), spec, names=[path.name for path in job.files])
            found = dedupe(steps, spec, model, say=say)
            if job.save is not None:
                save(steps, job.save, found.shares, law=job.law, version=model.version)
        say(Text("menulis hasil", "writing the results"))
        _write(job, found, model.probability)
        held = [
            reject.as_dict(language())
            for reading in readings
            for reject in reading.rejects(None if job.rejects else SHOWN)
        ]
        if job.rejects is not None:
            write_table(job.rejects, REJECT_COLUMNS, (tuple(one.values()) for one in held))
    chosen = model.thresholds
    thresholds = {"strike": chosen.strike, "join": chosen.join, "review": chosen.review}
    rejected = sum(reading.rejected for reading in readings)
    return Result(found, rejected, held[:SHOWN], thresholds, model.version, round(time.perf_counter() - started, 3))


def _against(job: Job, steps: Any, reader: Any, readings: list[Reading], say: Say) -> Found:
    """New records against a roll: a prepared one, or a file that is prepared now."""
    from satusuara.lake.engine import connected
    from satusuara.roll.lake.dedupe import dedupe, dedupe_against
    from satusuara.roll.lake.prepared import is_prepared, open_prepared, save
    from satusuara.roll.lake.source import adopt, read_rolls, union
    from satusuara.roll.lake.steps import Steps
    from satusuara.roll.rules.priors import load_model
    from satusuara.roll.rules.spec import load_spec

    spec, model = load_spec(job.law), load_model()
    with TemporaryDirectory(prefix="satusuara-") as name:
        roll_file = prepared = job.against or Path()
        if not is_prepared(prepared):
            say(Text("menyiapkan daftar seluruhnya", "preparing the whole roll"))
            prepared = job.save or Path(name) / "roll.prepared"
            with connected(memory=MEMORY) as other:
                whole = Steps(other, Path(name))
                adopt(whole, other, union(read_rolls(other, [roll_file])), spec, names=[roll_file.name])
                save(whole, prepared, dedupe(whole, spec, model).shares, law=job.law, version=model.version)
        opened = open_prepared(steps, prepared, law=job.law, version=model.version)
        adopt(steps, reader, union(readings), spec, names=[path.name for path in job.files])
        return dedupe_against(steps, spec, model, opened.known, opened.shares, opened.support, say=say)


def _write(job: Job, found: Found, probability: Callable[[int], float]) -> None:
    from satusuara.lake.write import write_table

    lang = language()
    told: dict[frozenset[str], str] = {}
    rows = []
    for pair, reasons in found.reasons(lang):
        told[frozenset((pair.a, pair.b))] = reasons
        rows.append((pair.a, pair.b, pair.probability, pair.decision, reasons))
    if job.pairs is not None:
        write_table(job.pairs, PAIR_COLUMNS, rows)
    write_table(job.out, CLUSTER_COLUMNS, _cluster_rows(found, told, probability))


def _cluster_rows(
    found: Found, told: dict[frozenset[str], str], probability: Callable[[int], float]
) -> Iterator[tuple[Any, ...]]:
    """One row a record: the cluster is named after its first member; the reasons are those of its strongest pair."""
    scores = {frozenset((pair.a, pair.b)): pair.score for pair in found.pairs}
    for cluster in found.clusters:
        for member in cluster.members:
            links = [frozenset((member, other)) for other in cluster.members if other != member]
            best = max((link for link in links if link in scores), key=lambda link: scores[link], default=None)
            reasons = told[best] if best is not None else ""
            yield member, cluster.members[0], probability(cluster.weakest), reasons


def as_dict(result: Result) -> dict[str, Any]:
    """The object of ``--json`` (docs/commands.md)."""
    found = result.found
    return {
        "records": found.records,
        "clusters": len(found.clusters),
        "pairs": len(found.pairs),
        "strike_list": found.strike_list,
        "review": len(found.pairs) - found.strike_list,
        "thresholds": result.thresholds,
        "seconds": result.seconds,
        "candidates": found.candidates,
        "model": result.version,
        "steps": found.seconds,
        "rejected": result.rejected,
        "rejects": result.rejects,
    }


__all__ = ["FOUND", "Job", "Result", "as_dict", "run"]
