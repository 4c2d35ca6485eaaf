"""A pending decision of which nothing is left says why: to the file, to the merchant, on the page."""

from datetime import timedelta

import pytest
from django.test import Client

from enforcement.domain import decisions, links, taking_effect, violations
from enforcement.enums import DecisionState, LiftedBecause, MessageKind
from enforcement.models import Decision, Message, Violation
from governance.policies.enums import Measure
from governance.policies.models import Policy
from listings.models import Listing
from tests.enforcement.domain.test_waiting import AFTER, pending
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
TOLD = NOON + timedelta(hours=1)
CAUSES = [
    ("corrected", LiftedBecause.CORRECTED, "has been corrected", "What was wrong is corrected."),
    ("waived", LiftedBecause.WAIVED, "an exemption was granted", "an exemption was granted"),
    (
        "policy_ended",
        LiftedBecause.POLICY_ENDED,
        "no longer applies",
        "The rule behind this decision no longer applies",
    ),
    ("dismissed", LiftedBecause.REVERSED, "take it back", "We looked again"),
    ("overturned", LiftedBecause.REVERSED, "take it back", "We looked again"),
]


@pytest.fixture
def lenient(ground: Ground) -> Policy:
    return ground.another_policy("labels-of-toys", cure_days=5)


def letters(decision: Decision) -> list[str]:
    found = Message.objects.filter(decision=decision, kind=MessageKind.RESTORED).order_by("pk")
    return list(found.values_list("text", flat=True))


@pytest.mark.parametrize(("closed", "because", "letter", "shown_as"), CAUSES)
@pytest.mark.parametrize("by_deadline", [False, True])
def test_each_cause_is_told_as_it_is(
    ground: Ground, lenient: Policy, closed: str, because: str, letter: str, shown_as: str, by_deadline: bool
) -> None:
    decision = pending(ground, lenient)
    ground.close(Violation.objects.get(), closed)
    done = taking_effect.start_due(AFTER) if by_deadline else decisions.settle_corrected(at=TOLD)
    decision.refresh_from_db()
    assert (done, decision.state) == (1, DecisionState.SETTLED)
    assert decision.moves.get().reason == because
    (text,) = letters(decision)
    assert letter in text
    assert "points" not in text
    shown = Client().get(f"/s/{links.token_of(decision)}/").content.decode()
    assert shown_as in shown


def test_two_causes_are_two_letters_and_one_move(ground: Ground, lenient: Policy) -> None:
    decision = pending(ground, lenient, "Ball", "Top")
    first, second = Violation.objects.order_by("pk")
    ground.close(first, "waived")
    ground.close(second, "corrected")
    assert decisions.settle_corrected(at=TOLD) == 1
    assert decisions.settle_corrected(at=TOLD) == 0
    one, other = letters(decision)
    assert ("exemption" in one, "Ball" in one, "Top" in one) == (True, True, False)
    assert ("corrected" in other, "Top" in other) == (True, True)
    assert decision.moves.get().reason == ""
    shown = Client().get(f"/s/{links.token_of(decision)}/").content.decode()
    assert "Nothing is left of what this decision named" in shown
    assert "What was wrong is corrected" not in shown


def test_named_by_hand_and_changed_since_is_corrected(ground: Ground, lenient: Policy) -> None:
    ball = ground.listing("Ball")
    decision = ground.issue([], Measure.REMOVE, version=lenient.live, listings=[ball])
    Listing.objects.filter(pk=ball.pk).update(version=2)
    assert taking_effect.start_due(AFTER) == 1
    assert decision.moves.get().reason == LiftedBecause.CORRECTED


def test_what_a_moderator_finds_fine_after_all_is_taken_back(ground: Ground, lenient: Policy) -> None:
    decision = pending(ground, lenient)
    violations.dismiss(violations=Violation.objects.all(), actor=ground.mona, reason="It is a lamp.", at=TOLD)
    assert decisions.settle_corrected(at=TOLD) == 1
    assert "take it back" in letters(decision)[0]
