"""Saved views, on the list of people."""

import pytest
from django.test import Client
from django.urls import reverse

from governance.accounts.models import SavedView, User


@pytest.fixture
def client(amira: User) -> Client:
    client = Client()
    client.force_login(amira)
    return client


def names(client: Client) -> list[str]:
    return [view.name for view in client.get(reverse("accounts:people"), follow=True).context["views"]]


def test_a_view_is_saved_replaced_shared_and_deleted(client: Client, ines: User) -> None:
    url = reverse("accounts:people")
    client.post(url, {"save_view": "1", "name": "Out", "query": "active=true"})
    client.post(url, {"save_view": "1", "name": "Out", "query": "active=false", "shared": "1"})
    view = SavedView.objects.get()
    assert (view.query, view.shared, view.page) == ("active=false", True, "accounts:people")
    other = Client()
    other.force_login(ines)
    assert names(other) == ["Out"]
    other.post(url, {"delete_view": str(view.pk)})
    assert names(client) == ["Out"]
    client.post(url, {"delete_view": str(view.pk)})
    assert names(client) == []


def test_a_view_without_a_name_is_refused(client: Client) -> None:
    answer = client.post(
        reverse("accounts:people"), {"save_view": "1", "name": " ", "query": "active=true"}, follow=True
    )
    assert [str(each) for each in answer.context["messages"]] == ["Name the view in at most 60 characters."]
    assert not SavedView.objects.exists()
