from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from listings.domain import listings, merchants, metrics
from listings.domain.drafts import ListingDraft
from listings.domain.metrics import Day
from listings.models import ListingMetric, ListingWindow, MerchantWindow, WindowRefresh

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOON.date()


@pytest.fixture
def ids() -> list[int]:
    """Two listings of one merchant."""
    merchant = merchants.create_missing(
        drafts=[merchants.MerchantDraft(external_id="m", name="M", country="DE")], at=NOON
    )["m"]
    drafts = [ListingDraft(merchant_id=merchant, external_id=name) for name in "ab"]
    written = listings.write(drafts=drafts, source="t", at=NOON)
    return [written.ids[draft.key] for draft in drafts]


def test_days_are_set_and_set_again(ids: list[int]) -> None:
    day = Day(
        listing_id=ids[0], date=TODAY, visits=5, revenue_eur=Decimal("9.50"), returns_by_reason={"broken": 2, "late": 1}
    )
    assert metrics.write(days=[day]).created == {day.key}
    assert metrics.write(days=[day]) == metrics.WrittenDays(frozenset(), frozenset())
    assert metrics.write(days=[replace(day, visits=6)]).changed == {day.key}
    assert ListingMetric.objects.values_list("visits", "returns", "returns_by_reason", "revenue_eur").get() == (
        6,
        3,
        {"broken": 2, "late": 1},
        Decimal("9.50"),
    )


def test_windows_count_whole_days_before_the_day_asked_for(ids: list[int]) -> None:
    ago = {days: TODAY - timedelta(days=days) for days in (0, 1, 7, 8, 30, 31, 90, 91)}
    metrics.write(
        days=[Day(listing_id=ids[0], date=day, visits=10**place, orders=1) for place, day in enumerate(ago.values())]
    )
    metrics.write(days=[Day(listing_id=ids[1], date=ago[1], visits=5, rating_sum=9, rating_count=2)])
    metrics.refresh_windows(TODAY)
    assert list(
        ListingWindow.objects.order_by("listing", "days").values_list("listing", "days", "visits", "orders")
    ) == [
        (ids[0], 7, 110, 2),
        (ids[0], 30, 11_110, 4),
        (ids[0], 90, 1_111_110, 6),
        (ids[1], 7, 5, 0),
        (ids[1], 30, 5, 0),
        (ids[1], 90, 5, 0),
    ]
    assert list(MerchantWindow.objects.order_by("days").values_list("days", "visits", "rating_sum", "as_of")) == [
        (7, 115, 9, TODAY),
        (30, 11_115, 9, TODAY),
        (90, 1_111_115, 9, TODAY),
    ]


def test_windows_without_days_any_more_go(ids: list[int]) -> None:
    metrics.write(days=[Day(listing_id=ids[0], date=date(2026, 11, 20), visits=1)])
    metrics.refresh_windows(TODAY)
    metrics.refresh_windows(TODAY + timedelta(days=30))
    assert WindowRefresh.objects.get().as_of == TODAY + timedelta(days=30)
    assert list(ListingWindow.objects.values_list("days", flat=True)) == [90]
    assert list(MerchantWindow.objects.values_list("days", flat=True)) == [90]
