"""A batch of listings straight from the database: no object is made but for those in which something is found.

What it holds is what `facts.listings` and `batch_of` would make of the same listings. A fixed number of queries, and only for
what the rules need.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import orjson
import polars as pl
from babel.numbers import get_currency_precision
from django.db.models import F, QuerySet

from enforcement.engine import facts
from enforcement.engine.columns import expressions as how
from enforcement.engine.columns import parts, paths
from enforcement.engine.columns.attributes import ATTRIBUTE, attribute_series
from enforcement.engine.columns.batches import CATEGORY, KEY, MARKETS, VERSION, Batch, Subjects
from enforcement.engine.columns.copying import copied
from enforcement.engine.columns.lists import gathered
from enforcement.engine.columns.values import CERTIFICATE_FIELDS, MOMENT
from governance.policies.language import Environment, Subject
from governance.policies.language.readers import MENTIONED
from governance.policies.language.rows import codes_above, valid_gtin
from listings.models import Listing, Merchant
from listings.queries.keys import among
from listings.text import NORMALISER_VERSION, original

Needs = Collection[str]
ORIGINAL, PRICE, READABLE, PATH = (
    "listing.text._original",
    "listing.price",
    "listing._readableMarkets",
    "listing.category._path",
)
EAN_VALID, IMAGE_COUNT = "listing._eanValid", "listing.imageCount"
SCOPE = {
    KEY: paths.Stored(F("pk"), pl.Int64),
    VERSION: paths.Stored(F("version"), pl.Int64),
    parts.MERCHANT: paths.Stored(F("merchant_id"), pl.Int64),
    CATEGORY: paths.Stored(F("category__code")),
    MARKETS: paths.Stored(how.joined("markets")),
}
"""What every batch has beside the facts that are needed."""
_JSON = {"_attributes": paths.Stored(how.text_of("attributes"))}
_WORDS = {"_title": paths.Stored(F("title")), "_description": paths.Stored(F("description"))}
_TEXTS = {
    "_base": paths.Stored(F("text_base")),
    "_skeleton": paths.Stored(F("text_skeleton")),
    "_text_version": paths.Stored(F("text_version"), pl.Int64),
    "_language": paths.Stored(F("language")),
}
_MONEY = {"_minor": paths.Stored(F("price_minor"), pl.Int64), "_currency": paths.Stored(F("currency"))}


def batch(chosen: QuerySet[Listing], environment: Environment, needs: Needs, *, at: datetime) -> Batch:
    """The chosen listings, in the order of their keys. Raises nothing that a stored value could bring about."""
    return _Reading(chosen, environment, needs, at).batch()


def subjects(needs: Needs, at: datetime) -> Subjects:
    """What gives a batch its listings with all their facts, as the database holds them when it is asked."""

    def of(keys: Collection[int], texts_of: Collection[int] | None = None) -> Mapping[int, Subject]:
        chosen = Listing.objects.filter(pk__in=among(keys))
        found = facts.listings(chosen, needs=needs, at=at, texts_of=texts_of)
        return {subject.listing.id: subject for subject in found if subject.listing}

    return of


class _Reading:
    def __init__(self, chosen: QuerySet[Listing], environment: Environment, needs: Needs, at: datetime) -> None:
        self.chosen, self.environment, self.needs, self.at = chosen, environment, needs, at
        self.attributes = sorted(path.removeprefix(ATTRIBUTE) for path in needs if path.startswith(ATTRIBUTE))
        self.plain = {path: stored for path, stored in paths.LISTING.items() if path in needs}
        self.odd: set[int] = set()
        self.subjects = subjects(needs, at)
        self.frame = self._rows()

    def batch(self) -> Batch:
        self.frame = self.frame.with_columns(
            *(stored.becomes(path).alias(path) for path, stored in self.plain.items()),
            pl.lit(self.at, dtype=MOMENT).alias("now"),
        )
        self._worked_out()
        self._from_json()
        if MENTIONED in self.needs:
            self._mentioned()
        self._parts()
        self._merchants()
        frame = self.frame.drop(name for name in (*_JSON, *_WORDS, *_TEXTS, *_MONEY) if name in self.frame.columns)
        return Batch(frame.filter(~pl.col(KEY).is_in(list(self.odd))), frozenset(self.odd), self.subjects)

    def _rows(self) -> pl.DataFrame:
        columns = dict(SCOPE)
        if self.attributes or ORIGINAL in self.needs:
            columns |= _JSON
        if ORIGINAL in self.needs:
            columns |= _WORDS
        if MENTIONED in self.needs:
            columns |= _TEXTS
        if PRICE in self.needs:
            columns |= _MONEY
        for path in (EAN_VALID, READABLE):
            if path in self.needs:
                self.plain |= {_READ_FROM[path]: paths.LISTING[_READ_FROM[path]]}
        columns |= self.plain
        rows = self.chosen.order_by("pk").values_list(*(stored.expression for stored in columns.values()))
        return copied(rows, {name: stored.dtype for name, stored in columns.items()})

    def _worked_out(self) -> None:
        """Facts that are made of one or two fields."""
        if PRICE in self.needs:
            units = {code: 10 ** get_currency_precision(code) for code in self.frame["_currency"].unique() if code}
            unit = pl.col("_currency").replace_strict(
                list(units), list(units.values()), default=1, return_dtype=pl.Int64
            )
            self.frame = self.frame.with_columns((pl.col("_minor") / unit).alias(PRICE))
        if EAN_VALID in self.needs:
            valid = [None if ean is None else valid_gtin(ean) for ean in self.frame["listing.ean"].to_list()]
            self.frame = self.frame.with_columns(pl.Series(EAN_VALID, valid, dtype=pl.Boolean))
        if PATH in self.needs:
            self._look_up(CATEGORY, PATH, {code: codes_above(code) for code in self.frame[CATEGORY].unique() if code})
        if READABLE in self.needs:
            accepted, given = facts.readable(), self.frame["listing.language"].unique()
            spoken = {each: list(facts.accepted_in(each, accepted)) for each in given if each}
            self._look_up("listing.language", READABLE, spoken)

    def _look_up(self, by: str, column: str, entries: Mapping[str, list[str]]) -> None:
        known = pl.DataFrame(
            {by: list(entries), column: list(entries.values())}, schema={by: pl.String, column: pl.List(pl.String)}
        )
        self.frame = self.frame.join(known, on=by, how="left", maintain_order="left")

    def _from_json(self) -> None:
        """A listing has a few of many attributes, so its own are walked through, and not those that are wanted."""
        if "_attributes" not in self.frame.columns:
            return
        height = self.frame.height
        wanted: dict[str, list[Any]] = {key: [None] * height for key in self.attributes}
        originals = self._words()
        for nth, stored in enumerate(self.frame["_attributes"].to_list()):
            held = orjson.loads(stored)
            for key, value in held.items():
                column = wanted.get(key)
                if column is not None:
                    column[nth] = value
            if originals:
                title, description = originals[nth]
                originals[nth] = original(title, description, held)
        columns: list[pl.Series] = []
        keys = self.frame[KEY]
        for key, values in wanted.items():
            read, odd = attribute_series(self.environment.attributes[key], values)
            self.odd.update(keys.gather(odd))
            columns.append(read)
        if originals:
            columns.append(pl.Series(ORIGINAL, originals, dtype=pl.String))
        self.frame = self.frame.with_columns(columns)

    def _words(self) -> list[Any]:
        return self.frame.select(*_WORDS).rows() if ORIGINAL in self.needs else []

    def _mentioned(self) -> None:
        """From the stored texts; those of another version of the normaliser are made anew."""
        texts = self.frame.select("_base", "_skeleton", "_language").rows()
        found = self.environment.matcher.mentioned_in(texts)
        stale = self.frame.with_row_index("_nth").filter(pl.col("_text_version") != NORMALISER_VERSION)
        places = dict(zip(stale[KEY], stale["_nth"], strict=True))
        for key, subject in (self.subjects(list(places)) if places else {}).items():
            found[places[key]] = list(self.environment.mentioned(subject))
        owners = pl.Series([place for place, keys in found.items() for _key in keys], dtype=pl.UInt32)
        flat = pl.Series(MENTIONED, [key for keys in found.values() for key in keys], dtype=pl.String)
        self.frame = self.frame.with_columns(gathered(owners, flat, self.frame.height, empty=True))

    def _parts(self) -> None:
        if parts.asked(self.needs, "listing.image"):
            self._join(parts.images(self.chosen), KEY, {parts.IMAGES: pl.List(pl.String)})
            self.frame = self.frame.with_columns(pl.col(parts.IMAGES).list.len().cast(pl.Int64).alias(IMAGE_COUNT))
        if parts.asked(self.needs, "listing._window"):
            self._join(parts.windows_of_listings(self.chosen, self.needs), KEY)

    def _join(self, found: pl.DataFrame, by: str, lists_: Mapping[str, Any] | None = None) -> None:
        """`lists_` are columns that are empty, not null, where there is nothing."""
        self.frame = self.frame.join(found, on=by, how="left", maintain_order="left").with_columns(
            pl.col(column).fill_null(pl.lit([], dtype=dtype)) for column, dtype in (lists_ or {}).items()
        )

    def _merchants(self) -> None:
        chosen = Merchant.objects.filter(pk__in=self.chosen.order_by().values("merchant_id"))
        if parts.asked(self.needs, "merchant."):
            self._join(parts.merchants(chosen, self.needs, self.at), parts.MERCHANT)
        if parts.asked(self.needs, "merchant._window"):
            self._join(parts.windows_of_merchants(chosen, self.needs), parts.MERCHANT)
        if parts.asked(
            self.needs, "merchant.certificates", "merchant._certificate", "listing.certificates", "listing._certificate"
        ):
            self._certificates(chosen)

    def _certificates(self, chosen: QuerySet[Merchant]) -> None:
        """A merchant's own come after the listing's, as facts of the listing too."""
        of_merchants = parts.certificates_of_merchants(chosen)
        if parts.asked(self.needs, "listing.certificates", "listing._certificate"):
            own = parts.certificates_of_listings(self.chosen)
            inherited = (
                self.frame.select(KEY, parts.MERCHANT).join(of_merchants, on=parts.MERCHANT).select(KEY, "certificate")
            )
            self._certified("listing", pl.concat([own, inherited]), KEY)
        if parts.asked(self.needs, "merchant.certificates", "merchant._certificate"):
            self._certified("merchant", of_merchants, parts.MERCHANT)

    def _certified(self, root: str, entries: pl.DataFrame, by: str) -> None:
        path, types = f"{root}.certificates", f"{root}.{parts.TYPES}"
        found = entries.group_by(by, maintain_order=True).agg(
            pl.col("certificate").alias(path), pl.col("certificate").struct.field("type").alias(types)
        )
        self._join(found, by, {path: pl.List(pl.Struct(CERTIFICATE_FIELDS)), types: pl.List(pl.String)})


_READ_FROM = {EAN_VALID: "listing.ean", READABLE: "listing.language"}
