"""Whether a register has changed since somebody read it."""

from django.db import connection
from django.db.models import Model

_ASKED = "(SELECT max({key}) FROM {table}), (SELECT count(*) FROM {table})"


def lasts_and_counts(*models: type[Model]) -> tuple[object, ...]:
    """Return the last key and the number of rows of each table, in one query: registers grow or are replaced whole."""
    parts = ", ".join(_ASKED.format(table=table, key=key) for table, key in map(_names, models))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {parts}")
        return tuple(cursor.fetchone() or ())


def _names(model: type[Model]) -> tuple[str, str]:
    key = model._meta.pk.column or ""
    return connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(key)
