"""Arithmetic of needs, sortings, codes and times."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satusuara.ballots.rules import (
    Sorting,
    box_code,
    leaves_by,
    need,
    printing,
    read_box_code,
    seal_number,
    short_of,
    wanted_at,
)  # fmt: skip


@pytest.mark.requirement(4, "0", "a station needs its listed voters and two in a hundred of them, rounded up")
@given(voters=st.integers(0, 10_000), percent=st.integers(0, 20))
def test_the_need_is_voters_and_the_reserve(voters: int, percent: int) -> None:
    exact = voters + Fraction(voters * percent, 100)
    assert need(voters, percent, "ceil") == ceil(exact)
    assert need(voters, percent, "floor") == int(exact)


@pytest.mark.parametrize(("voters", "ballots"), [(0, 0), (1, 2), (50, 51), (51, 53), (250, 255), (300, 306)])
def test_needs_at_the_edges(voters: int, ballots: int) -> None:
    assert need(voters, 2, "ceil") == ballots


def test_printing_is_the_sum_per_district() -> None:
    assert printing([("a", "1", 5), ("a", "2", 3), ("a", "1", 2)]) == {("a", "1"): 7, ("a", "2"): 3}


def test_what_is_lacking_is_named_and_what_is_not_is_left_out() -> None:
    assert short_of({("a", ""): 5, ("b", ""): 2}, {("a", ""): 3, ("b", ""): 4}) == {("a", ""): 2}


@pytest.mark.parametrize(
    ("sorting", "holds"),
    [
        (Sorting(10, 8, 1, 1, 0), True), (Sorting(10, 9), False), (Sorting(10, 11, 0, 0, -1), False),
        (Sorting(0, 0), False), (Sorting(10, 9, 0, 0, 1), True),
    ],
)  # fmt: skip
def test_a_sorting_adds_up_or_not(sorting: Sorting, holds: bool) -> None:
    assert sorting.adds_up is holds


@given(st.from_regex(r"[0-9]{13}", fullmatch=True), st.integers(1, 99), st.data())
def test_a_wrong_digit_of_a_label_is_noticed(code: str, number: int, data: st.DataObject) -> None:
    said = box_code(code, number)
    assert read_box_code(said) == (code, number)
    assert read_box_code(said.replace("-", " ")) == (code, number)
    digits = [n for n, sign in enumerate(said) if sign.isdigit()]
    at = data.draw(st.sampled_from(digits))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != said[at]]))
    assert read_box_code(said[:at] + other + said[at + 1 :]) is None


@pytest.mark.parametrize("said", ["", "abc", "12", "٣٣٣٣٣", "7322012001001-01-", "https://x.example/"])
def test_what_is_no_code_is_none(said: str) -> None:
    assert read_box_code(said) is None


def test_a_seal_has_one_writing() -> None:
    assert seal_number(" ab 12\t3 ") == "AB123"


def test_the_hour_is_local_and_a_long_way_leaves_earlier() -> None:
    wanted = wanted_at(date(2024, 2, 14), 1, "18:00", ZoneInfo("Asia/Makassar"))
    assert wanted == datetime(2024, 2, 13, 10, tzinfo=UTC)
    assert leaves_by(wanted, 48) == datetime(2024, 2, 11, 10, tzinfo=UTC)
