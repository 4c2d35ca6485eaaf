import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

import governance.web.fulltext


class Migration(migrations.Migration):
    """Words of notes and notices by an index."""

    atomic = False
    dependencies = [("investigations", "0014_hand_translations")]
    operations = [
        AddIndexConcurrently(
            "note",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(governance.web.fulltext.Unmarked("text"), config="simple"),
                name="note_by_words",
            ),
        ),
        AddIndexConcurrently(
            "investigationnote",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(governance.web.fulltext.Unmarked("text"), config="simple"),
                name="investigation_note_by_words",
            ),
        ),
        AddIndexConcurrently(
            "notice",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(governance.web.fulltext.Unmarked("reason"), config="simple"),
                name="notice_by_words",
            ),
        ),
    ]
