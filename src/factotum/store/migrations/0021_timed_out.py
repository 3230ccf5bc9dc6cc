from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0020_clocks"),
    ]

    operations = [
        migrations.AddField(
            model_name="effect",
            name="timed_out",
            field=models.BooleanField(null=True),
        ),
    ]
