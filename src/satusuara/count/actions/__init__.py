"""The only writers of the count: files of results, ballots, and forms typed by people."""

from satusuara.count.actions.accepting import correct_form
from satusuara.count.actions.ballots import BallotsOutcome, import_ballots, load_ballots
from satusuara.count.actions.entering import (
    EntryOutcome,
    finish_entry,
    reopen_form,
    save_draft,
    settle_differences,
)
from satusuara.count.actions.importing import (
    ImportOutcome,
    Preview,
    SourceSpec,
    ensure_source,
    import_as,
    import_results,
    preview_import,
    refresh_summaries,
    status_of,
    supersede_import,
)
from satusuara.count.actions.photographing import add_photo

__all__ = [
    "BallotsOutcome", "EntryOutcome", "ImportOutcome", "Preview", "SourceSpec", "add_photo", "correct_form",
    "ensure_source", "finish_entry", "import_as", "import_ballots", "import_results", "load_ballots", "preview_import",
    "refresh_summaries", "reopen_form", "save_draft", "settle_differences", "status_of", "supersede_import",
]  # fmt: skip
