"""What a batch costs the database does not grow with the square of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from listings.domain import listing_sql, listings, merchants
from listings.domain.drafts import ListingDraft
from listings.models import Merchant

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BATCH = 2_000


@pytest.mark.parametrize("a_day", [None, 30_000])
def test_a_new_listing_is_looked_at_once_however_many_come_with_it(a_day: int | None) -> None:
    merchants.write(drafts=[merchants.MerchantDraft(external_id="nl", name="Nordlicht", country="DE")], at=NOON)
    merchant = Merchant.objects.get()
    Merchant.objects.update(new_listings_a_day=a_day)
    drafts = [
        ListingDraft(merchant_id=merchant.pk, external_id=str(number), title=f"Lamp {number}", price_minor=100,
                     currency="EUR", markets=("DE",))
        for number in range(BATCH)
    ]  # fmt: skip
    listings.write(drafts=drafts, source="import:1", at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE listings_listing")
    plans: list[Any] = []
    with connection.execute_wrapper(_explaining(listing_sql.INSERT, plans)):
        listings.write(
            drafts=[replace(each, external_id=f"n{each.external_id}") for each in drafts], source="i", at=NOON
        )
    assert max(_loops(plans[0])) <= BATCH


def _explaining(statement: str, plans: list[Any]) -> Any:
    """Explains the statement, takes back what that did, and runs it."""

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql == statement:
            with transaction.atomic(), connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                found = cursor.fetchone()[0]
                plans.append((found if isinstance(found, list) else json.loads(found))[0]["Plan"])
                transaction.set_rollback(True)
        return execute(sql, params, many, context)

    return run


def _loops(plan: dict[str, Any]) -> list[int]:
    return [int(plan["Actual Loops"]), *(count for each in plan.get("Plans", ()) for count in _loops(each))]
