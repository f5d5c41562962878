from django.apps import AppConfig


class RecapConfig(AppConfig):
    name = "satusuara.recap"
    label = "recap"
    default_auto_field = "django.db.models.BigAutoField"
