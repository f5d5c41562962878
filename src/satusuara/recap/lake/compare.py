"""Two tables compared at once, as Ibis expressions; what the words mean is said by ``recap.rules``, and tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from satusuara.lake.engine import count_true
from satusuara.recap.rules import Change, Comparison

if TYPE_CHECKING:
    import ibis.expr.types as ir


class TableComparison:
    """Two tables with the same key (text) and values (BIGINT, null for a blank), each with ``_row``."""

    def __init__(self, a: ir.Table, b: ir.Table, key: Sequence[str], values: Sequence[str]) -> None:
        self.key, self.values = tuple(key), tuple(values)
        left = a.select(*key, _row_a=a._row, **{_a(n): a[name] for n, name in enumerate(values)})
        right = b.select(
            **{f"_key_{name}": b[name] for name in key},
            _row_b=b._row,
            **{_b(n): b[name] for n, name in enumerate(values)},
        )
        self.pairs = left.inner_join(right, [left[name] == right[f"_key_{name}"] for name in key])

    def totals(self) -> ir.Table:
        """One row: the counts and votes of every key that both tables have (see ``answer``)."""
        return self._totals(self.pairs)

    def comparable(self) -> ir.Table:
        """The pairs where both sides give every figure: their key and figures."""
        figures = [make(n) for n in range(len(self.values)) for make in (_a, _b)]
        given = self.pairs.filter([self.pairs[name].notnull() for name in figures])
        return given.select(*self.key, *figures)

    def summed(self, rows: ir.Table, area: ir.Value) -> ir.Table:
        """The figures of ``comparable`` (or of sums of it) added up by ``area``: ``_area`` and both sides."""
        figures = [make(n) for n in range(len(self.values)) for make in (_a, _b)]
        named = rows.select(*figures, _area=area)
        return named.group_by("_area").aggregate(**{name: named[name].sum().cast("int64") for name in figures})

    def totals_of(self, sums: ir.Table) -> ir.Table:
        """``totals`` of sums."""
        return self._totals(sums)

    def findings(self) -> ir.Table:
        """Every key where the two differ, in the order of A: both figures and B - A of every value."""
        marked = self._marked(self.pairs)
        wrong = marked.filter(marked._moved > 0)
        columns: dict[str, Any] = {name: wrong[name] for name in self.key}
        columns["kind"] = (wrong._net == 0).ifelse("net_zero", "net_nonzero")
        columns["net"] = wrong._net
        columns["votes"] = ((wrong._moved + wrong._net.abs()) // 2).cast("int64")
        for n, name in enumerate(self.values):
            columns |= {f"{name}_a": wrong[_a(n)], f"{name}_b": wrong[_b(n)], f"{name}_difference": wrong[_d(n)]}
        columns |= {"row_a": wrong._row_a, "row_b": wrong._row_b}
        return wrong.order_by("_row_a").select(**columns)

    def answer(self, record: Mapping[str, Any], *, in_a: int | None = None, in_b: int | None = None) -> Comparison:
        """The record of ``totals`` in words. ``in_a``, ``in_b``: how many keys each table has (all common if None)."""
        number = {name: int(value or 0) for name, value in record.items()}
        changes = {name: Change(number[f"gained_{n}"], number[f"lost_{n}"]) for n, name in enumerate(self.values)}
        both, equal, different = number["both"], number["equal"], number["different"]
        return Comparison(
            changes,
            both=both,
            only_a=0 if in_a is None else in_a - both,
            only_b=0 if in_b is None else in_b - both,
            equal=equal,
            net_zero=number["net_zero"],
            net_nonzero=different - number["net_zero"],
            not_comparable=both - equal - different,
        )

    def _totals(self, pairs: ir.Table) -> ir.Table:
        marked = self._marked(pairs)
        counts: dict[str, Any] = {
            "both": marked.count(),
            "equal": count_true(marked._moved == 0),
            "different": count_true(marked._moved > 0),
            "net_zero": count_true((marked._moved > 0) & (marked._net == 0)),
        }
        for n in range(len(self.values)):
            moved = marked._moved.notnull().ifelse(marked[_d(n)], 0)
            counts[f"gained_{n}"] = (moved > 0).ifelse(moved, 0).sum()
            counts[f"lost_{n}"] = (moved < 0).ifelse(-moved, 0).sum()
        return marked.aggregate(**counts)

    def _marked(self, pairs: ir.Table) -> ir.Table:
        """Each pair with B - A of every value, their sum and the sum of their sizes: null where a cell is blank."""
        with_d = pairs.mutate(**{_d(n): pairs[_b(n)] - pairs[_a(n)] for n in range(len(self.values))})
        each = [with_d[_d(n)] for n in range(len(self.values))]
        return with_d.mutate(_net=reduce(add, each), _moved=reduce(add, [d.abs() for d in each]))


def _a(number: int) -> str:
    return f"_a{number}"


def _b(number: int) -> str:
    return f"_b{number}"


def _d(number: int) -> str:
    return f"_d{number}"
