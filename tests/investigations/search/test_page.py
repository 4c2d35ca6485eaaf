"""The page of a search: words and a condition together, what was found counted, the span against the one before, and the history."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import TextField
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enforcement.domain.asking import Question
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.web.lists import Column
from investigations.domain import search_runs, searching
from investigations.enums import SearchKind
from investigations.models import SearchRun
from investigations.queries import bounded, search_figures
from investigations.queries.conditions.spelled import Spelled
from investigations.views import explore
from investigations.views.explore import Explore
from investigations.views.search_page import address
from listings.models import Listing
from tests.factories import cases as make
from tests.investigations.search import ground

pytestmark = pytest.mark.django_db
EXPORT = reverse("investigations:search-export", args=["listings"])
SLEEP = Spelled("pg_sleep(20)::text", output_field=TextField())
PAGE, FIGURES = reverse("investigations:explore"), reverse("investigations:search-figures", args=["listings"])


@pytest.fixture
def ines(client: Client) -> User:
    cache.clear()
    person = ground.ines()
    client.force_login(person)
    return person


@pytest.fixture
def three(ines: User) -> list[Listing]:
    return ground.catalogue(at=timezone.now() - timedelta(days=2))


def shown(client: Client, **query: str) -> str:
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return response.content.decode()


def counted(client: Client, query: str = "") -> str:
    response = client.post(f"{FIGURES}?{query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.usefixtures("three")
def test_words_and_a_condition_narrow_together(client: Client) -> None:
    text = shown(client, q="nordlicht", where='listing.price >= 20 && merchant.country == "DE"')

    assert "k-n-i-f-e" in text
    assert "Power bank" in text
    assert "Nestlé" not in text
    assert "The condition was read over 3 listings." in text


@pytest.mark.usefixtures("three")
def test_what_is_wrong_with_a_condition_stands_at_its_place_and_the_words_still_find(client: Client) -> None:
    text = shown(client, q="cocoa", where="listing.price > 5 && listing.colour == 1")

    assert 'data-caret="29" data-caret-length="6" data-caret-in="id_where">1:30<' in text
    assert "The condition is left out until it is right" in text
    assert "Nestlé cocoa" in text
    assert "listing.colour == 1" in text
    assert "Power bank" not in text


def test_a_listing_that_cannot_be_decided_is_counted_and_not_shown(client: Client, three: list[Listing]) -> None:
    Listing.objects.filter(pk=three[0].pk).update(brand="Nestlé")

    text = shown(client, where='listing.brand == "Nestlé"')

    assert "Nestlé cocoa" in text
    assert "Power bank" not in text
    assert "2 lack the data to decide." in text


@pytest.mark.usefixtures("three")
def test_figures_count_by_what_was_found_and_lead_to_it(client: Client, ines: User) -> None:
    text = counted(client, "where=listing.price+%3E%3D+20")

    assert ">2</strong>" in text
    assert "Nordlicht Spielwaren" in text
    assert "price_eur_min=10&amp;price_eur_max=50" in text
    assert "where=listing.price+%3E%3D+20" in text
    run = SearchRun.objects.get()
    assert (run.person, run.found, run.more) == (ines, 2, False)
    assert len(run.sha256) == 64


@pytest.mark.usefixtures("ines")
def test_a_span_is_held_against_the_one_before(client: Client) -> None:
    now = timezone.now()
    make.market("DE")
    merchant = make.merchant("Kestrel")
    for days in (1, 2, 9, 40):
        ground.listing(merchant, f"Lamp of {days} days", changed_at=now - timedelta(days=days))

    text = counted(client, "span=7")

    assert ">2</strong>" in text
    assert "against 1 in the span before" in text
    assert "+1 (+100 %)" in text
    assert "Lamp of 9 days" not in shown(client, span="7")


@pytest.mark.usefixtures("three")
def test_a_search_as_of_a_moment_counts_its_span_back_from_then(client: Client) -> None:
    then = timezone.now() - timedelta(days=30)

    assert "Power bank" in shown(client, span="7")
    assert "Power bank" not in shown(client, span="7", asof=then.isoformat())


def test_a_page_and_its_figures_cost_the_same_at_one_and_at_three_rows(client: Client, ines: User) -> None:
    made = ground.catalogue(at=timezone.now())
    asked = {"where": "listing.price >= 0", "q": "nordlicht"}
    client.get(PAGE, asked)
    costs = []
    for rows in (made[:1], made):
        cache.clear()
        Listing.objects.exclude(pk__in=[each.pk for each in rows]).update(price_minor=None, currency="")
        with CaptureQueriesContext(connection) as page:
            client.get(PAGE, asked)
        with CaptureQueriesContext(connection) as figures:
            counted(client, f"q=nordlicht&price_eur_min={len(rows)}")
        costs.append((len(page), len(figures)))
        Listing.objects.update(price_minor=1_000, currency="EUR")

    assert costs == [(21, 17), (21, 17)]


@pytest.mark.usefixtures("three")
def test_the_same_search_again_is_one_line_of_the_history_until_something_else_is_found(
    client: Client, three: list[Listing]
) -> None:
    for _again in range(2):
        counted(client, "q=cocoa")
    assert SearchRun.objects.count() == 1

    Listing.objects.filter(pk=three[2].pk).update(brand="cocoa")
    counted(client, "q=cocoa")
    text = client.get(reverse("investigations:search-history")).content.decode()

    assert SearchRun.objects.count() == 2
    assert "As it was then" in text
    assert "asof=" in text


@pytest.mark.usefixtures("three")
def test_the_history_costs_the_same_at_one_and_at_three_runs(client: Client) -> None:
    costs = []
    for words in (("a",), ("b", "c")):
        for word in words:
            counted(client, f"q={word}")
        client.get(reverse("investigations:search-history"))
        with CaptureQueriesContext(connection) as page:
            client.get(reverse("investigations:search-history"))
        costs.append(len(page))

    assert costs == [9, 9]


def test_what_is_old_in_the_history_is_forgotten(client: Client, three: list[Listing]) -> None:
    counted(client, "q=cocoa")

    assert search_runs.forget_old(at=timezone.now() + timedelta(days=179)) == 0
    assert search_runs.forget_old(at=timezone.now() + timedelta(days=181)) == 1


@pytest.mark.usefixtures("three")
def test_an_export_says_why_and_has_what_was_found(client: Client) -> None:
    address = f"{EXPORT}?q=cocoa"
    without = client.post(address, {"kind": "csv", "reason": ""})
    assert without.status_code == 302
    assert not Entry.objects.filter(verb="search.exported").exists()

    file = client.post(address, {"kind": "csv", "reason": "For the authority’s question of today"})
    text = b"".join(file.streaming_content).decode()  # type: ignore[attr-defined]

    assert "Nestlé cocoa" in text
    assert "Power bank" not in text
    entry = Entry.objects.get(verb="search.exported")
    assert entry.data["listings"] == 1
    assert entry.data["reason"].startswith("For the authority")


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"where": "listing.price >="}, "has a mistake"), ({"moment": "never"}, "not understood")],
)
def test_what_is_wrong_is_neither_exported_nor_collected_in_a_wider_form(
    wrong: dict[str, str], said: str, client: Client, three: list[Listing]
) -> None:
    query = urlencode(wrong)
    address = f"{EXPORT}?{query}"
    assert said in client.post(address, {"reason": "for the authority"}, follow=True).content.decode()
    assert not Entry.objects.filter(verb="search.exported").exists()
    chosen = {"all": "1", "query": query, "verb": "collect"}
    assert said in client.post(reverse("investigations:collect"), chosen, follow=True).content.decode()


@pytest.mark.usefixtures("three")
def test_what_takes_several_turns_goes_on_to_its_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "read", partial(searching.read, seconds=0))
    monkeypatch.setattr(Question, "step", 1)
    asked = {"where": "listing.price >= 20"}
    assert "1 of 3 listings read" in shown(client, **asked)
    polled = reverse("investigations:search-progress", args=["listings"])
    said = [client.get(polled, asked).content.decode() for _turn in range(2)]

    assert "2 of 3 listings read" in said[0]
    assert "The condition was read over 3 listings." in said[1]
    assert f"{PAGE}?where=listing.price+%3E%3D+20" in said[1]


@pytest.mark.usefixtures("ines")
@pytest.mark.parametrize("kind", SearchKind.values)
def test_how_far_a_search_is_can_be_asked_of_each_kind(client: Client, kind: str) -> None:
    polled = reverse("investigations:search-progress", args=[kind])
    assert [client.get(polled, asked).status_code for asked in ({}, {"where": "true"}, {"moment": "never"})] == [
        200
    ] * 3


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("file", ["csv", "xlsx"])
def test_an_export_that_takes_too_long_is_no_file_and_not_logged(
    client: Client, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Column("slow", "Slow", value=lambda row: Listing.objects.annotate(x=SLEEP).values_list("x").first())
    monkeypatch.setattr(Explore, "columns", (slow,))
    monkeypatch.setattr(explore, "EXPORT_PATIENCE", 0.2)
    text = client.post(f"{EXPORT}?q=cocoa", {"kind": file, "reason": "for the authority"}, follow=True).content.decode()

    assert "This takes too long." in text
    assert not Entry.objects.filter(verb="search.exported").exists()


@pytest.mark.usefixtures("three")
def test_no_address_alone_gives_a_file(client: Client) -> None:
    assert [client.get(address(kind), {"export": "csv"}).status_code for kind in SearchKind] == [404] * 4


def test_what_is_not_read_to_the_end_is_not_exported_as_if_it_were(
    client: Client, three: list[Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching.Reading, "done", False)
    address = f"{EXPORT}?{urlencode({'where': 'listing.price >= 10'})}"
    text = client.post(address, {"reason": "for the authority"}, follow=True).content.decode()
    assert "still being read" in text
    assert not Entry.objects.filter(verb="search.exported").exists()


def test_a_search_of_more_than_is_counted_is_one_line_of_the_history_too(
    client: Client, three: list[Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_figures, "COUNTED", 1)
    for _twice in range(2):
        counted(client, "q=nordlicht")
    assert [(run.more, run.sha256) for run in SearchRun.objects.all()] == [(True, "")]


def test_nobody_finds_what_is_outside_their_markets(client: Client) -> None:
    person = make.person("iria", Role.INVESTIGATOR, markets=("FR",))
    client.force_login(person)

    assert "Power bank" not in shown(client, where="listing.price > 0")
    assert "Nordlicht" not in counted(client, "q=bank")


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.SENIOR_REVIEWER, 200), (Role.GOVERNANCE_MANAGER, 200), (Role.AUDITOR, 200),
        (Role.MODERATOR, 403), (Role.APPROVER, 403),
    ],
)  # fmt: skip
def test_who_may_search(client: Client, role: Role, status: int) -> None:
    person = make.person("somebody")
    function = "legal" if role == Role.APPROVER else ""
    person.grants.create(role=role, function=function, granted_at=timezone.now())
    client.force_login(person)

    assert [client.get(PAGE).status_code, client.post(FIGURES).status_code] == [status, status]


def test_a_query_that_takes_too_long_is_stopped_and_the_next_is_not() -> None:
    with pytest.raises(bounded.TooSlow), bounded.at_most(0.05), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")

    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
