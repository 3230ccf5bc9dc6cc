"""Limits of services, meters, caps and price tables."""

from django.db import migrations, models

import factotum.store.models.json_text


class Migration(migrations.Migration):
    dependencies = [("store", "0002_durable_runs")]

    operations = [
        migrations.CreateModel(
            name="Cap",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "subject_type",
                        "subject_id",
                        "period",
                        "unit",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("subject_type", models.CharField(max_length=10)),
                ("subject_id", models.BigIntegerField()),
                ("period", models.CharField(max_length=5)),
                ("unit", models.CharField(max_length=8)),
                ("amount", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="PriceTable",
            fields=[
                ("service_id", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "entries",
                    factotum.store.models.json_text.JsonText(blank=True, default=list),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LimitUse",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "window_key",
                        "bot_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("window_key", models.CharField(max_length=32)),
                ("bot_id", models.BigIntegerField()),
                ("reset_at", models.FloatField()),
                ("used", models.BigIntegerField()),
                ("asked_at", models.FloatField()),
                ("changed_at", models.FloatField()),
            ],
            options={
                "indexes": [models.Index(fields=["changed_at"], name="limit_use_changed")],
            },
        ),
        migrations.CreateModel(
            name="LimitWindow",
            fields=[
                ("key", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("scope", models.CharField(max_length=8)),
                ("scope_id", models.BigIntegerField()),
                ("host", models.TextField()),
                ("family", models.TextField()),
                ("name", models.TextField()),
                ("quota", models.BigIntegerField()),
                ("remaining", models.BigIntegerField()),
                ("reset_at", models.FloatField()),
                ("seen_at", models.FloatField()),
                ("code", models.TextField(default="")),
                ("label", models.TextField(default="")),
                ("sentence", models.TextField(default="")),
                ("changed_at", models.FloatField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["scope", "scope_id"], name="limit_of"),
                    models.Index(fields=["changed_at"], name="limit_changed"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Meter",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "subject_type",
                        "subject_id",
                        "period",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("subject_type", models.CharField(max_length=10)),
                ("subject_id", models.BigIntegerField()),
                ("period", models.CharField(max_length=10)),
                ("requests", models.BigIntegerField(default=0)),
                ("micros", models.BigIntegerField(default=0)),
                ("reserved_requests", models.BigIntegerField(default=0)),
                ("reserved_micros", models.BigIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["period"], name="meter_period")],
            },
        ),
    ]
