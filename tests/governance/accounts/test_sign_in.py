"""The door: nobody signs up, guessing is slowed, services stay out."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from governance.accounts.domain import people
from governance.accounts.models import User

PASSWORD = "a long enough password"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def kofi(db: None) -> User:
    cache.clear()
    return people.create_person(username="kofi", email="kofi@example.org", password=PASSWORD, actor=None, at=NOON)


def sign_in(login: str, password: str = PASSWORD) -> bool:
    client = Client()
    client.post(reverse("account_login"), {"login": login, "password": password})
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("login", ["kofi", "kofi@example.org", "KOFI@example.org"])
def test_a_person_signs_in_by_username_or_email(kofi: User, login: str) -> None:
    assert sign_in(login)


def test_a_wrong_password_and_a_shut_out_person_stay_outside(kofi: User) -> None:
    assert not sign_in("kofi", "wrong")
    people.deactivate(user=kofi, actor=None, at=NOON)
    assert not sign_in("kofi")


def test_a_service_has_no_way_in_but_its_key(kofi: User) -> None:
    User.objects.create_user("key-1", password=PASSWORD, pseudonym="Key feed", kind="service")
    assert not sign_in("key-1")


def test_guessing_is_slowed(kofi: User) -> None:
    for _guess in range(5):
        sign_in("kofi", "wrong")
    assert not sign_in("kofi")


def test_nobody_signs_up(kofi: User) -> None:
    Client().post(reverse("account_signup"), {"email": "x@example.org", "username": "x", "password1": PASSWORD})
    assert User.objects.count() == 1


def test_a_second_factor_can_be_set_up(kofi: User) -> None:
    client = Client()
    client.force_login(kofi)
    assert client.get(reverse("mfa_index")).status_code == 200
