import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Of what was searched until now nobody knows the markets: it counts as all."""

    dependencies = [("investigations", "0020_order_numbers")]
    operations = [
        migrations.AddField(
            "searchrun",
            "markets",
            django.contrib.postgres.fields.ArrayField(models.CharField(max_length=2), null=True, size=None),
        ),
    ]
