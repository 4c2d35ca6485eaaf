"""What an incremental sweep looks at: listings and merchants of which something has changed, or whose time has come.

It may be more than what a rule will say something else of, never less.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from enforcement.models import PointEntry
from governance.policies.language import Crossing
from listings.models import Certificate, Listing, Merchant, WindowRefresh

LISTING_MOMENTS = {"listing.createdAt": "created_at", "listing.updatedAt": "changed_at"}
MERCHANT_MOMENTS = {"merchant.createdAt": "created_at"}
MERCHANT_DAYS = {"merchant.joinedAt": "joined_on"}
FOUND = frozenset(
    {
        *LISTING_MOMENTS,
        *MERCHANT_MOMENTS,
        *MERCHANT_DAYS,
        *(f"{owner}.certificates.{name}" for owner in ("listing", "merchant") for name in ("validFrom", "validUntil")),
    }
)
"""Moments whose passing is looked up here; a rule that waits for another is read for everything."""


MARGIN = timedelta(minutes=10)
"""What was being written when something began carries an earlier time than that of its commit."""


@dataclass(frozen=True)
class Since:
    """`change`: the listings' mark of the sweep before. From `at` to `until` time has passed since it began."""

    change: int
    at: datetime
    until: datetime

    @classmethod
    def after(cls, change: int, begun: datetime, *, until: datetime) -> "Since":
        """Since something that took its mark and then `begun`, as a sweep or a snapshot does."""
        return cls(change, begun - MARGIN, until)

    def moments(self, field: str, offset: timedelta) -> Q:
        """Moments that have been passed, and a little more."""
        return Q(**{f"{field}__range": (self.at + offset, self.until + offset)})

    def begun(self, field: str, offset: timedelta) -> Q:
        """Days that have begun since."""
        first, last = self._dates(offset)
        return Q(**{f"{field}__gt": first, f"{field}__lte": last})

    def ended(self, field: str, offset: timedelta) -> Q:
        """Days that have ended since."""
        first, last = self._dates(offset)
        return Q(**{f"{field}__gte": first, f"{field}__lt": last})

    def _dates(self, offset: timedelta) -> tuple[date, date]:
        return (self.at + offset).date(), (self.until + offset).date()


def listings(
    since: Since,
    *,
    crossings: Collection[Crossing],
    needs: Collection[str],
    between: tuple[int, int] | None = None,
) -> list[int]:
    """Keys, in order: changed listings, those with another certificate or one whose time has come, and those of touched merchants.

    `between` two keys only, both included, where it is given.
    """
    of_merchants = _merchants(since, crossings, needs)
    chosen = Listing.objects.all() if between is None else Listing.objects.filter(pk__range=between)
    certified = _certificates(since, crossings).filter(listing__isnull=False)
    if between is not None:
        certified = certified.filter(listing__gte=between[0], listing__lte=between[1])
    found = [
        chosen.filter(change__gt=since.change).values("pk"),
        certified.values("listing_id"),
        chosen.filter(merchant__in=of_merchants).values("pk"),
    ]
    found += [
        chosen.filter(since.moments(LISTING_MOMENTS[each.path], each.offset)).values("pk")
        for each in crossings
        if each.path in LISTING_MOMENTS
    ]
    return _keys(found)


def merchants(since: Since, *, crossings: Collection[Crossing], needs: Collection[str]) -> list[int]:
    """Keys, in order. Where a merchant's listings are on sale decides which policies apply to them."""
    offering = Listing.objects.filter(change__gt=since.change).values("merchant_id")
    return _keys([_merchants(since, crossings, needs), offering])


def _merchants(since: Since, crossings: Collection[Crossing], needs: Collection[str]) -> QuerySet[Any, Any]:
    changed = Q(changed_at__gt=since.at)
    for each in crossings:
        if each.path in MERCHANT_MOMENTS:
            changed |= since.moments(MERCHANT_MOMENTS[each.path], each.offset)
        elif each.path in MERCHANT_DAYS:
            changed |= since.begun(MERCHANT_DAYS[each.path], each.offset)
    if "merchant.traderVerified" in needs:
        changed |= since.begun("identity__verified_on", timedelta())
    certified = _certificates(since, crossings).filter(listing__isnull=True)
    changed |= Q(pk__in=certified.values("merchant_id"))
    if "merchant.points" in needs:
        moved = Q(entered_at__gt=since.at) | since.moments("lapses_at", timedelta())
        changed |= Q(pk__in=PointEntry.objects.filter(moved).values("merchant_id"))
    return Merchant.objects.filter(changed).values("pk")


def _certificates(since: Since, crossings: Iterable[Crossing]) -> QuerySet[Certificate]:
    touched = Q(changed_at__gt=since.at)
    for path, offset in {(each.path, each.offset) for each in crossings}:
        name = path.rpartition(".certificates.")[2]
        if name == "validFrom":
            touched |= since.begun("valid_from", offset)
        elif name == "validUntil":
            touched |= since.ended("valid_until", offset)
    return Certificate.objects.filter(touched)


def measured_again(since: Since) -> bool:
    """Whether metrics were summed up anew: that writes all windows, so what changed in them is not looked up."""
    return WindowRefresh.objects.filter(ended_at__gt=since.at).exists()


def _keys(found: list[QuerySet[Any, Any]]) -> list[int]:
    first, *others = (several.order_by() for several in found)
    return sorted(key for row in first.union(*others) for key in row.values())
