from django.db import migrations

import factotum.store.models.json_text


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0016_latest_times"),
    ]

    operations = [
        migrations.AddField(
            model_name="connectedservice",
            name="read_back",
            field=factotum.store.models.json_text.JsonText(blank=True, default=dict),
        ),
    ]
