from dataclasses import replace
from datetime import UTC, datetime

import pytest

from listings.domain import listings, merchants, orders
from listings.domain.drafts import ListingDraft
from listings.models import Market, OrderLine

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_order_lines_go_in_once_by_order_and_line() -> None:
    Market.objects.create(code="DE", region="eu", currency="EUR", languages=["de"], working_days=[1, 2, 3, 4, 5])
    merchant = merchants.create_missing(
        drafts=[merchants.MerchantDraft(external_id="m", name="M", country="DE")], at=NOON
    )["m"]
    draft = ListingDraft(merchant_id=merchant, external_id="a")
    listing = listings.write(drafts=[draft], source="t", at=NOON).ids[draft.key]
    line = orders.Line(
        order_id="o",
        line=1,
        listing_id=listing,
        market="DE",
        ordered_at=NOON,
        quantity=2,
        amount_minor=500,
        currency="EUR",
    )
    other = replace(line, line=2, buyer="b-1")
    assert orders.write(lines=[line, other]).created == {("o", 1), ("o", 2)}
    assert orders.write(lines=[line, other]) == orders.WrittenLines(frozenset(), frozenset())
    assert orders.write(lines=[replace(line, quantity=3)]).changed == {("o", 1)}
    assert list(OrderLine.objects.order_by("line").values_list("line", "quantity", "buyer")) == [
        (1, 3, ""),
        (2, 2, "b-1"),
    ]
