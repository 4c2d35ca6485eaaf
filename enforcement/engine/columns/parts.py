"""Columns of what stands in other tables: images, certificates, windows of days, and the merchants' own facts.

Each function returns a frame with the key of the listing or merchant, and a column for each fact that is needed. Those that have
nothing are not in it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import polars as pl
from django.db.models import F, QuerySet

from enforcement.engine.columns import expressions as how
from enforcement.engine.columns import paths
from enforcement.engine.columns.copying import copied
from enforcement.engine.columns.values import CERTIFICATE_FIELDS
from enforcement.queries import points
from governance.policies.language.vocabulary import WINDOWS
from listings.models import Certificate, Listing, ListingImage, ListingWindow, Merchant, MerchantWindow

Needs = Collection[str]
LISTING, MERCHANT = "_key", "_merchant"
IMAGES, TYPES = "listing.images", "_certificateTypes"
_CERTIFICATE: dict[str, paths.Stored] = {
    "type": paths.Stored(F("type")),
    "number": paths.Stored(how.given("number")),
    "issuer": paths.Stored(how.given("issuer")),
    "standard": paths.Stored(how.given("standard")),
    "validFrom": paths.Stored(how.days("valid_from"), pl.Int64, how.first_second),
    "validUntil": paths.Stored(how.days("valid_until"), pl.Int64, how.last_second),
}


def asked(needs: Needs, *beginnings: str) -> bool:
    return any(path.startswith(beginnings) for path in needs)


def images(chosen: QuerySet[Listing]) -> pl.DataFrame:
    rows = ListingImage.objects.filter(listing__in=chosen.values("pk")).order_by("listing_id", "position")
    found = copied(rows.values_list("listing_id", "url"), {LISTING: pl.Int64, IMAGES: pl.String})
    return found.group_by(LISTING, maintain_order=True).agg(IMAGES)


def certificates(owner: str, rows: QuerySet[Certificate]) -> pl.DataFrame:
    """One certificate a row, with the `owner` (listing or merchant) as its key and the rest in the struct `certificate`."""
    field = {LISTING: "listing_id", MERCHANT: "merchant_id"}[owner]
    stored = _CERTIFICATE
    found = copied(
        rows.order_by(field, "type", "pk").values_list(field, *(each.expression for each in stored.values())),
        {owner: pl.Int64, **{name: each.dtype for name, each in stored.items()}},
    )
    fields = (each.becomes(name).cast(CERTIFICATE_FIELDS[name]).alias(name) for name, each in stored.items())
    return found.select(owner, pl.struct(*fields).alias("certificate"))


def certificates_of_listings(chosen: QuerySet[Listing]) -> pl.DataFrame:
    return certificates(LISTING, Certificate.objects.filter(listing__in=chosen.values("pk")))


def certificates_of_merchants(merchants: QuerySet[Merchant]) -> pl.DataFrame:
    """Those that belong to no one listing."""
    return certificates(MERCHANT, Certificate.objects.filter(listing__isnull=True, merchant__in=merchants.values("pk")))


def windows_of_listings(chosen: QuerySet[Listing], needs: Needs) -> pl.DataFrame:
    return _windows(ListingWindow.objects.filter(listing__in=chosen.values("pk")), LISTING, "listing", needs)


def windows_of_merchants(merchants: QuerySet[Merchant], needs: Needs) -> pl.DataFrame:
    return _windows(MerchantWindow.objects.filter(merchant__in=merchants.values("pk")), MERCHANT, "merchant", needs)


def _windows(rows: QuerySet[Any], owner: str, root: str, needs: Needs) -> pl.DataFrame:
    """A column for each window and fact of it that is needed."""
    wanted = [days for days in WINDOWS if asked(needs, f"{root}._window{days}.")]
    sums = (how.double(name) if name == "revenue_eur" else F(name) for name in paths.SUMS)
    found = copied(
        rows.filter(days__in=wanted).values_list(f"{root}_id", "days", *sums),
        {owner: pl.Int64, "days": pl.Int64, **paths.WINDOW_DTYPES},
    )
    keys = found.select(pl.col(owner).unique())
    for days in wanted:
        beginning = f"{root}._window{days}."
        facts = [
            expr.alias(f"{beginning}{name}") for name, expr in paths.WINDOW.items() if f"{beginning}{name}" in needs
        ]
        keys = keys.join(found.filter(pl.col("days") == days).select(owner, *facts), on=owner, how="left")
    return keys


def merchants(chosen: QuerySet[Merchant], needs: Needs, at: datetime) -> pl.DataFrame:
    """What is needed of the merchants themselves: everything in it but certificates and windows."""
    complete = "merchant.identityComplete" in needs
    read = {
        path: stored
        for path, stored in paths.MERCHANT.items()
        if path in needs or (complete and path in (*paths.IDENTITY, "merchant.selfCertified"))
    }
    columns = {"_verified": paths.Stored(how.days("identity__verified_on"), pl.Int64)} | read
    rows = copied(
        chosen.order_by("pk").values_list("pk", *(stored.expression for stored in columns.values())),
        {MERCHANT: pl.Int64, **{path: stored.dtype for path, stored in columns.items()}},
    )
    found = rows.with_columns(stored.becomes(path).alias(path) for path, stored in read.items())
    found = found.with_columns(paths.verified_by("_verified", at).alias("merchant.traderVerified"))
    if complete:
        found = found.with_columns(paths.identity_complete().alias("merchant.identityComplete"))
    if "merchant.points" in needs:
        found = found.with_columns(_points(found[MERCHANT], at))
    return found.drop("_verified")


def _points(keys: pl.Series, at: datetime) -> pl.Series:
    balances = points.balances(keys.to_list(), at)
    return pl.Series("merchant.points", [balances.get(key, 0) for key in keys], dtype=pl.Int64)
