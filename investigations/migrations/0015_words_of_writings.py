import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

UNMARKED = (
    r"left(translate(regexp_replace(normalize(%(expressions)s, NFKD), '[\u0300-\u036f]', '', 'g'),"
    " 'ςŁłØøĐđ', 'σLlOoDd'), 20000)"
)


class Migration(migrations.Migration):
    """Words of notes and notices by an index."""

    atomic = False
    dependencies = [("investigations", "0014_hand_translations")]
    operations = [
        AddIndexConcurrently(
            "note",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(models.Func("text", template=UNMARKED, output_field=models.TextField()), config="simple"),
                name="note_by_words",
            ),
        ),
        AddIndexConcurrently(
            "investigationnote",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(models.Func("text", template=UNMARKED, output_field=models.TextField()), config="simple"),
                name="investigation_note_by_words",
            ),
        ),
        AddIndexConcurrently(
            "notice",
            django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(models.Func("reason", template=UNMARKED, output_field=models.TextField()), config="simple"),
                name="notice_by_words",
            ),
        ),
    ]
