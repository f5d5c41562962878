"""The only writers of the count: files of results, ballots, and forms typed by people."""

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

__all__ = [
    "ImportOutcome", "Preview", "SourceSpec", "ensure_source", "import_as", "import_results", "preview_import",
    "refresh_summaries", "status_of", "supersede_import",
]  # fmt: skip
