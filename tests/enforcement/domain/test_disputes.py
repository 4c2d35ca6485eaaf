"""Disputes before bodies and courts: put on record, decided once, carried out as an appeal is, counted for reports."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from enforcement.domain import decisions, dispute_bodies, disputes
from enforcement.domain.files import FileRefused, Sent
from enforcement.enums import DISPUTE_MOVES, DecisionState, DisputeOutcome, DisputeState, Forum, MessageKind
from enforcement.models import Decision, Dispute, DisputeBody, DisputeStep, Message
from enforcement.queries import disputes as queries
from governance.audit.models import Entry
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from listings.enums import Exposure
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=30)
PDF = b"%PDF-1.7 the body's decision"


def entered(ground: Ground, **more: Any) -> DisputeBody:
    fields: dict[str, Any] = {
        "body": None,
        "name": "Settle",
        "url": "https://settle.example/",
        "country": "DE",
        "languages": ["en", "de"],
        "named": True,
    }
    return dispute_bodies.save(**(fields | more), actor=ground.tilda, at=NOON)


def removed(ground: Ground, *titles: str) -> Decision:
    return ground.issue([ground.violation(ground.listing(title)) for title in titles or ("Ball",)], Measure.REMOVE)


def recorded(ground: Ground, decision: Decision | None = None, **more: Any) -> Dispute:
    body = DisputeBody.objects.first() or entered(ground)
    fields: dict[str, Any] = {
        "decision": decision or removed(ground),
        "forum": Forum.BODY,
        "body": body,
        "brought_on": date(2026, 12, 1),
        "actor": ground.sela,
        "at": LATER,
    }
    return disputes.record(**(fields | more))


def decided(ground: Ground, dispute: Dispute, outcome: DisputeOutcome, **more: Any) -> Dispute:
    fields: dict[str, Any] = {"decided_on": date(2026, 12, 11), "words": "The set is no toy.", "at": LATER}
    return disputes.decide(dispute=dispute, outcome=outcome, actor=ground.sela, **(fields | more))


def test_it_is_put_on_record_with_its_papers(ground: Ground) -> None:
    dispute = recorded(ground, their_reference="B-17", note="They dispute the age.", sent=[Sent("claim.pdf", [PDF])])
    assert (dispute.state, dispute.before) == (DisputeState.OPEN, "Settle")
    (step,) = queries.steps(dispute)
    assert step.text == "They dispute the age."
    assert [paper.name for paper in step.documents.all()] == ["claim.pdf"]
    assert Entry.objects.get(verb="dispute.recorded").subject_ref == dispute.reference


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": None},
        {"court": "Amtsgericht"},
        {"forum": Forum.COURT},
        {"forum": Forum.COURT, "body": None, "court": "  "},
        {"brought_on": date(2026, 11, 22)},
        {"brought_on": date(2027, 1, 1)},
    ],
)
def test_what_does_not_fit_is_refused(ground: Ground, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refusal):
        recorded(ground, **wrong)
    assert Dispute.objects.count() == 0


def test_a_refused_paper_leaves_nothing(ground: Ground) -> None:
    with pytest.raises(FileRefused):
        recorded(ground, sent=[Sent("a.pdf", [b"MZ"])])
    assert Dispute.objects.count() == 0


def test_against_us_gives_everything_back_and_tells_the_merchant(ground: Ground) -> None:
    decision = removed(ground, "Ball", "Cube")
    dispute = decided(ground, recorded(ground, decision), DisputeOutcome.AGAINST_US, costs="Each bears its own.")
    assert Decision.objects.get().state == DecisionState.IN_FORCE  # nothing happens by putting it on record
    done = disputes.take_effect(dispute=dispute, items=None, actor=ground.tilda, at=LATER)
    assert done.state == DisputeState.IN_EFFECT
    assert Decision.objects.get().state == DecisionState.REVERSED
    assert {ground.seen(item.listing)["DE"] for item in decision.items.all()} == {Exposure.SHOWN}  # type: ignore[arg-type]
    letter = Message.objects.get(kind=MessageKind.RESTORED)
    assert "What Settle decided about our decision" in letter.text
    assert "The set is no toy." in letter.text
    assert "4 points are taken off" in letter.text
    with pytest.raises(MoveRefused):
        disputes.take_effect(dispute=dispute, items=None, actor=ground.tilda, at=LATER)
    assert Message.objects.filter(kind=MessageKind.RESTORED).count() == 1


def test_in_part_gives_back_what_is_named(ground: Ground) -> None:
    decision = removed(ground, "Ball", "Cube")
    dispute = decided(ground, recorded(ground, decision), DisputeOutcome.PARTLY)
    first = decision.items.order_by("pk")[0]
    with pytest.raises(Refusal):
        disputes.take_effect(dispute=dispute, items=[], actor=ground.tilda, at=LATER)
    disputes.take_effect(dispute=dispute, items=[first], actor=ground.tilda, at=LATER)
    assert Decision.objects.get().state == DecisionState.PARTLY_REVERSED
    assert DisputeStep.objects.get(to_state=DisputeState.IN_EFFECT).items == [first.pk]


def test_what_was_given_back_before_is_carried_out_without_a_letter(ground: Ground) -> None:
    decision = removed(ground)
    decisions.reverse(decision=decision, actor=ground.sela, reason="Ours.", at=NOON)
    dispute = decided(ground, recorded(ground, decision), DisputeOutcome.AGAINST_US)
    assert disputes.take_effect(dispute=dispute, items=None, actor=ground.tilda, at=LATER).state == "in_effect"
    assert Message.objects.filter(subject_key__startswith="dispute:").count() == 0


@pytest.mark.parametrize("outcome", [DisputeOutcome.CONFIRMED, DisputeOutcome.SETTLED])
def test_what_asks_nothing_is_not_carried_out(ground: Ground, outcome: DisputeOutcome) -> None:
    dispute = decided(ground, recorded(ground), outcome)
    with pytest.raises(disputes.NothingToDo):
        disputes.take_effect(dispute=dispute, items=None, actor=ground.tilda, at=LATER)


@pytest.mark.parametrize(
    "wrong", [{"words": " "}, {"decided_on": date(2026, 11, 30)}, {"decided_on": date(2027, 5, 1)}]
)
def test_an_outcome_has_words_and_a_day_that_fits(ground: Ground, wrong: dict[str, Any]) -> None:
    dispute = recorded(ground)
    with pytest.raises(Refusal):
        decided(ground, dispute, DisputeOutcome.CONFIRMED, **wrong)
    assert Dispute.objects.get().state == DisputeState.OPEN


def test_it_is_withdrawn_with_a_word_and_noted_upon_at_any_time(ground: Ground) -> None:
    dispute = recorded(ground)
    with pytest.raises(Refusal):
        disputes.withdraw(dispute=dispute, reason=" ", actor=ground.sela, at=LATER)
    disputes.withdraw(dispute=dispute, reason="They gave up.", actor=ground.sela, at=LATER)
    disputes.note(dispute=dispute, text="The fee came back.", actor=ground.sela, at=LATER)
    with pytest.raises(Refusal):
        disputes.note(dispute=dispute, text="", actor=ground.sela, at=LATER)
    assert [step.text for step in queries.steps(dispute)][:2] == ["The fee came back.", "They gave up."]


@pytest.mark.parametrize(("was", "to"), list(product(DisputeState, DisputeState)))
def test_every_move_is_as_the_table_says(ground: Ground, was: DisputeState, to: DisputeState) -> None:
    dispute = recorded(ground)
    path = {DisputeState.WITHDRAWN: [DisputeState.WITHDRAWN], DisputeState.DECIDED: [DisputeState.DECIDED]}
    path[DisputeState.IN_EFFECT] = [DisputeState.DECIDED, DisputeState.IN_EFFECT]

    def move(state: DisputeState) -> None:
        if state in (DisputeState.DECIDED, DisputeState.IN_EFFECT):
            dispute.outcome, dispute.decided_on, dispute.words = "against_us", date(2026, 12, 2), "Said."
        disputes._move(dispute, state, actor=ground.sela, text="", at=LATER)

    for state in path.get(was, []):
        move(state)
    if to in DISPUTE_MOVES[was]:
        move(to)
        assert Dispute.objects.get().state == to
    else:
        with pytest.raises(MoveRefused):
            move(to)


def test_the_record_stays(ground: Ground) -> None:
    dispute = decided(ground, recorded(ground), DisputeOutcome.AGAINST_US)
    rows = Dispute.objects.filter(pk=dispute.pk)
    for change in ({"court": "x"}, {"brought_on": date(2026, 12, 2)}, {"outcome": "confirmed"}, {"words": "Other."}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows._raw_delete(rows.db)
    with pytest.raises(DatabaseError), transaction.atomic():
        DisputeStep.objects.update(text="Other.")


def test_totals_are_what_a_report_counts(ground: Ground) -> None:
    recorded(ground)
    decided(ground, recorded(ground), DisputeOutcome.CONFIRMED)
    lost = decided(ground, recorded(ground), DisputeOutcome.AGAINST_US, decided_on=date(2026, 12, 21))
    disputes.take_effect(dispute=lost, items=None, actor=ground.tilda, at=LATER)
    decided(ground, recorded(ground), DisputeOutcome.PARTLY, decided_on=date(2026, 12, 13))
    recorded(ground, brought_on=date(2026, 12, 20))
    recorded(ground, forum=Forum.COURT, body=None, court="Amtsgericht")
    december = {"since": date(2026, 12, 1), "until": date(2026, 12, 19)}
    found = queries.totals(queries.listed(None), forum=Forum.BODY, **december)
    assert (found.brought, found.open, found.lost, found.carried_out, found.median_days) == (4, 1, 2, 1, 12)
    assert found.outcomes == {"confirmed": 1, "against_us": 1, "partly": 1}
    empty = queries.totals(queries.listed(None), forum=Forum.BODY, since=date(2020, 1, 1), until=date(2020, 1, 2))
    assert (empty.brought, empty.median_days) == (0, None)


# --- bodies --------------------------------------------------------------------------------------


def test_statements_name_the_bodies_that_speak_the_merchant_s_language(ground: Ground) -> None:
    entered(ground)
    entered(ground, name="Arbitrage", languages=["fr"])
    entered(ground, name="Quiet", named=False)
    text = removed(ground).statement.text
    assert "Certified bodies that you can turn to: Settle: https://settle.example/." in text
    assert "Arbitrage" not in text
    assert "Quiet" not in text


def test_without_a_body_the_statement_says_nothing_of_them(ground: Ground) -> None:
    assert "Certified bodies" not in removed(ground).statement.text


def test_a_body_is_changed_and_what_it_was_is_kept(ground: Ground) -> None:
    body = entered(ground)
    entered(ground, body=body, url="https://new.example/")
    events = body.events.order_by("pgh_id").values_list("url", flat=True)  # type: ignore[attr-defined]
    assert next(iter(events)) == "https://settle.example/"
    assert list(events)[-1] == "https://new.example/"
    with pytest.raises(Refusal):
        entered(ground, name="SETTLE")
