from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0012_lives"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recorded",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "run_id",
                        "task",
                        "first",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("run_id", models.CharField(max_length=64)),
                ("task", models.IntegerField()),
                ("first", models.IntegerField()),
                ("sealed", models.TextField()),
            ],
        ),
    ]
