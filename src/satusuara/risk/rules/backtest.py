"""Whether a forecast was worth anything: log-loss, Brier, calibration, lift, and a paired comparison. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from satusuara.kernel.i18n import Text

_T_975 = {9: 2.262, 19: 2.093, 29: 2.045, 49: 2.010, 99: 1.984}  # Student's t, two-sided 95 %


@dataclass(frozen=True, slots=True)
class Band:
    """Forecasts of one tenth, from the lowest: what was said and what happened, on average."""

    n: int
    said: float
    happened: float


@dataclass(frozen=True, slots=True)
class Score:
    """``lift``: the share of events among the fifth of stations that was said to be worst (no skill: 0.2)."""

    n: int
    events: int
    log_loss: float
    brier: float
    lift: float


@dataclass(frozen=True, slots=True)
class Paired:
    """A mean difference over splits (ours - theirs: below 0 is better) with its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def better(self) -> bool:
        return self.high < 0

    def verdict(self) -> Text:
        """Says so when it is no better."""
        if self.better:
            return Text("lebih baik daripada angka rata-rata", "better than the flat rate")
        return Text(
            "tidak lebih baik daripada angka rata-rata; pakailah angka rata-rata",
            "no better than the flat rate; use the flat rate",
        )


def log_loss(said: float, happened: bool, *, clip: float = 1e-6) -> float:
    """How badly one forecast fared, in nats: 0 is perfect. ``clip``: how sure a forecast may be at most."""
    p = min(max(said, clip), 1 - clip)
    return -math.log(p if happened else 1 - p)


def score(said: Sequence[float], happened: Sequence[bool], *, clip: float = 1e-6) -> Score:
    """:raises ValueError: without forecasts"""
    if not said:
        raise ValueError("no forecasts")
    n, events = len(said), sum(happened)
    losses = sum(log_loss(p, y, clip=clip) for p, y in zip(said, happened, strict=True))
    squares = sum((p - y) ** 2 for p, y in zip(said, happened, strict=True))
    return Score(n, events, losses / n, squares / n, lift(said, happened))


def lift(said: Sequence[float], happened: Sequence[bool], *, worst: float = 0.2) -> float:
    """The share of events in the ``worst`` share of stations; equal forecasts share what falls on their border."""
    room, total, found = worst * len(said), sum(happened), 0.0
    if not total:
        return 0.0
    groups: dict[float, list[int]] = {}
    for p, y in zip(said, happened, strict=True):
        group = groups.setdefault(p, [0, 0])
        group[0] += 1
        group[1] += y
    for p in sorted(groups, reverse=True):
        size, events = groups[p]
        taken = min(room, size)
        found += events * taken / size
        room -= taken
        if room <= 0:
            break
    return found / total


def calibration(said: Sequence[float], happened: Sequence[bool], *, bands: int = 10) -> list[Band]:
    """Forecasts in tenths from the lowest."""
    pairs = sorted(zip(said, happened, strict=True))
    found = []
    for number in range(bands):
        part = pairs[number * len(pairs) // bands : (number + 1) * len(pairs) // bands]
        if part:
            n = len(part)
            found.append(Band(n, sum(p for p, _ in part) / n, sum(y for _, y in part) / n))
    return found


def paired(differences: Sequence[float], *, learnt: int, scored: int) -> Paired:
    """The mean of one difference a random split, with an interval that knows that splits share their stations.

    Corrected resampled t (Nadeau and Bengio 2003, Inference for the generalization error, Machine Learning 52):
    variance x (1/splits + scored/learnt) instead of variance / splits.

    :raises ValueError: with fewer than two splits
    """
    splits = len(differences)
    if splits < 2:
        raise ValueError("at least two splits")
    mean = sum(differences) / splits
    variance = sum((d - mean) ** 2 for d in differences) / (splits - 1)
    error = math.sqrt(variance * (1 / splits + scored / learnt))
    t = _T_975.get(splits - 1, 2.0 if splits > 60 else 2.1)
    return Paired(mean, mean - t * error, mean + t * error)


def sample(differences: Sequence[float]) -> Paired:
    """The mean of one difference a station, with its normal 95 % interval: for one learning and one scoring set."""
    n = len(differences)
    if n < 2:
        raise ValueError("at least two stations")
    mean = sum(differences) / n
    error = math.sqrt(sum((d - mean) ** 2 for d in differences) / (n - 1) / n)
    return Paired(mean, mean - 1.96 * error, mean + 1.96 * error)
