from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0013_recorded"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="run",
            name="run_status",
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("status", "done"), _negated=True),
                fields=["status", "id"],
                name="run_status",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("status", "done"), _negated=True),
                fields=["behavior_id", "status", "id"],
                name="run_behavior_status",
            ),
        ),
    ]
