"""The chapter's tables and bulk checks as Ibis expressions."""

from satusuara.count.lake.identities import FINDING_COLUMNS, BulkCheck, Tally, Totals, choice_columns, form_columns
from satusuara.count.lake.votes import VOTE_KEY, LongVotes

__all__ = ["FINDING_COLUMNS", "VOTE_KEY", "BulkCheck", "LongVotes", "Tally", "Totals", "choice_columns", "form_columns"]
