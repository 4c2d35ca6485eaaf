"""Texts are made anew while merchants write: the newer text stays, nobody waits for the other, nothing is done twice."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from listings.domain import listing_sql, listings, merchants, texts
from listings.domain.drafts import ListingDraft
from listings.models import Listing, ListingVersion
from listings.queries.texts import outdated_version
from listings.tasks import renormalise_texts
from listings.text import NORMALISER_VERSION
from tests.fixtures.workers import Worker

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
def drafts() -> list[ListingDraft]:
    merchant = merchants.create_missing(
        drafts=[merchants.MerchantDraft(external_id="m", name="M", country="DE")], at=NOON
    )["m"]
    made = [ListingDraft(merchant_id=merchant, external_id=str(number), title=f"Lamp {number}") for number in range(3)]
    listings.write(drafts=made, source="t", at=NOON)
    Listing.objects.update(text_version=0, text_base="old", text_skeleton="old")
    return made


def in_another_connection(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def until_somebody_waits(thread: threading.Thread) -> None:
    while thread.is_alive():
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        thread.join(0.02)


def bases() -> list[tuple[str, int]]:
    return list(Listing.objects.order_by("external_id").values_list("text_base", "text_version"))


def test_a_listing_written_between_reading_and_storing_keeps_the_newer_text(drafts: list[ListingDraft]) -> None:
    done: list[texts.Renormalised | None] = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(listing_sql.LOCK)
        thread = in_another_connection(lambda: done.append(texts.renormalise()))
        until_somebody_waits(thread)  # it has read the old words and wants to store what it made of them
        listings.write(drafts=[replace(drafts[1], title="Torch")], source="t", at=NOON)
    thread.join(20)
    assert [(each.read, each.made) for each in done if each] == [(3, 2)]
    assert [base for base, _version in bases()] == ["lamp 0\x1e", "torch\x1e", "lamp 2\x1e"]
    assert outdated_version(NORMALISER_VERSION) is None


def test_so_does_one_that_an_older_release_has_written(drafts: list[ListingDraft]) -> None:
    """Its version is still the old one; that its content is another shows by the hash."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(listing_sql.LOCK)
        thread = in_another_connection(texts.renormalise)
        until_somebody_waits(thread)
        listings.write(drafts=[replace(drafts[1], title="Torch")], source="t", at=NOON)
        Listing.objects.filter(external_id="1").update(text_version=0, text_base="torch of old")
    thread.join(20)
    assert bases()[1] == ("torch of old", 0)
    texts.renormalise()
    assert bases()[1] == ("torch\x1e", NORMALISER_VERSION)


def test_a_listing_that_somebody_holds_is_left_for_a_later_turn(drafts: list[ListingDraft]) -> None:
    done: list[texts.Renormalised | None] = []
    with transaction.atomic():
        Listing.objects.select_for_update(no_key=True).get(external_id="0")
        thread = in_another_connection(lambda: done.append(texts.renormalise()))
        thread.join(20)
        assert not thread.is_alive()  # it has not waited for this transaction
    assert [(each.read, each.made) for each in done if each] == [(3, 2)]
    assert bases() == [("old", 0), ("lamp 1\x1e", NORMALISER_VERSION), ("lamp 2\x1e", NORMALISER_VERSION)]
    texts.renormalise()
    assert bases()[0] == ("lamp 0\x1e", NORMALISER_VERSION)


def test_a_second_worker_leaves_the_work_to_the_first(drafts: list[ListingDraft]) -> None:
    done: list[texts.Renormalised | None] = []
    with transaction.atomic():
        texts.renormalise()
        thread = in_another_connection(lambda: done.append(texts.renormalise()))
        thread.join(20)
        assert not thread.is_alive()
    assert done == [None]
    assert ListingVersion.objects.count() == 3


@pytest.mark.workers
def test_a_worker_passes_the_turn_on_until_all_is_done(drafts: list[ListingDraft], worker: Worker) -> None:
    more = [replace(drafts[0], external_id=f"more {number}", title=f"Lamp {number}") for number in range(texts.CHUNK)]
    listings.write(drafts=more, source="t", at=NOON)
    Listing.objects.update(text_version=0, text_base="old", text_skeleton="old")
    renormalise_texts.delay()
    worker.settle()
    assert outdated_version(NORMALISER_VERSION) is None
    assert Listing.objects.filter(text_base__startswith="lamp").count() == texts.CHUNK + 3
    assert worker.log.read_text().count("texts_renormalised") == 2
