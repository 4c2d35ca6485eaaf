"""One appeal against all decisions on one event: heard as one, an outcome for each, one letter, everything restored."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from enforcement.domain import appeals, decisions, taking_effect
from enforcement.enums import AppealChannel, AppealState, DecisionState, ItemOutcome, MessageKind
from enforcement.models import Appeal, AppealDecision, Decision, DeliveryEvent, Message
from enforcement.queries import appeals as queries
from governance.policies.enums import Measure
from listings.enums import Exposure
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=2)


def on_one_event(ground: Ground, *titles: str, event: str = "77", actor: str = "mona") -> list[Decision]:
    """A decision for each title, all upon the same case."""
    return [
        ground.issue([ground.violation(ground.listing(title))], Measure.REMOVE, origin_ref=event, actor=actor)
        for title in titles
    ]


def filed(decision: Decision, **more: object) -> Appeal:
    arguments: dict = {"text": "No.", "channel": AppealChannel.PAGE, "actor": None, "at": LATER, "whole_event": True}
    return appeals.file(decision=decision, **(arguments | more))


def contested(appeal: Appeal) -> set[str]:
    return {decision.reference for decision in appeal.decisions.all()}


def test_one_text_contests_all_and_is_confirmed_once(ground: Ground) -> None:
    first, second, third = on_one_event(ground, "Ball", "Cube", "Ring")
    other = on_one_event(ground, "Disc", event="78")[0]
    appeal = filed(second)
    assert contested(appeal) == {first.reference, second.reference, third.reference}
    assert appeal.decision == second
    assert not other.appeals.exists()
    assert "heard together: 3" in Message.objects.get(kind=MessageKind.APPEAL_RECEIVED).text
    told = DeliveryEvent.objects.get(type="appeal.filed").data
    assert (len(told["decisions"]), told["listings_total"]) == (3, 3)


def test_without_the_wish_it_is_one_alone(ground: Ground) -> None:
    first, _second = on_one_event(ground, "Ball", "Cube")
    assert contested(filed(first, whole_event=False)) == {first.reference}


def test_what_cannot_be_appealed_against_now_is_left_out(ground: Ground) -> None:
    first, heard_elsewhere, reversed_, late = on_one_event(ground, "Ball", "Cube", "Ring", "Disc")
    filed(heard_elsewhere, whole_event=False)
    decisions.reverse(decision=reversed_, actor=ground.sela, reason="Ours.", at=NOON)
    Message.objects.filter(decision=first).update(state="sent", sent_at=NOON + timedelta(days=100))
    at = NOON + timedelta(days=200)  # in time for the first alone, which was told late
    assert {each.pk for each in queries.others_of_event(first, LATER)} == {late.pk}
    assert queries.others_of_event(first, at) == []
    assert contested(filed(first, at=at)) == {first.reference}


def test_another_merchant_s_decision_is_never_taken_along(ground: Ground) -> None:
    mine = on_one_event(ground, "Ball")[0]
    theirs = ground.another_merchant("Sudlicht")
    listing = ground.listing("Cube", of=theirs)
    ground.issue([ground.violation(listing)], Measure.REMOVE, origin_ref="77", merchant=theirs)
    assert queries.others_of_event(mine, LATER) == []


def test_each_decision_is_in_one_open_appeal_and_free_afterwards(ground: Ground) -> None:
    first, second = on_one_event(ground, "Ball", "Cube")
    appeal = filed(first)
    with pytest.raises(appeals.AppealOpen):
        filed(second, whole_event=False)
    other = Appeal.objects.exclude(pk=appeal.pk).first()
    assert other is None
    with pytest.raises(IntegrityError), transaction.atomic():
        AppealDecision.objects.create(appeal=appeal, decision=second)
    appeals.withdraw(appeal=appeal, actor=None, at=LATER)
    assert filed(second, whole_event=False).state == AppealState.FILED


def test_an_outcome_for_each_and_one_letter(ground: Ground) -> None:
    first, second = on_one_event(ground, "Ball", "Cube")
    appeal = appeals.take(appeal=filed(first), actor=ground.sela, at=LATER)
    one, two = first.items.get(), second.items.get()
    given = {one.pk: ItemOutcome.UPHELD, two.pk: ItemOutcome.OVERTURNED}
    done = appeals.decide(appeal=appeal, outcomes=given, answer="The cube is wood.", actor=ground.sela, at=LATER)
    assert done.state == AppealState.PARTLY_OVERTURNED
    states = [Decision.objects.get(pk=each.pk).state for each in (first, second)]
    assert states == [DecisionState.IN_FORCE, DecisionState.REVERSED]
    assert ground.seen(two.listing)["DE"] == Exposure.SHOWN  # type: ignore[arg-type]
    assert ground.seen(one.listing)["DE"] == Exposure.HIDDEN  # type: ignore[arg-type]
    assert done.items.get(item=two).restored_at == LATER
    letter = Message.objects.get(kind=MessageKind.APPEAL_DECIDED).text
    assert f"{first.reference}: Stands" in letter
    assert f"{second.reference}: Restored" in letter


def test_all_overturned_gives_everything_and_the_points_back(ground: Ground) -> None:
    first = on_one_event(ground, "Ball", "Cube")[0]
    appeal = appeals.take(appeal=filed(first), actor=ground.sela, at=LATER)
    given = dict.fromkeys(appeal.items.values_list("item_id", flat=True), ItemOutcome.OVERTURNED)
    done = appeals.decide(appeal=appeal, outcomes=given, answer="Wood.", actor=ground.sela, at=LATER)
    assert done.state == AppealState.OVERTURNED
    assert done.items.filter(restored_at__isnull=True).count() == 0
    assert "4 points are taken off" in Message.objects.get(kind=MessageKind.APPEAL_DECIDED).text
    assert not AppealDecision.objects.filter(open=True).exists()


def test_who_decided_any_of_them_does_not_hear_it(ground: Ground) -> None:
    first = on_one_event(ground, "Ball")[0]
    on_one_event(ground, "Cube", actor=ground.sela)  # type: ignore[arg-type]
    appeal = filed(first)
    with pytest.raises(appeals.SamePerson):
        appeals.take(appeal=appeal, actor=ground.sela, at=LATER)
    assert appeals.take(appeal=appeal, actor=ground.tilda, at=LATER).assigned_to == ground.tilda


def test_a_pending_decision_waits_for_the_appeal_it_is_part_of(ground: Ground) -> None:
    policy = ground.another_policy("lamps", cure_days=5)
    rows = [ground.violation(ground.listing(title), policy) for title in ("Lamp", "Torch")]
    version = policy.live
    pending = [ground.issue([row], Measure.REMOVE, version=version, origin_ref="9") for row in rows]
    assert {each.state for each in pending} == {DecisionState.PENDING}
    filed(pending[0])
    taking_effect.start_due(at=NOON + timedelta(days=60))
    assert {Decision.objects.get(pk=each.pk).state for each in pending} == {DecisionState.PENDING}
