"""The measured curve behind the thresholds: ``python -m bench.linkage_curve`` writes ``roll/curve.csv`` anew.

Seeds 11 to 13, which no bar uses. One row per quarter of a bit of the computed score: pairs from there on, how many are
one person, precision, recall, F1 (of pairs), and the measured share within the row, from which the calibration is fitted.
"""

from __future__ import annotations

import csv
import math
import tempfile
from collections import Counter
from pathlib import Path

from bench.measure import timed

ROWS, SEEDS = 1_000_000, (11, 12, 13)
OUT = Path(__file__).resolve().parents[1] / "src" / "satusuara" / "roll" / "curve.csv"
HEAD = ("bits", "pairs", "one_person", "precision", "recall", "f1", "share_here")
STEP = 0.25


def judged(folder: Path, seed: int) -> tuple[Counter[float], Counter[float], int]:
    """Pairs and true pairs by score, and how many true pairs there are."""
    from satusuara.lake.engine import connected
    from satusuara.roll.lake.dedupe import dedupe
    from satusuara.roll.lake.source import adopt, read_rolls, union
    from satusuara.roll.lake.steps import Steps
    from satusuara.roll.rules.priors import load_model
    from satusuara.roll.rules.spec import load_spec

    roll, truth = folder / "roll.parquet", folder / "truth.parquet"
    timed("roll", "generate", "--rows", str(ROWS), "--seed", str(seed), "--out", str(roll), "--truth", str(truth))
    spec = load_spec("id-2024")
    with connected(memory="2500MB") as connection:
        steps = Steps(connection, folder)
        adopt(steps, connection, union(read_rolls(connection, [roll])), spec, names=[roll.name])
        dedupe(steps, spec, load_model())
        rows = steps.rows(
            f"""
            SELECT floor(j.total / {1000 * STEP}) * {STEP}, count(*), count(t.kind)
            FROM judged AS j JOIN person AS x ON x.id = j.a JOIN person AS y ON y.id = j.b
            LEFT JOIN '{truth}' AS t ON t.rec_id_a = least(x.rec_id, y.rec_id) AND t.rec_id_b = greatest(x.rec_id, y.rec_id)
            GROUP BY 1
            """
        )
        whole = steps.number(f"SELECT count(*) FROM '{truth}'")
    return Counter({bits: n for bits, n, _ in rows}), Counter({bits: hits for bits, _, hits in rows}), whole


def main() -> None:
    """Prints the curve of precision and recall over the seeds."""
    pairs: Counter[float] = Counter()
    hits: Counter[float] = Counter()
    truth = 0
    for seed in SEEDS:
        with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as name:
            here, true, whole = judged(Path(name), seed)
        pairs, hits, truth = pairs + here, hits + true, truth + whole
    n = good = 0
    lines = []
    for bits in sorted(pairs, reverse=True):
        n, good = n + pairs[bits], good + hits[bits]
        share = hits[bits] / pairs[bits]
        found = (good / n, good / truth, 2 * good / (n + truth), share)
        lines.append((bits, n, good, *(round(each, 4) for each in found)))
    with OUT.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        writer.writerows(reversed(lines))
    for low in range(-8, 9):  # measured bits of each whole bit, for the knots of model.toml
        here = sum(n for bits, n in pairs.items() if low <= bits < low + 1)
        true = sum(n for bits, n in hits.items() if low <= bits < low + 1)
        print(low + 0.5, here, round(math.log2((true + 0.5) / (here - true + 0.5)), 2))


if __name__ == "__main__":
    main()
