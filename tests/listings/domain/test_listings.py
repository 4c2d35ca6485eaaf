from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from governance.audit.models import Entry
from governance.web.refusals import MoveRefused
from listings.domain import listings, merchants
from listings.domain.drafts import CertificateDraft, ListingDraft
from listings.enums import ListingState
from listings.events import listings_changed
from listings.models import Certificate, ExchangeRate, Listing, ListingImage, ListingVersion, Merchant

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def nordlicht() -> Merchant:
    merchants.write(drafts=[merchants.MerchantDraft(external_id="nl", name="Nordlicht", country="DE")], at=NOON)
    return Merchant.objects.get()


@pytest.fixture
def magnets(nordlicht: Merchant) -> ListingDraft:
    return ListingDraft(
        merchant_id=nordlicht.pk,
        external_id="M-512",
        title="512 Magnetkugeln 🧲",
        description="Für Kinder",
        language="de",
        price_minor=3150,
        currency="EUR",
        markets=("DE", "FR"),
        attributes={"pieces": 512.0, "color": 'schwarz, "matt"'},
        images=("https://example.test/a.jpg", "https://example.test/b.jpg"),
        certificates=(CertificateDraft("CE", "123", valid_until=date(2027, 1, 1)),),
    )


def test_a_new_listing_has_version_one_and_all_its_parts(magnets: ListingDraft) -> None:
    written = listings.write(drafts=[magnets], source="import:1", at=NOON)
    listing = Listing.objects.get()
    assert written.created == {magnets.key}
    assert written.changed_ids == [listing.pk]
    assert (listing.version, listing.change) == (1, written.mark)
    assert listing.attributes == {"pieces": 512.0, "color": 'schwarz, "matt"'}
    assert listing.markets == ["DE", "FR"]
    assert listing.price_eur == Decimal("31.50")
    assert listing.text_base.split("\x1e")[0] == "512 magnetkugeln 🧲"
    assert list(ListingImage.objects.order_by("position").values_list("url", flat=True)) == list(magnets.images)
    assert Certificate.objects.values_list("merchant", "type", "number").get() == (magnets.merchant_id, "CE", "123")
    version = ListingVersion.objects.get()
    assert (version.number, version.source, version.content["title"]) == (1, "import:1", "512 Magnetkugeln 🧲")


def test_the_same_again_changes_nothing(magnets: ListingDraft) -> None:
    first = listings.write(drafts=[magnets], source="import:1", at=NOON)
    again = listings.write(drafts=[replace(magnets)], source="import:2", at=LATER)
    assert (again.created, again.changed, again.mark) == (frozenset(), frozenset(), 0)
    assert again.ids == first.ids
    assert Listing.objects.get().changed_at == NOON
    assert ListingVersion.objects.count() == 1


def test_a_difference_makes_a_new_version_and_replaces_the_parts(magnets: ListingDraft) -> None:
    first = listings.write(drafts=[magnets], source="import:1", at=NOON)
    ListingImage.objects.update(sha256="ab" * 32)
    changed = replace(
        magnets,
        images=("https://example.test/a.jpg",),
        certificates=(CertificateDraft("EN71", "9"),),
    )
    second = listings.write(drafts=[changed], source="import:2", at=LATER)
    listing = Listing.objects.get()
    assert (second.created, second.changed) == (frozenset(), {magnets.key})
    assert (listing.version, listing.created_at, listing.changed_at) == (2, NOON, LATER)
    assert listing.change == second.mark
    assert second.mark > first.mark
    assert [(image.url, image.sha256) for image in ListingImage.objects.all()] == [
        ("https://example.test/a.jpg", "ab" * 32)
    ]
    assert list(Certificate.objects.values_list("type", "number")) == [("EN71", "9")]
    assert list(ListingVersion.objects.order_by("number").values_list("number", "source")) == [
        (1, "import:1"),
        (2, "import:2"),
    ]


def test_a_price_in_another_currency_is_in_euro_at_the_day_s_rate(magnets: ListingDraft) -> None:
    ExchangeRate.objects.create(currency="KWD", date=date(2026, 1, 1), per_eur="0.335")
    listings.write(drafts=[replace(magnets, price_minor=1250, currency="KWD")], source="t", at=NOON)
    assert Listing.objects.get().price_eur == Decimal("3.73")


def test_without_a_rate_there_is_no_price_in_euro(magnets: ListingDraft) -> None:
    listings.write(drafts=[replace(magnets, currency="XTS")], source="t", at=NOON)
    assert Listing.objects.values_list("price_minor", "price_eur").get() == (3150, None)


def test_two_drafts_of_one_listing_are_a_mistake_of_the_caller(magnets: ListingDraft) -> None:
    with pytest.raises(listings.DuplicateKeys):
        listings.write(drafts=[magnets, magnets], source="t", at=NOON)


def test_the_event_names_what_changed(magnets: ListingDraft, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[tuple[list[int], int]] = []

    def hear(listing_ids: list[int], mark: int, **_kwargs: object) -> None:
        heard.append((listing_ids, mark))

    listings_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            written = listings.write(drafts=[magnets], source="t", at=NOON)
            listings.write(drafts=[magnets], source="t", at=NOON)
    finally:
        listings_changed.disconnect(hear)
    assert heard == [(written.changed_ids, written.mark)]


def test_put_is_logged_when_it_changes_something(magnets: ListingDraft) -> None:
    listings.put(draft=magnets, actor=None, at=NOON)
    listings.put(draft=magnets, actor=None, at=LATER)
    listings.put(draft=replace(magnets, title="x"), actor=None, at=LATER)
    assert list(Entry.objects.order_by("id").values_list("verb", flat=True)) == ["listing.create", "listing.change"]


def test_end_takes_it_off_sale_and_the_next_import_puts_it_back(magnets: ListingDraft) -> None:
    listings.write(drafts=[magnets], source="t", at=NOON)
    listing = listings.end(listing=Listing.objects.get(), actor=None, reason="sold out", at=LATER)
    assert (listing.state, listing.version) == (ListingState.ENDED, 2)
    with pytest.raises(MoveRefused):
        listings.end(listing=listing, actor=None, reason="again", at=LATER)
    listings.write(drafts=[magnets], source="t", at=LATER)
    assert Listing.objects.values_list("state", "version").get() == (ListingState.ON_SALE, 3)
    assert [version.content["state"] for version in ListingVersion.objects.order_by("number")] == [
        "on_sale",
        "ended",
        "on_sale",
    ]


def test_draft_of_leaves_a_listing_as_it_is(magnets: ListingDraft) -> None:
    listings.write(drafts=[magnets], source="t", at=NOON)
    assert listings.draft_of(Listing.objects.get()).content == magnets.content


def test_text_that_looks_like_copy_s_null_or_sql_stays_text(magnets: ListingDraft) -> None:
    nasty = ["\\N", "\\.", '"; DROP TABLE listings_listing; --', "a\r\nb\tc", "{}", ""]
    drafts = [replace(magnets, external_id=f"n{place}", title=text) for place, text in enumerate(nasty)]
    listings.write(drafts=drafts, source="t", at=NOON)
    assert list(Listing.objects.order_by("external_id").values_list("title", flat=True)) == nasty
