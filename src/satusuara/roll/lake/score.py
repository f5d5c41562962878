"""From levels to a score: the patterns that the model learns from, and the sum of weights (docs/roll-linkage.md, step 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from satusuara.roll.lake.compare import select
from satusuara.roll.rules.levels import FEATURES, LEVELS, STRANGERS, STRATA
from satusuara.roll.rules.model import Pattern, Shares, close_cap, has_tf, learn, milli, support_weight

if TYPE_CHECKING:
    from satusuara.roll.lake.steps import Steps
    from satusuara.roll.rules.model import Priors

SAMPLE = 1_000_000  # random pairs
_STRIDES = (7919, 104_729, 611_953, 15_485_863)


def random_pairs(steps: Steps, size: int) -> None:
    """``random_pair``: about ``SAMPLE`` pairs drawn without looking, the same in every run; all pairs of a small roll."""
    if size * (size - 1) // 2 <= SAMPLE:
        steps.make("random_pair", "SELECT x.id AS a, y.id AS b FROM person AS x JOIN person AS y ON x.id < y.id")
        return
    steps.load("stride", ("step",), ("int",), [(_step(n, size),) for n in range(max(SAMPLE // size, 1))])
    every = max(size // SAMPLE, 1)
    steps.make(
        "random_pair",
        f"""
        SELECT least(x, y) AS a, greatest(x, y) AS b FROM (
            SELECT id AS x, CAST((id + step) % {size} + 1 AS INTEGER) AS y
            FROM person CROSS JOIN stride WHERE id % {every} = 0
        ) AS d WHERE x <> y
        """,
    )


def _step(n: int, size: int) -> int:
    """How far apart the n-th draw's pairs lie: all over the roll, the same in every run."""
    return (_STRIDES[n % len(_STRIDES)] * (n // len(_STRIDES) + 1) + n) % (size - 1) + 1


def patterns(steps: Steps, table: str, cap: int) -> list[Pattern]:
    """The pairs of ``table`` counted by what they look like; ``cap``: of closely spelled names, in thousandths."""
    tf = _tf(cap)
    found = steps.rows(
        f"SELECT stratum, {', '.join(FEATURES)}, CAST(floor(({tf} + 500) / 1000) AS INTEGER) AS bits, count(*) "
        f"FROM {table} GROUP BY stratum, {', '.join(FEATURES)}, bits"
    )
    return sorted(
        (Pattern(row[0], tuple(row[1:-2]), row[-2], row[-1]) for row in found),
        key=lambda one: (one.stratum, one.levels, one.tf),
    )


def _tf(cap: int) -> str:
    name = f"CASE WHEN name = 5 THEN least(name_tf, {cap}) ELSE name_tf END"
    return f"(CASE WHEN stratum = {STRANGERS} THEN {name} + dob_tf + place_tf ELSE name_tf END)"


def learned(steps: Steps, *, size: int, priors: Priors) -> Shares:
    """What this roll teaches: from ``compared`` (all candidates) and random pairs."""
    random_pairs(steps, size)
    steps.make(
        "random_compared",
        f"SELECT stratum, {', '.join(FEATURES)}, name_tf, dob_tf, place_tf FROM ({select('random_pair')}) AS r",
    )
    blind = patterns(steps, "random_compared", 0)
    steps.drop("random_pair", "random_compared")
    close = close_cap(learn([], blind, records=size, priors=priors, rounds=0))
    return learn(patterns(steps, "compared", close), blind, records=size, priors=priors)


def score_sql(shares: Shares) -> str:
    """The score in thousandths of a bit, whole numbers throughout: the same on every engine."""
    parts = []
    for feature in FEATURES:
        cases = []
        for stratum in range(len(STRATA)):
            for level in range(1, len(LEVELS[feature])):
                cases.append(f"WHEN {stratum * 10 + level} THEN {_weight_sql(shares, stratum, feature, level)}")
        parts.append(f"CASE stratum * 10 + {feature} {' '.join(cases)} ELSE 0 END")
    start = " ".join(f"WHEN {n} THEN {milli(shares.prior_bits(n))}" for n in range(len(STRATA)))
    return f"(CASE stratum {start} END + {' + '.join(parts)})"


def _weight_sql(shares: Shares, stratum: int, feature: str, level: int) -> str:
    if not has_tf(stratum, feature, level):
        return str(milli(shares.weight(stratum, feature, level)))
    column = f"{feature}_tf"
    base = milli(shares.weight(stratum, feature, level, 0.0))
    if stratum != STRANGERS:
        limit = milli(shares.weight(stratum, feature, level)) - base
        return f"{base} + least({column}, {limit})"
    if feature == "name" and level == 5:
        return f"{base} + least({column}, {close_cap(shares)})"
    return f"{base} + {column}"


def score(steps: Steps, shares: Shares, *, floor: int) -> None:
    """``scored``: the pairs of ``compared`` with at least ``floor``, with their score."""
    steps.make(
        "scored", f"SELECT * FROM (SELECT *, {score_sql(shares)} AS score FROM compared) AS s WHERE score >= {floor}"
    )


SURE, UNLIKELY = 4000, -3000  # thousandths of a bit


def link_households(steps: Steps) -> None:
    """``supported``: pairs whose two households are also linked by another likely pair, people who moved together."""
    d = steps.dialect
    home = "(SELECT id, coalesce(nkk, house) AS home FROM person)"
    steps.make(
        "linked",
        f"SELECT s.a, s.b, {d.hashed('x.home')} AS h, {d.hashed('y.home')} AS g, s.score FROM scored AS s "
        f"JOIN {home} AS x ON x.id = s.a JOIN {home} AS y ON y.id = s.b WHERE x.home <> y.home",
    )
    steps.make(
        "roads",
        "SELECT least(h, g) AS h, greatest(h, g) AS g, count(*) AS n FROM linked WHERE score >= 0 GROUP BY 1, 2",
    )
    steps.make(
        "supported",
        "SELECT DISTINCT l.a, l.b, l.score FROM linked AS l JOIN roads AS r ON r.h = least(l.h, l.g) "
        "AND r.g = greatest(l.h, l.g) WHERE r.n > CASE WHEN l.score >= 0 THEN 1 ELSE 0 END",
    )


def support_bits(steps: Steps) -> int:
    """What it says that two households are linked twice, in thousandths of a bit, as this roll shows it."""
    sure = f"sum(CASE WHEN score >= {SURE} THEN 1 ELSE 0 END)"
    unlikely = f"sum(CASE WHEN score < {UNLIKELY} THEN 1 ELSE 0 END)"
    of_all = steps.rows(f"SELECT {sure}, {unlikely} FROM linked")[0]
    of_these = steps.rows(f"SELECT {sure}, {unlikely} FROM supported")[0]
    return support_weight(*(int(each or 0) for each in (*of_all, *of_these)))


def with_support(steps: Steps, weight: int) -> None:
    """``judged``: ``scored`` with the weight added where it applies (``support``)."""
    steps.make(
        "judged",
        f"SELECT s.*, CASE WHEN p.a IS NULL THEN 0 ELSE {weight} END AS support, "
        f"s.score + CASE WHEN p.a IS NULL THEN 0 ELSE {weight} END AS total "
        "FROM scored AS s LEFT JOIN supported AS p ON p.a = s.a AND p.b = s.b",
    )
    steps.drop("linked", "roads", "supported")
