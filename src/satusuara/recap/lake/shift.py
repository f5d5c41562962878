"""Where votes moved, for whole tables: what the words mean is said by ``recap.rules.shift``, and tested."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from satusuara.recap.rules import TOTAL
from satusuara.recap.rules.shift import OWN_LINE

if TYPE_CHECKING:
    import ibis.expr.types as ir


def movements(pairs: ir.Table) -> ir.Table:
    """``form, party, kind, votes, exact``: the movements of every form that has any; ``party`` "" between parties.

    ``pairs``: ``form, party, candidate`` (text; candidate "0" the party's own line, "T" its total, left out) and ``a``,
    ``b`` (BIGINT). A line with a blank on one side says nothing and moves nothing.
    """
    import ibis

    lines = pairs.filter(pairs.candidate != TOTAL).mutate(_d=(pairs.b - pairs.a).fill_null(0))
    lines = lines.filter(lines._d != 0)
    own = lines.candidate == OWN_LINE
    lines = lines.mutate(
        _up=(lines._d > 0).ifelse(lines._d, 0), _down=(lines._d < 0).ifelse(-lines._d, 0),
        _up_own=(own & (lines._d > 0)).ifelse(lines._d, 0), _down_own=(own & (lines._d < 0)).ifelse(-lines._d, 0),
    )  # fmt: skip
    sums = {name: lines[name].sum().cast("int64") for name in ("_up", "_down", "_up_own", "_down_own")}
    parties = lines.group_by("form", "party").aggregate(**sums)
    inside = parties.filter((parties._up > 0) & (parties._down > 0))
    kind = ibis.cases(
        (inside._down_own == inside._down, "to_candidate"),
        (inside._up_own == inside._up, "to_party"),
        ((inside._up_own == 0) & (inside._down_own == 0), "among_candidates"),
        else_="inside",
    )
    votes = (inside._up < inside._down).ifelse(inside._up, inside._down)
    first = inside.select("form", "party", kind=kind, votes=votes, exact=inside._up == inside._down)
    nets = parties.mutate(_net=parties._up - parties._down)
    forms = nets.group_by("form").aggregate(
        _gained=(nets._net > 0).ifelse(nets._net, 0).sum().cast("int64"),
        _lost=(nets._net < 0).ifelse(-nets._net, 0).sum().cast("int64"),
    )
    less = (forms._gained < forms._lost).ifelse(forms._gained, forms._lost)
    between = forms.filter((forms._gained > 0) & (forms._lost > 0))
    second = between.select(
        "form", party=ibis.literal(""), kind=ibis.literal("between"), votes=less, exact=between._gained == between._lost
    )
    other = forms.filter(forms._gained != forms._lost)
    third = other.select(
        "form", party=ibis.literal(""), kind=(other._gained > other._lost).ifelse("added", "lost"),
        votes=(other._gained - other._lost).abs(), exact=ibis.literal(value=False),
    )  # fmt: skip
    return ibis.union(first, second, third)


def with_effect(found: ir.Table, values: Sequence[str], *, other: str = "_recap") -> ir.Table:
    """``found`` (of ``recap_differs_from_agreed``: each value and ``<value>_recap``) with ``margin, swing,
    order_changes`` of ``recap.rules.effect_of``: the most votes first, then the largest share of the margin."""
    import ibis

    names = sorted(values)
    tops: list[tuple[Any, Any, Any, Any]] = []  # condition, margin, margin in the other, best of the rest there
    for first in names:
        rest = [name for name in names if name != first]
        leads = reduce(_and, [(found[first] > found[n]) | ((found[first] == found[n]) & (first < n)) for n in rest])
        for second in rest:
            third = [name for name in rest if name != second]
            follows = [(found[second] > found[n]) | ((found[second] == found[n]) & (second < n)) for n in third]
            best = reduce(_largest, [found[f"{n}{other}"] for n in rest])
            tops.append(
                (reduce(_and, follows, leads), found[first] - found[second],
                 found[f"{first}{other}"] - found[f"{second}{other}"], found[f"{first}{other}"] <= best)
            )  # fmt: skip
    marked = found.mutate(
        margin=ibis.cases(*((when, margin) for when, margin, _, _ in tops)),
        _after=ibis.cases(*((when, after) for when, _, after, _ in tops)),
        _behind=ibis.cases(*((when, behind) for when, _, _, behind in tops)),
    )
    marked = marked.mutate(
        swing=marked.margin - marked._after, order_changes=(marked.margin > 0) & marked._behind
    ).drop("_after", "_behind")
    return marked.order_by([marked.votes.desc(), marked.order_changes.desc(), marked.area_code])


def _and(left: Any, right: Any) -> Any:
    return left & right


def _largest(left: Any, right: Any) -> Any:
    return (left > right).ifelse(left, right)
