"""Result forms added up for the areas of a level, with what the law's arithmetic says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from satusuara.count.lake import BulkCheck
from satusuara.lake.engine import count_true, kept
from satusuara.law.model import Law
from satusuara.recap.lake.levels import area_in, lowest_first

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

STATION = "tps_id"
COUNTS = ("forms", "forms_counted", "forms_failing")


class Recapitulation:
    """The forms of one contest (``tps_id``, ``_row`` and columns of the form as BIGINT) summed level by level.

    A blank adds nothing and is not a zero: ``n_<column>`` says how many forms gave the column, and where none did its
    sum is null.
    """

    def __init__(self, law: Law, contest: str, forms: ir.Table) -> None:
        self._law = law
        self.columns = tuple(name for name in forms.columns if name not in (STATION, "_row"))
        self._forms = BulkCheck(law, contest, forms).marked()
        self._last: ir.Table | None = None

    def levels(self, connection: SQLBackend, levels: Sequence[str]) -> ir.Table:
        """``area_code, level, forms, forms_counted, forms_failing``, the sums and their ``n_``: the levels as they are
        named, each by code. Each level is added up from the one below it."""
        import ibis

        number = {level: n for n, level in enumerate(levels)}
        parts = [self._level(connection, level, number[level]) for level in lowest_first(self._law, levels)]
        every = ibis.union(*parts) if len(parts) > 1 else parts[0]
        return every.order_by("_number", "area_code").drop("_number")

    def _level(self, connection: SQLBackend, level: str, number: int) -> ir.Table:
        import ibis

        summed = self._of_forms(level) if self._last is None else self._of_sums(self._last, level)
        self._last = kept(connection, summed)
        found = self._last
        names = (*COUNTS, *self.columns, *(f"n_{name}" for name in self.columns))
        return found.select(
            "area_code", level=ibis.literal(level), **{n: found[n] for n in names}, _number=ibis.literal(number)
        )

    def _of_forms(self, level: str) -> ir.Table:
        forms = self._forms.mutate(area_code=area_in(self._law, level, self._forms[STATION]))
        return forms.group_by("area_code").aggregate(
            forms=forms.count(),
            forms_counted=count_true(~forms._empty),
            forms_failing=count_true(forms._failing),
            **{name: forms[name].sum().cast("int64") for name in self.columns},
            **{f"n_{name}": forms[name].count() for name in self.columns},
        )

    def _of_sums(self, sums: ir.Table, level: str) -> ir.Table:
        above = sums.mutate(area_code=area_in(self._law, level, sums.area_code))
        added = [*COUNTS, *self.columns, *(f"n_{name}" for name in self.columns)]
        return above.group_by("area_code").aggregate(**{name: above[name].sum().cast("int64") for name in added})
