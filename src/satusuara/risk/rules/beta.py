"""The beta distribution: what is needed for the interval of a rate, without a numerical library."""

from __future__ import annotations

import math

_ROUNDS, _TINY, _CLOSE = 300, 1e-300, 1e-12


def beta_cdf(x: float, a: float, b: float) -> float:
    """P(rate <= x) under Beta(a, b): the regularised incomplete beta function, by Lentz's continued fraction.

    Source: NIST Digital Library of Mathematical Functions, 8.17.22 (https://dlmf.nist.gov/8.17).
    """
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_cdf(1.0 - x, b, a)
    front = a * math.log(x) + b * math.log1p(-x) - math.log(a) - log_beta(a, b)
    c, d = 1.0, 1.0 / _away(1 - (a + b) * x / (a + 1))
    total = d
    for m in range(1, _ROUNDS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            d = 1.0 / _away(1 + term * d)
            c = _away(1 + term / c)
            step = c * d
            total *= step
        if abs(step - 1) < _CLOSE:
            break
    return min(1.0, math.exp(front) * total)


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def beta_quantile(q: float, a: float, b: float) -> float:
    """The rate below which Beta(a, b) lies with probability ``q``, by bisection to 1e-9."""
    low, high = 0.0, 1.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if beta_cdf(middle, a, b) < q else (low, middle)
    return (low + high) / 2


def log_beta_binomial(happened: int, of: int, a: float, b: float) -> float:
    """Log-probability of ``happened`` of ``of`` when the rate is Beta(a, b), without the binomial coefficient."""
    return log_beta(a + happened, b + of - happened) - log_beta(a, b)
