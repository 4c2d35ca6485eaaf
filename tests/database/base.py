from collections.abc import Iterable
from typing import Any

from django.core.management.color import Style
from django.db import transaction
from django.db.backends.postgresql import base, operations

MANY = 1 << 20
"""Bytes of a table from which it is quicker to make it anew than to delete its rows one by one."""
CONSTANT = {"django_content_type", "auth_permission"}
"""The same after every migration: they stay."""
EMPTY = """
    DO $$
    DECLARE
        name regclass;
    BEGIN
        FOREACH name IN ARRAY ARRAY[{names}]::regclass[] LOOP
            IF pg_relation_size(name) > {many} THEN
                EXECUTE format('TRUNCATE %s CASCADE', name);
            ELSE
                EXECUTE format('DELETE FROM %s', name);
            END IF;
        END LOOP;
    END $$
"""


class DatabaseOperations(operations.DatabaseOperations):
    """Hundreds of tables, of which a test has filled a few: deleting their rows is many times quicker than TRUNCATE, which
    makes new files for each table and each of its indexes."""

    def sql_flush(
        self, style: Style, tables: Iterable[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        if reset_sequences or not tables:
            return super().sql_flush(style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade)
        names = ", ".join(
            "'" + self.quote_name(name).replace("'", "''") + "'" for name in tables if name not in CONSTANT
        )
        return [EMPTY.format(names=names, many=MANY)]

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        """Empty the tables between tests. Append-only tables refuse it by trigger; here, and only here, it passes."""
        with transaction.atomic(using=self.connection.alias), self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for sql in sql_list:
                cursor.execute(sql)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class: Any = DatabaseOperations
