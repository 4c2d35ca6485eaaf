import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

UNMARKED = (
    r"left(translate(regexp_replace(normalize(%(expressions)s, NFKD), '[\u0300-\u036f]', '', 'g'),"
    " 'ςŁłØøĐđ', 'σLlOoDd'), 20000)"
)


class Migration(migrations.Migration):
    """Words of merchants' names by an index."""

    atomic = False
    dependencies = [("listings", "0009_photo_prints")]
    operations = [
        AddIndexConcurrently(
            "merchant",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(models.Func("name", template=UNMARKED, output_field=models.TextField()), config="simple"),
                name="merchant_by_words",
            ),
        ),
    ]
