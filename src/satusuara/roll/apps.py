from django.apps import AppConfig


class RollConfig(AppConfig):
    name = "satusuara.roll"
    label = "roll"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satusuara.ledger.registry import register_subject
        from satusuara.roll import models_work, payloads  # noqa: F401 (its tables are made known)
        from satusuara.roll.signals import register_signals

        register_signals()

        register_subject("roll.version", payloads.versions, ids=payloads.version_ids)
        register_subject("roll.list", payloads.lists, ids=payloads.list_ids)
        register_subject("roll.letter", payloads.letters, ids=payloads.letter_ids)
        register_subject("roll.linkage", payloads.runs, ids=payloads.run_ids)
        register_subject("roll.pair", payloads.pairs)
        register_subject("roll.review", payloads.reviews, ids=payloads.review_ids)
        register_subject("roll.erasure", payloads.erasures, ids=payloads.erasure_ids)
        register_subject("roll.look", payloads.looks)
        register_subject("roll.report", payloads.reports, ids=payloads.report_ids)
        register_subject("roll.duty", payloads.duties, ids=payloads.duty_ids)
