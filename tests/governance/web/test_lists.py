import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from governance.accounts.models import SavedView, User
from governance.web import markets

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.governance.web.pages")]


@pytest.fixture
def nadia(client: Client) -> User:
    """A manager, signed in."""
    user = User.objects.create_user("nadia", "nadia@example.org", pseudonym="Manager M4")
    client.force_login(user)
    return user


@pytest.fixture
def keep(nadia: User) -> Callable[[int], list[SavedView]]:
    def keep(count: int) -> list[SavedView]:
        return SavedView.objects.bulk_create(
            SavedView(
                user=nadia,
                page=("cases", "sweeps")[i % 2],
                name=f"View {i:02}",
                query="=1+1",
                created_at=AT - timedelta(hours=i),
            )
            for i in range(count)
        )

    return keep


def names(response: Any) -> list[str]:
    return [row.name for row in response.context["page"].rows]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_whatever_its_rows(
    client: Client,
    keep: Callable[[int], list[SavedView]],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    keep(count)
    client.get("/views/")
    with django_assert_num_queries(5):  # session, person, roles, rows, saved views
        assert len(names(client.get("/views/"))) == count


def test_only_who_may_comes_in(client: Client, keep: Callable[[int], list[SavedView]]) -> None:
    keep(1)
    assert client.get("/closed/").status_code == 403
    client.logout()
    assert client.get("/views/").headers["Location"] == "/accounts/login/?next=/views/"


def test_pages_follow_each_other_and_come_back(client: Client, keep: Callable[[int], list[SavedView]]) -> None:
    keep(23)
    first = client.get("/views/")
    second = client.get("/views/", {"cursor": first.context["page"].next})
    back = client.get("/views/", {"cursor": second.context["page"].previous})
    assert (names(first)[0], names(second)[0], names(back)) == ("View 00", "View 10", names(first))


def test_a_broken_cursor_shows_the_first_rows(client: Client, keep: Callable[[int], list[SavedView]]) -> None:
    keep(3)
    assert names(client.get("/views/", {"cursor": "cut"})) == ["View 00", "View 01", "View 02"]


def test_filters_are_remembered_until_they_are_cleared(client: Client, keep: Callable[[int], list[SavedView]]) -> None:
    keep(4)
    assert names(client.get("/views/", {"page": "sweeps", "q": ""})) == ["View 01", "View 03"]
    assert client.get("/views/").headers["Location"] == "/views/?page=sweeps"
    assert client.get("/views/?clear").headers["Location"] == "/views/"
    assert len(names(client.get("/views/"))) == 4


def test_a_wrong_filter_is_named_and_left_out(client: Client, keep: Callable[[int], list[SavedView]]) -> None:
    keep(2)
    response = client.get("/views/", {"page": "nowhere"})
    assert len(names(response)) == 2
    assert "A filter was not understood and is left out." in response.content.decode()


def test_sorting_takes_only_what_a_column_offers(client: Client, keep: Callable[[int], list[SavedView]]) -> None:
    keep(3)
    assert names(client.get("/views/", {"sort": "name"})) == ["View 00", "View 01", "View 02"]
    assert names(client.get("/views/", {"sort": "-name"})) == ["View 02", "View 01", "View 00"]
    assert names(client.get("/views/", {"sort": "user__password"})) == ["View 00", "View 01", "View 02"]


def test_the_count_is_a_request_of_its_own(
    client: Client, keep: Callable[[int], list[SavedView]], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(12)
    assert client.get("/views/", {"count": "1", "page": "cases"}).content == b"6 found"
    monkeypatch.setattr("governance.web.lists.COUNTED_UP_TO", 5)
    assert client.get("/views/", {"count": "1"}).content == b"more than 5 found"


def test_columns_are_chosen_and_kept(client: Client, keep: Callable[[int], list[SavedView]]) -> None:
    keep(1)
    assert "Filters" not in [head.column.label for head in client.get("/views/").context["heads"]]
    client.post("/views/", {"columns": ["", "name", "query"]})
    response = client.get("/views/")
    assert [head.column.label for head in response.context["heads"]] == ["Name", "Filters"]
    assert response.content.decode().count("<td") == 3


def test_csv_has_exactly_what_the_filter_shows(client: Client, keep: Callable[[int], list[SavedView]]) -> None:
    keep(25)
    response = client.get("/views/", {"export": "csv", "page": "cases"})
    rows = list(csv.reader(io.StringIO(body(response).decode("utf-8-sig"))))
    assert rows[0] == ["Name", "List", "Owner", "Kept"]
    assert [row[0] for row in rows[1:]] == [f"View {i:02}" for i in range(0, 25, 2)]
    assert rows[1][2:] == ["Manager M4", "2026-11-20T09:00:00+00:00"]


def test_xlsx_holds_numbers_dates_and_no_formulas(client: Client, keep: Callable[[int], list[SavedView]]) -> None:
    views = keep(2)
    SavedView.objects.filter(pk=views[0].pk).update(name="=HYPERLINK(1)")
    book = openpyxl.load_workbook(io.BytesIO(body(client.get("/views/", {"export": "xlsx"}))))
    rows = list(book.active.iter_rows(values_only=True)) if book.active else []
    assert rows[1] == ("=HYPERLINK(1)", "cases", "Manager M4", datetime(2026, 11, 20, 9, 0))  # noqa: DTZ001 -- a cell has no zone
    assert [cell.data_type for cell in book.active[2]] == ["s", "s", "s", "d"] if book.active else False


def test_a_csv_cell_is_never_a_formula(client: Client, keep: Callable[[int], list[SavedView]]) -> None:
    views = keep(1)
    SavedView.objects.filter(pk=views[0].pk).update(name="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in body(client.get("/views/", {"export": "csv"})).decode()


@pytest.fixture
def rows(keep: Callable[[int], list[SavedView]]) -> list[SavedView]:
    return keep(14)


def test_the_ticked_rows_are_selected(client: Client, rows: list[SavedView]) -> None:
    response = client.post("/look/", {"ids": [rows[3].pk, rows[1].pk, "x"]})
    assert response.content.decode().split("\n") == ["View 01", "View 03"]


def test_all_that_the_filter_shows_is_selected(client: Client, rows: list[SavedView]) -> None:
    response = client.post("/look/", {"all": "1", "query": "page=sweeps", "ids": [rows[0].pk]})
    assert response.content.decode().split("\n") == [f"View {i:02}" for i in range(1, 14, 2)]


def test_a_view_is_saved_shown_and_deleted(client: Client, nadia: User) -> None:
    client.post("/views/", {"save_view": "1", "name": "My sweeps", "query": "page=sweeps"})
    [view] = client.get("/views/?page=sweeps").context["views"]
    assert (view.name, view.query, view.own) == ("My sweeps", "page=sweeps", True)
    client.post("/views/", {"delete_view": view.pk})
    assert not SavedView.objects.filter(page="saved-views").exists()


def test_the_rows_follow_the_market_filter(client: Client, keep: Callable[[int], list[SavedView]]) -> None:
    views = keep(3)
    SavedView.objects.filter(pk=views[1].pk).update(query="DE")
    session = client.session
    session[markets.SESSION_KEY] = ["DE"]
    session.save()
    assert names(client.get("/views/")) == ["View 01"]
    assert client.get("/views/", {"count": "1"}).content == b"1 found"
    assert client.post("/look/", {"all": "1"}).content == b"View 01"
