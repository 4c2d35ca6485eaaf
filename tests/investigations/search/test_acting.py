"""From a search to an act on the open cases of what it found: which cases, who may, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enforcement.domain.asking import Question
from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import searching
from investigations.enums import BulkState
from investigations.models import BulkRun, Case
from investigations.views import found_cases
from listings.models import Listing
from tests.factories import cases as make
from tests.investigations.at_once import waiting
from tests.investigations.at_once.acts import run_all
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db
ACT = address("explore-cases")


@pytest.fixture(autouse=True)
def lead(client: Client, tess: User) -> User:
    cache.clear()
    client.force_login(tess)
    return tess


def found(count: int) -> list[Case]:
    make.market("DE")
    return waiting.cases(count, at=timezone.now() - timedelta(hours=1))


def of(*cases: Case) -> list[int]:
    return list(Listing.objects.filter(case_items__case__in=cases).order_by("pk").values_list("pk", flat=True))


def asked(client: Client, **chosen: Any) -> str:
    response = client.post(ACT, chosen, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def keys(text: str) -> list[int]:
    return sorted(int(part.split('"')[0]) for part in text.split('name="ids" value="')[1:] if part[0].isdecimal())


def test_from_ticked_listings_to_the_preview_the_end_and_back(client: Client) -> None:
    first, second, _third = found(3)
    assert ACT in client.get(address("explore")).content.decode()

    page = asked(client, ids=of(first, second))

    assert "Act on all 2 cases" in page
    assert "Listings that you chose: 2, waiting here: 2." in page
    assert "A case is acted on as a whole" not in page
    assert f'action="{address("bulk-new")}"' in page
    told = {"ids": [first.pk, second.pk], "does": "move", "queue": "restricted", "reason": "Belong together"}
    assert client.post(address("bulk-new"), told).status_code == 302
    run = BulkRun.objects.get()
    assert (run.state, run.ticked, run.preview["acts"]) == (BulkState.PREPARED, [first.pk, second.pk], 2)
    client.post(address("bulk-begin", run.pk))
    run_all(run)
    assert Case.objects.filter(queue__key="restricted").count() == 2
    client.post(address("bulk-undo", run.pk))
    run_all(run)
    assert not Case.objects.filter(queue__key="restricted").exists()


def test_it_says_what_else_is_in_the_cases_and_what_waits_nowhere(client: Client) -> None:
    case = make.case(make.policy("cords"), make.merchant("Sud"), listings=3)
    loose = make.listing(make.merchant("Nord"), "Not in a case")

    page = asked(client, ids=[of(case)[0], loose.pk])

    assert keys(page) == [case.pk]
    assert "Listings that you chose: 2, waiting here: 1." in page
    assert "2 listings that you did not choose are in these cases, too" in page


def test_what_is_closed_or_settled_is_not_acted_on(client: Client) -> None:
    closed, settled, still = found(3)
    Case.objects.filter(pk=closed.pk).update(state="closed", closed_at=timezone.now(), outcome="no_violation")
    settled.items.update(settled_at=timezone.now(), verdict="fine")

    assert keys(asked(client, ids=of(closed, settled, still))) == [still.pk]
    page = asked(client, ids=of(closed), query="q=magnet")
    assert "This listing waits in no open case that you may see. Nothing was done." in page
    assert not BulkRun.objects.exists()


def test_all_that_the_search_finds(client: Client) -> None:
    cases = found(3)
    Listing.objects.filter(pk__in=of(*cases[1:])).update(price_minor=500_000, currency="EUR")

    assert keys(asked(client, all="1", query="where=listing.price > 4000")) == [each.pk for each in cases[1:]]
    assert keys(asked(client, all="1", query="")) == [each.pk for each in cases]


@pytest.mark.parametrize("query", ["where=listing.colour == 1", "where=listing.price >", "standing=burnt", "span=wide"])
def test_a_search_that_means_nothing_in_part_is_not_widened(client: Client, query: str) -> None:
    found(1)

    page = asked(client, all="1", query=query)

    assert "Mend it first" in page
    assert "Look at what would happen" not in page


def test_a_condition_that_is_still_being_read_is_waited_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found(2)
    monkeypatch.setattr(Question, "step", 1)
    monkeypatch.setattr(searching.read, "__kwdefaults__", {"seconds": 0.0})

    assert "The condition is still being read." in asked(client, all="1", query="where=true")


def test_nothing_ticked(client: Client) -> None:
    assert "Tick the listings" in asked(client, ids=[])


def test_too_many_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found_cases, "TICKED_MOST", 2)
    cases = found(3)

    assert "more than 2 cases" in asked(client, ids=of(*cases))
    assert keys(asked(client, ids=of(*cases[:2]))) == [each.pk for each in cases[:2]]


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.GOVERNANCE_MANAGER, Role.AUDITOR, Role.MODERATOR])
def test_who_may_not(client: Client, role: Role) -> None:
    (case,) = found(1)
    client.force_login(make.person("somebody", role))

    assert client.post(ACT, {"ids": of(case)}).status_code == 403
    assert ACT not in client.get(address("explore")).content.decode()


def test_nobody_acts_outside_their_markets(client: Client) -> None:
    (case,) = found(1)
    client.force_login(make.person("fred", Role.TEAM_LEAD, markets=["FR"]))

    assert "Tick the listings" in asked(client, ids=of(case))
    assert "Tick the listings" in asked(client, all="1", query="")


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_many(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    chosen = {"ids": of(*found(count))}
    client.post(ACT, chosen)

    with django_assert_num_queries(11):
        assert len(keys(client.post(ACT, chosen).content.decode())) == count
