"""The little language: what it reads, what it refuses and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satusuara.count.rules import Written, evaluate
from satusuara.law.expressions import CeilPercent, Choices, Column, ExpressionError, Number, Product, Sum, parse, spell

NAMES = "abc"
FIGURES = {"a": 7, "b": 0, "c": 250}


def value(source: str, cells: dict[str, int | None]) -> int | None:
    return evaluate(parse(source), Written(cells, {}, (), {}, long=False))


def test_sums_are_flat_so_that_terms_can_be_shown() -> None:
    assert parse("a + b + 3 * c") == Sum((Column("a"), Column("b"), Product((Number(3), Column("c")))))
    assert parse("a - 2") == Sum((Column("a"), Number(-2)))
    assert parse("ceil_percent(a, 2)") == CeilPercent(Column("a"), 2)
    assert parse("choices()") == Choices()
    assert parse("a + ceil_percent(b, 2)").columns == {"a", "b"}


@pytest.mark.parametrize(
    ("source", "position"),
    [
        ("a / b", 1), ("a + b // 2", 5), ("a ** 2", 1), ("a if b else c", 1), ("a + 1.5", 5), ("a.b", 1), ("x[0]", 1),
        ("a + __import__('os')", 5), ("lambda: a", 1), ("a == b", 1), ("True", 1), ("ceil_percent(a)", 1),
        ("choices(a)", 1), ("ceil_percent(a, b)", 1), ("a + 'b'", 5), ("", 1), ("a +", 4),
    ],
)  # fmt: skip
def test_anything_else_is_refused_where_it_stands(source: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(source)
    assert caught.value.position == position
    assert caught.value.what.id != caught.value.what.en


@pytest.mark.parametrize(("voters", "reserve"), [(0, 0), (1, 1), (50, 1), (51, 2), (64, 2), (250, 5), (251, 6)])
def test_two_percent_is_rounded_up(voters: int, reserve: int) -> None:
    assert value("ceil_percent(a, 2)", {"a": voters}) == reserve
    assert value("floor_percent(a, 2)", {"a": voters}) == voters * 2 // 100


sources = st.recursive(
    st.sampled_from(NAMES) | st.integers(0, 400).map(str),
    lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    max_leaves=8,
)


@given(sources)
def test_it_means_what_arithmetic_means(source: str) -> None:
    assert value(source, dict(FIGURES)) == eval(source, {}, FIGURES)


@given(sources, st.sampled_from(NAMES))
def test_one_blank_cell_and_there_is_no_value(source: str, blank: str) -> None:
    tree = parse(source)
    assert (value(source, {**FIGURES, blank: None}) is None) == (blank in tree.columns)


@given(sources)
def test_what_is_spelled_out_reads_back_to_the_same_value(source: str) -> None:
    assert value(spell(parse(source)), dict(FIGURES)) == value(source, dict(FIGURES))


def test_functions_are_spelled_as_they_are_written() -> None:
    for source in ("ceil_percent(a, 2)", "floor_percent(a + b, 5)", "choices()", "party_total()", "party_lines()"):
        assert spell(parse(source)) == source
