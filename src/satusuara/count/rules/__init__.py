"""What is decided about forms, without a database: one form against the law, and a form typed by several people."""

from satusuara.count.rules.form import (
    PARTY_TOTAL,
    Ballot,
    Cells,
    FormVerdict,
    Line,
    Outcome,
    Votes,
    Written,
    apart,
    evaluate,
    evaluate_form,
    number,
    sentence_of,
    sort_out,
)

__all__ = [
    "PARTY_TOTAL", "Ballot", "Cells", "FormVerdict", "Line", "Outcome", "Votes", "Written", "apart", "evaluate",
    "evaluate_form", "number", "sentence_of", "sort_out",
]  # fmt: skip
