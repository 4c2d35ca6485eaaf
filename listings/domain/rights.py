"""What a merchant may do: a projection of the decisions in force, like what shoppers see."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from listings.events import rights_changed
from listings.models import Merchant


@dataclass(frozen=True)
class Rights:
    """What is taken from a merchant, each since when; `new_listings_a_day` None is any number.

    Without listing rights nothing new is offered: an import or a call that would add a listing is refused. Of a suspended or
    terminated merchant nothing is on sale.
    """

    listing_rights_suspended_at: datetime | None = None
    new_listings_a_day: int | None = None
    suspended_at: datetime | None = None
    terminated_at: datetime | None = None
    payouts_withheld_at: datetime | None = None


FIELDS = tuple(asdict(Rights()))


def of(merchant: Merchant) -> Rights:
    return Rights(**{name: getattr(merchant, name) for name in FIELDS})


@transaction.atomic
def project(*, merchant_id: int, rights: Rights, at: datetime) -> bool:
    """Make a merchant's row say what is taken from them. Returns whether that changed anything."""
    wanted = asdict(rights)
    differs = Q()
    for name, value in wanted.items():
        differs |= ~Q(**{name: value}) if value is not None else Q(**{f"{name}__isnull": False})
    changed = Merchant.objects.filter(differs, pk=merchant_id).update(**wanted, changed_at=at)
    if changed:
        rights_changed.send(Merchant, merchant_id=merchant_id, rights=rights, at=at)
    return changed > 0
