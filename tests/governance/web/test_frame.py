import json

import pytest
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.cache import cache
from django.test import Client

from governance.accounts.models import User
from governance.web import markets, places, toasts

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.governance.web.pages")]


@pytest.fixture
def nadia(client: Client) -> User:
    user = User.objects.create_user("nadia", "nadia@example.org", pseudonym="Manager M4")
    client.force_login(user)
    return user


@pytest.fixture
def two_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markets, "_sources", [])
    markets.use_source(lambda: [markets.MarketGroup("EU", ("DE", "FR")), markets.MarketGroup("Gulf", ("AE",))])


def test_a_place_that_is_not_wired_is_left_out(nadia: User, monkeypatch: pytest.MonkeyPatch) -> None:
    wired = places.Place("saved-views", "Views", "home", 1, "g v")
    monkeypatch.setattr(places, "PLACES", (wired, places.Place("nowhere:here", "Nowhere", "home", 1, "g n")))
    cache.set("rail:saved-views", "342")
    [[link]] = places.rail(nadia, path="/views/3/")
    assert (link.place, link.url, link.count, link.current) == (wired, "/views/", "342", True)


def test_a_place_that_the_person_may_not_open_is_left_out(nadia: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PLACES", (places.Place("closed", "Closed", "lock", 1, "g x"),))
    assert places.rail(nadia, path="/") == []


def test_a_tab_stands_with_its_place_and_alone_where_the_place_is_closed(
    nadia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = places.Place("saved-views", "Views", "home", 1, "g v")
    tab = places.Place("look", "Look", "home", 1, "g o", tab_of="saved-views")
    monkeypatch.setattr(places, "PLACES", (views, tab))
    [[link]] = places.rail(nadia, path="/look/")
    assert (link.place, link.current, [(each.place, each.current) for each in link.tabs]) == (
        views,
        True,
        [(views, False), (tab, True)],
    )
    monkeypatch.setattr(places, "PLACES", (tab,))
    assert [(each.place, each.tabs) for [each] in places.rail(nadia, path="/look/")] == [(tab, ())]


def test_the_page_speaks_the_language_of_the_person(client: Client, nadia: User) -> None:
    User.objects.filter(pk=nadia.pk).update(language="ar", theme="dark")
    page = client.get("/design/").content.decode()
    assert '<html lang="ar" dir="rtl" data-theme="dark">' in page


def test_the_choice_of_this_device_comes_before_the_persons(client: Client, nadia: User) -> None:
    User.objects.filter(pk=nadia.pk).update(theme="dark")
    client.cookies["theme"] = "light"
    assert 'data-theme="light"' in client.get("/design/").content.decode()
    client.cookies["theme"] = "<script>"
    assert "data-theme=" not in client.get("/design/").content.decode().split("<body", 1)[0]


def test_markets_are_chosen_by_group_by_hand_and_not_at_all(client: Client, nadia: User, two_regions: None) -> None:
    client.post("/markets/", {"markets": "DE,FR", "next": "/views/"})
    assert client.session[markets.SESSION_KEY] == ["DE", "FR"]
    assert '<span class="truncate">DE FR</span>' in client.get("/design/").content.decode()
    assert client.get("/markets/?next=/views/").content.decode().count(" checked>") == 2
    client.post("/markets/", {"chosen": "1", "market": ["AE", "XX"]})
    assert client.session[markets.SESSION_KEY] == ["AE"]
    client.post("/markets/", {"markets": ""})
    assert markets.SESSION_KEY not in client.session


@pytest.mark.parametrize(
    ("wanted", "sent_to"), [("/views/", "/views/"), ("https://evil.example/", "/"), ("//evil.example", "/")]
)
def test_a_form_leads_back_only_into_the_house(client: Client, nadia: User, wanted: str, sent_to: str) -> None:
    assert client.post("/markets/", {"next": wanted}).headers["Location"] == sent_to


def test_a_toast_survives_a_redirect_and_offers_its_undo(client: Client, nadia: User) -> None:
    page = client.get("/tell/", follow=True).content.decode()
    assert ('action="/undone/"' in page, "Removed 3 listings" in page, "They are told now" in page) == (
        True,
        True,
        True,
    )


def test_a_message_of_another_app_is_a_toast() -> None:
    toast = toasts.toast_of(Message(messages.ERROR, "No such file", extra_tags="safe"))
    assert (toast.text, toast.tone, toast.undo) == ("No such file", "critical", "")


def test_the_sign_in_page_offers_demo_logins_only_in_a_demo(client: Client, settings: object) -> None:
    assert "data-fill" not in client.get("/accounts/login/").content.decode()
    settings.DEMO_LOGINS = [["Moderator", "k7", 'a"b']]  # type: ignore[attr-defined]
    page = client.get("/accounts/login/")
    assert json.loads(page.context["frame"].demo_logins[0]["fill"]) == {"login": "k7", "password": 'a"b'}
    assert "data-fill" in page.content.decode()


@pytest.mark.parametrize(("path", "status"), [("/nowhere/", 404), ("/closed/", 403)])
def test_errors_are_pages_of_the_house(client: Client, nadia: User, path: str, status: int) -> None:
    response = client.get(path)
    assert (response.status_code, 'class="empty is-page"' in response.content.decode()) == (status, True)


def test_a_stranger_gets_the_error_too(client: Client) -> None:
    response = client.get("/nowhere/")
    assert (response.status_code, "you-menu" in response.content.decode()) == (404, False)


def test_a_language_is_chosen_before_signing_in(client: Client) -> None:
    client.post("/language/", {"language": "de", "next": "/accounts/login/"})
    assert '<html lang="de"' in client.get("/accounts/login/").content.decode()
    client.post("/language/", {"language": "tlh"})
    assert client.cookies["django_language"].value == "de"


def test_no_two_places_have_the_same_key() -> None:
    keys = [place.key for place in places.PLACES if place.key]
    assert sorted(keys) == sorted(set(keys))
