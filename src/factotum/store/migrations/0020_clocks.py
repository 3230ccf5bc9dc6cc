from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0019_approvals"),
    ]

    operations = [
        migrations.AddField(
            model_name="executor",
            name="host",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="executor",
            name="ahead",
            field=models.FloatField(default=0.0),
        ),
    ]
