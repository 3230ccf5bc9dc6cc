from django.db import migrations, models

import factotum.store.models.json_text


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0014_run_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("times", factotum.store.models.json_text.JsonText(blank=True, default=list)),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["last_at"], name="attempts_last")],
            },
        ),
    ]
