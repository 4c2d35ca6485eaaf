"""What appeals made of a policy's decisions stands on its page, by rule version, and asks for a review where it is too much."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import appeals
from enforcement.enums import AppealChannel, ItemOutcome
from enforcement.queries import overturned
from enforcement.queries.overturned import FEWEST, Record
from governance.accounts.enums import Role
from governance.insights.queries import attention
from governance.policies.enums import Measure
from governance.web.shares import wilson
from tests.enforcement.ground import Ground

pytestmark = pytest.mark.django_db


def heard(ground: Ground, *outcomes: ItemOutcome, at: datetime | None = None) -> None:
    """A decision for each outcome, appealed against and answered."""
    now = at or timezone.now()
    for number, outcome in enumerate(outcomes):
        decision = ground.issue([ground.violation(ground.listing(f"Ball {number}"))], Measure.REMOVE, at=now)
        arguments: dict[str, Any] = {"text": "No.", "channel": AppealChannel.PAGE, "actor": None, "at": now}
        appeal = appeals.take(appeal=appeals.file(decision=decision, **arguments), actor=ground.sela, at=now)
        given = dict.fromkeys(appeal.items.values_list("item_id", flat=True), outcome)
        appeals.decide(appeal=appeal, outcomes=given, answer="So.", actor=ground.sela, at=now)


LOST, KEPT = ItemOutcome.OVERTURNED, ItemOutcome.UPHELD


def page(client: Client, ground: Ground, query: str = "") -> str:
    client.force_login(ground.tilda)
    return client.get(reverse("enforcement:policy", args=[ground.policy.pk]) + query).content.decode()


def test_wilson_s_interval() -> None:
    low, high = wilson(5, 20)
    assert (round(low, 4), round(high, 4)) == (0.1119, 0.4687)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 10).low == 0.0
    assert wilson(10, 10).high == 1.0


def test_without_appeals_it_says_so(client: Client, ground: Ground) -> None:
    assert "No appeal against its decisions was heard" in page(client, ground)


def test_few_are_counted_and_nothing_is_made_of_them(client: Client, ground: Ground) -> None:
    heard(ground, LOST, LOST, KEPT)
    (row,) = overturned.by_version(ground.policy, since=None)
    assert (row.heard, row.overturned, row.share, row.bounds, row.asks_for_review) == (3, 2, None, None, False)
    text = page(client, ground)
    assert "too few" in text
    assert "Read the rule again" not in text


def test_many_show_their_share_and_ask_for_a_review(client: Client, ground: Ground) -> None:
    heard(ground, *[LOST] * 6, *[KEPT] * 4)
    text = page(client, ground)
    assert "6 of 10 decisions under v1 were overturned on appeal. Read the rule again." in text
    assert "31.3% to 83.2%" in text.replace("\xa0", "")
    manager = ground.person("manager", Role.GOVERNANCE_MANAGER)
    titles = [line.title for line in attention.lines(manager, at=timezone.now())]
    assert f"{ground.policy.number} loses on appeal: read the rule again" in titles


def test_the_threshold_is_a_setting(ground: Ground, settings: LazySettings) -> None:
    asked = []
    for share in (0.11, 0.12):  # with 5 of 20 it is certainly more than 11 %
        settings.APPEALS_REVIEW_SHARE = share
        asked.append(Record(policy=1, version=1, live=True, heard=20, overturned=5).asks_for_review)
    assert asked == [True, False]
    assert not Record(policy=1, version=1, live=False, heard=20, overturned=20).asks_for_review
    assert not Record(policy=1, version=1, live=True, heard=FEWEST - 1, overturned=FEWEST - 1).asks_for_review


def test_the_span_is_chosen(client: Client, ground: Ground) -> None:
    heard(ground, LOST, at=timezone.now() - timedelta(days=200))
    assert "No appeal against its decisions was heard" in page(client, ground, "?appeals=90")
    for query in ("", "?appeals=365", "?appeals=all", "?appeals=x"):
        assert "too few" in page(client, ground, query), query


def test_each_version_has_its_own_line_and_another_policy_none(ground: Ground) -> None:
    heard(ground, LOST)
    old, other = ground.version, ground.another_policy("lamps")
    draft = ground.draft()
    decision = ground.issue([], Measure.REMOVE, listings=[ground.listing("Cube")], version=old, at=timezone.now())
    assert draft.number == 2
    assert decision.version == old
    assert [(row.version, row.heard) for row in overturned.by_version(ground.policy, since=None)] == [(1, 1)]
    assert overturned.by_version(other, since=None) == []


def test_what_is_only_withdrawn_or_open_is_not_heard(ground: Ground) -> None:
    now = timezone.now()
    for withdrawn in (True, False):
        decision = ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE, at=now)
        appeal = appeals.file(decision=decision, text="No.", channel=AppealChannel.PAGE, actor=None, at=now)
        if withdrawn:
            appeals.withdraw(appeal=appeal, actor=None, at=now)
    assert overturned.by_version(ground.policy, since=None) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_it_is_one_query(ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    heard(ground, *[LOST] * rows)
    with django_assert_num_queries(1):
        overturned.by_version(ground.policy, since=None)
    with django_assert_num_queries(1):
        overturned.asking_for_review(since=timezone.now() - timedelta(days=365))
