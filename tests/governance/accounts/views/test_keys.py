"""The API keys page."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.accounts.domain import api_keys
from governance.accounts.enums import Scope
from governance.accounts.models import ApiKey, User


@pytest.fixture
def client(amira: User) -> Client:
    client = Client()
    client.force_login(amira)
    return client


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_keys(client: Client, amira: User, count: int) -> None:
    for number in range(count):
        api_keys.create(name=f"feed {number}", scopes=[Scope.LISTINGS_WRITE], actor=amira, at=timezone.now())
    client.get(reverse("accounts:keys"))
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(reverse("accounts:keys"))
    assert [row.name for row in answer.context["page"].rows] == [f"feed {number}" for number in range(count)]
    assert len(asked) == 5  # session, person, roles, keys, saved views


def test_a_key_is_shown_once_and_works(client: Client) -> None:
    answer = client.post(reverse("accounts:key-create"), {"name": "feed", "scopes": ["audit:read"], "lifetime": "90"})
    secret = re.search(r"gk_[0-9a-f]{8}_[\w-]{43}", answer.content.decode())
    assert secret is not None
    key = ApiKey.objects.get()
    assert key.expires_at is not None
    assert key.created_by is not None
    assert (key.expires_at - key.created_at, key.created_by.username) == (timedelta(days=90), "amira")
    assert secret[0] not in client.get(reverse("accounts:keys")).content.decode()
    log = (
        Client(headers={"authorization": f"Bearer {secret[0]}"})
        .get("/api/v1/audit/entries?subject_kind=api_key")
        .json()
    )
    assert [entry["verb"] for entry in log["results"]] == ["api_key.created"]
    client.post(reverse("accounts:key-revoke", args=[key.pk]))
    assert Client(headers={"authorization": f"Bearer {secret[0]}"}).get("/api/v1/audit/entries").status_code == 401
    again = client.post(reverse("accounts:key-revoke", args=[key.pk]), follow=True)
    assert [str(each) for each in again.context["messages"]][-1:] == ["This key is revoked already."]


def test_a_key_that_cannot_be_made_keeps_what_was_entered(client: Client) -> None:
    client.post(reverse("accounts:key-create"), {"name": "feed", "scopes": ["audit:read"], "lifetime": "0"})
    answer = client.post(reverse("accounts:key-create"), {"name": "feed", "scopes": ["audit:read"], "lifetime": "0"})
    assert (answer.status_code, answer.context["form"].errors) == (422, {"name": ["Taken."]})
    nothing = client.post(reverse("accounts:key-create"), {"name": "", "lifetime": "0"})
    assert list(nothing.context["form"].errors) == ["name", "scopes"]
    assert ApiKey.objects.count() == 1


def test_an_auditor_reads_keys_and_makes_none(ines: User) -> None:
    reader = Client()
    reader.force_login(ines)
    key, _secret = api_keys.create(name="feed", scopes=[Scope.LISTINGS_WRITE], actor=None, at=timezone.now())
    assert "Make a key" not in reader.get(reverse("accounts:keys")).content.decode()
    assert reader.post(reverse("accounts:key-create"), {"name": "x"}).status_code == 403
    assert reader.post(reverse("accounts:key-revoke", args=[key.pk])).status_code == 403
    key.refresh_from_db()
    assert key.revoked_at is None


@pytest.mark.parametrize(
    ("query", "names"),
    [("scope=orders:write", ["b"]), ("revoked=true", ["a"]), ("revoked=false", ["b"]), ("q=B", ["b"])],
)
def test_filters(client: Client, query: str, names: list[str]) -> None:
    first, _secret = api_keys.create(name="a", scopes=[Scope.LISTINGS_WRITE], actor=None, at=timezone.now())
    api_keys.create(name="b", scopes=[Scope.ORDERS_WRITE], actor=None, at=timezone.now())
    api_keys.revoke(key=first, actor=None, at=timezone.now())
    assert [row.name for row in client.get(f"{reverse('accounts:keys')}?{query}").context["page"].rows] == names
