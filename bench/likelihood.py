"""Likelihood from data against the flat rate and against raw history, on real forms. ``./run bench likelihood``.

Event: on the form of the president 2024 as the public site showed it, valid votes and the sum of the choices differ
(I7), among forms where valid and every choice are present and neither valid nor the sum is 0: in this source 0 means
unread. Half of the stations learn, half are scored, 50 random splits a province. The bar is South Sulawesi's; the other
provinces stand beside it, and where the model is no better than the flat rate the table says so. Luwu Utara also learns
from its forms of 2019 and is scored on those of 2024. Log-loss in thousandths of a nat.

The parquet lies beside the checkout. Where it is absent, South Sulawesi is split from ``likelihood_reference.csv``:
forms and events a village, counted from it; all that the model without features sees.
"""

from __future__ import annotations

import csv
import json
import math
import random
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.measure import Measure

SPLITS = 50
PROVINCE = "73"
RAW_CLIP = 1e-4  # raw history says 0 where nothing happened yet: without a floor its log-loss has no end
RAW_BAR = 0.9  # "far below raw history"
HERE = Path(__file__).resolve().parent
PARQUET = HERE.parents[1] / "shared/data/sirekap2024/sulawesi_ppwp_tps.parquet"
REFERENCE = HERE / "likelihood_reference.csv"
CHOICES = ("paslon_1", "paslon_2", "paslon_3")


@dataclass(frozen=True, slots=True)
class Seen:
    """A station: where it lies, whether the event happened, and its features."""

    path: tuple[str, ...]  # regency, sub-district, village
    happened: bool
    features: tuple[float, ...] = ()


@dataclass(slots=True)
class Table:
    """The stations of one province, and what was left out of them."""

    stations: list[Seen] = field(default_factory=list)
    incomplete: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """Log-losses and the rest of one split."""

    flat: float
    raw: float
    ours: float
    with_features: float
    brier: float
    brier_flat: float
    lift: float
    calibration: float


def measures(*, splits: int = SPLITS) -> list[Measure]:
    """The bars of South Sulawesi, the other provinces beside them, and Luwu Utara from 2019 to 2024."""
    found: list[Measure] = []
    for province, table in sorted(provinces().items(), key=lambda each: (each[0] != PROVINCE, each[0])):
        found += judged(province, table, splits)
    return [*found, *learnt_in_2019()]


def provinces() -> dict[str, Table]:
    """{province: its stations}; from the reference, loudly, where the parquet is absent."""
    if not PARQUET.exists():
        print(f"   {PARQUET.name} is absent: only South Sulawesi, from {REFERENCE.name}", file=sys.stderr)
        return {PROVINCE: Table(list(_reference()))}
    import pyarrow.parquet as pq

    found: dict[str, Table] = {}
    for row in pq.read_table(PARQUET, columns=["tps_id", "dpt", "valid", *CHOICES]).to_pylist():
        table = found.setdefault(row["tps_id"][:2], Table())
        figures = [row["valid"], *(row[name] for name in CHOICES)]
        if None in figures:
            table.incomplete += 1
        elif figures[0] == 0 or sum(figures[1:]) == 0:
            table.unread += 1
        else:
            code = row["tps_id"]
            size = math.log(min(max(row["dpt"] or 200, 20), 600))  # misreads reach 232,120
            table.stations.append(Seen((code[:4], code[:6], code[:10]), figures[0] != sum(figures[1:]), (size,)))
    return found


def _reference() -> Iterator[Seen]:
    with REFERENCE.open() as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            code, forms, events = row["village"], int(row["forms"]), int(row["events"])
            for number in range(forms):
                yield Seen((code[:4], code[:6], code), number < events)


def judged(province: str, table: Table, splits: int = SPLITS) -> list[Measure]:
    """Half against half, ``splits`` times."""
    from satusuara.risk.rules.backtest import paired

    stations = table.stations
    rounds = [_split(stations, random.Random(f"{province}/{number}")) for number in range(splits)]
    half = len(stations) // 2
    gain = paired([r.ours - r.flat for r in rounds], learnt=half, scored=len(stations) - half)
    beside = paired([r.with_features - r.ours for r in rounds], learnt=half, scored=len(stations) - half)
    flat, raw, ours = (statistics.mean(getattr(r, name) for r in rounds) for name in ("flat", "raw", "ours"))
    bars = province == PROVINCE
    events = sum(each.happened for each in stations)
    left = f"left out: {table.incomplete:,} incomplete, {table.unread:,} with a 0 (unread)"
    who = f"province {province}"
    spread = [r.ours - r.flat for r in rounds]
    found = [
        Measure(f"{who}: forms scored a split", len(stations) - half, "forms", None, f"{events:,} events; {left}"),
        Measure(
            f"{who}: log-loss shrunk / flat, upper end of 95 %", 1 + gain.high / flat, "times",
            1.0 if bars else None,
            f"{1000 * ours:.2f} against {1000 * flat:.2f}; difference {1000 * gain.mean:+.2f} "
            f"[{1000 * gain.low:+.2f}, {1000 * gain.high:+.2f}]; splits below 0: {sum(d < 0 for d in spread)} of "
            f"{splits}; {gain.verdict().en}",
        ),
        Measure(
            f"{who}: log-loss shrunk / raw sub-district history", ours / raw, "times", RAW_BAR if bars else None,
            f"{1000 * ours:.2f} against {1000 * raw:.2f}",
        ),
        Measure(
            f"{who}: Brier shrunk / flat", statistics.mean(r.brier / r.brier_flat for r in rounds), "times", None,
            f"{statistics.mean(r.brier for r in rounds):.5f}",
        ),
        Measure(
            f"{who}: events in the fifth said to be worst", 100 * statistics.mean(r.lift for r in rounds), "%", None,
            "20 % without skill",
        ),
        Measure(
            f"{who}: calibration, mean distance over tenths", 1000 * statistics.mean(r.calibration for r in rounds),
            "/1000", None, "said against happened",
        ),
    ]  # fmt: skip
    if stations and stations[0].features:
        words = "better than without" if beside.better else "no better than without: left out of scores"
        found.append(
            Measure(
                f"{who}: station size as a feature, log-loss", 1000 * beside.mean, "mnat", None,
                f"[{1000 * beside.low:+.2f}, {1000 * beside.high:+.2f}]; {words}",
            )
        )  # fmt: skip
    return found


def _split(stations: Sequence[Seen], chance: random.Random) -> Split:
    from satusuara.risk.rules.backtest import calibration, score
    from satusuara.risk.rules.likelihood import learn

    order = chance.sample(range(len(stations)), len(stations))
    half = len(order) // 2
    learning, scored = [stations[n] for n in order[:half]], [stations[n] for n in order[half:]]
    happened = [each.happened for each in scored]
    model = learn((each.path, each.happened) for each in learning)
    said = [model.at(each.path).mean for each in scored]
    rate = sum(each.happened for each in learning) / half
    ours, flat = score(said, happened), score([rate] * len(scored), happened)
    raw = score(_raw(learning, scored, rate), happened, clip=RAW_CLIP)
    bands = calibration(said, happened)
    distance = sum(band.n * abs(band.said - band.happened) for band in bands) / len(scored)
    featured = ours.log_loss
    if learning[0].features:
        featured = score(_featured(model, learning, scored, said), happened).log_loss
    return Split(flat.log_loss, raw.log_loss, ours.log_loss, featured, ours.brier, flat.brier, ours.lift, distance)


def _raw(learning: Sequence[Seen], scored: Sequence[Seen], rate: float) -> list[float]:
    """Each sub-district's own share of events, as it is; the flat rate where nothing was learnt."""
    counts: dict[str, list[int]] = {}
    for each in learning:
        entry = counts.setdefault(each.path[-2], [0, 0])
        entry[0] += each.happened
        entry[1] += 1
    return [counts[p][0] / counts[p][1] if (p := each.path[-2]) in counts else rate for each in scored]


def _featured(model, learning: Sequence[Seen], scored: Sequence[Seen], said: Sequence[float]) -> list[float]:  # type: ignore[no-untyped-def]
    from satusuara.risk.rules.likelihood import Counts, fit_features, logit

    offsets = [logit(model.at(each.path, less=Counts(each.happened, 1)).mean) for each in learning]
    names = [f"f{n}" for n in range(len(learning[0].features))]
    fitted = fit_features(names, [e.features for e in learning], offsets, [e.happened for e in learning])
    return [fitted.apply(p, each.features) for p, each in zip(said, scored, strict=True)]


# --- Luwu Utara: learnt in 2019, scored in 2024 ---


def learnt_in_2019() -> list[Measure]:
    """The forms that the project carries; villages joined by the crosswalk, stations are other ones every time."""
    from satusuara.law import folder_of
    from satusuara.risk.rules.backtest import log_loss, sample, score
    from satusuara.risk.rules.likelihood import learn

    folder = folder_of("id-2024")
    past = list(_past(folder))
    now = list(_now(folder))
    happened = [each.happened for each in now]
    model = learn((each.path, each.happened) for each in past)
    rate = sum(each.happened for each in past) / len(past)
    said = [model.at(each.path).mean for each in now]
    both = (("shrunk", said), ("with size and distance", _featured(model, past, now, said)))
    flat = score([rate] * len(now), happened)
    found = [
        Measure(
            "Luwu Utara 2019 to 2024: forms scored", len(now), "forms", None,
            f"{sum(happened)} events; learnt from {len(past)} forms with {sum(e.happened for e in past)}; "
            "no dapil had changed between two elections here before: that feature has nothing to learn from",
        )
    ]  # fmt: skip
    for name, forecast in both:
        ours = score(forecast, happened)
        differences = [log_loss(p, y) - log_loss(rate, y) for p, y in zip(forecast, happened, strict=True)]
        gain = sample(differences)
        found.append(
            Measure(
                f"Luwu Utara 2019 to 2024, {name}: log-loss / flat", ours.log_loss / flat.log_loss, "times", None,
                f"difference {1000 * gain.mean:+.2f} [{1000 * gain.low:+.2f}, {1000 * gain.high:+.2f}] mnat; Brier "
                f"{ours.brier:.5f} against {flat.brier:.5f}; worst fifth holds {100 * ours.lift:.0f} %; "
                f"{gain.verdict().en}",
            )
        )  # fmt: skip
    return found


def _past(folder: Path) -> Iterator[Seen]:
    """2019, the commission's own entry, at the villages of 2024."""
    import pyarrow.parquet as pq

    links = {row["earlier"]: row["later"] for row in pq.read_table(folder / "facts/links.parquet").to_pylist()}
    far = _distances(folder)
    for row in _rows(folder / "demo/2019-ppwp-situng.csv"):
        village = links.get(row["tps_id"][:-3])
        yield from _seen(row, ("paslon_1", "paslon_2"), village, far)


def _now(folder: Path) -> Iterator[Seen]:
    far = _distances(folder)
    for row in _rows(folder / "demo/2024-ppwp-sirekap.csv"):
        yield from _seen(row, CHOICES, row["tps_id"][:10], far)


def _seen(row: dict[str, str], choices: Sequence[str], village: str | None, far: dict[str, float]) -> Iterator[Seen]:
    figures = [row["valid"], *(row[name] for name in choices)]
    if village is None or "" in figures:
        return
    valid, total = int(figures[0]), sum(map(int, figures[1:]))
    if valid and total:
        size = math.log(min(max(int(row["total"] or valid), 20), 600))
        yield Seen((village[:6], village), valid != total, (size, far.get(village, statistics.median(far.values()))))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open() as file:
        yield from csv.DictReader(file)


def _distances(folder: Path) -> dict[str, float]:
    """{village of Luwu Utara: kilometres from the middle of all stations}: how remote it is, from its outline."""
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "facts/boundaries.parquet").to_pylist()
    middles = {}
    for row in table:
        if len(row["code"]) == 10 and row["code"].startswith("7322"):
            points = [point for polygon in json.loads(row["coordinates"]) for point in polygon[0]]
            middles[row["code"]] = tuple(statistics.mean(p[axis] for p in points) for axis in (0, 1))
    lon, lat = (statistics.median(m[axis] for m in middles.values()) for axis in (0, 1))
    return {
        code: 111.2 * math.hypot((m[0] - lon) * math.cos(math.radians(lat)), m[1] - lat) for code, m in middles.items()
    }


if __name__ == "__main__":
    for one in measures():
        print(f"{one.name:64} {one.measured:10.3f} {one.unit:6} {'' if one.bar is None else one.bar} {one.note}")
