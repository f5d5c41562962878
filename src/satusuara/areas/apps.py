from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "satusuara.areas"
    label = "areas"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satusuara.areas import registers
        from satusuara.ledger.registry import register_subject

        register_subject("areas.election", registers.election_payloads)
        register_subject("areas.import", registers.import_payloads, ids=registers.import_ids)
        register_subject("areas.register", registers.payloads, ids=registers.ids)
