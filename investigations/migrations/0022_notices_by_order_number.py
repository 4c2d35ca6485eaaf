from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """Complaints on one order are found by its number, however it was typed; read and written meanwhile."""

    atomic = False
    dependencies = [("investigations", "0021_markets_of_searches")]
    operations = [
        AddIndexConcurrently(
            "notice",
            models.Index(
                Upper(
                    models.Func(
                        models.F("order_number"),
                        models.Value(r"[\s./_#-]+"),
                        models.Value(""),
                        models.Value("g"),
                        function="regexp_replace",
                    )
                ),
                condition=models.Q(("order_number", ""), _negated=True),
                name="notice_by_order_number",
            ),
        ),
    ]
