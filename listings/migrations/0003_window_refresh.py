from django.db import migrations, models

NOTED = """
    INSERT INTO listings_windowrefresh (as_of, ended_at)
    SELECT max(as_of), now() FROM listings_merchantwindow HAVING max(as_of) IS NOT NULL
"""
"""When the windows that are there were made is not known: whoever has read them reads them again."""


class Migration(migrations.Migration):
    dependencies = [("listings", "0002_initial")]

    operations = [
        migrations.CreateModel(
            name="WindowRefresh",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField()),
                ("ended_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(NOTED, migrations.RunSQL.noop),
    ]
