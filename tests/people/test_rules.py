"""A right recurses down the tree: from an area to everything below it, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satusuara.people.rules import Grant, Reach, in_force

parts = st.lists(st.sampled_from(["1", "11", "2", "21", "211"]), max_size=4)
elections = st.sampled_from(["e1", "e2"])
rights = st.sampled_from(["see", "people", "import"])


def path_of(codes: list[str]) -> str:
    return "/" + "".join(f"{code}/" for code in codes)


paths = parts.map(path_of)
grants = st.builds(Grant, elections, paths, st.frozensets(rights, max_size=3))
reaches = st.builds(Reach, st.lists(grants, max_size=4).map(tuple))


@pytest.mark.requirement(2, "7", "rights recurse down the tree and never up or sideways")
@given(elections, parts, parts)
def test_a_right_holds_at_its_area_and_below_and_nowhere_else(election: str, own: list[str], other: list[str]) -> None:
    reach = Reach((Grant("e1", path_of(own), frozenset({"see"})),))
    below = other[: len(own)] == own
    assert reach.allows("see", election, path_of(other)) == (below and election == "e1")


@given(reaches, rights, elections, paths)
def test_the_paths_to_filter_by_say_the_same_as_the_single_question(
    reach: Reach, right: str, election: str, path: str
) -> None:
    by_paths = any(election == e and path.startswith(p) for e, p in reach.paths(right))
    assert by_paths == reach.allows(right, election, path)


@given(reaches, rights)
def test_no_path_of_a_reach_lies_below_another_one(reach: Reach, right: str) -> None:
    found = reach.paths(right)
    assert not [(a, b) for a in found for b in found if a != b and a[0] == b[0] and b[1].startswith(a[1])]


@given(reaches, reaches, rights, elections, paths)
def test_another_appointment_never_takes_a_right_away(
    one: Reach, more: Reach, right: str, election: str, path: str
) -> None:
    both = Reach(one.grants + more.grants)
    assert both.allows(right, election, path) == (
        one.allows(right, election, path) or more.allows(right, election, path)
    )


@given(reaches, st.frozensets(rights), elections, paths)
def test_what_is_missing_is_exactly_what_is_not_held(
    reach: Reach, wanted: frozenset[str], election: str, path: str
) -> None:
    missing = reach.missing(wanted, election, path)
    assert missing == tuple(sorted(right for right in wanted if not reach.allows(right, election, path)))


def test_everyone_holds_what_is_public_everywhere_and_a_stranger_nothing_else() -> None:
    assert Reach().allows("public", "e1", "/73/7322/")
    assert not Reach().allows("see", "e1", "/73/7322/")


def test_a_neighbour_whose_code_starts_alike_is_not_below() -> None:
    reach = Reach((Grant("e1", "/73/7322/", frozenset({"see"})),))
    assert not reach.allows("see", "e1", "/73/73221/")


@pytest.mark.parametrize("path", ["", "73/7322/", "/73/7322", "7322"])
def test_a_path_that_could_be_a_prefix_by_accident_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="starts and ends"):
        Grant("e1", path, frozenset({"see"}))


@given(st.integers(-5, 5), st.integers(-5, 5) | st.none())
def test_an_appointment_holds_from_its_start_up_to_its_end(start: int, end: int | None) -> None:
    at = datetime(2024, 2, 14, tzinfo=UTC)
    ends = None if end is None else at + timedelta(hours=end)
    assert in_force(at + timedelta(hours=start), ends, at) == (start <= 0 and (end is None or end > 0))
