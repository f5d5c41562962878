"""Pairs before people: a batch in hand, a verdict with its reason, and two reviewers before a line is struck."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from satusuara.areas.models import Area
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.ledger.actions import Seal, seal
from satusuara.people.choices import Right
from satusuara.people.queries import Scope
from satusuara.roll.actions.sealing import seals_of_lists
from satusuara.roll.actions.striking import change_state
from satusuara.roll.choices import PairState, Verdict, VoterState
from satusuara.roll.models import Pair, Review, Voter
from satusuara.roll.payloads import pair_payload, review_payload
from satusuara.roll.queries import waiting_pairs

DUPLICATE = "duplicate"
BATCH, HOLD = 25, timedelta(minutes=5)


def take_batch(*, scope: Scope, area: Area, at: datetime, size: int = BATCH) -> list[Pair]:
    """The next pairs for this reviewer, held for him for five minutes; those he holds already come first.

    :raises Forbidden: without ROLL_MANAGE at ``area``
    """
    scope.require(Right.ROLL_MANAGE, area)
    with transaction.atomic():
        free = Q(held_until=None) | Q(held_until__lte=at) | Q(held_by=scope.name)
        mine = waiting_pairs(scope, area).filter(free).exclude(
            pk__in=Review.objects.filter(by=scope.name, undone=False).values("pair")
        )  # fmt: skip
        chosen = list(mine.order_by("-decision", "-score", "pk").values_list("pk", flat=True)[:size])
        rows = list(Pair.objects.select_for_update().filter(pk__in=chosen))
        Pair.objects.filter(pk__in=chosen).update(held_by=scope.name, held_until=at + HOLD)
    order = {pk: n for n, pk in enumerate(chosen)}
    return sorted(rows, key=lambda pair: order[pair.pk])


def release_batch(*, scope: Scope, area: Area) -> int:
    """Gives back what this reviewer holds; returns how many pairs."""
    scope.require(Right.ROLL_MANAGE, area)
    return Pair.objects.filter(held_by=scope.name).update(held_by="", held_until=None)


def review_pair(
    *, scope: Scope, pair: Pair, verdict: str, reason: str, at: datetime, keep: Voter | None = None
) -> Review:
    """One reviewer's verdict. "Same" needs the line to keep, and a second person who says the same before the other
    line is struck; where the two disagree the pair stays open, and both stations are told ("unsure").

    :raises Forbidden: without ROLL_MANAGE at the area of the pair
    :raises Refusal: ``reviewed-already``, ``reason-missing``, ``keep-missing``, ``held-by-another``, ``pair-settled``
    """
    scope.require(Right.ROLL_MANAGE, pair.area)
    with transaction.atomic():
        row = Pair.objects.select_for_update().select_related("a__area", "b__area").get(pk=pair.pk)
        review = Review(pair=row, verdict=verdict, reason=reason, keep=keep, at=at, by=scope.name)
        _refuse(row, review)
        review.save()
        before = row.state
        row.state = _state_after(row)
        row.held_by, row.held_until = "", None
        row.save(update_fields=["state", "held_by", "held_until"])
        seals = [Seal("roll.review", "roll.review", str(review.pk), review_payload(review), reason)]
        if row.state == PairState.STRUCK and before != PairState.STRUCK:
            kept = review.keep_id
            gone = row.b if row.a_id == kept else row.a
            change_state(gone, VoterState.STRUCK, DUPLICATE, note=reason, by=scope.name, at=at)
            seals += seals_of_lists([gone.area_id], action="roll.strike", reason=reason)
        seals.append(Seal("roll.review", "roll.pair", str(row.pk), pair_payload(row), reason))
        seal(at=at, by=scope.name, seals=seals)
    return review


def undo_review(*, scope: Scope, review: Review, reason: str, at: datetime) -> Pair:
    """Takes one's own verdict back; a line that it struck is restored.

    :raises Refusal: ``not-your-review``, ``reviewed-already``
    """
    scope.require(Right.ROLL_MANAGE, review.pair.area)
    if review.by != scope.name:
        raise Refusal("not-your-review", Text("Ini putusan orang lain", "This is somebody else's verdict"))
    with transaction.atomic():
        row = Pair.objects.select_for_update().select_related("a__area", "b__area").get(pk=review.pair_id)
        said = Review.objects.select_for_update().get(pk=review.pk)
        if said.undone:
            raise Refusal("reviewed-already", Text("Putusan ini sudah ditarik", "This verdict was taken back already"))
        seals = []
        if row.state == PairState.STRUCK:
            gone = row.b if row.a_id == said.keep_id else row.a
            change_state(gone, VoterState.ACTIVE, "", note=reason, by=scope.name, at=at)
            seals += seals_of_lists([gone.area_id], action="roll.restore", reason=reason)
        said.undone = True
        said.save(update_fields=["undone"])
        row.state = _state_after(row)
        row.save(update_fields=["state"])
        seals.append(Seal("roll.undo_review", "roll.review", str(said.pk), review_payload(said), reason))
        seals.append(Seal("roll.undo_review", "roll.pair", str(row.pk), pair_payload(row), reason))
        seal(at=at, by=scope.name, seals=seals)
    return row


def _refuse(pair: Pair, review: Review) -> None:
    if pair.state in (PairState.STRUCK, PairState.DIFFERENT):
        raise Refusal("pair-settled", Text("Pasangan ini sudah diputuskan", "This pair is settled already"))
    if pair.held_by not in ("", review.by) and pair.held_until and pair.held_until > review.at:
        raise Refusal(
            "held-by-another",
            Text("Pasangan ini sedang ditinjau orang lain", "Somebody else has this pair in hand"),
            remedy=Text("Ambil pasangan berikutnya.", "Take the next one."),
        )
    if Review.objects.filter(pair=pair, by=review.by, undone=False).exists():
        raise Refusal(
            "reviewed-already",
            Text("Anda sudah memutuskan pasangan ini", "You have said what you think of this pair"),
            remedy=Text("Peninjau kedua harus orang lain.", "The second reviewer must be another person."),
        )
    if not review.reason.strip():
        raise Refusal("reason-missing", Text("Tulis alasannya", "Say why"))
    if review.verdict == Verdict.SAME and review.keep_id not in (pair.a_id, pair.b_id):
        raise Refusal("keep-missing", Text("Pilih baris yang tetap berlaku", "Choose the line that stays"))


def _state_after(pair: Pair) -> PairState:
    """What the verdicts in force amount to."""
    said = list(Review.objects.filter(pair=pair, undone=False).order_by("pk"))
    verdicts = {review.verdict for review in said}
    if not said:
        return PairState.OPEN
    if Verdict.UNSURE in verdicts or len(verdicts) > 1:
        return PairState.UNSURE
    if verdicts == {Verdict.DIFFERENT}:
        return PairState.DIFFERENT
    keeps = {review.keep_id for review in said}
    if len(said) >= 2:
        return PairState.STRUCK if len(keeps) == 1 else PairState.UNSURE
    return PairState.SECOND
