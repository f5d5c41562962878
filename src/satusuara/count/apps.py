from django.apps import AppConfig


class CountConfig(AppConfig):
    name = "satusuara.count"
    label = "count"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from functools import partial

        from satusuara.count import queries
        from satusuara.count.models import FormVersion, ImportBatch, Source
        from satusuara.count.signals import register_signals
        from satusuara.ledger.registry import register_subject

        register_subject("count.source", queries.source_payloads, ids=partial(queries.ids_of, Source))
        register_subject("count.import_batch", queries.batch_payloads, ids=partial(queries.ids_of, ImportBatch))
        register_subject("count.form_version", queries.version_payloads, ids=partial(queries.ids_of, FormVersion))
        register_signals()
