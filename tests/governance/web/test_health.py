from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries


def test_live_asks_neither_database_nor_queue(client: Client, settings: Any) -> None:
    """No access to the database is granted to this test: a query would be an error."""
    answer = client.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"web": "ok"})


@pytest.mark.django_db
def test_ready_names_each_part(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "cache": "ok", "broker": "ok"})


@pytest.mark.django_db
def test_ready_says_which_part_fails(client: Client, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/valkey.sock",
        }
    }

    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()) == (503, {"database": "ok", "cache": "no answer", "broker": "ok"})


@pytest.mark.django_db(transaction=True)
def test_ready_fails_without_the_database(client: Client) -> None:
    port = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        answer = client.get("/health/ready")
    finally:
        connection.close()
        connection.settings_dict["HOST"] = port

    assert (answer.status_code, answer.json()["database"]) == (503, "no answer")


@pytest.mark.parametrize(
    ("token", "given", "status"),
    [
        ("", "", 403),
        ("", "Bearer ", 403),
        ("open sesame", "", 403),
        ("open sesame", "Bearer close sesame", 403),
        ("open sesame", "Bearer open sesame", 200),
    ],
)
def test_figures_are_for_the_bearer_of_the_token(
    client: Client, settings: Any, token: str, given: str, status: int
) -> None:
    settings.METRICS_TOKEN = token

    assert client.get("/metrics", headers={"Authorization": given}).status_code == status


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_they_are_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
