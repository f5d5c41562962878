"""Areas whose recapitulation differs although two independent readings of every form below agree: a nation at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add, and_, or_
from typing import TYPE_CHECKING, Any

from satusuara.law.model import Law
from satusuara.recap.lake.levels import area_in

if TYPE_CHECKING:
    import ibis.expr.types as ir

STATION = "tps_id"


def recap_differs_from_agreed(
    law: Law, level: str, readings: tuple[ir.Table, ir.Table], recap: ir.Table, values: Sequence[str]
) -> ir.Table:
    """``area_code, forms, votes``, and of each value its sum and ``<value>_recap``; the largest difference first.

    ``readings``: two tables by ``tps_id``; ``recap``: one by ``area_code`` of ``level``; all with ``values`` as BIGINT,
    null for a blank. A station of only one reading, or with a blank in one, is not agreed on, and its area is left out.
    """
    a, b = readings
    other = b.select(_station=b[STATION], **{f"_b{n}": b[name] for n, name in enumerate(values)})
    both = a.outer_join(other, a[STATION] == other._station)
    same = reduce(and_, [(both[name] == both[f"_b{n}"]).fill_null(False) for n, name in enumerate(values)])
    stations = both.select(
        _same=same, _area=area_in(law, level, both[STATION].fill_null(both._station)), **{n: both[n] for n in values}
    )
    sums: dict[str, Any] = {name: stations[name].sum().cast("int64") for name in values}
    areas = stations.group_by("_area").aggregate(forms=stations.count(), _agreed=stations._same.all(), **sums)
    said = recap.select(_code=recap.area_code, **{f"{name}_recap": recap[name] for name in values})
    joined = areas.filter(areas._agreed).inner_join(said, areas._area == said._code)
    moved = [joined[f"{name}_recap"] - joined[name] for name in values]
    wrong = reduce(or_, [each != 0 for each in moved]) & reduce(and_, [each.notnull() for each in moved])
    gained, lost = ([(sign * each > 0).ifelse(sign * each, 0) for each in moved] for sign in (1, -1))
    found = joined.mutate(_gained=reduce(add, gained), _lost=reduce(add, lost)).filter(wrong)
    votes = (found._gained > found._lost).ifelse(found._gained, found._lost)
    columns = [column for name in values for column in (name, f"{name}_recap")]
    named = found.select(
        area_code=found._area, forms=found.forms, votes=votes, **{name: found[name] for name in columns}
    )
    return named.order_by([named.votes.desc(), named.area_code])
