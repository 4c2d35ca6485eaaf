"""What a person sets for themselves, and what every page then does."""

import pytest
from django.test import Client
from django.urls import reverse

from governance.accounts.models import User

WHOLE = {"language": "de", "time_zone": "Asia/Dubai", "theme": "dark", "image_grey": "on", "image_size": "large"}


@pytest.fixture
def client(jonas: User) -> Client:
    client = Client()
    client.force_login(jonas)
    return client


def test_saving_the_whole_page(client: Client, jonas: User) -> None:
    answer = client.post(reverse("accounts:preferences"), WHOLE)
    jonas.refresh_from_db()
    assert (jonas.language, jonas.time_zone, jonas.theme) == ("de", "Asia/Dubai", "dark")
    assert jonas.images == {"blur": False, "grey": True, "size": "large"}
    assert (answer.status_code, answer.cookies["theme"].value) == (302, "dark")


def test_the_next_page_speaks_the_language_and_the_time_zone(client: Client, jonas: User) -> None:
    client.post(reverse("accounts:preferences"), WHOLE | {"language": "ar"})
    page = client.get(reverse("accounts:preferences"), headers={"accept-language": "en"})
    assert page.headers["Content-Language"] == "ar"
    assert '<html lang="ar" dir="rtl" data-theme="dark">' in page.content.decode()
    assert str(page.context["form"].instance.time_zone) == "Asia/Dubai"


def test_one_press_in_the_menu_changes_one_thing_and_stays_on_the_page(client: Client, jonas: User) -> None:
    for given in ({"language": "fr"}, {"blur": "off"}, {"grey": "on"}):
        answer = client.post(reverse("accounts:preferences"), given | {"next": "/accounts/you/?x=1"})
        assert answer.headers["Location"] == "/accounts/you/?x=1"
    jonas.refresh_from_db()
    assert (jonas.language, jonas.images) == ("fr", {"blur": False, "grey": True, "size": "medium"})


def test_another_address_to_go_back_to_is_not_followed(client: Client) -> None:
    answer = client.post(reverse("accounts:preferences"), {"language": "fr", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize(
    ("field", "value"), [("language", "tlh"), ("time_zone", "Mars/Base"), ("theme", "pink"), ("image_size", "")]
)
def test_what_is_not_known_is_refused_and_nothing_changes(client: Client, jonas: User, field: str, value: str) -> None:
    answer = client.post(reverse("accounts:preferences"), WHOLE | {field: value})
    jonas.refresh_from_db()
    assert (answer.status_code, list(answer.context["form"].errors), jonas.theme) == (422, [field], "system")


def test_an_unknown_language_from_the_menu_is_refused(client: Client, jonas: User) -> None:
    client.post(reverse("accounts:preferences"), {"language": "tlh"})
    jonas.refresh_from_db()
    assert jonas.language == "en"


def test_a_visitor_is_asked_to_sign_in() -> None:
    answer = Client().get(reverse("accounts:preferences"))
    assert answer.headers["Location"] == f"{reverse('account_login')}?next={reverse('accounts:preferences')}"
