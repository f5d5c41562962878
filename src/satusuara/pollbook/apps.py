from django.apps import AppConfig


class PollbookConfig(AppConfig):
    name = "satusuara.pollbook"
    label = "pollbook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satusuara.ledger.registry import register_subject
        from satusuara.pollbook import payloads, signals

        register_subject("pollbook.device", payloads.devices, ids=payloads.device_ids)
        register_subject("pollbook.roll", payloads.rolls)
        register_subject("pollbook.packet", payloads.packets, ids=payloads.packet_ids)
        register_subject("pollbook.arrival", payloads.arrivals, ids=payloads.arrival_ids)
        register_subject("pollbook.conflict", payloads.conflicts, ids=payloads.conflict_ids)
        register_subject("pollbook.fork", payloads.forks, ids=payloads.fork_ids)
        signals.register_detectors()
