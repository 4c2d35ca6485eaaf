from django.db import migrations, models

KINDS = [("listings", "Listings"), ("merchants", "Merchants"), ("cases", "Cases"), ("decisions", "Decisions")]


class Migration(migrations.Migration):
    """What was searched for until now were listings."""

    dependencies = [("investigations", "0017_pictures_seen")]
    operations = [
        migrations.AddField("searchrun", "kind", models.CharField(choices=KINDS, default="listings", max_length=9)),
        migrations.AddField("collectedsearch", "kind", models.CharField(choices=KINDS, default="listings", max_length=9)),
    ]
