"""Two sources on the same figures, and where votes moved between them. Pure."""

from satusuara.recap.rules.operators import Observed, OperatorRate, Pattern, operator_rates, patterns
from satusuara.recap.rules.pairs import (
    TOTAL,
    Change,
    Comparison,
    Figures,
    Outcome,
    Pair,
    add_up,
    choice_names,
    compare_pair,
    compare_sums,
    compare_tables,
    line_of,
    within_parties,
)
from satusuara.recap.rules.shift import Effect, Shift, ShiftKind, effect_of, shifts_of

__all__ = [
    "TOTAL", "Change", "Comparison", "Effect", "Figures", "Observed", "OperatorRate", "Outcome", "Pair", "Pattern",
    "Shift", "ShiftKind", "add_up", "choice_names", "compare_pair", "compare_sums", "compare_tables", "effect_of",
    "line_of", "operator_rates", "patterns", "shifts_of", "within_parties",
]  # fmt: skip
