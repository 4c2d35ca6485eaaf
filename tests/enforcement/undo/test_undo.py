"""Many decisions reversed in one run: what is chosen, what is given back, what is left and why, and who may say yes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings

from enforcement.domain import appeals, decisions, undo, undo_work
from enforcement.domain.decision_states import ReasonMissing
from enforcement.enums import (
    AppealChannel,
    ClosedBecause,
    DecisionState,
    LeftBecause,
    MessageKind,
    Owed,
    PartState,
    UndoState,
    ViolationState,
)
from enforcement.models import Decision, Message, Undo, UndoPart, Violation
from enforcement.queries import points as ledger
from enforcement.queries import undo as queries
from governance.accounts.enums import Role
from governance.audit.models import Entry
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from tests.enforcement.ground import Ground
from tests.enforcement.undo.swept import LATER, REASON, prepared, run_all, shown, swept, ticking
from tests.factories.cases import NOON

BREAKS = """
    CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.item_id = %s THEN RAISE EXCEPTION 'the disk is on fire'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER break_it BEFORE INSERT ON enforcement_itemreversal FOR EACH ROW EXECUTE FUNCTION break_it()
"""


def test_a_sweep_is_reversed_as_if_it_had_not_been(ground: Ground) -> None:
    ground.listing("Untouched")
    before = shown()
    sweep = swept(ground, merchants=3, listings=2)
    assert {each.state for each in Decision.objects.all()} == {DecisionState.IN_FORCE}
    assert shown() != before
    run = run_all(undo.start(undo=prepared(sweep, ground.tilda), actor=ground.tilda, at=LATER))
    assert (run.state, run.ended_at is not None) == (UndoState.FINISHED, True)
    assert {each.state for each in Decision.objects.all()} == {DecisionState.REVERSED}
    assert shown() == before
    assert {ledger.balance(each.merchant_id, LATER + timedelta(hours=1)) for each in Decision.objects.all()} == {0}
    assert set(Violation.objects.values_list("closed_because", flat=True)) == {ClosedBecause.OVERTURNED}
    letters = Message.objects.filter(kind=MessageKind.RESTORED)
    assert letters.count() == 3
    assert all(REASON in letter.text for letter in letters)
    found = queries.progress(run)
    assert (found.restored, found.left, found.differs, found.share) == (3, {}, 0, 1.0)
    assert list(Entry.objects.filter(subject_kind="undo").order_by("pk").values_list("verb", flat=True)) == [
        "undo.prepared",
        "undo.started",
        "undo.finished",
    ]


def test_the_preview_says_what_and_what_not(ground: Ground) -> None:
    sweep = swept(ground, merchants=4, listings=2)
    first, second, third, _fourth = Decision.objects.order_by("pk")
    decisions.reverse(decision=first, actor=ground.sela, reason="Wrong.", at=NOON)
    other = ground.another_policy("other", measures=[Measure.REMOVE])
    listing = second.items.first().listing  # type: ignore[union-attr]
    assert listing is not None
    ground.issue([ground.violation(listing, other)], Measure.REMOVE, version=other.live, merchant=listing.merchant)
    appeals.file(decision=third, channel=AppealChannel.PAGE, text="No magnets.", actor=None, at=NOON)
    undecided = ground.violation(ground.listing("Later"), third.version.policy)
    Violation.objects.filter(pk=undecided.pk).update(found_by=sweep)
    seen = prepared(sweep, ground.tilda).preview
    assert (seen["decisions"], seen["already"], seen["listings"], seen["merchants"]) == (3, 1, 6, 3)
    assert (seen["still_limited"], seen["under_appeal"], seen["open"], seen["points"]) == (1, 1, 1, 12)
    assert [(row["measure"], row["count"]) for row in seen["policies"]] == [("remove", 3), ("", 1)]


def test_what_people_decided_stays_unless_it_is_chosen(ground: Ground) -> None:
    sweep = swept(ground, merchants=1)
    policy = Decision.objects.get().version.policy
    found = ground.violation(ground.listing("By hand"), policy)
    Violation.objects.filter(pk=found.pk).update(found_by=sweep)
    by_hand = ground.issue([found], Measure.REMOVE, version=policy.live)
    without = prepared(sweep, ground.tilda)
    assert (without.preview["by_people"], without.total) == (1, 1)
    run_all(undo.start(undo=without, actor=ground.tilda, at=LATER))
    assert Decision.objects.get(pk=by_hand.pk).state == DecisionState.IN_FORCE
    run_all(undo.start(undo=prepared(sweep, ground.tilda, with_people=True), actor=ground.tilda, at=LATER))
    assert Decision.objects.get(pk=by_hand.pk).state == DecisionState.REVERSED


def test_a_policy_version_is_reversed_since_a_time(ground: Ground) -> None:
    swept(ground, merchants=1, slug="early")
    early = Decision.objects.get()
    late = ground.violation(ground.listing("Late"), early.version.policy)
    decisions.decide_owed(clock=lambda: NOON + timedelta(hours=2))
    run = undo.prepare_version(
        version=early.version,
        since=NOON + timedelta(hours=1),
        with_people=False,
        close_open=False,
        actor=ground.tilda,
        reason=REASON,
        at=LATER,
    )
    run_all(undo.start(undo=run, actor=ground.tilda, at=LATER))
    assert Decision.objects.get(pk=early.pk).state == DecisionState.IN_FORCE
    assert Decision.objects.get(items__violation=late).state == DecisionState.REVERSED


def test_a_time_to_come_and_a_missing_reason_are_refused(ground: Ground) -> None:
    sweep = swept(ground, merchants=1)
    version = Decision.objects.get().version
    said = {"with_people": False, "close_open": False, "actor": ground.tilda, "at": LATER}
    with pytest.raises(Refusal, match="still to come"):
        undo.prepare_version(version=version, since=LATER + timedelta(days=1), reason=REASON, **said)  # type: ignore[arg-type]
    with pytest.raises(ReasonMissing):
        undo.prepare_sweep(sweep=sweep, reason=" ", **said)  # type: ignore[arg-type]
    assert not Undo.objects.exists()


def test_nothing_to_reverse_is_said_and_leaves_no_row(ground: Ground) -> None:
    sweep = swept(ground, merchants=1)
    decisions.reverse(decision=Decision.objects.get(), actor=ground.sela, reason="Wrong.", at=NOON)
    with pytest.raises(undo.NothingToUndo):
        prepared(sweep, ground.tilda)
    assert not Undo.objects.exists()


def test_what_is_not_decided_yet_is_closed_with_it(ground: Ground) -> None:
    sweep = swept(ground, merchants=1)
    waits = ground.violation(ground.listing("Waits"), Decision.objects.get().version.policy)
    Violation.objects.filter(pk=waits.pk).update(found_by=sweep)
    run = run_all(undo.start(undo=prepared(sweep, ground.tilda), actor=ground.tilda, at=LATER))
    waits.refresh_from_db()
    assert (waits.state, waits.owed, run.closed) == (ViolationState.CLOSED, Owed.NOTHING, 1)
    assert decisions.decide_owed(clock=lambda: LATER) == 0


@pytest.mark.parametrize("pending", [True, False], ids=["pending", "held"])
def test_what_has_not_taken_effect_never_does(ground: Ground, pending: bool) -> None:
    policy = ground.another_policy("slow", cure_days=5 if pending else 0)
    found = ground.violation(ground.listing("Ball"), policy)
    measure = Measure.REMOVE if pending else Measure.SUSPEND
    decision = ground.issue([found], measure, version=policy.live)
    assert decision.state in (DecisionState.PENDING, DecisionState.HELD)
    chosen = Decision.objects.filter(pk=decision.pk)
    run = undo.prepare_chosen(chosen=chosen, actor=ground.tilda, reason=REASON, at=LATER)
    run_all(undo.start(undo=run, actor=ground.tilda, at=LATER))
    decision.refresh_from_db()
    assert decision.state == (DecisionState.REVERSED if pending else DecisionState.WITHDRAWN)
    assert ground.reread([found])[0].closed_because == ClosedBecause.OVERTURNED
    assert Message.objects.filter(kind=MessageKind.RESTORED).exists() == pending


def test_what_was_replaced_or_reversed_meanwhile_is_left(ground: Ground) -> None:
    sweep = swept(ground, merchants=2)
    run = prepared(sweep, ground.tilda)
    first, second = Decision.objects.order_by("pk")
    later = ground.issue(
        [each.violation for each in first.items.all() if each.violation],
        Measure.REMOVE,
        version=first.version,
        merchant=first.merchant,
        supersedes=first,
    )
    decisions.reverse(decision=second, actor=ground.sela, reason="Wrong.", at=NOON)
    run = run_all(undo.start(undo=run, actor=ground.tilda, at=LATER))
    assert queries.progress(run).left == {LeftBecause.REPLACED: 1, LeftBecause.ALREADY: 1}
    assert [part.decision_id for part in queries.to_look_at(run, 10)] == [first.pk]
    assert Decision.objects.get(pk=later.pk).state == DecisionState.IN_FORCE


def test_above_a_size_a_second_person_says_yes(ground: Ground) -> None:
    other = ground.person("otto", Role.GOVERNANCE_MANAGER)
    with override_settings(SECOND_PERSON_UNDO=2):
        small = undo.start(
            undo=prepared(swept(ground, merchants=1, slug="a"), ground.tilda), actor=ground.tilda, at=LATER
        )
        large = undo.start(
            undo=prepared(swept(ground, merchants=2, slug="b"), ground.tilda), actor=ground.tilda, at=LATER
        )
    assert (small.state, large.state) == (UndoState.RUNNING, UndoState.HELD)
    assert not undo_work.run(undo_id=large.pk, clock=ticking())
    assert not UndoPart.objects.filter(undo=large).exclude(state=PartState.WAITING).exists()
    with pytest.raises(undo.SamePerson):
        undo.approve(undo=large, actor=ground.tilda, at=LATER)
    with pytest.raises(MoveRefused):
        undo.start(undo=large, actor=other, at=LATER)
    undo.approve(undo=large, actor=other, at=LATER)
    assert run_all(large).state == UndoState.FINISHED


def test_whoever_asked_for_a_second_person_is_not_that_person(ground: Ground) -> None:
    other = ground.person("otto", Role.GOVERNANCE_MANAGER)
    run = prepared(swept(ground), ground.tilda)
    with override_settings(SECOND_PERSON_UNDO=1):
        undo.start(undo=run, actor=other, at=LATER)
    with pytest.raises(undo.SamePerson):
        undo.approve(undo=run, actor=other, at=LATER)


def test_a_second_person_says_no_with_a_reason(ground: Ground) -> None:
    other = ground.person("otto", Role.GOVERNANCE_MANAGER)
    with override_settings(SECOND_PERSON_UNDO=1):
        run = undo.start(undo=prepared(swept(ground), ground.tilda), actor=ground.tilda, at=LATER)
    with pytest.raises(ReasonMissing):
        undo.discard(undo=run, actor=other, at=LATER)
    undo.discard(undo=run, actor=other, reason="The rule was right.", at=LATER)
    assert {each.state for each in Decision.objects.all()} == {DecisionState.IN_FORCE}
    with pytest.raises(MoveRefused):
        undo.approve(undo=run, actor=other, at=LATER)


def test_stopped_it_reverses_nothing_more_and_goes_on_where_it_was(ground: Ground) -> None:
    run = undo.start(undo=prepared(swept(ground, merchants=3), ground.tilda), actor=ground.tilda, at=LATER)
    assert undo_work.run(undo_id=run.pk, clock=ticking(timedelta(seconds=1)))
    done = queries.progress(run).ended
    assert 0 < done < 3
    undo.stop(undo=run, actor=ground.tilda, at=LATER)
    assert not undo_work.run(undo_id=run.pk, clock=ticking())
    assert queries.progress(run).ended == done
    undo.resume(undo=run, actor=ground.tilda, at=LATER)
    assert run_all(run).state == UndoState.FINISHED
    assert queries.progress(run).restored == 3


def test_what_breaks_is_tried_three_times_then_left_and_the_rest_is_done(ground: Ground) -> None:
    run = undo.start(undo=prepared(swept(ground, merchants=2), ground.tilda), actor=ground.tilda, at=LATER)
    broken = Decision.objects.order_by("pk")[0]
    with connection.cursor() as cursor:
        cursor.execute(BREAKS % broken.items.values_list("pk", flat=True)[0])
    run = run_all(run)
    found = queries.progress(run)
    assert (run.state, found.restored, found.left) == (UndoState.FINISHED, 1, {LeftBecause.FAILED: 1})
    part = UndoPart.objects.get(state=PartState.LEFT)
    assert (part.attempts, part.decision_id) == (3, broken.pk)
    assert "the disk is on fire" in part.error
    assert Decision.objects.get(pk=broken.pk).state == DecisionState.IN_FORCE
