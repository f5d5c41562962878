from django.apps import AppConfig


class RecapConfig(AppConfig):
    name = "satusuara.recap"
    label = "recap"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satusuara.count.registry import register_follower
        from satusuara.ledger.registry import register_subject
        from satusuara.recap import actions, queries
        from satusuara.recap.signals import register_signals

        register_subject("recap.difference", queries.difference_payloads, ids=queries.difference_ids)
        register_subject("recap.comparison", queries.comparison_payloads, ids=queries.comparison_ids)
        register_follower("recap.compare_again", actions.compare_again)
        register_signals()
