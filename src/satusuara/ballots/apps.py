from django.apps import AppConfig


class BallotsConfig(AppConfig):
    name = "satusuara.ballots"
    label = "ballots"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satusuara.ballots import payloads, signals
        from satusuara.ledger.registry import register_subject

        for kind, (model, payload) in payloads.SUBJECTS.items():
            register_subject(kind, payloads.loader(model, payload), ids=payloads.lister(model))
        signals.register_detectors()
