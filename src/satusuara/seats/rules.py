"""Seats from votes by the Sainte-Laguë divisors 1, 3, 5, …, and how few votes would change them. Whole numbers only.

Each seat goes to the largest quotient votes/divisor, where a party with s seats has the divisor 2s + 1 (Webster 1832,
Sainte-Laguë 1910; Balinski & Young, *Fair Representation*, 1982). Quotients are compared as integer cross-products,
never as floats. Equal quotients for fewer seats than claim them are a tie: what the law says then, people decide.

Margins. For A with its last seat (divisor a = 2s_A - 1) and B without its next (divisor b = 2s_B + 1) let
M = b·V_A - a·V_B, which is positive. Where the allocation changes without a tie, some A lost a seat that some B won, so
V'_B·a > V'_A·b (divisor methods are monotone). Hence votes moved from one party to another must exceed M/(a + b), and
moving them from A to B suffices; votes added must exceed M/a, votes taken away M/b (Stark & Teague, JETS 3(1), 2014,
bound the same quantity). Added and removed votes leave other parties' quotients alone, and two of those that are equal
can make the seat between them a tie: then more votes are needed, see ``_added`` and ``_removed``. Tests compare all
three with exhaustive search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heapreplace


@dataclass(frozen=True, slots=True)
class Award:
    """One seat: the party's votes divided by ``divisor`` won it."""

    party: str
    votes: int
    divisor: int

    @property
    def quotient(self) -> Fraction:
        return Fraction(self.votes, self.divisor)


@dataclass(frozen=True, slots=True)
class Tie:
    """So many seats are open among more parties, whose quotients for them are equal."""

    seats_open: int
    parties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Allocation:
    """Seats by party, without those that a tie leaves open; the order in which they were won."""

    seats: dict[str, int]
    order: tuple[Award, ...]
    tie: Tie | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Votes that go from one party (or from outside) to another (or away); several seats may change by it."""

    votes: int
    from_party: str = ""
    to_party: str = ""
    lost_by: tuple[str, ...] = ()
    gained_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Margins:
    """The smallest moves after which the seats differ without a tie; each in the order of the parties' names. Empty
    where no number of votes does it."""

    altered: tuple[Move, ...]
    added: tuple[Move, ...]
    removed: tuple[Move, ...]


def allocate(votes: Mapping[str, int], seats: int) -> Allocation:
    """The allocation of ``seats`` (at least 1). A party without a vote wins none; equal quotients that all win are
    ordered by votes, then by name.

    :raises ValueError: no seat, a negative figure, or no vote at all
    """
    _require(votes, seats)
    queue = [_Claim(Award(party, count, 1)) for party, count in votes.items() if count]
    heapify(queue)
    order: list[Award] = []
    while len(order) < seats:
        best = queue[0].award
        order.append(best)
        heapreplace(queue, _Claim(Award(best.party, best.votes, best.divisor + 2)))
    return _cut(votes, order, queue[0].award)


def margins(votes: Mapping[str, int], seats: int) -> Margins | None:
    """How few votes would change the seats; None where a tie leaves them open.

    :raises ValueError: as of ``allocate``
    """
    found = allocate(votes, seats)
    if found.tie is not None:
        return None
    now = found.seats
    return Margins(
        _smallest(_altered(votes, now)),
        _smallest(_moves_to(votes, now)),
        _smallest(_moves_from(votes, now)),
    )


class _Claim:
    """A quotient in a heap: the largest first, then more votes, then the name."""

    __slots__ = ("award",)

    def __init__(self, award: Award) -> None:
        self.award = award

    def __lt__(self, other: _Claim) -> bool:
        mine, theirs = self.award, other.award
        left, right = mine.votes * theirs.divisor, theirs.votes * mine.divisor
        if left != right:
            return left > right
        return (-mine.votes, mine.party) < (-theirs.votes, theirs.party)


def _require(votes: Mapping[str, int], seats: int) -> None:
    if seats < 1:
        raise ValueError("no seat to allocate")
    if any(count < 0 for count in votes.values()):
        raise ValueError("negative votes")
    if not any(votes.values()):
        raise ValueError("no votes")


def _cut(votes: Mapping[str, int], order: Sequence[Award], following: Award) -> Allocation:
    """The seats, without those at the end that a quotient left out claims as well."""
    won = [award for award in order if award.quotient != following.quotient]
    tie = None
    if len(won) < len(order):
        level = following.quotient
        claims = (party for party, count in votes.items() if _claims(count, level))
        tie = Tie(len(order) - len(won), tuple(sorted(claims)))
    seats = dict.fromkeys(votes, 0)
    for award in won:
        seats[award.party] += 1
    return Allocation(seats, tuple(won), tie)


def _claims(votes: int, level: Fraction) -> bool:
    """Whether one of a party's quotients is exactly ``level``: votes / level is then an odd whole number."""
    divisor = votes / level
    return votes > 0 and divisor.denominator == 1 and divisor.numerator % 2 == 1


def _smallest(moves: Iterator[Move]) -> tuple[Move, ...]:
    every = list(moves)
    least = min((move.votes for move in every), default=0)
    return tuple(sorted((m for m in every if m.votes == least), key=lambda move: (move.from_party, move.to_party)))


# --- votes moved from one party to another ---


def _altered(votes: Mapping[str, int], seats: Mapping[str, int]) -> Iterator[Move]:
    """Every move of the least number of votes that changes the seats. The bound is exact (see above): of the parties at
    it, those with the lowest last and the highest next quotient can't be tied once votes moved between them."""
    bounds = [
        _gap(votes, seats, a, b) // (2 * seats[a] - 1 + 2 * seats[b] + 1) + 1
        for a in votes
        for b in votes
        if a != b and seats[a]
    ]
    if not bounds:
        return
    count = min(bounds)
    found = False
    while not found and count <= max(votes.values()):
        for giving in votes:
            for taking in votes:
                if giving == taking or votes[giving] < count:
                    continue
                changed = {**votes, giving: votes[giving] - count, taking: votes[taking] + count}
                after = settle(changed, seats)
                if after is not None and after != seats:
                    found = True
                    yield Move(count, giving, taking, *_difference(seats, after))
        count += 1


def _gap(votes: Mapping[str, int], seats: Mapping[str, int], a: str, b: str) -> int:
    """M of the pair: how far A's last seat is from B's next."""
    return (2 * seats[b] + 1) * votes[a] - (2 * seats[a] - 1) * votes[b]


def settle(votes: Mapping[str, int], seats: Mapping[str, int]) -> dict[str, int] | None:
    """The allocation of as many seats as ``seats`` has, reached from it by exchanges; None where the last one is tied.

    Exchanges a seat from the lowest last quotient to the highest next one while that is higher: each step brings the
    allocation nearer to the only one in which no last quotient is lower than a next.
    """
    now = dict(seats)
    while True:
        holding = [party for party, count in now.items() if count]
        last = min(holding, key=lambda party: Fraction(votes[party], 2 * now[party] - 1))
        others = [party for party in votes if party != last and votes[party]]
        if not others:
            return now
        best = max(others, key=lambda party: Fraction(votes[party], 2 * now[party] + 1))
        gap = _gap(votes, now, last, best)
        if gap == 0:
            return None
        if gap > 0:
            return now
        now[last] -= 1
        now[best] += 1


def _difference(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who lost and who gained, by name."""
    return (
        tuple(sorted(party for party in before if after[party] < before[party])),
        tuple(sorted(party for party in before if after[party] > before[party])),
    )


# --- votes added to one party, or taken from it ---


def _moves_to(votes: Mapping[str, int], seats: Mapping[str, int]) -> Iterator[Move]:
    for party in votes:
        count = _added(votes, seats, party)
        if count:
            after = settle({**votes, party: votes[party] + count}, seats)
            if after is None:
                raise ArithmeticError(f"{count} votes for {party} end in a tie")
            yield Move(count, "", party, *_difference(seats, after))


def _moves_from(votes: Mapping[str, int], seats: Mapping[str, int]) -> Iterator[Move]:
    for party in votes:
        count = _removed(votes, seats, party)
        if count:
            after = settle({**votes, party: votes[party] - count}, seats)
            if after is None:
                raise ArithmeticError(f"{count} votes taken from {party} end in a tie")
            yield Move(count, party, "", *_difference(seats, after))


def _added(votes: Mapping[str, int], seats: Mapping[str, int], party: str) -> int:
    """The least number of votes for ``party`` that wins it a seat without a tie; 0 where none does.

    The seats of the others by quotient, the lowest first, are what it can win. With its k-th of them it must pass the
    k-th quotient and stay below the next; where those two are equal, k seats are never won without a tie.
    """
    held = sorted(
        Fraction(votes[other], divisor)
        for other in votes
        if other != party
        for divisor in range(1, 2 * seats[other], 2)
    )
    own = seats[party]
    for k, quotient in enumerate(held, 1):
        following = held[k] if k < len(held) else None
        if quotient == following:
            continue
        count = _above(quotient * (2 * (own + k) - 1)) - votes[party]
        if following is None or Fraction(votes[party] + count, 2 * (own + k) + 1) < following:
            return count
    return 0


def _removed(votes: Mapping[str, int], seats: Mapping[str, int], party: str) -> int:
    """The least number of votes of ``party`` without which it loses a seat without a tie; 0 where none does.

    The others' next quotients, the highest first, take its seats one by one, in the mirror of ``_added``.
    """
    own = seats[party]
    nexts = sorted(
        (
            Fraction(votes[other], 2 * (seats[other] + j) + 1)
            for other in votes
            if other != party and votes[other]
            for j in range(own + 1)
        ),
        reverse=True,
    )
    for k, quotient in enumerate(nexts[:own], 1):
        following = nexts[k]
        if quotient == following:
            continue
        left = _below(quotient * (2 * (own - k + 1) - 1))
        if k == own or Fraction(left, 2 * (own - k) - 1) > following:
            return votes[party] - left
    return 0


def _above(value: Fraction) -> int:
    """The least whole number above ``value``."""
    return value.numerator // value.denominator + 1


def _below(value: Fraction) -> int:
    """The greatest whole number below ``value``."""
    return -((-value.numerator) // value.denominator) - 1
