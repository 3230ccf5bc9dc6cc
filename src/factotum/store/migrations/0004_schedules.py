from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def schedule_what_there_is(apps: Any, _schema_editor: Any) -> None:
    """Every recurrent behavior gets its row; wanted runs are looked at when they are wanted."""
    behaviors = apps.get_model("store", "Behavior").objects.filter(
        event_key="event.behavior.recurrent"
    )
    schedules = apps.get_model("store", "Schedule").objects
    for pk in behaviors.values_list("pk", flat=True):
        schedules.create(behavior_id=pk, look_at=0)
    wanted = apps.get_model("store", "ScheduledRun").objects
    wanted.update(look_at=models.F("run_at"))


class Migration(migrations.Migration):
    dependencies = [("store", "0003_limits")]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "behavior",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="store.behavior",
                    ),
                ),
                ("version", models.BigIntegerField(default=0)),
                ("look_at", models.FloatField(null=True)),
                ("next_at", models.BigIntegerField(null=True)),
                ("fingerprint", models.CharField(default="", max_length=64)),
                ("is_paused", models.BooleanField(default=False)),
                ("last_due", models.BigIntegerField(null=True)),
                ("last_run_id", models.CharField(default="", max_length=64)),
                ("fired_at", models.FloatField(null=True)),
                ("note", models.TextField(default="")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("look_at__isnull", False)),
                        fields=["look_at"],
                        name="schedule_look",
                    ),
                    models.Index(fields=["next_at", "behavior"], name="schedule_next"),
                ],
            },
        ),
        migrations.AlterField(
            model_name="scheduledrun", name="run_at", field=models.BigIntegerField()
        ),
        migrations.AddField(
            model_name="scheduledrun",
            name="look_at",
            field=models.FloatField(db_index=True, default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="scheduledrun",
            name="on",
            field=models.CharField(default="", max_length=200),
        ),
        migrations.RunPython(schedule_what_there_is, migrations.RunPython.noop),
    ]
