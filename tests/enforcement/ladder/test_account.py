"""The merchant's account: by a signed link without a session, and over the API."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import appeals, decisions, links
from enforcement.enums import AppealChannel, ClosedBecause
from enforcement.models import Decision, Message
from enforcement.queries import accounts
from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.accounts.models import ApiKey
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground
from tests.enforcement.ladder import rungs
from tests.factories.cases import NOON, person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SOON = NOON + timedelta(hours=1)


@pytest.fixture
def told(ground: Ground) -> Decision:
    rungs.in_force(ground, discount_percent=50, discount_days=5)
    return rungs.offend(ground, rungs.policy(ground), cause="case:1")


def address(ground: Ground) -> str:
    return reverse("enforcement:account", args=[links.account_token_of(ground.merchant, NOON)])


def read(client: Client, ground: Ground, **query: str) -> str:
    with time_machine.travel(SOON, tick=False):
        response = client.get(address(ground), query)
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_session_the_merchant_sees_how_they_stand(client: Client, ground: Ground, told: Decision) -> None:
    page = read(client, ground)
    assert "940 of 1000" in page
    assert "Points that count today: 6" in page
    assert "The next step is at 14 points." in page
    assert f"Correct what decision {told.reference} names by 30 November 2026; points taken off: 3" in page
    assert "On 22 May 2027 points lapse: 6" in page
    assert "Take the magnets out." in page
    assert reverse("enforcement:statement", args=[links.token_of(told)]) in page


def test_it_names_no_staff_no_notifier_and_no_other_merchant(client: Client, ground: Ground, told: Decision) -> None:
    rungs.offend(ground, rungs.policy(ground), cause="case:2", of=ground.another_merchant("Somebody Else"))
    page = read(client, ground)
    for hidden in ("Mona", "mona", "As the guidance says.", "Somebody Else", "case:1"):
        assert hidden not in page


@pytest.mark.parametrize(
    ("tag", "title"), [("de", "Ihr Konto"), ("fr", "Votre compte"), ("ar", "حسابكم"), ("pl", "Państwa konto")]
)
def test_it_speaks_the_reader_s_language(client: Client, ground: Ground, told: Decision, tag: str, title: str) -> None:
    page = read(client, ground, lang=tag)
    assert title in page
    assert f'lang="{tag}"' in page


def test_an_appeal_is_shown_with_its_state(client: Client, ground: Ground, told: Decision) -> None:
    appeal = appeals.file(
        decision=told, items=list(told.items.all()), text="It is a lamp.", language="en", sent=[],
        channel=AppealChannel.PAGE, actor=None, at=NOON,
    )  # fmt: skip
    page = read(client, ground)
    assert appeal.reference in page
    assert "Received; a person will read it" in page


def test_what_may_still_be_undone_or_was_is_not_told(client: Client, ground: Ground, told: Decision) -> None:
    assert not accounts.told(ground.merchant.pk, NOON).exists()
    assert accounts.told(ground.merchant.pk, SOON).get() == told
    decisions.undo(decision=told, actor=ground.mona, at=NOON)
    assert not accounts.told(ground.merchant.pk, SOON).exists()
    assert "No decision has been made about you." in read(client, ground)


def test_what_is_settled_is_history_and_no_longer_open(client: Client, ground: Ground, told: Decision) -> None:
    for item in told.items.select_related("violation"):
        assert item.violation is not None
        ground.close(item.violation, ClosedBecause.CORRECTED, NOON + timedelta(minutes=5))
    decisions.settle_corrected(at=NOON + timedelta(minutes=10))
    page = read(client, ground)
    assert "Nothing is open." in page
    assert "Settled" in page


def test_without_a_ladder_there_is_no_health_but_the_rest(client: Client, ground: Ground) -> None:
    rungs.offend(ground, ground.policy, cause="a")
    page = read(client, ground)
    assert "Account health" not in page
    assert "One of your listings was removed from sale" in page


@pytest.mark.parametrize(("after", "status"), [(180 * DAY, 200), (181 * DAY, 410)])
def test_the_link_runs_out(client: Client, ground: Ground, after: timedelta, status: int) -> None:
    with time_machine.travel(NOON + after, tick=False):
        response = client.get(address(ground))
    assert response.status_code == status
    assert response["X-Robots-Tag"].startswith("noindex")
    assert ("This link has run out" in response.content.decode()) == (status == 410)


def test_a_forged_or_cut_link_opens_nothing(client: Client, ground: Ground, told: Decision) -> None:
    token = links.account_token_of(ground.merchant, NOON)
    later = token.replace("20261123", "20271123")
    other = token.replace(ground.merchant.public_id, ground.another_merchant("Other").public_id)
    for broken in (token[:-1], later, other, "x", links.token_of(told)):
        assert client.get(reverse("enforcement:account", args=[broken])).status_code == 404


def test_the_link_stands_in_every_letter(ground: Ground, told: Decision) -> None:
    assert links.account_address_of(ground.merchant, NOON) in Message.objects.get().text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rungs.in_force(ground, discount_percent=50, discount_days=5)
    against = rungs.policy(ground)
    for n in range(rows):
        made = rungs.offend(ground, against, cause=f"{n}", measure=Measure.WARN)
        appeals.file(
            decision=made, items=list(made.items.all()), text="No.", language="en", sent=[], channel=AppealChannel.PAGE,
            actor=None, at=NOON,
        )  # fmt: skip
    read(client, ground)
    with time_machine.travel(SOON, tick=False), django_assert_num_queries(10):
        client.get(address(ground))


def api(*scopes: Scope) -> Client:
    _key, secret = api_keys.create(
        name=f"seller centre {len(scopes)}{ApiKey.objects.count()}", scopes=scopes, actor=None, at=timezone.now()
    )
    return Client(headers={"authorization": f"Bearer {secret}"})


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("part", "queries"), [("health", 4), ("matters", 7)])
def test_the_api_tells_it_in_a_fixed_number_of_queries(
    ground: Ground, rows: int, part: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rungs.in_force(ground, discount_percent=50, discount_days=5)
    for n in range(rows):
        rungs.offend(ground, rungs.policy(ground), cause=f"{n}", measure=Measure.WARN)
    with time_machine.travel(SOON, tick=False):
        seller_centre = api(Scope.DECISIONS_READ)
        url = f"/api/v1/merchants/{ground.merchant.external_id}/{part}"
        seller_centre.get(url)
        with django_assert_num_queries(queries):
            body = seller_centre.get(url).json()
    if part == "health":
        assert (body["points"], body["score"], body["start"]) == ((6, 940, 1000) if rows == 1 else (27, 730, 1000))
        assert (len(body["history"]), len(body["lapses"])) == (91, 1)
    else:
        assert len(body["results"]) == rows
        first = body["results"][-1]
        assert (first["points_off"], first["points_off_until"]) == (3, "2026-11-30")
        assert first["steps"] == ["Take the magnets out."]
        assert "/s/" in first["statement"]


def test_the_api_asks_for_its_scope_and_its_merchant(ground: Ground) -> None:
    url = f"/api/v1/merchants/{ground.merchant.external_id}"
    for part in ("health", "matters"):
        assert api(Scope.MERCHANTS_READ).get(f"{url}/{part}").status_code == 403
        assert Client().get(f"{url}/{part}").status_code in (401, 403)
        assert api(Scope.DECISIONS_READ).get(f"/api/v1/merchants/nobody/{part}").status_code == 404


def test_a_person_of_other_markets_finds_no_such_merchant(client: Client, ground: Ground) -> None:
    client.force_login(person("dutch", Role.MODERATOR, markets=["NL"]))
    assert client.get(f"/api/v1/merchants/{ground.merchant.external_id}/health").status_code == 404


def test_the_staff_s_page_shows_health_and_offers_the_link(client: Client, ground: Ground, told: Decision) -> None:
    client.force_login(ground.mona)
    with time_machine.travel(SOON, tick=False):
        page = client.get(reverse("investigations:merchant", args=[ground.merchant.public_id])).content.decode()
    assert "What would restore it" in page
    assert f"Correct what {told.reference} names by" in page
    assert "/m/" in page
    client.force_login(person("auditor", Role.AUDITOR))
    assert (
        "/m/" not in client.get(reverse("investigations:merchant", args=[ground.merchant.public_id])).content.decode()
    )
