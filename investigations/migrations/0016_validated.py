from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    """What was promised of new rows holds of the old ones too; read and written meanwhile."""

    atomic = False
    dependencies = [("investigations", "0015_words_of_writings")]
    operations = [
        ValidateConstraint("claim", "claim_ended_as_iff_ended"),
        ValidateConstraint("telling", "telling_kind_known"),
        AddIndexConcurrently(
            "casemove",
            models.Index(
                condition=models.Q(("from_state", "closed"), ("to_state", "closed"), _connector="OR"),
                fields=["moved_at"],
                name="case_move_ends",
            ),
        ),
    ]
