from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from governance.celery import app
from listings.domain import listings, merchants, texts
from listings.domain.drafts import ListingDraft
from listings.models import Listing, ListingVersion
from listings.tasks import renormalise_texts
from listings.text import NORMALISER_VERSION, ListingText

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OLD = NORMALISER_VERSION - 1


@pytest.fixture
def merchant() -> int:
    drafts = [merchants.MerchantDraft(external_id="m", name="M", country="DE")]
    return merchants.create_missing(drafts=drafts, at=NOON)["m"]


@pytest.fixture
def knives(merchant: int) -> list[int]:
    """Five listings, each with its words in all three zones."""
    drafts = [
        ListingDraft(
            merchant_id=merchant,
            external_id=f"K-{number}",
            title=f"K-n-1-f-e no. {number}",
            description="Für die Küche",
            attributes={"material": "Édelstahl", "pieces": 2.0, "colours": ["red", "blau"]},
        )
        for number in range(5)
    ]
    return listings.write(drafts=drafts, source="t", at=NOON).changed_ids


def rows() -> list[tuple[Any, ...]]:
    return list(Listing.objects.order_by("pk").values_list())


def marks() -> dict[int, int]:
    return dict(Listing.objects.values_list("pk", "change"))


def outdate(*keys: int, **texts_: str) -> None:
    Listing.objects.filter(pk__in=keys).update(text_version=OLD, **texts_)


def test_texts_of_another_version_are_made_as_a_write_would_make_them(knives: list[int]) -> None:
    fresh = list(Listing.objects.order_by("pk").values_list("text_base", "text_skeleton", "text_version"))
    outdate(*knives, text_base="old", text_skeleton="old")
    done = texts.renormalise()
    assert done == texts.Renormalised(was=OLD, first=knives[0], last=knives[-1], read=5, made=5, differing=5)
    assert list(Listing.objects.order_by("pk").values_list("text_base", "text_skeleton", "text_version")) == fresh
    first = Listing.objects.get(external_id="K-0")
    assert first.text_skeleton.startswith("knife no. 0\x1efur die kuche\x1ered, blau\x1eedelstahl")


@pytest.mark.parametrize("version", [0, NORMALISER_VERSION - 1, NORMALISER_VERSION + 1])
def test_any_other_version_is_outdated(knives: list[int], version: int) -> None:
    Listing.objects.filter(pk=knives[2]).update(text_version=version)
    done = texts.renormalise()
    assert done is not None
    assert (done.was, done.first, done.last, done.made) == (version, knives[2], knives[2], 1)
    assert texts.renormalise() is None


def test_run_twice_changes_nothing(knives: list[int]) -> None:
    outdate(*knives, text_base="old")
    texts.renormalise()
    before = rows()
    assert texts.renormalise() is None
    assert rows() == before


def test_it_goes_on_chunk_by_chunk_from_the_lowest_key(knives: list[int]) -> None:
    outdate(*knives)
    chunks = [texts.renormalise(limit=2) for _ in range(4)]
    assert [(chunk.first, chunk.last, chunk.made) for chunk in chunks if chunk] == [
        (knives[0], knives[1], 2),
        (knives[2], knives[3], 2),
        (knives[4], knives[4], 1),
    ]
    assert chunks[3] is None


def test_it_is_no_change_of_content(knives: list[int]) -> None:
    kept = ("version", "content_hash", "changed_at", "title", "attributes")
    before = list(Listing.objects.order_by("pk").values_list(*kept))
    outdate(*knives, text_base="old")
    texts.renormalise()
    assert list(Listing.objects.order_by("pk").values_list(*kept)) == before
    assert ListingVersion.objects.count() == 5


def test_only_a_listing_that_reads_differently_is_looked_at_again(knives: list[int]) -> None:
    before = marks()
    outdate(*knives)
    outdate(knives[1], text_base="old")
    outdate(knives[3], text_skeleton="old")
    done = texts.renormalise()
    assert done is not None
    assert (done.made, done.differing) == (5, 2)
    after = marks()
    assert {pk for pk in knives if after[pk] != before[pk]} == {knives[1], knives[3]}
    assert min(after[knives[1]], after[knives[3]]) > max(before.values())


def test_texts_that_a_merchant_wrote_against_the_database_arrive_as_they_are(merchant: int) -> None:
    nasty = ["\\N", "\\.", '"; DROP TABLE listings_listing; --', "a\r\nb\tc", "{}", "", "ﷺ 🔫 \u200b\u202e"]
    drafts = [
        ListingDraft(merchant_id=merchant, external_id=str(number), title=title) for number, title in enumerate(nasty)
    ]
    ids = listings.write(drafts=drafts, source="t", at=NOON).ids
    outdate(*ids.values(), text_base="old")
    texts.renormalise()
    for draft in drafts:
        stored = Listing.objects.values_list("text_base", "text_skeleton").get(pk=ids[draft.key])
        text = ListingText(draft.title, "").normalised
        assert stored == (text.base, text.skeleton)


def test_a_listing_that_changes_before_its_turn_is_left_alone(knives: list[int]) -> None:
    outdate(*knives)
    listings.write(
        drafts=[replace(listings.draft_of(Listing.objects.get(pk=knives[0])), title="x")], source="t", at=NOON
    )
    done = texts.renormalise()
    assert done is not None
    assert (done.first, done.made) == (knives[1], 4)
    assert Listing.objects.values_list("title", "version").get(pk=knives[0]) == ("x", 2)


def test_that_there_is_nothing_to_do_is_known_from_the_index(merchant: int) -> None:
    drafts = [ListingDraft(merchant_id=merchant, external_id=str(number), title="Lamp") for number in range(2_000)]
    listings.write(drafts=drafts, source="t", at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE listings_listing")
        question = plan(cursor, "SELECT min(text_version), max(text_version) FROM listings_listing")
        chunk = plan(cursor, "SELECT id, title FROM listings_listing WHERE text_version = 1 ORDER BY id LIMIT 10")
    assert question.count("using listing_by_text_version") == question.count("Limit") == 2
    assert "using listing_by_text_version" in chunk
    assert "Sort" not in chunk


def plan(cursor: CursorWrapper, query: str) -> str:
    cursor.execute(f"EXPLAIN {query}")
    return "\n".join(line for (line,) in cursor.fetchall())


def test_one_turn_looks_once_when_there_is_nothing_to_do(knives: list[int], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1 + 2):  # the question, and this test's savepoint around it
        assert texts.renormalise() is None


def test_beat_sends_it_to_the_workers_of_the_long_work() -> None:
    sent = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert renormalise_texts.name in sent
    assert set(sent) - {"celery.backend_cleanup"} <= set(app.tasks)
    assert settings.CELERY_TASK_ROUTES[renormalise_texts.name] == {"queue": "sweeps"}
