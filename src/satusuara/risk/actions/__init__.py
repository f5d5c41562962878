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
    "Raised", "add_barrier", "adopt_playbook", "arm_signal", "assign_barrier", "attach_signal", "comment", "decide",
    "expire", "give_opinion", "mark_duplicate", "move_risk", "name_legal_basis", "raise_issue", "raise_signal",
    "raise_signals", "record_outcomes", "report_barrier", "retire_signal", "score_risk", "snooze_signal",
    "tune_signal", "verify_barrier", "waive_barrier",
]  # fmt: skip
