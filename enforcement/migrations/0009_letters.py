"""A letter may tell of several decisions of one event; what was said so far was about one each."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enforcement", "0008_transparency")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="decisions",
            field=models.ManyToManyField(related_name="letters", to="enforcement.decision"),
        ),
        migrations.RunSQL(
            """
            INSERT INTO enforcement_message_decisions (message_id, decision_id)
            SELECT id, decision_id FROM enforcement_message ON CONFLICT DO NOTHING
            """,
            migrations.RunSQL.noop,
        ),
    ]
