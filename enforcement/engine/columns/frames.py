"""Listings and merchants as columns: one for each stored fact that the rules read, named by its path."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from enforcement.engine.columns.values import CERTIFICATE_FIELDS, DTYPES, MOMENT
from governance.policies.language import Environment, Subject
from governance.policies.language.kinds import Fact, Kind
from governance.policies.language.readers import CERTIFICATE, MENTIONED
from governance.policies.language.rows import attribute_value

ATTRIBUTE = "listing.attr."


def frame_of(
    environment: Environment, subjects: Sequence[Subject], needs: Collection[str], *, now: datetime
) -> pl.DataFrame:
    """A row for each subject, in their order. Raises what a value that nobody foresaw raises (see `is_odd`)."""
    attributes = {path.removeprefix(ATTRIBUTE) for path in needs if path.startswith(ATTRIBUTE)}
    columns = _attribute_columns(environment, subjects, attributes)
    columns += [_column(environment, path, subjects) for path in sorted(needs) if not path.startswith(ATTRIBUTE)]
    nth = pl.Series("_nth", range(len(subjects)), dtype=pl.UInt32)
    return pl.DataFrame([nth, *columns]).with_columns(pl.lit(now, dtype=MOMENT).alias("now"))


def is_odd(environment: Environment, subject: Subject, attributes: Iterable[str]) -> bool:
    """Whether one of these attributes holds what is not of its registered kind: the row by row reading names the fault."""
    held = subject.listing.attributes if subject.listing else {}
    try:
        for key in attributes:
            if key in held:
                attribute_value(environment.attributes[key], held[key])
    except (ValueError, TypeError):
        return True
    return False


def _attribute_columns(
    environment: Environment, subjects: Sequence[Subject], wanted: Collection[str]
) -> list[pl.Series]:
    """A listing has a few of many attributes, so its own are walked through, and not those that are wanted."""
    values: dict[str, list[Any]] = {key: [None] * len(subjects) for key in sorted(wanted)}
    for nth, subject in enumerate(subjects):
        held = subject.listing.attributes if subject.listing else {}
        for key in held.keys() & values.keys():
            values[key][nth] = attribute_value(environment.attributes[key], held[key])
    return [
        _series(f"{ATTRIBUTE}{key}", environment.accesses[f"{ATTRIBUTE}{key}"].fact, column)
        for key, column in values.items()
    ]


def _column(environment: Environment, path: str, subjects: Sequence[Subject]) -> pl.Series:
    if path == MENTIONED:
        found = [list(environment.mentioned(each)) for each in subjects]
        return _lists(pl.Series(path, [key for keys in found for key in keys], dtype=pl.String), found, empty=True)
    access = environment.accesses[path]
    return _series(path, access.fact, map(access.read, subjects))


def _series(path: str, fact: Fact, values: Iterable[Any]) -> pl.Series:
    """Values as the rows' readers give them, None where missing. A list that may be missing is so without an entry."""
    if fact.kind is Kind.CERTIFICATES:
        return _certificates(path, list(values))
    if fact.kind is Kind.LIST:
        several = list(values)
        flat = pl.Series(path, [each for entries in several for each in entries or ()], dtype=pl.String)
        return _lists(flat, several, empty=not fact.optional)
    return pl.Series(path, list(values), dtype=DTYPES[fact.kind])


def _certificates(path: str, values: Sequence[Sequence[Any]]) -> pl.Series:
    flat = [certificate for several in values for certificate in several or ()]
    fields = [
        pl.Series(name, [getattr(certificate, CERTIFICATE[name]) for certificate in flat], dtype=dtype)
        for name, dtype in CERTIFICATE_FIELDS.items()
    ]
    return _lists(pl.DataFrame(fields).to_struct(path), values, empty=True)


def _lists(flat: pl.Series, several: Sequence[Sequence[Any] | None], *, empty: bool) -> pl.Series:
    """Entries one after the other, gathered into a list for each row: a list made by itself costs more than reading the rules.

    Rows without an entry have an empty list, or none.
    """
    owners = [nth for nth, entries in enumerate(several) for _entry in entries or ()]
    lists = pl.DataFrame([pl.Series("_nth", owners, dtype=pl.UInt32), flat]).group_by("_nth").agg(pl.col(flat.name))
    every = pl.DataFrame([pl.Series("_nth", range(len(several)), dtype=pl.UInt32)])
    found = every.join(lists, on="_nth", how="left", maintain_order="left")[flat.name]
    return found.fill_null(pl.Series([[]], dtype=found.dtype)) if empty else found
