"""The shipped model (``model.toml``) as records."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from satusuara.law.records import Record
from satusuara.roll.rules.model import Priors

FILE = Path(__file__).resolve().parents[1] / "model.toml"


class Model(Record, frozen=True, kw_only=True):
    version: int
    strength_m: float
    strength_u: float
    drift: float
    share: dict[str, float]
    m: dict[str, dict[str, tuple[float, ...]]]
    u: dict[str, dict[str, tuple[float, ...]]]

    @property
    def priors(self) -> Priors:
        return Priors(self.m, self.u, self.share, self.strength_m, self.strength_u, self.drift)


@cache
def load_model() -> Model:
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), Model, strict=False)
