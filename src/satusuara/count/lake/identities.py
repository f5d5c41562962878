"""The law's identities over a whole table of forms at once, as Ibis expressions.

Compiled from the same declarations as ``count.rules`` evaluates form by form; a test holds the two equal. A null
anywhere in an identity makes its difference null: such a form is not evaluated, which is not the same as wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add, mul, or_
from typing import TYPE_CHECKING, Any

from satusuara.count.lake.votes import CHOICES, EVALUATED_PARTIES, FAILED_PARTIES, GIVEN, LARGEST, LongVotes
from satusuara.lake.engine import count_true
from satusuara.law.expressions import CeilPercent, Choices, Column, Expression, FloorPercent, Number, Product, Sum
from satusuara.law.model import Identity, Law

if TYPE_CHECKING:
    import ibis.expr.types as ir

FINDING_COLUMNS = ("tps_id", "contest", "identity", "kind", "left", "right", "difference", "row")


@dataclass(frozen=True, slots=True)
class Tally:
    """How one identity fared over the table."""

    kind: str
    evaluated: int
    failed: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The answer of ``check results`` (CLI), without what was held back."""

    forms: int
    complete: int
    empty: int
    all_zero: int
    identities: dict[str, Tally]
    forms_with_failures: int
    forms_with_warnings: int


def form_columns(law: Law, contest: str, header: Sequence[str]) -> list[str]:
    """The columns of a header that hold figures of the contest's form: its fields, and its choices."""
    return [name for name in law.columns(contest) if name in header] + list(choice_columns(law, contest, header))


def choice_columns(law: Law, contest: str, header: Sequence[str]) -> tuple[str, ...]:
    """The columns of choices, as the law knows them or, where districts differ, as the header has them.

    Empty where one that the law knows is absent: their sum would not be the sum of the choices.
    """
    choices = law.contest(contest).choices
    if choices.numbers:
        known = law.choice_columns(contest)
        return tuple(known) if set(known) <= set(header) else ()
    if not choices.prefix:
        return ()
    found = [name for name in header if name.startswith(choices.prefix) and name[len(choices.prefix) :].isdigit()]
    return tuple(sorted(found, key=lambda name: int(name[len(choices.prefix) :])))


class BulkCheck:
    """Every identity of a contest over a table of forms, in one pass.

    ``forms``: ``tps_id``, ``_row`` and any of the contest's columns as BIGINT. ``votes``: the long table of the same
    contest; it then stands in for the columns of choices.
    """

    def __init__(self, law: Law, contest: str, forms: ir.Table, votes: LongVotes | None = None) -> None:
        self.contest = contest
        self.identities = [i for i in law.identities_of(contest) if i.kind != "cross"]
        columns = [name for name in forms.columns if name not in ("tps_id", "_row")]
        self._votes = votes
        self._wide = () if votes else choice_columns(law, contest, columns)
        self._forms = forms if votes is None else votes.beside(forms)
        self.named = [name for name in columns if name in self._wide or self._is_named(name)]
        self._sides = {i.code: s for i in self.identities if not i.per_party and (s := self._compile(i))}

    def _is_named(self, column: str) -> bool:
        return any(column in identity.columns for identity in self.identities)

    def totals(self) -> ir.Table:
        """One row: all the counts of ``Totals``; ``evaluated_<n>`` and ``failed_<n>`` for the n-th identity.

        In steps, so that each difference and each failure is computed once, whatever asks for it. That keeps the
        whole near the price of reading the columns.
        """
        import ibis

        forms = self._judged()
        counts: dict[str, Any] = {"forms": forms.count(), "complete": forms.complete.count()}
        counts |= {"empty": count_true(forms.empty), "all_zero": count_true(forms.all_zero)}
        failures: dict[str, list[Any]] = {"exact": [], "bound": [], "warning": []}
        for number, identity in enumerate(self.identities):
            fails = f"fails_{number}"
            if fails not in forms.columns:
                continue
            failures[identity.kind].append(forms[fails])
            if identity.per_party:
                counts[f"evaluated_{number}"] = forms[EVALUATED_PARTIES].sum()
                counts[f"failed_{number}"] = forms[FAILED_PARTIES].sum()
            else:
                counts[f"evaluated_{number}"] = forms[f"difference_{number}"].count()
                counts[f"failed_{number}"] = count_true(forms[fails])
        for name, flags in (
            ("forms_with_failures", failures["exact"] + failures["bound"]),
            ("forms_with_warnings", failures["warning"]),
        ):
            if flags:
                # "any": greatest passes over nulls, and is quicker than a chain of or
                counts[name] = count_true(ibis.greatest(*flags) if len(flags) > 1 else flags[0])
        return forms.aggregate(**counts)

    def _judged(self) -> ir.Table:
        """One row a form: ``difference_<n>`` and ``fails_<n>`` of every identity, and what the other counts need."""
        columns: dict[str, Any] = {}
        covered: set[str] = set()
        for number, identity in enumerate(self.identities):
            sides = self._sides.get(identity.code)
            if sides is not None:
                columns[f"difference_{number}"] = sides[0] - sides[1]
                covered |= identity.columns | set(self._wide if identity.uses_choices else ())
        # a form is complete when nothing named is null: a sum is null as soon as one of its terms is
        others = [self._forms[name] for name in self.named if name not in covered]
        terms = [*columns.values(), *others]
        columns["complete"] = reduce(add, terms) if terms else self._forms._row
        columns["empty"], columns["all_zero"] = self._empty_and_zero()
        if self._votes is not None and self._votes.is_list:
            columns |= {name: self._forms[name] for name in (EVALUATED_PARTIES, FAILED_PARTIES)}
        forms = self._forms.select(**columns)
        flags: dict[str, Any] = {}
        for number, identity in enumerate(self.identities):
            if identity.code in self._sides:
                difference = forms[f"difference_{number}"]
                flags[f"fails_{number}"] = difference != 0 if identity.relation == "=" else difference > 0
            elif identity.per_party and FAILED_PARTIES in columns:
                flags[f"fails_{number}"] = forms[FAILED_PARTIES] > 0
        return forms.mutate(**flags)

    def answer(self, record: Mapping[str, Any]) -> Totals:
        """The record of ``totals`` in words; a sum over no rows is 0."""
        number = {name: int(value or 0) for name, value in record.items()}
        tallies = {
            identity.code: Tally(identity.kind, number.get(f"evaluated_{n}", 0), number.get(f"failed_{n}", 0))
            for n, identity in enumerate(self.identities)
        }
        plain = ("forms", "complete", "empty", "all_zero", "forms_with_failures", "forms_with_warnings")
        return Totals(identities=tallies, **{name: number.get(name, 0) for name in plain})

    def marked(self) -> ir.Table:
        """The forms with ``_failing`` (an exact identity or a bound fails) and ``_empty`` (no choice has a figure)."""
        empty, _ = self._empty_and_zero()
        return self._forms.mutate(_failing=self._any_fails(("exact", "bound")), _empty=empty)

    def failing(self) -> ir.Table:
        """The forms on which anything fails, with all their columns."""
        return self._forms.filter(self._any_fails())

    def findings(self, failing: ir.Table | None = None) -> ir.Table:
        """Every identity that fails on a form (columns of CLI, "Findings"), in the order of the file.

        ``failing``: what ``failing()`` gave, kept, so that the file is not read again for each identity.
        """
        import ibis

        failing = self.failing() if failing is None else failing
        parts = []
        for number, identity in enumerate(self.identities):
            rows = self._failing(failing, identity)
            if rows is not None:
                parts.append(self._as_findings(rows, number, identity))
        if not parts:
            return self._forms.limit(0).select(**dict.fromkeys(FINDING_COLUMNS, ibis.null("string")))
        every = ibis.union(*parts) if len(parts) > 1 else parts[0]
        return every.order_by("_form", "_number", "row").select(*FINDING_COLUMNS)

    def _failing(self, forms: ir.Table, identity: Identity) -> ir.Table | None:
        """Where the identity fails: ``tps_id, _row, left, right, row``."""
        if identity.per_party and self._votes is not None:
            parties = self._votes.by_party()
            return forms.select("tps_id", "_row").inner_join(parties.filter(parties.left != parties.right), "tps_id")
        sides = self._compile(identity, forms) if identity.code in self._sides else None
        if sides is None:
            return None
        rows = forms.select("tps_id", "_row", left=sides[0], right=sides[1], row=forms._row)
        return rows.filter(_fails(identity, (rows.left, rows.right)))

    def _as_findings(self, rows: ir.Table, number: int, identity: Identity) -> ir.Table:
        import ibis

        return rows.select(
            tps_id=rows.tps_id,
            contest=ibis.literal(self.contest),
            identity=ibis.literal(identity.code),
            kind=ibis.literal(identity.kind),
            left=rows.left.cast("int64"),
            right=rows.right.cast("int64"),
            difference=(rows.left - rows.right).cast("int64"),
            row=rows.row.cast("int64"),
            _form=rows._row,
            _number=ibis.literal(number, "int64"),
        )

    def _compile(self, identity: Identity, table: ir.Table | None = None) -> tuple[Any, Any] | None:
        """Both sides on a table; None where the identity names a column that is not there."""
        table = self._forms if table is None else table
        left, right = (self._expression(side, table) for side in (identity.left, identity.right))
        return None if left is None or right is None else (left, right)

    def _expression(self, expression: Expression, table: ir.Table) -> Any:
        """The expression on a table (null where any cell of it is null), or None where a column is absent."""
        match expression:
            case Number(n=n):
                import ibis

                return ibis.literal(n, "int64")
            case Column(name=name):
                return table[name] if name in table.columns else None
            case Choices():
                return self._choices(table)
            case CeilPercent(x=x, n=n) | FloorPercent(x=x, n=n):
                inner = self._expression(x, table)
                up = 99 if isinstance(expression, CeilPercent) else 0
                return None if inner is None else (inner * n + up) // 100
            case Sum(terms=terms) | Product(terms=terms):
                parts = [self._expression(term, table) for term in terms]
                if any(part is None for part in parts):
                    return None
                return reduce(add if isinstance(expression, Sum) else mul, parts)
        raise TypeError(expression)

    def _choices(self, table: ir.Table) -> Any:
        if self._votes is not None:
            return table[CHOICES]
        return reduce(add, [table[name] for name in self._wide]) if self._wide else None

    def _empty_and_zero(self) -> tuple[Any, Any]:
        import ibis

        if self._votes is not None:
            given, most = self._forms[GIVEN], self._forms[LARGEST]
            return given.fill_null(0) == 0, (most == 0).fill_null(False)
        if not self._wide:
            return self._nowhere(), self._nowhere()
        cells = [self._forms[name] for name in self._wide]
        return ibis.coalesce(*cells).isnull(), (reduce(add, cells) == 0).fill_null(False)

    def _any_fails(self, kinds: Sequence[str] = ("exact", "bound", "warning")) -> Any:
        """Whether anything of these kinds fails; null counts as no, so ``or`` of nulls needs no care."""
        flags = [
            _fails(identity, self._sides[identity.code])
            for identity in self.identities
            if identity.code in self._sides and identity.kind in kinds
        ]
        if self._votes is not None and self._votes.is_list:
            flags.append(self._forms[FAILED_PARTIES] > 0)
        return reduce(or_, flags).fill_null(False) if flags else self._nowhere()

    def _nowhere(self) -> Any:
        """False on every form (as a column: a bare literal can't be counted)."""
        return self._forms._row.isnull()


def _fails(identity: Identity, sides: tuple[Any, Any]) -> Any:
    left, right = sides
    return left != right if identity.relation == "=" else left > right
