from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0015_attempts"),
    ]

    operations = [
        migrations.CreateModel(
            name="LatestTime",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("at", models.FloatField()),
            ],
        ),
    ]
