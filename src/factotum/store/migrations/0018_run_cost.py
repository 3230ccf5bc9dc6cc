from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0017_read_back"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="cost",
            field=models.BigIntegerField(null=True),
        ),
    ]
