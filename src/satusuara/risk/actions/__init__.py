"""The only writers of the chapter: keyword-only, refusing in order, idempotent, each sealed in the ledger.

risk.actions.raise_signals(scope=scope, election=election, detector="pollbook.double", sightings=[…], at=at)
"""

from satusuara.risk.actions.barriers import (
    add_barrier,
    assign_barrier,
    report_barrier,
    verify_barrier,
    waive_barrier,
)
from satusuara.risk.actions.messages import end_sender, receive_message, register_sender
from satusuara.risk.actions.rakor import (
    add_item,
    call_meeting,
    close_meeting,
    move_item,
    open_meeting,
    remove_item,
)
from satusuara.risk.actions.rakor_room import (
    cast_vote,
    close_vote,
    decide_item,
    free_seat,
    hand_out,
    list_present,
    open_vote,
    reveal,
    show_item,
    take_back,
    take_seat,
    take_seat_by_code,
)
from satusuara.risk.actions.readiness import report_gate, undo_gate, verify_gate, waive_gate
from satusuara.risk.actions.register import (
    adopt_playbook,
    comment,
    decide,
    mark_duplicate,
    move_risk,
    name_legal_basis,
    raise_issue,
)
from satusuara.risk.actions.scores import give_opinion, record_outcomes, score_risk
from satusuara.risk.actions.signals import (
    Raised,
    arm_signal,
    attach_signal,
    expire,
    raise_signal,
    raise_signals,
    retire_signal,
    snooze_signal,
    tune_signal,
)

__all__ = [
    "Raised", "add_barrier", "add_item", "adopt_playbook", "arm_signal", "assign_barrier", "attach_signal",
    "call_meeting", "cast_vote", "close_meeting", "close_vote", "comment", "decide", "decide_item", "end_sender",
    "expire", "free_seat", "give_opinion", "hand_out", "list_present", "mark_duplicate", "move_item", "move_risk",
    "name_legal_basis", "open_meeting", "open_vote", "raise_issue", "raise_signal", "raise_signals", "receive_message",
    "record_outcomes", "register_sender", "remove_item", "report_barrier", "report_gate", "retire_signal", "reveal",
    "score_risk", "show_item", "snooze_signal", "take_back", "take_seat", "take_seat_by_code", "tune_signal",
    "undo_gate", "verify_barrier", "verify_gate", "waive_barrier", "waive_gate",
]  # fmt: skip
