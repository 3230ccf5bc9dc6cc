from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0021_timed_out"),
    ]

    operations = [
        migrations.AddField(
            model_name="effect",
            name="sent_at",
            field=models.FloatField(null=True),
        ),
        migrations.RemoveIndex(model_name="effect", name="effect_open"),
        migrations.AddIndex(
            model_name="effect",
            index=models.Index(
                condition=models.Q(("state__in", ("intended", "sent", "unknown"))),
                fields=["state", "intended_at"],
                name="effect_open",
            ),
        ),
    ]
