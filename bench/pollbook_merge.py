"""Any order, loss, repetition and delay of segments: 20,000 examples. ``python -m bench.pollbook_merge`` prints it.

The suite's own property (tests/pollbook/test_merge.py) with many more examples: mornings at three desks of two
stations, segments lost, repeated and shuffled; both replicas must say the same, and what a plain reading of the events
says. Beside it the rule that is not used, last write wins, is given the same mornings: how soon it forgets a vote.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.measure import Measure, show
from satusuara.pollbook.rules.events import Event, Kind
from satusuara.pollbook.rules.merge import Replica, line_person
from satusuara.pollbook.rules.segments import Segment
from tests.pollbook.days import deeds, play
from tests.pollbook.test_merge import check_by_hand, deliver

EXAMPLES = 20_000


def measures(examples: int = EXAMPLES) -> list[Measure]:
    """Examples that held, and examples until last write wins forgot a voter whose ballot is out."""
    held = forgot = 0

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(deeds(), st.randoms(use_true_random=False))
    def agree(script: Any, random: Any) -> None:
        nonlocal held, forgot
        segments = play(script)
        whole, other = Replica(), Replica()
        for segment in segments:
            whole.add(segment)
        deliver(segments, other, random)
        state = whole.state()
        assert other.state() == state
        assert other.have() == whole.have()
        check_by_hand(segments, state)
        held += 1
        if not forgot and any(person not in last_write_wins(segments) for person in state.claims):
            forgot = held

    start = time.perf_counter()
    agree()
    seconds = time.perf_counter() - start
    return [
        Measure("merge property held", held, "examples", examples, f"in {seconds:.0f} s", least=True),
        Measure("last write wins forgets a vote", forgot, "examples", None, "the first example in which it does"),
    ]


def last_write_wins(segments: list[Segment]) -> set[bytes]:
    """Who has voted by the rule of a field that the latest event overwrites."""
    events = {(s.device, e.seq): (s.station, e) for s in segments for e in s.events}
    status: dict[bytes, bool] = {}
    for (_, _), (station, event) in sorted(events.items(), key=lambda item: item[1][1].stamp):
        if event.kind is Kind.CHECK_IN and event.voter is not None:
            status[line_person(station, event.voter)] = True
        for person in _named(event, events):
            status[person] = False
    return {person for person, voted in status.items() if voted}


def _named(event: Event, events: dict[tuple[bytes, int], tuple[str, Event]]) -> list[bytes]:
    if event.kind is not Kind.UNDO:
        return []
    targets = [events.get((device, seq)) for device, seq in event.detail[0]]
    return [
        line_person(station, target.voter)
        for station, target in filter(None, targets)
        if target.kind is Kind.CHECK_IN and target.voter is not None
    ]


def main() -> None:
    sys.exit(show(measures(int(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES)))


if __name__ == "__main__":
    main()
