"""Pairs into clusters, with transitive errors broken. Pure.

Joining every pair above a threshold would chain: A with B, B with C, though A and C cannot be one person. Clusters are
joined by their *average* pair instead, strongest first: a pair that was not even likely counts against the union, and
no single pair counts so much that it carries the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 12_000  # what one pair can say for a union, in thousandths of a bit
UNLIKELY = -8_000  # what a pair says that no comparison found likely


@dataclass(frozen=True, slots=True)
class Edge:
    """A pair of records with its score in thousandths of a bit."""

    a: str
    b: str
    score: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records taken for one person. ``weakest``: the score of the weakest pair that joined it."""

    members: tuple[str, ...]
    weakest: int


def clusters(edges: Iterable[Edge], *, join: int) -> list[Cluster]:
    """The clusters of at least two records, by their first member. ``join``: the score from which a pair may join."""
    scores: dict[tuple[str, str], int] = {}
    for edge in edges:
        scores[min(edge.a, edge.b), max(edge.a, edge.b)] = edge.score
    members: dict[str, list[str]] = {}
    home: dict[str, str] = {}
    weakest: dict[str, int] = {}
    for (a, b), score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if score < join:
            break
        left, right = home.setdefault(a, a), home.setdefault(b, b)
        if left == right:
            continue
        ours, theirs = members.setdefault(left, [left]), members.setdefault(right, [right])
        if len(ours) + len(theirs) > 2 and _average(ours, theirs, scores) < join:
            continue
        keep, gone = (left, right) if len(ours) >= len(theirs) else (right, left)
        members[keep] += members.pop(gone)
        for each in members[keep]:
            home[each] = keep
        weakest[keep] = min(score, weakest.get(left, score), weakest.get(right, score))
    found = [Cluster(tuple(sorted(each)), weakest[head]) for head, each in members.items() if len(each) > 1]
    return sorted(found, key=lambda cluster: cluster.members)


def _average(ours: list[str], theirs: list[str], scores: dict[tuple[str, str], int]) -> float:
    total = 0
    for a in ours:
        for b in theirs:
            total += min(scores.get((min(a, b), max(a, b)), UNLIKELY), MOST)
    return total / (len(ours) * len(theirs))


def pairs_within(found: Iterable[Cluster]) -> set[tuple[str, str]]:
    """Every pair of records that stands in one cluster, (smaller, larger)."""
    made: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for cluster in found:
        for n, a in enumerate(cluster.members):
            made[a].update((a, b) for b in cluster.members[n + 1 :])
    return set().union(*made.values()) if made else set()
