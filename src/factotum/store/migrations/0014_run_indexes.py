from django.db import migrations, models

NOT_DONE = ("cancelled", "failed", "interrupted", "queued", "running", "waiting")


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
                condition=models.Q(("status__in", NOT_DONE)),
                fields=["status", "id"],
                name="run_status",
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                condition=models.Q(("status__in", NOT_DONE)),
                fields=["behavior_id", "status", "id"],
                name="run_behavior_status",
            ),
        ),
    ]
