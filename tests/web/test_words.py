"""Figures, shares, times and names as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satusuara.kernel.pages import words
from satusuara.kernel.pages.parts import TONES, Piece, strips, tone_of

WITA = ("Asia/Makassar", "WITA")
AT = datetime(2024, 2, 14, 18, 5, tzinfo=UTC)


@pytest.mark.requirement(2, "8", "figures are written as each language writes them, and a blank is never 0")
@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (None, "–", "–"),
        (0, "0", "0"),
        (999, "999", "999"),
        (1001, "1.001", "1,001"),
        (-1234567, "−1.234.567", "−1,234,567"),
    ],
)
def test_numbers(value: int | None, indonesian: str, english: str) -> None:
    assert (words.number(value, "id"), words.number(value, "en-gb")) == (indonesian, english)


def test_a_difference_has_its_sign() -> None:
    assert [words.signed(n, "id") for n in (17, 0, -3, None)] == ["+17", "0", "−3", "–"]


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (573, 1000, "57,3 %"), (0, 5, "0,0 %"), (5, 5, "100,0 %"), (1, 8, "12,5 %"), (None, 5, "–"), (1, 0, "–"),
        (1, 100_000, "< 0,1 %"), (99_999, 100_000, "> 99,9 %"), (25, 1000, "2,5 %"), (45, 100_000, "< 0,1 %"),
    ],
)  # fmt: skip
def test_shares(part: int | None, whole: int, said: str) -> None:
    assert words.share(part, whole, "id").replace("\u202f", " ") == said


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_share_never_says_none_or_all_where_it_is_not(part: int, rest: int) -> None:
    said = words.share(part, part + rest, "id")
    assert said[:3] != "0,0"
    assert not said.startswith("100")


def test_a_time_names_its_zone() -> None:
    assert words.moment(AT, WITA, "id") == "15 Feb 2024, 02.05 WITA"
    assert words.moment(AT, WITA, "en") == "15 Feb 2024, 02:05 WITA"
    assert words.moment(None, WITA, "id") == "–"
    assert words.day(AT, "id") == "14 Februari 2024"


def test_an_age_takes_the_largest_unit_that_fits() -> None:
    ages = [words.age(AT - timedelta(seconds=s), AT, "id") for s in (5, 61, 7300, 200_000)]
    assert ages == ["baru saja", "1 menit", "2 jam", "2 hari"]
    assert words.age(AT - timedelta(days=1), AT, "en") == "1 day"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("LUWU UTARA", "Luwu Utara"), ("DKI JAKARTA", "DKI Jakarta"), ("BATU II", "Batu II"), ("TPS 001", "TPS 001"),
        ("SUKA MA'JU", "Suka Ma'ju"), ("Benteng", "Benteng"), ("KOTA B. ACEH", "Kota B. Aceh"), ("", ""),
    ],
)  # fmt: skip
def test_names_in_capitals_are_written_as_people_write_them(written: str, said: str) -> None:
    assert words.proper(written) == said


def test_every_state_has_a_sign_of_its_own_shape_beside_its_colour() -> None:
    states = ("failing", "incomplete", "empty", "consistent", "warning", "differs")
    assert len({tone_of(state)[1] for state in states}) == len(states)
    assert tone_of("something-new") == TONES["none"]


@given(st.lists(st.integers(0, 10**6), max_size=6), st.integers(0, 10**7))
def test_pieces_of_a_bar_stay_on_it_and_what_is_there_is_seen(counts: list[int], total: int) -> None:
    found = strips([Piece("good", str(n), n) for n in counts], total)
    assert all(strip.x + strip.width <= 1000 for strip in found)
    assert all(strip.width == 0 for strip in found if not strip.piece.count)
    whole = max(total, sum(counts), 1)
    assert all(abs(strip.width - 1000 * strip.piece.count / whole) <= 25 for strip in found)
