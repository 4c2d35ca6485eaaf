"""The policies that are kept ready in the process."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enforcement import engine
from governance.accounts.models import User
from governance.policies.enums import Mode, Subject
from governance.policies.models import Policy
from listings.models import Category
from tests.enforcement.engine.conftest import active, term_list
from tests.factories.cases import NOON, policy


def acting() -> list[int]:
    return sorted(engine.standing(at=NOON).versions)


def test_they_are_those_that_act_on_listings(author: User, registers: dict[str, Category]) -> None:
    enforced = active("enforced", "listing.price > 1.0", author, mode=Mode.ENFORCE)
    reviewed = active("reviewed", "listing.price > 1.0", author, mode=Mode.REVIEW)
    active("shadow", "listing.price > 1.0", author, mode=Mode.SHADOW)
    active("off", "listing.price > 1.0", author, mode=Mode.OFF)
    active("traders", "merchant.points > 1", author, mode=Mode.ENFORCE, subject=Subject.MERCHANTS)
    active("later", "listing.price > 1.0", author, mode=Mode.ENFORCE, effective_from=NOON.date() + timedelta(days=1))
    assert acting() == sorted([enforced.pk, reviewed.pk])


def test_a_day_can_change_them(author: User, registers: dict[str, Category]) -> None:
    later = active("later", "listing.price > 1.0", author, mode=Mode.ENFORCE, effective_from=date(2026, 11, 24))
    assert acting() == []
    assert sorted(engine.standing(at=NOON + timedelta(days=1)).versions) == [later.pk]


def test_unchanged_they_cost_two_queries_and_a_change_is_seen(author: User, registers: dict[str, Category]) -> None:
    version = active("enforced", "listing.price > 1.0", author, mode=Mode.ENFORCE)
    first = engine.standing(at=NOON)
    with CaptureQueriesContext(connection) as captured:
        assert engine.standing(at=NOON) is first
    assert len(captured) == 2, "what rules may name, and which policies are switched on"
    Policy.objects.filter(pk=version.policy_id).update(mode=Mode.REVIEW)
    assert [policy.mode for policy in engine.standing(at=NOON).policies.policies] == [Mode.REVIEW]


def test_texts_are_read_once(author: User, registers: dict[str, Category]) -> None:
    term_list("magnets", ["magnet"], author)
    first, second = (policy(title.lower(), author=author, title=title).live_id for title in ("One", "Two"))
    assert first is not None
    assert second is not None
    standing = engine.standing(at=NOON)
    assert standing.texts([first])[first]["en"].title == "One"
    with CaptureQueriesContext(connection) as captured:
        standing.texts([first, second])
        assert standing.texts([first, second])[second]["en"].title == "Two"
    assert len(captured) == 1


@pytest.mark.parametrize("markets", [("DE",), ("FR", "DE"), ("TR",), ()])
def test_what_applies_goes_by_category_and_market(
    author: User, registers: dict[str, Category], markets: tuple[str, ...]
) -> None:
    active("toys", "listing.price > 1.0", author, mode=Mode.ENFORCE, categories=["toys"], jurisdictions=["DE"])
    active("all", "merchant.points > 1", author, mode=Mode.ENFORCE, jurisdictions=["FR"])
    policies = engine.standing(at=NOON).policies
    toys = policies.applying("toys/plush", markets)
    expected = [("DE",)] * ("DE" in markets) + [("FR",)] * ("FR" in markets)
    assert [common for _policy, common in toys.policies] == expected
    assert ("merchant.points" in toys.needs) is ("FR" in markets)
    assert len(policies.applying("tools", markets).policies) == ("FR" in markets)
