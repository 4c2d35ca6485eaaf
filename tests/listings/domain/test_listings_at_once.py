"""Two connections at once: nothing is lost and change numbers come in the order of the commits."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from listings.domain import listings, merchants
from listings.domain.drafts import ListingDraft
from listings.models import Listing, ListingVersion

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def in_another_connection(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_two_writers_of_one_listing_make_two_versions() -> None:
    merchant = merchants.create_missing(
        drafts=[merchants.MerchantDraft(external_id="m", name="M", country="DE")], at=NOON
    )["m"]
    listings.write(drafts=[ListingDraft(merchant_id=merchant, external_id="a", title="0")], source="t", at=NOON)
    started = threading.Event()

    def second() -> None:
        started.set()
        listings.write(drafts=[ListingDraft(merchant_id=merchant, external_id="a", title="2")], source="two", at=NOON)

    with transaction.atomic():
        listings.write(drafts=[ListingDraft(merchant_id=merchant, external_id="a", title="1")], source="one", at=NOON)
        thread = in_another_connection(second)
        started.wait(10)
        thread.join(0.3)
        assert thread.is_alive()  # it waits for this transaction
    thread.join(20)
    assert not thread.is_alive()
    assert [(version.number, version.content["title"]) for version in ListingVersion.objects.order_by("number")] == [
        (1, "0"),
        (2, "1"),
        (3, "2"),
    ]
    assert Listing.objects.values_list("title", "version").get() == ("2", 3)


def test_two_writers_of_the_same_new_content_make_one_listing() -> None:
    merchant = merchants.create_missing(
        drafts=[merchants.MerchantDraft(external_id="m", name="M", country="DE")], at=NOON
    )["m"]
    draft = ListingDraft(merchant_id=merchant, external_id="a", title="same")
    found: list[listings.Written] = []
    with transaction.atomic():
        first = listings.write(drafts=[draft], source="one", at=NOON)
        thread = in_another_connection(
            lambda: found.append(
                listings.write(
                    drafts=[ListingDraft(merchant_id=merchant, external_id="a", title="same")], source="two", at=NOON
                )
            )
        )
        thread.join(0.3)
    thread.join(20)
    assert (found[0].created, found[0].changed, found[0].ids) == (frozenset(), frozenset(), first.ids)
    assert ListingVersion.objects.count() == 1
