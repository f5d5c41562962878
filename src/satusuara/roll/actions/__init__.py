"""The only writers of the roll: reading lists, striking and restoring, moving, reviewing, erasing."""

from satusuara.roll.actions.erasing import erase_roll
from satusuara.roll.actions.importing import ImportOutcome, import_roll
from satusuara.roll.actions.linking import record_linkage
from satusuara.roll.actions.moving import cancel_letter, issue_letter
from satusuara.roll.actions.reviewing import release_batch, review_pair, take_batch, undo_review
from satusuara.roll.actions.striking import restore_voter, reveal_nik, strike_voter

__all__ = [
    "ImportOutcome",
    "cancel_letter",
    "erase_roll",
    "import_roll",
    "issue_letter",
    "record_linkage",
    "release_batch",
    "restore_voter",
    "reveal_nik",
    "review_pair",
    "strike_voter",
    "take_batch",
    "undo_review",
]
