"""The pages of acts on many cases: who may, what they say, and at what cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import bulk
from investigations.enums import BulkState, BulkVerb
from investigations.models import BulkRun, Case
from tests.factories import cases as make
from tests.investigations.at_once import waiting
from tests.investigations.at_once.acts import run_all
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client: Client, tess: User) -> Client:
    client.force_login(tess)
    return client


def found(count: int) -> list[Case]:
    return waiting.cases(count, at=timezone.now() - timedelta(hours=1))


def prepared(by: User, verb: BulkVerb = BulkVerb.WATCH, **params: Any) -> BulkRun:
    return bulk.prepare(
        verb=verb, params=params, rows=Case.objects.all(), actor=by, reason="Tidy up", at=timezone.now()
    )


def test_all_that_the_filter_shows_from_the_list_to_the_end_and_back(lead: Client, tess: User) -> None:
    found(2)
    make.case(make.policy("cords"), make.merchant("Sud"))
    listed = lead.get(address("cases")).content.decode()
    assert address("bulk-new") in listed
    chosen = {"all": "1", "query": "q=Merchant"}

    asked = lead.post(address("bulk-new"), chosen | {"verb": "act"}).content.decode()
    assert "Act on all 2 cases" in asked
    response = lead.post(address("bulk-new"), chosen | {"does": "move", "queue": "restricted", "reason": "Wine first"})

    run = BulkRun.objects.get()
    assert response.headers["Location"] == address("bulk", run.pk)
    shown = lead.get(address("bulk", run.pk)).content.decode()
    for words in (
        "Move to “Restricted goods”",
        "What would happen",
        "Merchant 1",
        "By policy",
        "Wine first",
        "?q=Merchant",
    ):
        assert words in shown

    begun = lead.post(address("bulk-begin", run.pk), follow=True).content.decode()
    assert "It runs. You may close this page." in begun
    run_all(run)
    live = lead.get(address("bulk", run.pk), headers={"HX-Request": "true"}).content.decode()
    assert "<b>2</b> done" in live
    assert "every 2s" not in live
    assert Case.objects.filter(queue__key="restricted").count() == 2
    csv = lead.get(address("bulk-outcomes", run.pk)).content.decode().splitlines()
    assert len(csv) == 3
    assert csv[1].split(",")[2] == "done"

    lead.post(address("bulk-undo", run.pk))
    run_all(run)
    assert "<b>2</b> undone" in lead.get(address("bulk", run.pk)).content.decode()


def test_ticked_ones_with_what_is_left_out(lead: Client) -> None:
    first, second = found(2)
    Case.objects.filter(pk=second.pk).update(queue_id=first.queue_id)

    lead.post(address("bulk-new"), {"ids": [first.pk, second.pk], "does": "free", "reason": "x"})

    shown = lead.get(address("bulk", BulkRun.objects.get().pk)).content.decode()
    assert "Nothing can be done to any of these cases" in shown
    assert "<b>2</b> Nobody has it" in shown
    assert "begin-open" not in shown


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"does": "move", "reason": "x"}, "Choose this, too."),
        ({"does": "close", "reason": ""}, "This field is required."),
        ({"does": "aside", "until": "2020-01-01T10:00", "reason": "x"}, "Choose a time within the next 90 days."),
        ({"does": "burn", "reason": "x"}, "Select a valid choice."),
    ],
)
def test_what_is_missing_is_asked_for_with_the_cases_kept(lead: Client, fields: dict[str, str], said: str) -> None:
    (case,) = found(1)

    response = lead.post(address("bulk-new"), {"ids": [case.pk]} | fields)

    assert response.status_code == 422
    text = response.content.decode()
    assert said in text
    assert f'name="ids" value="{case.pk}"' in text
    assert not BulkRun.objects.exists()


def test_a_filter_that_means_nothing_is_not_widened_to_everything(lead: Client) -> None:
    found(1)

    told = lead.post(address("bulk-new"), {"all": "1", "query": "state=burnt"}, follow=True).content.decode()

    assert "The filter was not understood" in told


def test_nothing_ticked(lead: Client) -> None:
    assert "Tick the cases" in lead.post(address("bulk-new"), {}, follow=True).content.decode()


def test_held_for_a_second_person_who_refuses_with_a_reason(
    client: Client, lead: Client, sana: User, tess: User, settings: Any
) -> None:
    settings.SECOND_PERSON_LISTINGS = 1
    found(1)
    run = prepared(tess, BulkVerb.CLOSE)
    assert "So much is for two people" in lead.get(address("bulk", run.pk)).content.decode()
    lead.post(address("bulk-begin", run.pk))
    shown = lead.get(address("bulk", run.pk)).content.decode()
    assert "so somebody else answers" in shown
    assert address("bulk-approve", run.pk) not in shown

    client.force_login(sana)
    assert address("bulk-approve", run.pk) in client.get(address("bulk", run.pk)).content.decode()
    client.post(address("bulk-discard", run.pk), {"reason": "Two of these are real"})
    assert "Two of these are real" in client.get(address("bulk", run.pk)).content.decode()
    run.refresh_from_db()
    assert run.state == BulkState.DISCARDED


def test_decisions_are_reversed_on_their_own_page_by_who_may(client: Client, tess: User, sana: User) -> None:
    found(1)
    client.force_login(sana)
    run = prepared(sana, BulkVerb.DECIDE, measure="warn")
    client.post(address("bulk-begin", run.pk))
    run_all(run)
    assert "reversed together by a team lead" in client.post(address("bulk-undo", run.pk), follow=True).content.decode()
    client.force_login(tess)
    assert client.post(address("bulk-undo", run.pk)).headers["Location"].startswith("/undo/")


def test_who_may(client: Client, kim: User, mara: User, tess: User) -> None:
    found(1)
    run = prepared(tess)
    client.force_login(kim)
    assert client.get(address("bulks")).status_code == 403
    assert client.post(address("bulk-new"), {}).status_code == 403
    assert address("bulk-new") not in client.get(address("cases")).content.decode()
    client.force_login(mara)
    assert client.get(address("bulk", run.pk)).status_code == 200
    for name in ("begin", "approve", "discard", "cancel", "undo"):
        assert client.post(address(f"bulk-{name}", run.pk)).status_code == 403


def test_whose_markets_are_limited_acts_on_those_and_sees_their_own(client: Client, tess: User) -> None:
    found(1)
    run = prepared(tess)
    local = make.person("fred", Role.TEAM_LEAD, markets=["FR"])
    client.force_login(local)

    assert client.get(address("bulk", run.pk)).status_code == 404
    told = client.post(address("bulk-new"), {"all": "1", "query": ""}, follow=True).content.decode()
    assert "Tick the cases" in told


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(
    lead: Client, tess: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found(1)
    for _each in range(count):
        prepared(tess)
    lead.get(address("bulks"))

    with django_assert_num_queries(5):
        assert lead.get(address("bulks")).content.decode().count("data-row=") == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_preview_costs_the_same_however_many(
    lead: Client, tess: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found(count)
    run = prepared(tess)
    lead.get(address("bulk", run.pk))

    with django_assert_num_queries(9):
        lead.get(address("bulk", run.pk))
