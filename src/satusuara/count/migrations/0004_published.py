from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("count", "0003_entry"),
    ]

    operations = [
        migrations.AddField(
            model_name="formversion",
            name="published",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
