"""The shipped model (``model.toml``) as records."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from functools import cache
from pathlib import Path

import msgspec

from satusuara.law.records import Record
from satusuara.roll.rules.model import Priors, interpolate

FILE = Path(__file__).resolve().parents[1] / "model.toml"


class Thresholds(Record, frozen=True, kw_only=True):
    """Calibrated probabilities from which a pair is for the strike list, joins a cluster, is shown at all."""

    strike: float
    join: float
    review: float


class Calibration(Record, frozen=True, kw_only=True):
    """Measured bits over computed bits, rising; straight between the knots and beyond them."""

    knots: tuple[tuple[float, float], ...]


class Model(Record, frozen=True, kw_only=True):
    version: int
    strength_m: float
    strength_u: float
    drift: float
    share: dict[str, float]
    m: dict[str, dict[str, tuple[float, ...]]]
    u: dict[str, dict[str, tuple[float, ...]]]

    thresholds: Thresholds
    calibration: Calibration

    def probability(self, score: int) -> float:
        """The calibrated probability of a score in thousandths of a bit, to six places."""
        bits = min(max(interpolate(self.calibration.knots, score / 1000), -30.0), 30.0)
        return round(1 / (1 + 2**-bits), 6)

    def score_of(self, probability: float) -> int:
        """The least score that reaches a probability."""
        return bisect_left(range(-30_000, 30_000), probability, key=self.probability) - 30_000

    @property
    def priors(self) -> Priors:
        return Priors(self.m, self.u, self.share, self.strength_m, self.strength_u, self.drift)


@cache
def load_model() -> Model:
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), Model, strict=False)
