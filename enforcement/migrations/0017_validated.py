from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """What was promised of new rows holds of the old ones too; read and written meanwhile."""

    atomic = False
    dependencies = [("enforcement", "0016_words_of_reasons")]
    operations = [ValidateConstraint("decision", "decision_origin_known")]
