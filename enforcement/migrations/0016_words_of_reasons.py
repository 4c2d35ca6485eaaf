import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

UNMARKED = (
    r"left(translate(regexp_replace(normalize(%(expressions)s, NFKD), '[\u0300-\u036f]', '', 'g'),"
    " 'ςŁłØøĐđ', 'σLlOoDd'), 20000)"
)


class Migration(migrations.Migration):
    """Words of deciders' reasons by an index."""

    atomic = False
    dependencies = [("enforcement", "0015_orders")]
    operations = [
        AddIndexConcurrently(
            "decision",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(models.Func("reason", template=UNMARKED, output_field=models.TextField()), config="simple"),
                name="decision_by_words",
            ),
        ),
    ]
