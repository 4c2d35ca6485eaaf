from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """What the tables stand on: trigrams for searching titles, and the one number that grows with every change."""

    dependencies = []
    operations = [
        TrigramExtension(),
        migrations.RunSQL("CREATE SEQUENCE listings_change", "DROP SEQUENCE listings_change"),
    ]
