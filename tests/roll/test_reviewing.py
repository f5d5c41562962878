"""Two people before a line is struck; different and unsure are answers too; nothing is settled by a score."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from satusuara.areas.models import Area, Election
from satusuara.kernel.errors import Refusal
from satusuara.ledger.verify import verify
from satusuara.people.queries import Scope
from satusuara.people.rules import Grant, Reach
from satusuara.roll.actions import record_linkage, release_batch, review_pair, take_batch, undo_review
from satusuara.roll.actions.linking import FoundPair
from satusuara.roll.choices import PairState, Verdict, VoterState
from satusuara.roll.models import Pair, Review
from satusuara.roll.queries import waiting_pairs, watch_list
from tests.roll.lists import AT, ROOT, THERE, list_of, read, regency, row, voter

pytestmark = pytest.mark.django_db
RIGHTS = frozenset({"roll", "roll-manage"})


def officer(name: str, path: str = "/73/7322/") -> Scope:
    return Scope(name, Reach((Grant("id-2024", path, RIGHTS),)))


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Two lines of two sub-districts that the linkage takes for one person, and one more pair below it."""
    election, area = regency()
    read(list_of(tmp_path, row(1), row(2, at=f"{THERE}001"), row(3), row(4)), election, area)
    link(election, area)
    return Pair.objects.get(decision="strike")


def link(election: Election, area: Area) -> None:
    found = [
        FoundPair(voter(2).pk, voter(1).pk, 0.998, "strike", ["NIK sama"], "k1"),
        FoundPair(voter(3).pk, voter(4).pk, 0.7, "review", ["nama mirip"]),
    ]
    record_linkage(
        scope=ROOT,
        election=election,
        area=area,
        design="uji-1",
        settings={"strike": 995},
        records=4,
        found=found,
        at=AT,
    )


@pytest.mark.requirement(3, "4", "two reviewers for a strike; the same person cannot be both")
def test_a_line_is_struck_when_two_people_say_the_same(pair: Pair) -> None:
    first = officer("reni")
    review_pair(scope=first, pair=pair, verdict=Verdict.SAME, reason="KTP-el", keep=voter(1), at=AT)
    assert Pair.objects.get(pk=pair.pk).state == PairState.SECOND
    assert voter(2).state == VoterState.ACTIVE
    with pytest.raises(Refusal, match="reviewed-already"):
        review_pair(scope=first, pair=pair, verdict=Verdict.SAME, reason="lagi", keep=voter(1), at=AT)
    review_pair(scope=officer("sari"), pair=pair, verdict=Verdict.SAME, reason="kunjungan", keep=voter(1), at=AT)
    assert Pair.objects.get(pk=pair.pk).state == PairState.STRUCK
    assert (voter(1).state, voter(2).state, voter(2).reason) == (VoterState.ACTIVE, VoterState.STRUCK, "duplicate")
    assert verify().problems == []


@pytest.mark.requirement(3, "4", "whom two reviewers would strike differently stays, and both stations are told")
def test_two_who_disagree_leave_the_pair_unresolved(pair: Pair) -> None:
    review_pair(scope=officer("reni"), pair=pair, verdict=Verdict.SAME, reason="a", keep=voter(1), at=AT)
    review_pair(scope=officer("sari"), pair=pair, verdict=Verdict.SAME, reason="b", keep=voter(2), at=AT)
    assert Pair.objects.get(pk=pair.pk).state == PairState.UNSURE
    assert (voter(1).state, voter(2).state) == (VoterState.ACTIVE, VoterState.ACTIVE)
    for station in (voter(1).area, voter(2).area):
        assert pair in watch_list(officer("kpps", station.path), station)


@pytest.mark.requirement(3, "4", "undo: a verdict is taken back, and a line that it struck is restored")
def test_a_strike_is_undone_by_whoever_said_so(pair: Pair) -> None:
    review_pair(scope=officer("reni"), pair=pair, verdict=Verdict.SAME, reason="a", keep=voter(1), at=AT)
    second = review_pair(scope=officer("sari"), pair=pair, verdict=Verdict.SAME, reason="b", keep=voter(1), at=AT)
    with pytest.raises(Refusal, match="not-your-review"):
        undo_review(scope=officer("reni"), review=second, reason="bukan saya", at=AT)
    undo_review(scope=officer("sari"), review=second, reason="salah baca", at=AT)
    assert voter(2).state == VoterState.ACTIVE
    assert Pair.objects.get(pk=pair.pk).state == PairState.SECOND
    assert Review.objects.filter(undone=True).count() == 1
    assert verify().problems == []


@pytest.mark.requirement(3, "4", "batch lock: what one reviewer has in hand nobody else gets, for five minutes")
def test_a_batch_is_in_one_hand_only(pair: Pair) -> None:
    area = pair.run.area
    first, second = officer("reni"), officer("sari")
    assert [p.decision for p in take_batch(scope=first, area=area, at=AT)] == ["strike", "review"]
    assert take_batch(scope=second, area=area, at=AT) == []
    with pytest.raises(Refusal, match="held-by-another"):
        review_pair(scope=second, pair=pair, verdict=Verdict.DIFFERENT, reason="c", at=AT)
    assert len(take_batch(scope=second, area=area, at=AT + timedelta(minutes=6))) == 2
    assert release_batch(scope=second, area=area) == 2
    assert len(take_batch(scope=first, area=area, at=AT)) == 2


@pytest.mark.requirement(3, "4", "same needs the line to keep; every verdict needs a reason")
def test_a_verdict_says_why_and_which(pair: Pair) -> None:
    with pytest.raises(Refusal, match="keep-missing"):
        review_pair(scope=ROOT, pair=pair, verdict=Verdict.SAME, reason="a", at=AT)
    with pytest.raises(Refusal, match="keep-missing"):
        review_pair(scope=ROOT, pair=pair, verdict=Verdict.SAME, reason="a", keep=voter(3), at=AT)
    with pytest.raises(Refusal, match="reason-missing"):
        review_pair(scope=ROOT, pair=pair, verdict=Verdict.DIFFERENT, reason="", at=AT)


@pytest.mark.requirement(3, "3", "a pair that people have decided is not asked again by the next run")
def test_a_second_run_asks_nothing_twice(pair: Pair) -> None:
    review_pair(scope=ROOT, pair=pair, verdict=Verdict.DIFFERENT, reason="kembar", at=AT)
    link(pair.run.election, pair.run.area)
    assert Pair.objects.get(pk=pair.pk).state == PairState.DIFFERENT
    assert [p.decision for p in waiting_pairs(ROOT, pair.run.area)] == ["review"]
    with pytest.raises(Refusal, match="pair-settled"):
        review_pair(scope=officer("sari"), pair=pair, verdict=Verdict.SAME, reason="x", keep=voter(1), at=AT)
    assert verify().problems == []


@pytest.mark.requirement(3, "4", "a reviewer sees only pairs of which both lines lie in his area")
def test_a_pair_belongs_to_the_area_that_holds_both_lines(pair: Pair) -> None:
    assert pair.area.code == "7322"
    own = officer("ppk", "/73/7322/732201/")
    subdistrict = Area.objects.get(election="id-2024", code="732201")
    assert [p.decision for p in waiting_pairs(own, subdistrict)] == ["review"]
