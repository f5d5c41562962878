"""Any order, loss, repetition and delay: the same set of segments means the same everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satusuara.pollbook.rules import close, snapshot, voters
from satusuara.pollbook.rules.clock import MAX_AHEAD_MS, display_times, receive, tick
from satusuara.pollbook.rules.events import EventId, Kind, Refused, Stamp
from satusuara.pollbook.rules.merge import Replica, State, case_id, line_person
from satusuara.pollbook.rules.segments import Segment, must_seal, open_segment
from tests.pollbook.days import deeds, play
from tests.pollbook.make import DAY_MS, HERE, THERE, Desk, check_in, draft, inked, issued, refused, undo

KEY = voters.voter_key(b"k" * 32, "7300000000000001")


def merged(*raws: bytes) -> Replica:
    replica = Replica()
    for raw in raws:
        replica.add(open_segment(raw))
    return replica


@pytest.mark.requirement(4, "1", "any order, loss, repetition and delay of segments gives one state on every replica")
@pytest.mark.requirement(4, "R4", "nothing is lost when the network is: what was missed is asked for and merged")
@given(deeds(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_replicas_agree_however_segments_come(script: Any, random: Any) -> None:
    segments = play(script)
    whole = Replica()
    for segment in segments:
        whole.add(segment)
    other = Replica()
    deliver(segments, other, random)
    assert other.have() == whole.have()
    assert other.state() == whole.state()
    check_by_hand(segments, whole.state())


def deliver(segments: list[Segment], to: Replica, random: Any) -> None:
    """Everything in any order, some lost at first and some twice; then what ``have`` asks for."""
    first = [segment for segment in segments if random.random() < 0.7]
    first += [segment for segment in segments if random.random() < 0.3]
    random.shuffle(first)
    for segment in first:
        to.add(segment)
        to.state()  # looking in between changes nothing
    have = to.have()
    rest = [segment for segment in segments if segment.last > have.get(segment.device, 0)]
    random.shuffle(rest)
    for segment in [*rest, *segments[:1]]:
        to.add(segment)


def check_by_hand(segments: list[Segment], state: State) -> None:
    """The claims by the definition, written again in the plainest way."""
    events = {(s.device, e.seq): (s.station, e) for s in segments for e in s.events}
    undone = set()
    for (device, seq), (station, event) in events.items():
        if event.kind is Kind.UNDO:
            for named, number in event.detail[0]:
                target = events.get((named, number))
                later = named == device and number >= seq
                if target and target[0] == station and not later and target[1].kind not in (Kind.UNDO, Kind.REFUSED):
                    undone.add((named, number))
    claims: dict[bytes, set[EventId]] = {}
    for (device, seq), (station, event) in events.items():
        if event.kind is Kind.CHECK_IN and (device, seq) not in undone:
            assert event.voter is not None
            claims.setdefault(line_person(station, event.voter), set()).add(EventId(device, seq))
    assert {person: set(ids) for person, ids in state.claims.items()} == claims
    assert bool(state.conflicts) == any(len(ids) > 1 for ids in claims.values())


@pytest.mark.requirement(4, "1", "the VxPollBook counterexample: A undoes its own check-in, B's ballot is still out")
@pytest.mark.requirement(4, "R19", "an undo cancels only the events that it names")
def test_an_undo_on_one_machine_leaves_the_others_check_in() -> None:
    a, b = Desk("A"), Desk("B", dev_ix=1)
    on_a, on_b = a.write(check_in(17)), b.write(check_in(17))
    taken_back = a.write(undo(a.id(1)))
    for replica in (merged(on_a, taken_back, on_b), merged(on_b, on_a, taken_back)):
        state = replica.state()
        assert state.votes_of(line_person(HERE, 17)) == 1
        assert state.claims[line_person(HERE, 17)] == (b.id(1),)


def test_last_write_wins_would_lose_that_vote() -> None:
    """What the counterexample shows of the rule that is not used here: three steps and a voted person has not voted."""
    a, b = Desk("A"), Desk("B")
    written = [a.opened(check_in(17, ms=DAY_MS)), b.opened(check_in(17, ms=DAY_MS + 1))]
    written.append(a.opened(undo(a.id(1), ms=DAY_MS + 2)))
    last = max((segment.events[0] for segment in written), key=lambda event: event.stamp)
    assert last.kind is Kind.UNDO  # "the last write": not voted
    replica = Replica()
    for segment in written:
        replica.add(segment)
    assert replica.state().votes_of(line_person(HERE, 17)) == 1


def test_a_person_at_two_stations_is_one_conflict_with_one_name() -> None:
    here, there = Desk("here"), Desk("there", station=THERE)
    raws = [here.write(check_in(KEY, category=1)), there.write(check_in(KEY, category=2))]
    state = merged(*raws).state()
    assert state.conflicts == {case_id(here.id(1), there.id(1)): tuple(sorted((here.id(1), there.id(1))))}
    assert merged(*reversed(raws)).state() == state


@pytest.mark.requirement(4, "R18", "a double vote is known on all three devices that heard of it, under one name")
def test_three_devices_alarm_on_the_same_case() -> None:
    desks = [Desk("door"), Desk("exit", dev_ix=1), Desk("far", station=THERE)]
    raws = [
        desks[0].write(check_in(KEY, category=2)),
        desks[1].write(inked()),
        desks[2].write(check_in(KEY, category=2)),
    ]
    found = {tuple(merged(*raws[n:], *raws[:n]).state().conflicts) for n in range(3)}
    assert found == {(case_id(desks[0].id(1), desks[2].id(1)),)}


def test_a_conflict_ends_when_one_claim_is_taken_back() -> None:
    here, there = Desk("here"), Desk("there", station=THERE)
    raws = [here.write(check_in(KEY)), there.write(check_in(KEY)), there.write(undo(there.id(1)))]
    assert not merged(*raws).state().conflicts


def test_nobody_takes_back_what_another_station_wrote() -> None:
    here, there = Desk("here"), Desk("there", station=THERE)
    raws = [here.write(check_in(KEY)), there.write(check_in(KEY)), there.write(undo(here.id(1)))]
    state = merged(*raws).state()
    assert len(state.conflicts) == 1
    assert state.idle_undos == {there.id(2): (here.id(1),)}


@pytest.mark.requirement(4, "1", "two hashes under one number prove a copied key; both deeds stay")
@pytest.mark.requirement(4, "R15", "a restored copy that goes on under the old key is proved to be one")
def test_a_copied_key_is_proved() -> None:
    phone = Desk("door")
    first = phone.write(check_in(1))
    copy = phone.copied()
    replica = merged(first, phone.write(check_in(2)), copy.write(check_in(3)))
    state = replica.state()
    assert [(fork.device, fork.seq) for fork in state.forks] == [(phone.device, 2)]
    assert state.votes_of(line_person(HERE, 2)) == state.votes_of(line_person(HERE, 3)) == 1


def test_a_link_to_an_event_that_is_not_there_is_a_fork() -> None:
    phone = Desk("door")
    first = phone.write(check_in(1))
    copy = phone.copied()
    phone.write(check_in(2))
    replica = merged(first, copy.write(check_in(3)), phone.write(check_in(4)))  # 3 follows a 2 that nobody sent
    assert [fork.seq for fork in replica.state().forks] == [2]


@pytest.mark.requirement(4, "bad-input", "a gap that is never filled: what lies behind it counts, and the gap is named")
def test_events_behind_a_gap_count_and_the_gap_is_named() -> None:
    phone = Desk("door")
    one, two, three = phone.write_all([check_in(n) for n in range(1, 37)])
    replica = merged(one, three)
    log = replica.logs[phone.device]
    assert (log.gaps, log.waiting, replica.have()) == ([(13, 24)], 12, {phone.device: 12})
    assert len(replica.state().claims) == 24
    replica.add(open_segment(two))
    assert (log.gaps, log.waiting, replica.have()) == ([], 0, {phone.device: 36})


@pytest.mark.requirement(4, "R9", "every deed is an event and the chain of a device verifies from its first")
def test_a_day_is_one_chain() -> None:
    phone = Desk("door")
    raws = phone.write_all([check_in(n) for n in range(1, 60)])
    state = merged(*raws).state()
    assert not state.forks
    assert [entry.event.seq for entry in state.entries] == list(range(1, 60))


# --- clocks ---


@pytest.mark.requirement(4, "R20", "a clock set to 2100 moves no other clock and reorders nothing")
def test_a_clock_set_to_2100_poisons_nobody() -> None:
    far = Stamp(4_102_444_800_000, 0)
    mine = Stamp(DAY_MS, 3)
    assert receive(mine, far, DAY_MS) == (mine, True)
    assert receive(mine, Stamp(DAY_MS + MAX_AHEAD_MS, 0), DAY_MS) == (Stamp(DAY_MS + MAX_AHEAD_MS, 0), False)
    assert tick(far, DAY_MS) == Stamp(DAY_MS, 0)
    phone = Desk("door")
    for ms in (DAY_MS, far.ms, DAY_MS + 60_000):
        phone.write(check_in(1 + len(phone.events), ms=ms))
    assert display_times(phone.events, DAY_MS + 70_000) == [DAY_MS, DAY_MS, DAY_MS + 60_000]


@given(st.lists(st.tuples(st.integers(0, 2**42), st.booleans()), max_size=30))
def test_a_clock_never_runs_ahead_by_more_than_a_quarter_of_an_hour(heard: list[tuple[int, bool]]) -> None:
    clock, now = Stamp(DAY_MS, 0), DAY_MS
    for ms, remote in heard:
        before = clock
        if remote:
            clock, _ = receive(clock, Stamp(ms, 0), now)
        else:
            now += ms % 10_000
            clock = tick(clock, now)
        assert clock >= before
        assert clock.ms - now <= MAX_AHEAD_MS


def test_a_segment_is_due_after_twelve_events_or_ten_minutes() -> None:
    events = [check_in(n) for n in range(1, 13)]
    assert must_seal(events, DAY_MS)
    assert not must_seal(events[:11], DAY_MS + 599_999)
    assert must_seal(events[:1], DAY_MS + 600_000)
    assert must_seal(events[:1], DAY_MS - 86_400_000)  # the clock was set back: send rather than wait for a day
    assert not must_seal([], DAY_MS)


# --- the evening ---


def a_day(*more: Any) -> State:
    door = Desk("door")
    drafts = [draft(Kind.OPEN, detail=[[10] * 5, 2], officer=1)]
    for voter, part in ((1, 0), (2, 1), (3, 1)):
        drafts += [check_in(voter, part=part), issued(voter), inked(voter)]
    raws = door.write_all([*drafts, *more])
    return merged(*raws).state()


def lines(state: State) -> list[close.Line]:
    return close.reconcile(close.totals(state, HERE, contests=5, categories=3, parts=2))


def failing(state: State) -> list[tuple[Any, ...]]:
    return [(one.rule, one.left, one.right) for one in lines(state) if one.holds is False]


PAPER = [[[1, 2], [0, 0], [0, 0]], [[10, 3, 0, 7]] * 5, [0, 0]]


@pytest.mark.requirement(4, "1", "close reconciles attendance, ballots and ink; unequal is not clean, and closes")
def test_a_day_without_a_difference_is_clean() -> None:
    found = lines(a_day(draft(Kind.CLOSE, detail=PAPER)))
    assert close.is_clean(found)
    assert {one.rule for one in found} == {"a", "b.stock", "b.used", "b.received", "b.mask", "b.unreturned", "c"}


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        ([[[2, 1], [0, 0], [0, 0]], PAPER[1], [0, 0]], [("a", 1, 2), ("a", 2, 1)]),
        ([PAPER[0], [[10, 4, 0, 6], *[[10, 3, 0, 7]] * 4], [0, 0]], [("b.used", 3, 4)]),
        ([PAPER[0], [[10, 3, 0, 6], *[[10, 3, 0, 7]] * 4], [0, 0]], [("b.received", 10, 9)]),
        ([PAPER[0], [[11, 3, 0, 8], *[[10, 3, 0, 7]] * 4], [0, 0]], [("b.stock", 10, 11)]),
    ],
)
def test_each_difference_has_its_line(paper: Any, expected: Any) -> None:
    assert failing(a_day(draft(Kind.CLOSE, detail=paper))) == expected


def test_ballots_issued_count_and_not_the_entitlement() -> None:
    more = [check_in(KEY, category=1, mask=15), issued(KEY, mask=31), inked(KEY)]
    paper = [[[1, 2], [1, 0], [0, 0]], [[10, 4, 0, 6]] * 5, [0, 0]]
    assert failing(a_day(*more, draft(Kind.CLOSE, detail=paper))) == [("b.mask", 4, 3)]


def test_a_missing_ink_mark_is_a_difference() -> None:
    more = [check_in(4), issued(4)]
    paper = [[[2, 2], [0, 0], [0, 0]], [[10, 4, 0, 6]] * 5, [0, 0]]
    assert failing(a_day(*more, draft(Kind.CLOSE, detail=paper))) == [("c", 3, 4)]


def test_before_the_close_the_papers_side_is_unknown_and_nothing_is_clean() -> None:
    found = lines(a_day())
    assert not close.is_clean(found)
    assert {one.holds for one in found if one.rule == "a"} == {None}


def test_refusals_are_counted_as_evidence() -> None:
    state = a_day(refused(Refused.INKED), refused(Refused.INKED), refused(Refused.WRONG_HOUR, 9))
    assert close.totals(state, HERE, contests=5, categories=3, parts=2).refused == {0: 2, 3: 1}


@pytest.mark.requirement(4, "R22", "a snapshot for a QR code carries every mark of the station")
def test_a_snapshot_carries_the_marks() -> None:
    phone = Desk("door")
    state = merged(phone.write(check_in(1), check_in(300), check_in(KEY, category=2))).state()
    marks, extra = snapshot.marked(state, HERE)
    raw = snapshot.sign_snapshot(
        phone.seed, station=HERE, size=300, last=3, head=phone.head[1], lines=marks, extra=extra
    )
    found = snapshot.open_snapshot(raw)
    assert (found.lines, found.extra, found.last) == (frozenset({1, 300}), (KEY,), 3)
    assert len(raw) <= 287  # one QR code 12-M
    changed = bytearray(raw)
    changed[-70] ^= 1
    with pytest.raises(snapshot.SnapshotError):
        snapshot.open_snapshot(bytes(changed))
