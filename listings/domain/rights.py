"""Whether a merchant may offer something new: a projection of the decisions in force, like what shoppers see."""

from datetime import datetime

from django.db import transaction

from listings.events import listing_rights_changed
from listings.models import Merchant


@transaction.atomic
def set_suspended(*, merchant_id: int, since: datetime | None, at: datetime) -> bool:
    """Suspend the right to offer new listings since a moment, or (None) give it back. Returns whether that changed anything.

    What is on sale stays, and may be changed: an import or a call that would add a listing is refused.
    """
    changed = (
        Merchant.objects.filter(pk=merchant_id)
        .exclude(listing_rights_suspended_at=since)
        .update(listing_rights_suspended_at=since, changed_at=at)
    )
    if changed:
        listing_rights_changed.send(Merchant, merchant_id=merchant_id, since=since, at=at)
    return changed > 0
