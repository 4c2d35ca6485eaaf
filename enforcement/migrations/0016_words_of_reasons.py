import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

import governance.web.fulltext


class Migration(migrations.Migration):
    """Words of deciders' reasons by an index."""

    atomic = False
    dependencies = [("enforcement", "0015_orders")]
    operations = [
        AddIndexConcurrently(
            "decision",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(governance.web.fulltext.Unmarked("reason"), config="simple"),
                name="decision_by_words",
            ),
        ),
    ]
