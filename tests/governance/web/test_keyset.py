"""Pages put end to end are the plain sort, forwards and backwards, whatever ties and nulls there are."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, OrderBy, QuerySet
from django.db.models.functions import Length
from django.test.utils import CaptureQueriesContext

from governance.accounts.models import User
from governance.audit.models import Entry
from governance.web.keyset import BrokenCursor, KeysetPage, page

START = datetime(2026, 11, 1, 8, 0, 0, 123456, tzinfo=UTC)
Order = list[str | OrderBy]
ROWS = 24


@pytest.fixture
def log(db: None) -> QuerySet[Entry]:
    """Entries with many ties, and nulls in a column, in a joined one and in an annotation."""
    draw = random.Random(7)
    people = [
        User.objects.create_user(f"person{n}", f"person{n}@example.org", pseudonym=f"Moderator K{n}") for n in range(3)
    ]
    Entry.objects.bulk_create(
        Entry(
            at=START + timedelta(hours=draw.randrange(4)),
            actor=draw.choice([None, *people]),
            actor_label="x" * draw.randrange(1, 4),
            verb=draw.choice(["case.closed", "case.opened", "décision.prise".replace("é", "e")]),
            subject_kind="case",
            subject_id=draw.choice([None, 1, 2, 3]),
        )
        for _ in range(ROWS)
    )
    return Entry.objects.annotate(width=Length("actor_label")).select_related("actor")


def forwards(rows: QuerySet[Any], order: Order, size: int) -> list[KeysetPage]:
    pages = [page(rows, order=order, size=size)]
    while (cursor := pages[-1].next) is not None:
        pages.append(page(rows, order=order, cursor=cursor, size=size))
    return pages


def backwards(rows: QuerySet[Any], order: Order, size: int, last: KeysetPage) -> list[KeysetPage]:
    pages = [last]
    while (cursor := pages[0].previous) is not None:
        pages.insert(0, page(rows, order=order, cursor=cursor, size=size))
    return pages


def ids(pages: list[KeysetPage]) -> list[int]:
    return [row.pk for each in pages for row in each.rows]


COLUMNS: list[str] = ["at", "subject_id", "actor__pseudonym", "width", "verb"]
SIGNS = ("", "-")
MIXED: list[Order] = [
    [f"{one}{a}", f"{two}{b}", f"{three}id"]
    for a, b in itertools.permutations(COLUMNS, 2)
    for one, two, three in itertools.product(SIGNS, repeat=3)
]
NULLS: list[Order] = [
    [F("subject_id").asc(nulls_first=True), "id"],
    [F("subject_id").desc(nulls_last=True), "-at", "pk"],
    ["-verb", F("actor__pseudonym").asc(nulls_last=True), F("subject_id").asc(nulls_first=True), "-pk"],
    ["id"],
    ["-pk"],
]


@pytest.mark.parametrize("order", MIXED + NULLS, ids=str)
def test_pages_put_end_to_end_are_the_plain_sort(log: QuerySet[Entry], order: Order) -> None:
    plain = [row.pk for row in log.order_by(*order)]
    for size in (1, 7, ROWS):
        pages = forwards(log, order, size)
        assert ids(pages) == plain
        assert {len(each.rows) for each in pages[:-1]} <= {size}
        assert ids(backwards(log, order, size, pages[-1])) == plain


def test_every_page_is_one_query_and_knows_its_neighbours(log: QuerySet[Entry]) -> None:
    first = page(log, order=["-at", "-id"], size=10)
    assert first.previous is None
    with CaptureQueriesContext(
        connection,
    ) as asked:
        second = page(log, order=["-at", "-id"], cursor=first.next, size=10)
        again = page(log, order=["-at", "-id"], cursor=second.previous, size=10)
        third = page(log, order=["-at", "-id"], cursor=second.next, size=10)
    assert len(asked) == 3
    assert [row.pk for row in again.rows] == [row.pk for row in first.rows]
    assert (again.previous, len(third.rows), third.next) == (None, 4, None)


def test_rows_of_values_page_like_objects(log: QuerySet[Entry]) -> None:
    order: Order = ["-subject_id", "id"]
    rows = log.values("id", "subject_id")
    found = [row["id"] for each in forwards(rows, order, 5) for row in each.rows]
    assert found == [row.pk for row in log.order_by(*order)]


def test_a_plain_order_is_compared_as_one_row_so_that_its_index_answers(log: QuerySet[Entry]) -> None:
    first = page(log, order=["-at", "-id"], size=5)
    with CaptureQueriesContext(connection) as asked:
        page(log, order=["-at", "-id"], cursor=first.next, size=5)
    assert '("audit_entry"."at", "audit_entry"."id") <' in asked[0]["sql"]


def test_a_row_that_arrives_or_goes_between_two_pages_neither_repeats_nor_hides_another(log: QuerySet[Entry]) -> None:
    order: Order = ["-at", "-id"]
    plain = [row.pk for row in log.order_by(*order)]
    first = page(log, order=order, size=5)
    Entry.objects.create(at=START + timedelta(days=1), actor_label="x", verb="case.opened", subject_kind="case")
    second = page(log, order=order, cursor=first.next, size=5)
    assert [row.pk for row in second.rows] == plain[5:10]


def test_the_way_back_from_a_page_that_emptied(log: QuerySet[Entry]) -> None:
    order: Order = ["id"]
    first = page(log, order=order, size=20)
    shrunk = log.filter(pk__lte=first.rows[-1].pk)
    emptied = page(shrunk, order=order, cursor=first.next, size=20)
    assert (emptied.rows, emptied.next) == ([], None)
    assert [row.pk for row in page(shrunk, order=order, cursor=emptied.previous, size=20).rows] == [
        row.pk for row in first.rows
    ]
    nothing = page(log.none(), order=order, cursor=emptied.previous, size=20)
    assert nothing == KeysetPage([], None, None)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cursor: cursor[:-1],
        lambda cursor: "x" + cursor,
        lambda cursor: cursor.replace(":", ""),
        lambda cursor: "1",
        lambda cursor: "\x00",
        lambda cursor: "é" * 20,
        lambda cursor: cursor.swapcase(),
    ],
)
def test_a_spoilt_cursor_is_refused(log: QuerySet[Entry], spoil: Any) -> None:
    cursor = page(log, order=["-at", "-id"], size=5).next
    assert cursor is not None
    with pytest.raises(BrokenCursor, match="incomplete or belongs to another sorting"):
        page(log, order=["-at", "-id"], cursor=spoil(cursor), size=5)


def test_a_cursor_of_another_order_is_refused(log: QuerySet[Entry]) -> None:
    cursor = page(log, order=["-at", "-id"], size=5).next
    with pytest.raises(BrokenCursor):
        page(log, order=["at", "id"], cursor=cursor, size=5)


@pytest.mark.parametrize("order", [[], ["-at"], ["id", "at"], [F("at").asc()]])
def test_an_order_that_is_not_total_is_a_programmers_error(log: QuerySet[Entry], order: Order) -> None:
    with pytest.raises(ValueError, match="ends with the primary key"):
        page(log, order=order)
