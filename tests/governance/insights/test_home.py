"""Home: each role sees what waits for it, and the figures count what they say."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.accounts.enums import Role
from governance.insights.queries import attention, figures
from listings.models import ListingMetric
from tests.factories.cases import NOON, case, listing, merchant, person, policy, violation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", list(Role))
def test_home_opens_for_every_role(client: Client, role: Role) -> None:
    user = person("somebody") if role == Role.APPROVER else person("somebody", role)
    client.force_login(user)
    assert client.get(reverse("insights:home")).status_code == 200


def test_a_late_case_stands_first_for_a_moderator() -> None:
    case(policy("magnets"), merchant("Acme"))
    moderator = person("moderator", Role.MODERATOR)
    assert attention.lines(moderator, at=NOON + timedelta(days=60))[0].title == "1 case is late"
    assert attention.lines(person("auditor", Role.AUDITOR), at=NOON + timedelta(days=60)) == []


def test_views_of_what_breaks_a_policy_are_counted_by_week() -> None:
    acme = merchant("Acme")
    breaking, fine = listing(acme, "Cube"), listing(acme, "Book")
    violation(breaking, policy("magnets"))
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday(), weeks=1)
    for of, impressions in ((breaking, 30), (fine, 9_970)):
        ListingMetric.objects.create(listing=of, date=monday, impressions=impressions)
    weeks = figures.weeks(today=timezone.localdate(), markets=())
    assert [(week.begins, week.per_10k) for week in weeks] == [(monday, 30.0)]
    assert figures.weeks(today=timezone.localdate(), markets=["PL"]) == []


def test_the_figures_are_unknown_where_there_is_nothing_to_measure() -> None:
    found = figures.figures(at=NOON)
    assert (found.hours_to_decide, found.changed_on_appeal, found.false_share) == (None, None, None)


def test_the_parts_of_home_answer(client: Client) -> None:
    violation(listing(merchant("Acme"), "Cube"), policy("magnets"))
    client.force_login(person("manager", Role.GOVERNANCE_MANAGER))
    assert "Open violations" in client.get(reverse("insights:stats")).content.decode()
    assert "Strong loose magnets in toys" in client.get(reverse("insights:numbers")).content.decode()
