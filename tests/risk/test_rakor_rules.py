"""What comes first on an agenda, what a silent vote says, and codes that people read aloud."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satusuara.risk.rules.rakor import (
    LETTERS,
    Candidate,
    Spread,
    agenda,
    cells,
    code_of,
    read_code,
    slug_of,
    spelled,
    spreads,
)

counts = st.tuples(*[st.integers(0, 20)] * 5)
votes = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=60)


@pytest.mark.requirement(5, "3", "the agenda is built from what the commission named, expected numbers and gaps")
def test_the_agenda_puts_first_what_was_named_then_what_is_expected_then_what_is_missing() -> None:
    given_risks = [
        Candidate("E", False, 4, None),
        Candidate("D", False, 1, 2.0),
        Candidate("C", False, 2, 2.0),
        Candidate("B", False, 0, 9.5),
        Candidate("A", True, 0, None),
    ]
    assert [each.code for each in agenda(given_risks, most=5)] == ["A", "B", "C", "D", "E"]
    assert [each.code for each in agenda(given_risks, most=2)] == ["A", "B"]
    named = [Candidate(code, True, 0, None) for code in "XYZ"]
    assert [each.code for each in agenda([*given_risks, *named], most=2)] == ["A", "X", "Y", "Z"]


@given(votes)
def test_every_vote_is_counted_once(cast: list[tuple[int, int]]) -> None:
    probability, impact = spreads(cells(cast))
    assert probability.votes == impact.votes == len(cast)
    assert sum(n * c for n, c in enumerate(probability.counts, 1)) == sum(p for p, _ in cast)
    assert sum(n * c for n, c in enumerate(impact.counts, 1)) == sum(i for _, i in cast)


@given(counts)
def test_a_spread_stays_on_the_scale_and_agreement_between_none_and_all(given_counts: tuple[int, ...]) -> None:
    spread = Spread(given_counts)  # type: ignore[arg-type]
    if not spread.votes:
        assert spread.median is spread.quartiles is spread.agreement is None
        return
    low, high = spread.quartiles or (0, 0)
    assert 1 <= low <= (spread.median or 0) <= high <= 5
    assert 0 <= (spread.agreement or 0) <= 1


@pytest.mark.parametrize(
    ("given_counts", "median", "agreement", "divided"),
    [
        ((0, 0, 9, 0, 0), 3, 1, False),
        ((5, 0, 0, 0, 5), 3, 0, True),
        ((0, 2, 6, 2, 0), 3, Fraction(9, 10), False),
        ((4, 0, 0, 7, 0), 4, Fraction(58, 121), True),
    ],
)
def test_dispersion(given_counts: tuple[int, ...], median: int, agreement: Fraction, divided: bool) -> None:
    spread = Spread(given_counts)  # type: ignore[arg-type]
    assert (spread.median, spread.agreement, spread.divided) == (median, agreement, divided)


@pytest.mark.parametrize("vote", [(0, 3), (3, 6)])
def test_a_vote_beyond_the_scale_is_no_vote(vote: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="beyond the scale"):
        cells([vote])


def test_codes_are_spelled_so_that_they_can_be_read_aloud() -> None:
    code = code_of(b"key", 7, "732201")
    assert len(code) == 8
    assert set(code) <= set(LETTERS)
    assert not set("01OIL") & set(LETTERS)
    assert read_code(f" {spelled(code).lower()} ") == code
    others = {code_of(b"key", 7, "732202"), code_of(b"key", 8, "732201"), code_of(b"other", 7, "732201")}
    assert code not in others
    assert len(others) == 3


@given(st.integers(0, 2**64 - 1))
def test_an_address_is_four_letters(number: int) -> None:
    assert len(slug_of(number)) == 4
    assert set(slug_of(number)) <= set(LETTERS)
