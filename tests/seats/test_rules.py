"""Seats and margins: published allocations, exhaustive search over small elections, and the laws of divisor methods."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from satusuara.seats.rules import Move, allocate, margins, settle
from tests.shared import shared

VECTORS = "data/vectors/apportionment"
TEACHING = {"A": 30_000, "B": 20_000, "C": 15_000, "D": 7_000, "E": 5_000}
elections = st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 30), min_size=1, max_size=4).filter(
    lambda votes: any(votes.values())
)
seats_ = st.integers(1, 6)


def plain(votes: Mapping[str, int], seats: int) -> dict[str, int] | None:
    """All quotients in one sorted list; None for a tie at the cut."""
    quotients = sorted(
        ((Fraction(n, d), party) for party, n in votes.items() if n for d in range(1, 2 * seats + 2, 2)), reverse=True
    )
    if quotients[seats - 1][0] == quotients[seats][0]:
        return None
    found = dict.fromkeys(votes, 0)
    for _, party in quotients[:seats]:
        found[party] += 1
    return found


@pytest.mark.requirement(2, "5", "seats: the teaching example of the commission with its three margins")
def test_the_teaching_example() -> None:
    found = allocate(TEACHING, 6)
    assert found.seats == {"A": 2, "B": 2, "C": 1, "D": 1, "E": 0}
    assert [(a.party, a.divisor) for a in found.order] == [("A", 1), ("B", 1), ("C", 1), ("A", 3), ("D", 1), ("B", 3)]
    said = margins(TEACHING, 6)
    assert said is not None
    assert said.altered == (Move(834, "D", "A", ("D",), ("A",)),)
    assert said.added == (Move(1667, "", "E", ("B",), ("E",)),)
    assert said.removed == (Move(1001, "D", "", ("D",), ("A",)),)


@pytest.mark.requirement(2, "5", "seats: published allocations and margins, New Zealand 2014 and others")
def test_published_allocations_and_margins() -> None:
    vectors = json.loads(shared(f"{VECTORS}/sainte_lague.json").read_text())
    assert len(vectors) == 6
    for vector in vectors:
        assert allocate(vector["votes"], vector["seats"]).seats == vector["expected"], vector["id"]
        found = margins(vector["votes"], vector["seats"])
        assert found is not None
        expected = vector["margin"]
        (altered, *_), (added, *_) = found.altered, found.added
        assert (altered.votes, altered.from_party, altered.to_party) == tuple(expected["swap"][:3]), vector["id"]
        assert (added.votes, added.lost_by, added.to_party) == (
            expected["add"][0],
            (expected["add"][1],),
            expected["add"][2],
        )
        removed = {(move.votes, move.from_party, move.gained_by) for move in found.removed}
        assert (expected["rem"][0], expected["rem"][1], (expected["rem"][2],)) in removed, vector["id"]


def test_new_zealand_2014_from_its_electorates_is_tied_to_no_float() -> None:
    """The candidates' votes of 71 electorates, summed and allocated: the seats are those of the plain list."""
    with shared(f"{VECTORS}/nz_leg_2014_electorate.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    votes = {party: sum(int(row[party] or 0) for row in rows) for party in rows[0] if party != "Electoral District"}
    assert len(rows) == 71
    for seats in (1, 7, 71, 120):
        assert allocate(votes, seats).seats == plain(votes, seats)


@pytest.mark.requirement(
    2, "5", "seats: the 2017 Bundestag from its raw file, second votes above 5 %: 598 by Sainte-Laguë"
)
def test_germany_2017_from_its_raw_file() -> None:
    with shared(f"{VECTORS}/de_bdt_2017.csv").open(encoding="utf-8-sig", newline="") as file:
        head, _, *rows = csv.reader(file, delimiter=";")
    votes = {
        party: sum(int(row[n + 1] or 0) for row in rows if len(row) > n + 1 and row[0])
        for n, party in enumerate(head)
        if n >= 2 and party
    }
    above = {"CDU", "SPD", "DIE LINKE", "GRÜNE", "CSU", "FDP", "AfD"}
    counted = {party: count for party, count in votes.items() if party in above}
    assert votes["CDU"] == 12_447_656
    assert votes["SPD"] == 9_539_381
    found = allocate(counted, 598)
    assert found.tie is None
    assert found.seats == plain(counted, 598)
    smallest = margins(counted, 598)
    assert smallest is not None
    for move in (*smallest.altered, *smallest.added, *smallest.removed):
        changed = dict(counted)
        for party, sign in ((move.from_party, -1), (move.to_party, 1)):
            if party:
                changed[party] += sign * move.votes
        after = plain(changed, 598)
        assert after is not None
        assert after != found.seats


@given(elections, seats_)
def test_the_allocation_is_that_of_the_sorted_quotients(votes: dict[str, int], seats: int) -> None:
    found, expected = allocate(votes, seats), plain(votes, seats)
    if expected is None:
        assert found.tie is not None
        assert sum(found.seats.values()) + found.tie.seats_open == seats
        assert len(found.tie.parties) > found.tie.seats_open
        assert margins(votes, seats) is None
    else:
        assert (found.seats, found.tie) == (expected, None)
        assert settle(votes, found.seats) == expected
    assert all(found.seats[party] == 0 for party in votes if not votes[party])
    assert len(found.order) == sum(found.seats.values())


Change = Callable[[int], Iterator[tuple[str, str, dict[str, int]]]]


def smallest(votes: Mapping[str, int], seats: int, change: Change) -> list[tuple[int, str, str]]:
    """Every smallest change that ends in other seats without a tie, by trying 1, 2, 3, … votes."""
    before = plain(votes, seats)
    for count in range(1, sum(votes.values()) * (2 * seats + 1) + 2):
        found = [
            (count, giving, taking)
            for giving, taking, changed in change(count)
            if any(changed.values()) and (after := plain(changed, seats)) is not None and after != before
        ]
        if found:
            return sorted(found)
    return []


@pytest.mark.requirement(2, "5", "seats: every margin is the smallest, shown by exhaustive search over small elections")
@settings(max_examples=150, deadline=None)
@given(elections, seats_)
def test_margins_are_those_of_exhaustive_search(votes: dict[str, int], seats: int) -> None:
    assume(plain(votes, seats) is not None)
    found = margins(votes, seats)
    assert found is not None

    def altered(n: int) -> Iterator[tuple[str, str, dict[str, int]]]:
        pairs = ((a, b) for a in votes for b in votes if a != b and votes[a] >= n)
        return ((a, b, {**votes, a: votes[a] - n, b: votes[b] + n}) for a, b in pairs)

    def added(n: int) -> Iterator[tuple[str, str, dict[str, int]]]:
        return (("", b, {**votes, b: votes[b] + n}) for b in votes)

    def removed(n: int) -> Iterator[tuple[str, str, dict[str, int]]]:
        return ((a, "", {**votes, a: votes[a] - n}) for a in votes if votes[a] >= n)

    for moves, change in ((found.altered, altered), (found.added, added), (found.removed, removed)):
        assert [(m.votes, m.from_party, m.to_party) for m in moves] == smallest(votes, seats, change)
        assert all(move.lost_by and move.gained_by for move in moves)


@given(elections, seats_)
def test_one_seat_more_takes_none_away(votes: dict[str, int], seats: int) -> None:
    """House monotonicity."""
    fewer, more = plain(votes, seats), plain(votes, seats + 1)
    assume(fewer is not None and more is not None)
    now, then = allocate(votes, seats).seats, allocate(votes, seats + 1).seats
    assert all(then[party] >= now[party] for party in votes)


@given(elections, seats_, st.integers(1, 20), st.data())
def test_more_votes_never_cost_a_seat(votes: dict[str, int], seats: int, more: int, data: st.DataObject) -> None:
    """Population monotonicity, for one party that gains while the others stay."""
    party = data.draw(st.sampled_from(sorted(votes)))
    changed = {**votes, party: votes[party] + more}
    assume(plain(votes, seats) is not None and plain(changed, seats) is not None)
    assert allocate(changed, seats).seats[party] >= allocate(votes, seats).seats[party]


@given(elections, seats_, st.randoms())
def test_names_and_their_order_decide_nothing(votes: dict[str, int], seats: int, chance: object) -> None:
    """Anonymity."""
    names = sorted(votes)
    others = list(names)
    chance.shuffle(others)  # type: ignore[attr-defined]
    renamed = dict(zip(names, others, strict=True))
    found = allocate(votes, seats)
    turned = allocate({renamed[party]: votes[party] for party in reversed(names)}, seats)
    assert turned.seats == {renamed[party]: count for party, count in found.seats.items()}
    assert (turned.tie is None) == (found.tie is None)


@pytest.mark.parametrize(
    ("votes", "seats", "allocation", "open_", "parties"),
    [
        ({"A": 10, "B": 10}, 1, {"A": 0, "B": 0}, 1, ("A", "B")),
        ({"A": 3, "B": 1, "C": 1}, 2, {"A": 1, "B": 0, "C": 0}, 1, ("A", "B", "C")),
        ({"A": 3, "B": 1, "C": 1}, 3, {"A": 1, "B": 0, "C": 0}, 2, ("A", "B", "C")),
        ({"A": 15, "B": 5, "C": 0}, 2, {"A": 1, "B": 0, "C": 0}, 1, ("A", "B")),
    ],
)
def test_a_tie_leaves_seats_open_and_margins_unsaid(
    votes: dict[str, int], seats: int, allocation: dict[str, int], open_: int, parties: tuple[str, ...]
) -> None:
    found = allocate(votes, seats)
    assert found.seats == allocation
    assert found.tie is not None
    assert (found.tie.seats_open, found.tie.parties) == (open_, parties)
    assert margins(votes, seats) is None


def test_where_a_seat_more_would_end_in_a_tie_the_margin_is_larger() -> None:
    """Two votes bring C above A and B, but then these two tie for the other seat: only 201 votes settle anything."""
    votes = {"A": 100, "B": 100, "C": 99}
    assert plain({**votes, "C": 101}, 2) is None
    found = margins(votes, 2)
    assert found is not None
    assert [(move.votes, move.to_party, move.lost_by) for move in found.added] == [
        (201, "A", ("B",)),
        (201, "B", ("A",)),
    ]
    assert [(move.votes, move.from_party, move.to_party) for move in found.altered] == [(1, "A", "C"), (1, "B", "C")]


def test_a_party_alone_has_no_margin() -> None:
    found = margins({"A": 9, "B": 0}, 3)
    assert found is not None
    assert (found.removed, [m.votes for m in found.altered]) == ((), [2])
    alone = margins({"A": 9}, 3)
    assert alone is not None
    assert (alone.altered, alone.added, alone.removed) == ((), (), ())


@pytest.mark.parametrize(("votes", "seats"), [({"A": 1}, 0), ({"A": -1, "B": 2}, 1), ({"A": 0}, 1), ({}, 1)])
def test_what_is_no_election_is_refused(votes: dict[str, int], seats: int) -> None:
    with pytest.raises(ValueError, match=r"seat|votes"):
        allocate(votes, seats)
