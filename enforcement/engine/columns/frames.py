"""A batch of listings that are already plain values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from enforcement.engine.columns.attributes import ATTRIBUTE, attribute_series, is_odd
from enforcement.engine.columns.batches import CATEGORY, KEY, MARKETS, SEPARATOR, VERSION, Batch
from enforcement.engine.columns.lists import lists
from enforcement.engine.columns.values import CERTIFICATE_FIELDS, DTYPES, MOMENT
from governance.policies.language import Environment, ListingFacts, Subject
from governance.policies.language.kinds import Fact, Kind
from governance.policies.language.readers import CERTIFICATE, MENTIONED


def batch_of(environment: Environment, subjects: Sequence[Subject], needs: Collection[str], *, now: datetime) -> Batch:
    """Raises what a value that nobody foresaw raises, other than an attribute's."""
    attributes = {path.removeprefix(ATTRIBUTE) for path in needs if path.startswith(ATTRIBUTE)}
    listings = {listing.id: each for each in subjects if (listing := each.listing)}
    odd = {key for key, each in listings.items() if is_odd(environment, _held(each), attributes)}
    read = [each for key, each in listings.items() if key not in odd]
    columns = [*_scope(read), *_attributes(environment, read, attributes)]
    columns += [_column(environment, path, read) for path in sorted(needs) if not path.startswith(ATTRIBUTE)]
    frame = pl.DataFrame(columns).with_columns(pl.lit(now, dtype=MOMENT).alias("now"))
    return Batch(frame, odd, lambda keys, texts_of=None: {key: listings[key] for key in keys})


def _listing(subject: Subject) -> ListingFacts:
    if subject.listing is None:
        raise TypeError("only listings are read over columns")
    return subject.listing


def _held(subject: Subject) -> Mapping[str, Any]:
    return _listing(subject).attributes


def _scope(subjects: Sequence[Subject]) -> list[pl.Series]:
    listings = [_listing(each) for each in subjects]
    return [
        pl.Series(KEY, [each.id for each in listings], dtype=pl.Int64),
        pl.Series(VERSION, [each.version for each in listings], dtype=pl.Int64),
        pl.Series(CATEGORY, [each.category for each in listings], dtype=pl.String),
        pl.Series(MARKETS, [SEPARATOR.join(each.markets) for each in listings], dtype=pl.String),
    ]


def _attributes(environment: Environment, subjects: Sequence[Subject], wanted: Collection[str]) -> list[pl.Series]:
    """A listing has a few of many attributes, so its own are walked through, and not those that are wanted."""
    values: dict[str, list[Any]] = {key: [None] * len(subjects) for key in sorted(wanted)}
    for nth, subject in enumerate(subjects):
        held = _held(subject)
        for key in held.keys() & values.keys():
            values[key][nth] = held[key]
    return [attribute_series(environment.attributes[key], column)[0] for key, column in values.items()]


def _column(environment: Environment, path: str, subjects: Sequence[Subject]) -> pl.Series:
    if path == MENTIONED:
        found = [list(environment.mentioned(each)) for each in subjects]
        return lists(pl.Series(path, [key for keys in found for key in keys], dtype=pl.String), found, empty=True)
    access = environment.accesses[path]
    return _series(path, access.fact, map(access.read, subjects))


def _series(path: str, fact: Fact, values: Iterable[Any]) -> pl.Series:
    """Values as the rows' readers give them, None where missing. A list that may be missing is so without an entry."""
    if fact.kind is Kind.CERTIFICATES:
        return _certificates(path, list(values))
    if fact.kind is Kind.LIST:
        several = list(values)
        flat = pl.Series(path, [each for entries in several for each in entries or ()], dtype=pl.String)
        return lists(flat, several, empty=not fact.optional)
    return pl.Series(path, list(values), dtype=DTYPES[fact.kind])


def _certificates(path: str, values: Sequence[Sequence[Any]]) -> pl.Series:
    flat = [certificate for several in values for certificate in several or ()]
    fields = [
        pl.Series(name, [getattr(certificate, CERTIFICATE[name]) for certificate in flat], dtype=dtype)
        for name, dtype in CERTIFICATE_FIELDS.items()
    ]
    return lists(pl.DataFrame(fields).to_struct(path), values, empty=True)
