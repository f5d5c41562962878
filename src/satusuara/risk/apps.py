from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "satusuara.risk"
    label = "risk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satusuara.ledger.registry import register_subject
        from satusuara.risk import payloads
        from satusuara.risk.signals import register_signals

        for kind, (model, payload) in payloads.SUBJECTS.items():
            register_subject(kind, payloads.loader(model, payload), ids=payloads.lister(model))
        register_subject(payloads.OUTCOMES, payloads.outcomes, ids=payloads.outcome_ids)
        register_signals()
