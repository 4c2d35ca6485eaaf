import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    """Words of listings by an index: the normalised text as it is stored, and the brand."""

    atomic = False
    dependencies = [("listings", "0007_photos")]
    operations = [
        AddIndexConcurrently(
            "listing",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("text_skeleton", "brand", config="simple"),
                name="listing_by_words",
            ),
        ),
    ]
