from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "satusuara.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satusuara.ledger.registry import register_subject
        from satusuara.people import queries

        register_subject("people.user", queries.account_payloads, ids=queries.account_ids)
        register_subject("people.appointment", queries.appointment_payloads, ids=queries.appointment_ids)
