from django.apps import AppConfig


class CountConfig(AppConfig):
    name = "satusuara.count"
    label = "count"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from functools import partial

        from satusuara.count import ballots, papers, queries
        from satusuara.count.models import (
            Acceptance,
            BallotPaper,
            FormVersion,
            ImportBatch,
            Photo,
            Reopening,
            Source,
        )
        from satusuara.count.signals import register_signals
        from satusuara.ledger.registry import register_subject

        register_subject("count.source", queries.source_payloads, ids=partial(queries.ids_of, Source))
        register_subject("count.import_batch", queries.batch_payloads, ids=partial(queries.ids_of, ImportBatch))
        register_subject("count.form_version", queries.version_payloads, ids=partial(queries.ids_of, FormVersion))
        register_subject("count.ballot_paper", ballots.ballot_payloads, ids=partial(queries.ids_of, BallotPaper))
        register_subject("count.entry", papers.entry_payloads, ids=papers.finished_ids)
        register_subject("count.acceptance", papers.acceptance_payloads, ids=partial(queries.ids_of, Acceptance))
        register_subject("count.photo", papers.photo_payloads, ids=partial(queries.ids_of, Photo))
        register_subject("count.reopening", papers.reopening_payloads, ids=partial(queries.ids_of, Reopening))
        register_signals()
