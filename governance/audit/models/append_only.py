"""Triggers that keep rows: append-only tables, and tables whose rows may move but not vanish."""

import pgtrigger


def append_only() -> pgtrigger.Trigger:
    """Refuse UPDATE, DELETE and TRUNCATE."""
    return refuse(pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate, name="append_only")


def refuse(operation: pgtrigger.Operation, *, name: str) -> pgtrigger.Trigger:
    """Refuse `operation` as IntegrityError, whoever asks and however many rows it would touch.

    One trigger per statement rather than per row: TRUNCATE knows no rows, and a refused statement costs nothing.
    """
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=operation,
        func="RAISE EXCEPTION '% keeps its rows: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';",
    )
