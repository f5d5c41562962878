from django.apps import AppConfig


class CountConfig(AppConfig):
    name = "satusuara.count"
    label = "count"
    default_auto_field = "django.db.models.BigAutoField"
