"""A decision that waits, on its page: who may answer, give more time or withdraw it, and what then stands there."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enforcement.domain import links, taking_effect
from enforcement.enums import DecisionState
from enforcement.models import Deadline, Decision
from governance.accounts.enums import Role
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground

pytestmark = pytest.mark.django_db
VERBS = ("approve", "refuse", "withdraw", "extend")


def url(decision: Decision, verb: str = "") -> str:
    name = f"enforcement:decision-{verb}" if verb else "enforcement:decision"
    return reverse(name, args=[decision.reference])


def held(ground: Ground) -> Decision:
    return ground.issue([ground.violation(ground.listing("Ball"))], Measure.SUSPEND, at=timezone.now())


def pending(ground: Ground) -> Decision:
    policy = ground.another_policy("lenient", cure_days=5)
    found = ground.violation(ground.listing("Cube"), policy)
    return ground.issue([found], Measure.REMOVE, version=policy.live, at=timezone.now())


def state(decision: Decision) -> str:
    return Decision.objects.get(pk=decision.pk).state


def test_a_second_person_reads_why_it_is_held_and_approves(client: Client, ground: Ground) -> None:
    decision = held(ground)
    client.force_login(ground.sela)
    page = client.get(url(decision)).content.decode()
    for part in ("Held for a second person.", "The measure is harsh", "The merchant has not been told", 'id="approve"'):
        assert part in page, part
    assert "Held for a second person" not in client.post(url(decision, "approve"), follow=True).content.decode()
    assert state(decision) == DecisionState.IN_FORCE


def test_refused_with_a_reason(client: Client, ground: Ground) -> None:
    decision = held(ground)
    client.force_login(ground.sela)
    assert "Say why not" in client.post(url(decision, "refuse"), {"reason": " "}, follow=True).content.decode()
    assert state(decision) == DecisionState.HELD
    client.post(url(decision, "refuse"), {"reason": "Out of proportion."})
    assert state(decision) == DecisionState.WITHDRAWN
    assert "Not acted upon" in client.get(url(decision)).content.decode()


def test_who_decided_is_not_asked_and_cannot_answer(client: Client, ground: Ground) -> None:
    decider = ground.person("sunny", Role.SENIOR_REVIEWER)
    found = ground.violation(ground.listing("Ball"))
    decision = ground.issue([found], Measure.SUSPEND, actor=decider, at=timezone.now())
    client.force_login(decider)
    page = client.get(url(decision)).content.decode()
    assert 'id="approve"' not in page
    assert "somebody else answers" in page
    assert "You decided this yourself" in client.post(url(decision, "approve"), follow=True).content.decode()
    assert state(decision) == DecisionState.HELD


def test_more_time_is_given(client: Client, ground: Ground) -> None:
    decision = pending(ground)
    client.force_login(ground.sela)
    assert "It takes effect on" in client.get(url(decision)).content.decode()
    client.post(url(decision, "extend"), {"correct_by": "", "reason": "Ill"})
    assert Deadline.objects.count() == 1
    client.post(url(decision, "extend"), {"correct_by": "2027-03-01", "reason": "Ill"})
    assert Deadline.objects.order_by("-pk")[0].correct_by == date(2027, 3, 1)


def test_withdrawn_before_it_took_effect(client: Client, ground: Ground) -> None:
    decision = pending(ground)
    client.force_login(ground.sela)
    client.post(url(decision, "withdraw"), {"reason": "We were wrong."})
    assert state(decision) == DecisionState.WITHDRAWN
    again = client.post(url(decision, "withdraw"), {"reason": "Again"}, follow=True).content.decode()
    assert "cannot become" in again


@pytest.mark.parametrize("verb", VERBS)
def test_a_moderator_does_none_of_it(client: Client, ground: Ground, verb: str) -> None:
    decision = held(ground) if verb in ("approve", "refuse") else pending(ground)
    client.force_login(ground.mona)
    body = {"reason": "x", "correct_by": "2027-03-01"}
    assert client.post(url(decision, verb), body).status_code == 403
    assert state(decision) == decision.state
    assert client.get(url(decision, verb)).status_code == 405


def test_what_waits_for_a_second_person_stands_on_their_home(client: Client, ground: Ground) -> None:
    held(ground)
    client.force_login(ground.sela)
    assert "1 decision waits for a second person" in client.get("/").content.decode()


def test_the_merchant_reads_when_it_takes_effect(client: Client, ground: Ground) -> None:
    decision = pending(ground)
    page = client.get(links.address_of(decision)).content.decode()
    assert "This decision takes effect on" in page
    taking_effect.withdraw(decision=decision, actor=ground.sela, reason="We were wrong.", at=timezone.now())
    assert "It never took effect." in client.get(links.address_of(decision)).content.decode()
