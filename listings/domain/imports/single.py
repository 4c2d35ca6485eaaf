"""One listing or merchant at a time, in the neutral format, through the same checks as a file."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.web.refusals import Refusal
from listings.domain import listings, merchants
from listings.domain.imports import mapping as mappings
from listings.domain.imports.fields import Note, Unfit
from listings.domain.imports.listing_rows import ListingReader
from listings.domain.imports.merchant_rows import MerchantReader
from listings.domain.listings import Written
from listings.domain.merchants import WrittenMerchants
from listings.enums import ImportKind
from listings.models import AttributeDefinition, Category, CategoryAlias, Listing, Market, Merchant


class ValueRefused(Refusal):
    """A value cannot be taken. `errors` names the field and the reason."""


def put_listing(
    *, merchant: Merchant, listing_id: str, values: Mapping[str, Any], actor: User | None, at: datetime
) -> tuple[Listing, Written, list[Note]]:
    """Create or replace a listing. Values that cannot be kept are left out and told as notes. Raises ValueRefused."""
    try:
        row = _reader(_standing()).read({**values, "merchant_id": merchant.external_id, "listing_id": listing_id})
    except Unfit as unfit:
        raise _refused(unfit) from unfit
    listing, written = listings.put(draft=row.draft(merchant.pk), actor=actor, at=at)
    return listing, written, row.notes


def put_merchant(
    *, merchant_id: str, values: Mapping[str, Any], actor: User | None, at: datetime
) -> tuple[Merchant, WrittenMerchants, list[Note]]:
    """Create or replace a merchant. Raises ValueRefused."""
    reader = MerchantReader(mappings.for_columns({"kind": ImportKind.MERCHANTS}, ()))
    try:
        row = reader.read({**values, "merchant_id": merchant_id})
    except Unfit as unfit:
        raise _refused(unfit) from unfit
    merchant, written = merchants.put(draft=row.draft, actor=actor, at=at)
    return merchant, written, row.notes


@lru_cache(maxsize=1)
def _reader(_standing: tuple[Any, ...]) -> ListingReader:
    return ListingReader(mappings.for_columns({}, ()))


def _standing() -> tuple[Any, ...]:
    """Changes whenever the categories, aliases, markets or attributes do: a reader made before is then stale."""
    return tuple(
        tuple(model.objects.aggregate(last=Max("pk"), count=Count("pk")).values())
        for model in (Category, CategoryAlias, Market, AttributeDefinition)
    )


def _refused(unfit: Unfit) -> ValueRefused:
    words = str(unfit.reason.label)
    if suggested := unfit.detail.get("suggestions"):
        codes = ", ".join(code for code, _score in suggested)
        words = _("%(words)s Perhaps: %(codes)s") % {"words": words, "codes": codes}
    return ValueRefused(_("A value cannot be taken; nothing was written."), errors={unfit.column: words})
