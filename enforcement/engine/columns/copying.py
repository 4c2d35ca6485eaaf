"""What the database gives as columns: a query's rows by COPY, without an object for any of them."""

import io
from collections.abc import Mapping
from typing import Any

import polars as pl
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def copied(rows: QuerySet[Any, Any], schema: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a `values_list`, whose entries are in the order of the schema. Empty texts are not null.

    Read in the caller's transaction. Moments come as microseconds since 1970, lists as text: see `expressions`.
    """
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:  # of a query that can have no rows there is no SQL
        return pl.DataFrame(schema=dict(schema))
    buffer = io.BytesIO()
    with connection.cursor() as cursor:
        statement = cursor.mogrify(sql, params).decode()
        cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT csv)", buffer)
    if not buffer.tell():
        return pl.DataFrame(schema=dict(schema))
    return pl.read_csv(buffer.getvalue(), has_header=False, schema=dict(schema))
