"""Runs that outlive their process: where they are, whom they wait for, who is alive."""

from django.db import migrations, models

import factotum.store.models.json_text


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        *[
            migrations.AddField(model_name="run", name=name, field=field)
            for name, field in (
                ("executor", models.TextField(default="")),
                ("task", models.IntegerField(default=0)),
                ("priority", models.IntegerField(default=0)),
                ("wake_at", models.FloatField(null=True)),
                ("wait_code", models.TextField(default="")),
                ("wait_reason", models.TextField(default="")),
                (
                    "tries",
                    factotum.store.models.json_text.JsonText(blank=True, default=dict),
                ),
                ("stop", models.TextField(default="")),
            )
        ],
        *[
            migrations.AddField(model_name="effect", name=name, field=field)
            for name, field in (
                ("attempt", models.IntegerField(default=1)),
                ("outcome", models.TextField(default="")),
                ("said_by", models.TextField(default="")),
                ("answer", models.TextField(default="")),
            )
        ],
        migrations.AddField(
            model_name="conversation", name="busy_by", field=models.TextField(default="")
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                fields=["wake_at"],
                name="run_wake",
                condition=models.Q(wake_at__isnull=False),
            ),
        ),
        migrations.CreateModel(
            name="DoneChange",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id",
                        "path",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("run_id", models.CharField(max_length=64)),
                ("path", models.TextField()),
                (
                    "result",
                    factotum.store.models.json_text.JsonText(blank=True, default=dict),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Executor",
            fields=[
                ("id", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("beats", models.BigIntegerField(default=0)),
                ("is_dead", models.BooleanField(default=False)),
            ],
        ),
    ]
