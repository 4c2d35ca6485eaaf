"""One listing or merchant at a time, in the neutral format, through the same checks as a file."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.web.refusals import Refusal
from listings.domain import listings, merchants
from listings.domain.imports import mapping as mappings
from listings.domain.imports.fields import Note, Unfit
from listings.domain.imports.listing_rows import ListingReader, ListingRow
from listings.domain.imports.merchant_rows import MerchantReader
from listings.domain.listings import Written
from listings.domain.merchants import WrittenMerchants
from listings.enums import ImportKind
from listings.models import AttributeDefinition, Category, CategoryAlias, Listing, Market, Merchant
from listings.queries.registers import lasts_and_counts


class ValueRefused(Refusal):
    """A value cannot be taken. `errors` names the field and the reason."""


def put_listing(
    *, merchant: Merchant, listing_id: str, values: Mapping[str, Any], actor: User | None, at: datetime
) -> tuple[Listing, Written, list[Note]]:
    """Create or replace a listing. Values that cannot be kept are left out and told as notes. Raises ValueRefused."""
    row = read_listing(reader(), merchant_id=merchant.external_id, listing_id=listing_id, values=values)
    listing, written = listings.put(draft=row.draft(merchant.pk), actor=actor, at=at)
    return listing, written, row.notes


def reader() -> ListingReader:
    """What reads listings in the neutral format, with the registers as they are now: one query, unless they have changed."""
    return _reader(_standing())


def read_listing(using: ListingReader, *, merchant_id: str, listing_id: str, values: Mapping[str, Any]) -> ListingRow:
    """Read one listing, as a file's row would be. Raises ValueRefused."""
    try:
        return using.read({**values, "merchant_id": merchant_id, "listing_id": listing_id})
    except Unfit as unfit:
        raise _refused(unfit) from unfit


def put_merchant(
    *, merchant_id: str, values: Mapping[str, Any], actor: User | None, at: datetime
) -> tuple[Merchant, WrittenMerchants, list[Note]]:
    """Create or replace a merchant. Raises ValueRefused."""
    merchant_reader = MerchantReader(mappings.for_columns({"kind": ImportKind.MERCHANTS}, ()))
    try:
        row = merchant_reader.read({**values, "merchant_id": merchant_id})
    except Unfit as unfit:
        raise _refused(unfit) from unfit
    merchant, written = merchants.put(draft=row.draft, actor=actor, at=at)
    return merchant, written, row.notes


@lru_cache(maxsize=1)
def _reader(_standing: tuple[Any, ...]) -> ListingReader:
    return ListingReader(mappings.for_columns({}, ()))


def _standing() -> tuple[Any, ...]:
    """Changes whenever the categories, aliases, markets or attributes do: a reader made before is then stale."""
    return lasts_and_counts(Category, CategoryAlias, Market, AttributeDefinition)


def _refused(unfit: Unfit) -> ValueRefused:
    words = str(unfit.reason.label)
    if suggested := unfit.detail.get("suggestions"):
        codes = ", ".join(code for code, _score in suggested)
        words = _("%(words)s Perhaps: %(codes)s") % {"words": words, "codes": codes}
    return ValueRefused(_("A value cannot be taken; nothing was written."), errors={unfit.column: words})
