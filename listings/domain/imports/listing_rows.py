"""A row of a catalogue becomes a listing's draft."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from listings.domain.drafts import CertificateDraft, ListingDraft
from listings.domain.imports import currencies, fields, values
from listings.domain.imports.attributes import Register
from listings.domain.imports.categories import CategoryIndex
from listings.domain.imports.currencies import Unreadable
from listings.domain.imports.fields import Fields, Note, Unfit
from listings.domain.imports.mapping import Cells, RowMapping
from listings.domain.merchants import MerchantDraft
from listings.enums import ListingState, MerchantKind, RowFate, RowReason
from listings.models import Market

LONGEST_TITLE = 2_000
LONGEST_DESCRIPTION = 200_000
LONGEST_URL = 1_000
MOST_IMAGES = 50
MOST_CERTIFICATES = 100


@dataclass(frozen=True)
class ListingRow:
    """What a row says, checked; its merchant is known by the marketplace's key until the batch is written."""

    merchant: str
    values: dict[str, Any]
    notes: list[Note]

    @property
    def key(self) -> str:
        return f"{self.merchant}\x1f{self.values['external_id']}"

    def draft(self, merchant_id: int) -> ListingDraft:
        return ListingDraft(merchant_id=merchant_id, **self.values)


class ListingReader:
    """Reads rows by a mapping, with markets, categories and the register as they are when the reader is made."""

    def __init__(self, mapping: RowMapping) -> None:
        self.mapping = mapping
        self.markets = frozenset(Market.objects.values_list("code", flat=True))
        self.categories = CategoryIndex(source=mapping.name, aliases=mapping.categories)
        self.register = Register()

    def read(self, cells: Cells) -> ListingRow:
        """Raises Unfit."""
        if column := self.mapping.leaves_out(cells):
            raise Unfit(RowReason.LEFT_OUT, column, cells.get(column))
        row = Fields(self.mapping.neutral(cells), self.mapping.column_of)
        merchant = self._merchant(row)
        external_id = row.text("listing_id", longest=120, needed=True)
        price = self._price(row)
        found = {
            "external_id": external_id,
            "state": row.read("state", _state, ListingState.ON_SALE),
            "title": row.text("title", longest=LONGEST_TITLE),
            "description": row.text("description", longest=LONGEST_DESCRIPTION),
            "language": row.soft("language", fields.language, ""),
            "brand": row.text("brand", longest=200),
            "sku": row.text("sku", longest=120),
            "ean": row.soft("ean", fields.ean, ""),
            "condition": row.text("condition", longest=20).casefold(),
            "price_minor": values.minor(price) if price else None,
            "currency": price.currency if price else "",
            "markets": self._markets(row),
            "images": self._images(row),
            "attributes": self._attributes(row, cells),
            "certificates": self._certificates(row),
        }
        # Last, so that a parked row has nothing else wrong with it.
        found["category_id"], found["category_code"] = self._category(row)
        return ListingRow(merchant, found, row.notes)

    def merchant_draft(self, external_id: str) -> MerchantDraft:
        """The merchant that is made of nothing but its key, where the mapping allows it."""
        told = self.mapping.merchant
        name = told.name if external_id == told.id and told.name else external_id
        return MerchantDraft(
            external_id=external_id,
            name=name[:200],
            country=told.country,
            language=told.language,
            kind=MerchantKind(told.kind),
        )

    def _merchant(self, row: Fields) -> str:
        told = self.mapping.merchant
        if key := row.text("merchant_id", longest=120 - len(told.prefix)):
            return f"{told.prefix}{key}"
        if not told.id:
            raise Unfit(RowReason.ID_MISSING, self.mapping.column_of("merchant_id"))
        return told.id

    def _price(self, row: Fields) -> values.Price | None:
        currency = row.read("currency", lambda value: currencies.code_of(fields.as_text(value)), "")
        price: values.Price | None = row.read(
            "price", lambda value: values.price(value, currency=currency, decimal=self.mapping.decimal)
        )
        return price

    def _markets(self, row: Fields) -> tuple[str, ...]:
        given = row.row.get("markets")
        if fields.is_empty(given):
            return ()
        found: list[str] = []
        strange: list[str] = []
        for item in row.read("markets", lambda value: fields.items(value, self.mapping.lists.get("markets", "")), []):
            try:
                code = fields.country(item)
            except Unreadable:
                code = ""
            if code not in self.markets:
                strange.append(item)
            elif code not in found:
                found.append(code)
        column = self.mapping.column_of("markets")
        if not found:
            raise Unfit(RowReason.MARKET_UNKNOWN, column, given)
        for item in strange:
            row.note(RowReason.MARKET_UNKNOWN, column, item)
        return tuple(sorted(found))

    def _category(self, row: Fields) -> tuple[int | None, str]:
        text = fields.as_text(row.row.get("category"))
        if not text:
            return None, ""
        found = self.categories.find(text)
        if found.id is None:
            detail = {"suggestions": [list(pair) for pair in found.suggestions]}
            column = self.mapping.column_of("category")
            raise Unfit(RowReason.CATEGORY_UNKNOWN, column, text, fate=RowFate.PARKED, detail=detail)
        return found.id, found.code

    def _images(self, row: Fields) -> tuple[str, ...]:
        found: list[str] = []
        for item in row.soft("images", lambda value: fields.items(value, self.mapping.lists.get("images", "")), []):
            if not item.startswith(("https://", "http://")) or len(item) > LONGEST_URL or any(map(str.isspace, item)):
                row.note(RowReason.IMAGE_UNREADABLE, self.mapping.column_of("images"), item)
            elif item not in found and len(found) < MOST_IMAGES:
                found.append(item)
        return tuple(found)

    def _attributes(self, row: Fields, cells: Cells) -> dict[str, Any]:
        found: dict[str, Any] = {}
        given = row.soft("attributes", lambda value: fields.structure(value, dict), {})
        for name, value in given.items():
            self._attribute(row, found, name=name, column=f"attributes.{name}", value=value)
        for name, spec in self.mapping.attributes.items():
            self._attribute(row, found, name=name, column=spec.column, value=cells.get(spec.column), unit=spec.unit)
        return found

    def _attribute(
        self, row: Fields, found: dict[str, Any], *, name: str, column: str, value: Any, unit: str = ""
    ) -> None:
        if fields.is_empty(value) or value == []:
            return
        try:
            key = self.register.key_of(name)
            between = self.mapping.lists.get(key, "")
            found[key] = self.register.convert(key, value, unit=unit, decimal=self.mapping.decimal, between=between)
        except Unreadable as error:
            kept = (RowReason.ATTRIBUTE_UNKNOWN, RowReason.UNIT_UNKNOWN, RowReason.VALUE_TOO_LONG)
            row.note(error.reason if error.reason in kept else RowReason.ATTRIBUTE_UNREADABLE, column, value)

    def _certificates(self, row: Fields) -> tuple[CertificateDraft, ...]:
        found: dict[tuple[str, str], CertificateDraft] = {}
        for item in row.soft("certificates", lambda value: fields.structure(value, list), [])[:MOST_CERTIFICATES]:
            try:
                draft = _certificate(item)
                found[draft.type, draft.number] = draft
            except Unreadable:
                row.note(RowReason.CERTIFICATE_UNREADABLE, self.mapping.column_of("certificates"), item)
        return tuple(found.values())


def _state(value: Any) -> ListingState:
    text = fields.as_text(value).casefold()
    if text not in ListingState.values:
        raise Unreadable(RowReason.NOT_ALLOWED)
    return ListingState(text)


def _certificate(item: Any) -> CertificateDraft:
    if not isinstance(item, dict) or fields.is_empty(item.get("type")):
        raise Unreadable(RowReason.CERTIFICATE_UNREADABLE)
    draft = CertificateDraft(
        type=_short(item.get("type"), 60),
        number=_short(item.get("number"), 120),
        issuer=_short(item.get("issuer"), 200),
        standard=_short(item.get("standard"), 120),
        valid_from=_day(item.get("valid_from")),
        valid_until=_day(item.get("valid_until")),
    )
    if draft.valid_from and draft.valid_until and draft.valid_until < draft.valid_from:
        raise Unreadable(RowReason.CERTIFICATE_UNREADABLE)
    return draft


def _short(value: Any, longest: int) -> str:
    text = fields.as_text(value)
    if len(text) > longest:
        raise Unreadable(RowReason.CERTIFICATE_UNREADABLE)
    return text


def _day(value: Any) -> date | None:
    return None if fields.is_empty(value) else values.day(value)
