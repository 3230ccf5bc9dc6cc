from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0011_leases"),
    ]

    operations = [
        migrations.AddField(
            model_name="executor",
            name="entered",
            field=models.BigIntegerField(default=0),
        ),
    ]
