from django.db import migrations, models

import factotum.store.models.json_text


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_queued_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="connectedservice",
            name="idempotency_keys",
            field=factotum.store.models.json_text.JsonText(default=list),
        ),
        migrations.AddField(
            model_name="effect",
            name="idempotency_key",
            field=models.TextField(default=""),
        ),
    ]
