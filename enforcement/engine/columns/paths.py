"""Where the facts of the vocabulary stand in the database, for those that are a field or two."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db.models import F, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from enforcement.engine.columns import expressions as how
from enforcement.engine.columns.values import DTYPES
from governance.policies.language.kinds import Kind


@dataclass(frozen=True)
class Stored:
    """What the database hands out for a fact, as which type, and what that becomes."""

    expression: Combinable
    dtype: Any = pl.String
    becomes: Callable[[str], pl.Expr] = pl.col


def _double(field: str) -> Stored:
    return Stored(how.double(field), pl.Float64)


def _moment(field: str) -> Stored:
    return Stored(how.micros(field), pl.Int64, how.moment)


def _list(field: str) -> Stored:
    return Stored(how.joined(field), pl.String, how.entries)


def _truth(field: str) -> Stored:
    return Stored(F(field), pl.String, lambda column: pl.col(column).fill_null("f") == "t")


LISTING: Mapping[str, Stored] = {
    "listing.reference": Stored(F("external_id")),
    "listing.title": Stored(F("title")),
    "listing.description": Stored(F("description")),
    "listing.brand": Stored(how.given("brand")),
    "listing.sku": Stored(how.given("sku")),
    "listing.ean": Stored(how.given("ean")),
    "listing.language": Stored(how.given("language")),
    "listing.condition": Stored(how.given("condition")),
    "listing.currency": Stored(how.given("currency")),
    "listing.priceEur": _double("price_eur"),
    "listing.markets": _list("markets"),
    "listing.createdAt": _moment("created_at"),
    "listing.updatedAt": _moment("changed_at"),
    "listing.category.code": Stored(F("category__code")),
}
MERCHANT: Mapping[str, Stored] = {
    "merchant.reference": Stored(F("external_id")),
    "merchant.name": Stored(F("name")),
    "merchant.kind": Stored(F("kind")),
    "merchant.country": Stored(F("country")),
    "merchant.language": Stored(F("language")),
    "merchant.email": Stored(Coalesce(how.given("identity__email"), how.given("email"), output_field=TextField())),
    "merchant.legalName": Stored(how.given("identity__legal_name")),
    "merchant.address": Stored(how.given("identity__address")),
    "merchant.phone": Stored(how.given("identity__phone")),
    "merchant.registerNumber": Stored(how.given("identity__register_number")),
    "merchant.vatId": Stored(how.given("identity__vat_id")),
    "merchant.selfCertified": _truth("identity__self_certified"),
    "merchant.joinedAt": Stored(how.days("joined_on"), pl.Int64, how.first_second),
    "merchant.createdAt": _moment("created_at"),
}
FIRST_DAY = date(1970, 1, 1)
IDENTITY = ("merchant.legalName", "merchant.address", "merchant.phone", "merchant.email")
"""What `merchant.identityComplete` takes, beside the trader's own certification."""


def identity_complete() -> pl.Expr:
    return pl.all_horizontal(*(pl.col(path).is_not_null() for path in IDENTITY), pl.col("merchant.selfCertified"))


def verified_by(column: str, at: datetime) -> pl.Expr:
    """Whether the day in a column, counted since 1970, has come."""
    return (pl.col(column) <= (at.date() - FIRST_DAY).days).fill_null(value=False)


SUMS = ("visits", "orders", "revenue_eur", "returns", "complaints", "rating_sum", "rating_count")
"""Of a window of days, as the table has them."""
WINDOW: Mapping[str, pl.Expr] = {
    "visits": pl.col("visits"),
    "orders": pl.col("orders"),
    "revenueEur": pl.col("revenue_eur"),
    "returnRate": pl.when(pl.col("orders") != 0).then(pl.col("returns") / pl.col("orders")),
    "complaintRate": pl.when(pl.col("orders") != 0).then(pl.col("complaints") / pl.col("orders")),
    "rating": pl.when(pl.col("rating_count") != 0).then(pl.col("rating_sum") / pl.col("rating_count")),
}
WINDOW_DTYPES = {name: DTYPES[Kind.NUMBER] if name == "revenue_eur" else DTYPES[Kind.WHOLE] for name in SUMS}
