"""The only writers of the roll: reading lists, striking and restoring, moving, reviewing, erasing."""

from satusuara.roll.actions.erasing import erase_roll
from satusuara.roll.actions.importing import ImportOutcome, import_roll
from satusuara.roll.actions.linking import record_linkage
from satusuara.roll.actions.moving import cancel_letter, issue_letter
from satusuara.roll.actions.reporting import end_duty, put_on_duty, report_station
from satusuara.roll.actions.reviewing import release_batch, review_pair, take_batch, undo_review
from satusuara.roll.actions.striking import restore_voter, reveal_nik, strike_voter
from satusuara.roll.actions.working import beat_job, end_job, request_job, resume_job, seal_upload

__all__ = [
    "ImportOutcome",
    "beat_job",
    "cancel_letter",
    "end_duty",
    "end_job",
    "erase_roll",
    "import_roll",
    "issue_letter",
    "put_on_duty",
    "record_linkage",
    "release_batch",
    "report_station",
    "request_job",
    "restore_voter",
    "resume_job",
    "reveal_nik",
    "review_pair",
    "seal_upload",
    "strike_voter",
    "take_batch",
    "undo_review",
]
