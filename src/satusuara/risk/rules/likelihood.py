"""How likely an event is at a station, from data: base rate (L0), shrinkage (L1), features (L2). Pure.

L0  a published rate, as so many pseudo-observations.
L1  beta-binomial shrinkage down the tree: an area's rate is its own history and its parent's rate, weighed by how much
    areas of that level really differ. The weight (in pseudo-observations) is the one that makes the counts of that
    level likeliest, each area judged against its parent without itself.
L2  a ridge logistic regression on features, with the logit of L1 as its offset; on the learning set L1 is taken
    without the station itself, or it would be trusted too much.

Raw history of small areas is worse than none: that is why nothing here uses it alone.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from satusuara.risk.rules.beta import beta_quantile, log_beta_binomial

Path = tuple[str, ...]
"""Codes of the areas in which a station lies, widest first: (regency, sub-district, village)."""

STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 4096.0)
"""Weights tried for a parent's rate; the last leaves nearly nothing to the area's own history."""

OPINION_CAP = 10
FLOOR = 1e-6


@dataclass(frozen=True, slots=True)
class Counts:
    happened: float = 0
    of: float = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.happened + other.happened, self.of + other.of)

    def __sub__(self, other: Counts) -> Counts:
        return Counts(self.happened - other.happened, self.of - other.of)


NOTHING = Counts()


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate as Beta(mean x weight, (1 - mean) x weight). ``own``: observations of the area itself in it."""

    mean: float
    weight: float
    own: Counts

    def interval(self, share: float = 0.95) -> tuple[float, float]:
        """The central interval that holds the rate with probability ``share``."""
        a, b = max(self.mean * self.weight, FLOOR), max((1 - self.mean) * self.weight, FLOOR)
        return beta_quantile((1 - share) / 2, a, b), beta_quantile((1 + share) / 2, a, b)

    @property
    def strength(self) -> str:
        """How much of the estimate is the area's own: "own" (most), "mixed", "borrowed" (nearly nothing)."""
        share = self.own.of / self.weight if self.weight else 0.0
        return "own" if share >= 0.5 else "mixed" if share >= 0.1 else "borrowed"

    def with_opinions(self, opinions: Iterable[Counts]) -> Estimate:
        """With what people believe added as observations, each cut to ``OPINION_CAP`` of them."""
        mean, weight = self.mean, self.weight
        for each in opinions:
            cut = min(1.0, OPINION_CAP / each.of) if each.of > 0 else 0.0
            mean = (mean * weight + each.happened * cut) / (weight + each.of * cut)
            weight += each.of * cut
        return Estimate(mean, weight, self.own)


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """L1 as learnt: counts of every area, and the weight of the parent's rate at each level."""

    base: Counts  # L0: so many of so many
    weights: tuple[float, ...]  # one a level of the paths
    counts: Mapping[Path, Counts] = field(repr=False)

    def at(self, path: Path, less: Counts = NOTHING) -> Estimate:
        """The rate of the smallest area of ``path``, ``less`` left out of every area's counts."""
        root = self.counts.get((), NOTHING) - less + self.base
        mean, weight, own = _rate(root), root.of, root
        for depth in range(1, len(path) + 1):
            own = self.counts.get(path[:depth], NOTHING)
            if own.of:
                own = own - less
            k = self.weights[depth - 1]
            mean, weight = (own.happened + k * mean) / (own.of + k), own.of + k
        return Estimate(mean, weight, own)


def learn(observations: Iterable[tuple[Path, bool]], base: Counts = NOTHING) -> Shrinkage:
    """L1 from what happened at stations: (path, whether it happened). ``base`` adds a published rate at the top.

    :raises ValueError: without any observation and without a base rate
    """
    sums: dict[Path, list[float]] = defaultdict(lambda: [0.0, 0.0])
    depth = 0
    for path, happened in observations:
        depth = max(depth, len(path))
        for level in range(len(path) + 1):
            entry = sums[path[:level]]
            entry[0] += happened
            entry[1] += 1
    counts = {path: Counts(*entry) for path, entry in sums.items()}
    if not counts and not base.of:
        raise ValueError("nothing to learn from")
    learnt = Shrinkage(base, (), counts)
    for level in range(1, depth + 1):
        children = [(path, own) for path, own in counts.items() if len(path) == level]
        priors = [(own, learnt.at(path[:-1], less=own).mean) for path, own in children]
        learnt = Shrinkage(base, (*learnt.weights, _likeliest(priors)), counts)
    return learnt


def _likeliest(children: Sequence[tuple[Counts, float]]) -> float:
    """The weight of the parent's rate under which the children's counts are likeliest; the largest when in doubt."""
    grouped: dict[tuple[float, float, float], int] = defaultdict(int)
    for own, mean in children:
        grouped[own.happened, own.of, round(min(max(mean, FLOOR), 1 - FLOOR), 6)] += 1

    def log_likelihood(k: float) -> float:
        return sum(
            n * log_beta_binomial(int(x), int(of), mean * k, (1 - mean) * k) for (x, of, mean), n in grouped.items()
        )

    return max(reversed(STRENGTHS), key=log_likelihood)


def _rate(counts: Counts) -> float:
    return (counts.happened + 0.5) / (counts.of + 1)


# --- L2 ---


@dataclass(frozen=True, slots=True)
class Features:
    """A ridge logistic regression beside an offset; features are centred and scaled as in the learning set."""

    names: tuple[str, ...]
    centres: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]  # the first is the constant

    def shift(self, values: Sequence[float]) -> float:
        """What the features add to the logit."""
        return self.weights[0] + sum(self.parts(values))

    def parts(self, values: Sequence[float]) -> list[float]:
        """The share of each feature in ``shift``, in the order of ``names``."""
        scaled = ((v - c) / s for v, c, s in zip(values, self.centres, self.scales, strict=True))
        return [w * z for w, z in zip(self.weights[1:], scaled, strict=True)]

    def apply(self, p: float, values: Sequence[float]) -> float:
        """The probability ``p`` moved by the features."""
        return expit(logit(p) + self.shift(values))


def fit_features(
    names: Sequence[str], rows: Sequence[Sequence[float]], offsets: Sequence[float], happened: Sequence[bool],
    *, ridge: float = 10.0,
) -> Features:  # fmt: skip
    """Newton's method on the penalised likelihood; the constant is penalised like the rest, so that "no effect" wins
    where the data say little. ``offsets`` are logits."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    centres = tuple(sum(c) / len(c) if c else 0.0 for c in columns)
    scales = tuple(
        math.sqrt(sum((v - m) ** 2 for v in c) / len(c)) or 1.0 if c else 1.0
        for c, m in zip(columns, centres, strict=True)
    )
    design = [(1.0, *((v - m) / s for v, m, s in zip(row, centres, scales, strict=True))) for row in rows]
    size = len(names) + 1
    weights = [0.0] * size
    for _ in range(25):
        gradient = [-ridge * w for w in weights]
        curvature = [[ridge if i == j else 0.0 for j in range(size)] for i in range(size)]
        for x, offset, y in zip(design, offsets, happened, strict=True):
            p = expit(offset + sum(w * v for w, v in zip(weights, x, strict=True)))
            for i in range(size):
                gradient[i] += (y - p) * x[i]
                for j in range(i, size):
                    curvature[i][j] += p * (1 - p) * x[i] * x[j]
        for i in range(size):
            for j in range(i):
                curvature[i][j] = curvature[j][i]
        step = _solve(curvature, gradient)
        weights = [w + s for w, s in zip(weights, step, strict=True)]
        if max(abs(s) for s in step) < 1e-8:
            break
    return Features(tuple(names), centres, scales, tuple(weights))


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gauss with the largest pivot; the matrix is positive definite by its ridge."""
    size = len(right)
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(i + 1, size):
            factor = rows[r][i] / rows[i][i]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    found = [0.0] * size
    for i in reversed(range(size)):
        found[i] = (rows[i][size] - sum(rows[i][j] * found[j] for j in range(i + 1, size))) / rows[i][i]
    return found


def logit(p: float) -> float:
    """The log of the odds."""
    p = min(max(p, FLOOR), 1 - FLOOR)
    return math.log(p / (1 - p))


def expit(value: float) -> float:
    """The probability of which ``value`` is the log of the odds."""
    return 1 / (1 + math.exp(-value)) if value >= 0 else 1 - 1 / (1 + math.exp(value))
