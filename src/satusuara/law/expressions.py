"""The little language in which a law folder states arithmetic, and its tree.

    total                                   a column of the form
    dpt_used + dptb_used - 3 * dpk_used     whole numbers, + - *
    ceil_percent(dpt, 2)                    2 % of a column, rounded up; floor_percent rounds down
    choices()                               sum of all choices; in a contest of party lists, of the parties' totals
    party_total()  party_lines()            one party's total as written, and the sum of its lines

Trees are frozen; evaluators walk them (``count.rules`` form by form, ``count.lake`` a whole table at once).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from satusuara.kernel.i18n import Text


class Node(Struct, frozen=True):
    """Base of every expression."""

    @property
    def columns(self) -> frozenset[str]:
        """Names of the form's columns that occur in it (choices are not columns of the form)."""
        return frozenset(node.name for node in self.walk() if isinstance(node, Column))

    def parts(self) -> tuple[Node, ...]:
        """The expressions directly inside."""
        return ()

    def walk(self) -> Iterator[Node]:
        """This expression and everything inside."""
        yield self
        for part in self.parts():
            yield from part.walk()


class Column(Node, frozen=True):
    """What is written in a column of the form."""

    name: str


class Number(Node, frozen=True):
    n: int


class Sum(Node, frozen=True):
    terms: tuple[Expression, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.terms


class Product(Node, frozen=True):
    terms: tuple[Expression, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.terms


class CeilPercent(Node, frozen=True):
    """``n`` percent of ``x``, rounded up to a whole number."""

    x: Expression
    n: int

    def parts(self) -> tuple[Node, ...]:
        return (self.x,)


class FloorPercent(Node, frozen=True):
    """``n`` percent of ``x``, rounded down to a whole number."""

    x: Expression
    n: int

    def parts(self) -> tuple[Node, ...]:
        return (self.x,)


class Choices(Node, frozen=True):
    """Sum of all choices of the ballot (party lists: of the parties' totals)."""


class PartyTotal(Node, frozen=True):
    """One party's total as it is written on the form."""


class PartyLines(Node, frozen=True):
    """Sum of one party's lines: votes for the party itself and for each of its candidates."""


Expression: TypeAlias = Column | Number | Sum | Product | CeilPercent | FloorPercent | Choices | PartyTotal | PartyLines

_PERCENT: dict[str, type[CeilPercent | FloorPercent]] = {"ceil_percent": CeilPercent, "floor_percent": FloorPercent}
_PLAIN: dict[str, type[Choices | PartyTotal | PartyLines]] = {
    "choices": Choices,
    "party_total": PartyTotal,
    "party_lines": PartyLines,
}


class ExpressionError(ValueError):
    """What is wrong in an expression and where: ``position`` counts characters from 1."""

    def __init__(self, what: Text, position: int) -> None:
        super().__init__(what.en, position)
        self.what = what
        self.position = position


def parse(source: str) -> Expression:
    """The tree of an expression; Python's own grammar reads it, nothing of Python is run.

    :raises ExpressionError: anything outside the language
    """
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except SyntaxError as error:
        what = Text(f'"{source}" bukan rumus yang utuh', f'"{source}" is not a whole expression')
        raise ExpressionError(what, error.offset or len(source) + 1) from None
    return _expression(tree.body)


def _expression(node: ast.expr) -> Expression:
    tree: Expression | None = None
    match node:
        case ast.Name(id=name):
            tree = Column(name)
        case ast.Constant(value=int(n)) if not isinstance(n, bool):
            tree = Number(n)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            tree = Sum((*_terms(left), *_terms(right)))
        case ast.BinOp(op=ast.Sub(), left=left, right=right):
            tree = Sum((*_terms(left), _negative(_expression(right))))
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            tree = Product((_expression(left), _expression(right)))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            tree = _negative(_expression(operand))
        case ast.Call(func=ast.Name(id=name), args=[], keywords=[]) if name in _PLAIN:
            tree = _PLAIN[name]()
        case ast.Call(func=ast.Name(id=name), args=[x, ast.Constant(value=int(n))], keywords=[]) if name in _PERCENT:
            tree = _PERCENT[name](_expression(x), n)
    if tree is not None:
        return tree
    what = Text(
        f'"{ast.unparse(node)}" tidak dikenal dalam rumus', f'"{ast.unparse(node)}" is not part of the language'
    )
    raise ExpressionError(what, node.col_offset + 1)


def _terms(node: ast.expr) -> tuple[Expression, ...]:
    """Flattens a + b + c, so that its terms can be shown as they are written."""
    tree = _expression(node)
    return tree.terms if isinstance(tree, Sum) and isinstance(node, ast.BinOp) else (tree,)


def _negative(tree: Expression) -> Expression:
    return Number(-tree.n) if isinstance(tree, Number) else Product((Number(-1), tree))


def spell(tree: Expression) -> str:
    """The expression as a law folder writes it; ``parse`` reads it back to the same meaning."""
    match tree:
        case Column(name=name):
            text = name
        case Number(n=n):
            text = str(n)
        case Sum(terms=terms):
            text = " + ".join(map(spell, terms)).replace("+ -", "- ")
        case Product(terms=(Number(n=-1), inner)):
            text = f"-{_factor(inner)}"
        case Product(terms=terms):
            text = " * ".join(map(_factor, terms))
        case CeilPercent(x=x, n=n):
            text = f"ceil_percent({spell(x)}, {n})"
        case FloorPercent(x=x, n=n):
            text = f"floor_percent({spell(x)}, {n})"
        case _:
            text = next(f"{name}()" for name, kind in _PLAIN.items() if isinstance(tree, kind))
    return text


def _factor(tree: Expression) -> str:
    return f"({spell(tree)})" if isinstance(tree, Sum) else spell(tree)
