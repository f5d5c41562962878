"""How much an agreement says (Fellegi and Sunter 1969), corrected by the roll at hand. Pure.

Two records of one person agree on a level with share m, records of two persons with share u; log2(m/u) is the weight in
bits. Pairs fall into four groups (``levels.STRATA``), because within a household, among twins or under one number
everything else is related: there u is learned with m by expectation-maximisation. Among strangers u is known
beforehand: how often two random records agree, and for names, dates and places how rare the very value is (tf). Priors
hold both in place, so that a small or strange roll does not carry the model away.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from satusuara.roll.rules.levels import FEATURES, LEVELS, NUMBER, STRANGERS, STRATA

Table = Mapping[str, tuple[float, ...]]  # feature -> share of each level from 1 on
ROUNDS = 12
NAME, DOB, PLACE = FEATURES.index("name"), FEATURES.index("dob"), FEATURES.index("place")
NIK, SEX = FEATURES.index("nik"), FEATURES.index("sex")
FIRST_WORD = 2  # name levels from here on have a rarity of their own
CLOSE = 5
ANCHOR = 0.25
"""How much of a group's pairs the priors of u weigh at least: where nearly all pairs are of one person, the few that
look odd would otherwise define what two persons look like, and be taken for them."""
NEAR_PLACE, NEAR_PLACE_MOST = 2, 1.0
"""A birth place with a slip says no more than this, rare as slips are among two persons: towns are alike."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """So many pairs with the same levels and (about) the same rarity: ``tf`` in bits."""

    stratum: int
    levels: tuple[int, ...]
    tf: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Priors:
    """What is expected before a roll was looked at (model.toml)."""

    m: Mapping[str, Table]
    u: Mapping[str, Table]
    share: Mapping[str, float]
    strength_m: float
    strength_u: float
    drift: float


@dataclass(frozen=True, slots=True)
class Shares:
    """m, u and the share of one-person pairs, by group. Among strangers the share is of all pairs of records."""

    m: Mapping[str, Table]
    u: Mapping[str, Table]
    share: Mapping[str, float]

    def weight(self, stratum: int, feature: str, level: int, tf: float | None = None) -> float:
        """Bits for one level; ``tf``: the rarity of what agrees, where there is one."""
        if level == 0 or (feature == "nik" and stratum == NUMBER):
            return 0.0
        group = STRATA[stratum]
        says = -math.log2(self.u[group][feature][level - 1])
        if tf is not None:
            says = tf if stratum == STRANGERS else min(tf, says)
        bits = math.log2(self.m[group][feature][level - 1]) + says
        if level == 1:
            return min(bits, 0.0)  # no disagreement speaks for one person
        if feature == "place" and level == NEAR_PLACE:
            return min(bits, NEAR_PLACE_MOST)
        return bits

    def prior_bits(self, stratum: int) -> float:
        share = self.share[STRATA[stratum]]
        return math.log2(share / (1 - share))


def has_tf(stratum: int, feature: str, level: int) -> bool:
    """Whether a level's weight takes the rarity of the very value."""
    if feature == "name":
        return level >= FIRST_WORD
    return stratum == STRANGERS and ((feature, level) in {("dob", 5), ("place", 3)})


def learn(
    patterns: Sequence[Pattern],
    random: Sequence[Pattern],
    *,
    records: int,
    priors: Priors,
    rounds: int = ROUNDS,
) -> Shares:
    """The shares for this roll. ``patterns``: all candidate pairs; ``random``: pairs drawn blindly."""
    u: dict[str, Table] = {group: dict(priors.u[group]) for group in STRATA}
    u[STRATA[STRANGERS]] = _of_strangers(patterns, random, priors)
    all_pairs = max(records * (records - 1) / 2, 1)
    start = dict(priors.share)
    start[STRATA[STRANGERS]] = min(priors.share[STRATA[STRANGERS]] * records / all_pairs, 0.5)
    shares = Shares(m={group: dict(priors.m[group]) for group in STRATA}, u=u, share=start)
    by_group: dict[int, list[Pattern]] = defaultdict(list)
    for pattern in patterns:
        by_group[pattern.stratum].append(pattern)
    for _ in range(rounds):
        shares = _round(by_group, shares, priors, all_pairs)
    return shares


def _round(by_group: Mapping[int, list[Pattern]], shares: Shares, priors: Priors, all_pairs: float) -> Shares:
    m, u, share = dict(shares.m), dict(shares.u), dict(shares.share)
    for stratum, patterns in by_group.items():
        group = STRATA[stratum]
        same, other = _Counts(), _Counts()
        one_person = total = 0.0
        table = _Weights(shares, stratum)
        for pattern in patterns:
            p = _probability(table.bits(pattern.levels, pattern.tf))
            one_person += p * pattern.pairs
            total += pattern.pairs
            same.add(pattern, p)
            other.add(pattern, 1 - p)
        m[group] = same.shares(priors.m[group], priors.strength_m, priors.drift)
        if stratum == STRANGERS:
            records = math.sqrt(2 * all_pairs)
            share[group] = min(max(one_person, records * 2e-4, 0.5) / all_pairs, 0.5)
        else:
            anchor = max(priors.strength_u, ANCHOR * total * (one_person / total) ** 3)
            learned = dict(other.shares(priors.u[group], anchor, None))
            if stratum == NUMBER:  # strangers who share a number by a slip have names like any strangers: this tells
                learned["name"] = normal(priors.u[group]["name"])  # the two kinds apart where nothing else does
            u[group] = learned
            strength = 4.0
            prior = priors.share[group]
            share[group] = min(max((one_person + strength * prior) / (total + strength), 1e-5), 0.999)
    return Shares(m, u, share)


def _of_strangers(patterns: Sequence[Pattern], random: Sequence[Pattern], priors: Priors) -> Table:
    """How often two persons agree by chance. Numbers resemble each other where the birth date is the same, and sex goes
    with the name: these two are counted among candidates that are surely two persons."""
    chance = _Counts()
    for pattern in random:
        if pattern.stratum == STRANGERS:
            chance.add(pattern, 1.0)
    group = STRATA[STRANGERS]
    found = dict(chance.shares(priors.u[group], priors.strength_u, None))
    alike, named = _Counts(), _Counts()
    for pattern in patterns:
        levels = pattern.levels
        if pattern.stratum == STRANGERS and levels[DOB] == 5 and levels[NAME] <= 2:
            alike.add(pattern, 1.0)
        if pattern.stratum == STRANGERS and levels[NAME] >= 4 and levels[DOB] in (1, 2):
            named.add(pattern, 1.0)
    found["nik"] = alike.shares(priors.u[group], priors.strength_u, None)["nik"]
    found["sex"] = named.shares(priors.u[group], priors.strength_u, None)["sex"]
    return found


class _Counts:
    """Weighted counts of levels."""

    def __init__(self) -> None:
        self._found = {feature: [0.0] * len(LEVELS[feature]) for feature in FEATURES}

    def add(self, pattern: Pattern, weight: float) -> None:
        counted = weight * pattern.pairs
        for feature, level in zip(FEATURES, pattern.levels, strict=True):
            self._found[feature][level] += counted

    def shares(self, prior: Table, strength: float, drift: float | None) -> Table:
        """Shares of the levels from 1 on; the prior counts like ``strength`` pairs; within ``drift`` of it if given."""
        made: dict[str, tuple[float, ...]] = {}
        for feature, expected in prior.items():
            scale = sum(expected)
            counts = self._found[feature][1:]
            total = sum(counts) + strength
            shares = [(n + strength * e / scale) / total for n, e in zip(counts, expected, strict=True)]
            if drift is not None:
                shares = [
                    min(max(s, e / scale / drift), e / scale * drift, 0.999)
                    for s, e in zip(shares, expected, strict=True)
                ]
            made[feature] = tuple(max(share, 1e-9) for share in shares)
        return made


class _Weights:
    """The weights of one group, computed once."""

    def __init__(self, shares: Shares, stratum: int) -> None:
        self._start = shares.prior_bits(stratum)
        self._stratum = stratum
        self._table = [
            [
                math.log2(shares.m[STRATA[stratum]][feature][level - 1])
                if level > 1 and stratum == STRANGERS and has_tf(stratum, feature, level)
                else shares.weight(stratum, feature, level)
                for level in range(len(LEVELS[feature]))
            ]
            for feature in FEATURES
        ]
        self._says = [-math.log2(u) for u in (1.0, *shares.u[STRATA[stratum]]["name"])]

    def bits(self, levels: tuple[int, ...], tf: int) -> float:
        table = self._table
        total = self._start + sum([row[level] for row, level in zip(table, levels, strict=True)])
        if self._stratum == STRANGERS:
            return total + tf
        name = levels[NAME]
        if name >= FIRST_WORD and tf < self._says[name]:
            total += tf - self._says[name]
        return total


def normal(shares: Sequence[float]) -> tuple[float, ...]:
    """The shares scaled to one."""
    whole = sum(shares)
    return tuple(share / whole for share in shares)


def _probability(bits: float) -> float:
    return 1 / (1 + 2**-bits) if bits > -60 else 0.0


def milli(bits: float) -> int:
    """Thousandths of a bit: whole numbers add up to the same sum on every engine."""
    return round(bits * 1000)


def close_cap(shares: Shares) -> int:
    """The most that a closely spelled name may say among strangers, in thousandths of a bit."""
    return milli(1 - math.log2(shares.u[STRATA[STRANGERS]]["name"][CLOSE - 1]))


def interpolate(knots: Sequence[tuple[float, float]], x: float) -> float:
    """On the line through the knots; beyond its ends in parallel to the diagonal."""
    if x <= knots[0][0]:
        return knots[0][1] + x - knots[0][0]
    for (x0, y0), (x1, y1) in pairwise(knots):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return knots[-1][1] + x - knots[-1][0]


def support_weight(sure: int, unlikely: int, sure_supported: int, unlikely_supported: int) -> int:
    """Thousandths of a bit for "their households are linked by another pair too": how much more often that is found at
    pairs that are sure without it than at unlikely ones. Few pairs say little; never below 0 or over 6 bits."""
    m = (sure_supported + 1) / (sure + 20)
    u = (unlikely_supported + 5) / (unlikely + 100)
    return min(max(milli(math.log2(m / u)), 0), 6000)
