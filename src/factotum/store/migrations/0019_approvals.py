from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0018_run_cost"),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("key", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("run_id", models.CharField(max_length=64)),
                ("path", models.TextField()),
                ("message", models.TextField()),
                ("asked_at", models.FloatField()),
                ("bot_id", models.BigIntegerField(null=True)),
                ("worker_id", models.BigIntegerField(null=True)),
                ("expires_at", models.FloatField(null=True)),
                ("outcome", models.TextField(default="")),
                ("said_by", models.TextField(default="")),
                ("comment", models.TextField(default="")),
                ("said_at", models.FloatField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["run_id"], name="approval_run"),
                    models.Index(
                        condition=models.Q(("outcome", "")), fields=["key"], name="approval_open"
                    ),
                ],
            },
        ),
    ]
