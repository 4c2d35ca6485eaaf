"""What happens beside a run: automation decides on, sweeps find again, rules are mended, people decide, workers come and go."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings

from enforcement import permissions
from enforcement.domain import decisions, findings, undo, undo_work
from enforcement.domain.findings import Finding, Looked
from enforcement.enums import (
    ClosedBecause,
    DecisionState,
    Origin,
    Owed,
    SubmissionState,
    SweepKind,
    UndoState,
    ViolationState,
)
from enforcement.models import Decision, Sweep, TransparencySubmission, Undo, Violation
from governance.accounts.enums import Role
from governance.accounts.models import RoleGrant
from governance.policies.enums import Measure, Mode, Subject
from tests.enforcement.ground import Ground
from tests.enforcement.undo.swept import LATER, prepared, run_all, swept, ticking
from tests.factories.cases import NOON, person

pytestmark = pytest.mark.django_db


def undecided(ground: Ground, sweep: Sweep, number: int = 1) -> list[Violation]:
    """More that the sweep found and nobody has decided."""
    policy = Decision.objects.order_by("pk")[0].version.policy
    found = [
        ground.violation(ground.listing(f"Waits {each}", of=ground.another_merchant(f"waits {each}")), policy)
        for each in range(number)
    ]
    Violation.objects.filter(pk__in=[each.pk for each in found]).update(found_by=sweep)
    return found


def again(violation: Violation, *, sweep: Sweep | None = None, mode: Mode = Mode.ENFORCE) -> findings.Merged:
    """A sweep finds the same."""
    finding = Finding(
        policy_id=violation.policy_id,
        version_id=violation.version_id,
        merchant_id=violation.merchant_id,
        listing_id=violation.listing_id,
        listing_version=violation.listing_version,
        markets=violation.markets,
        explanation=b"{}",
        mode=mode,
    )
    sweep = sweep or Sweep.objects.create(kind=SweepKind.FULL, created_at=LATER)
    return findings.merge(
        sweep_id=sweep.pk,
        subject=Subject.LISTINGS,
        found=[finding],
        undecided=[],
        looked=Looked.only([violation.listing_id or 0]),
        policies=[violation.policy_id],
        at=LATER,
    )


def test_what_automation_decided_after_the_preview_is_reversed_too(ground: Ground) -> None:
    sweep = swept(ground, merchants=1)
    undecided(ground, sweep, 2)
    run = prepared(sweep, ground.tilda)
    assert (run.preview["decisions"], run.preview["open"]) == (1, 2)
    decisions.decide_owed(clock=lambda: LATER)
    run = undo.start(undo=run, actor=ground.tilda, at=LATER)
    assert (run.preview["decisions"], run.preview["open"], run.total) == (3, 0, 3)
    run_all(run)
    assert {each.state for each in Decision.objects.all()} == {DecisionState.REVERSED}


def test_what_is_decided_while_it_runs_is_added_before_it_ends(ground: Ground) -> None:
    sweep = swept(ground, merchants=1)
    run = undo.start(undo=prepared(sweep, ground.tilda), actor=ground.tilda, at=LATER)
    undecided(ground, sweep)
    decisions.decide_owed(clock=lambda: LATER)
    run = run_all(run)
    assert (run.state, run.added, run.total) == (UndoState.FINISHED, 1, 2)
    assert {each.state for each in Decision.objects.all()} == {DecisionState.REVERSED}


def test_a_second_person_reads_again_what_has_grown(ground: Ground) -> None:
    sweep = swept(ground, merchants=2)
    with override_settings(SECOND_PERSON_UNDO=1):
        run = undo.start(undo=prepared(sweep, ground.tilda), actor=ground.tilda, at=LATER)
    undecided(ground, sweep)
    decisions.decide_owed(clock=lambda: LATER)
    other = ground.person("otto", Role.GOVERNANCE_MANAGER)
    with pytest.raises(undo.HasGrown, match="1 decision has come"):
        undo.approve(undo=run, actor=other, at=LATER)
    run.refresh_from_db()
    assert (run.state, run.preview["decisions"]) == (UndoState.HELD, 3)
    assert undo.approve(undo=run, actor=other, at=LATER).state == UndoState.RUNNING


def test_findings_alone_are_for_two_people_as_well(ground: Ground) -> None:
    sweep = swept(ground, merchants=1)
    undecided(ground, sweep, 3)
    decisions.reverse(decision=Decision.objects.get(), actor=ground.sela, reason="Wrong.", at=NOON)
    with override_settings(SECOND_PERSON_UNDO=3):
        run = undo.start(undo=prepared(sweep, ground.tilda), actor=ground.tilda, at=LATER)
    assert (run.state, run.preview["decisions"], run.preview["open"]) == (UndoState.HELD, 0, 3)


def test_what_was_found_in_shadow_is_left_alone(ground: Ground) -> None:
    sweep = swept(ground, merchants=1)
    (shadow,) = undecided(ground, sweep)
    Violation.objects.filter(pk=shadow.pk).update(mode=Mode.SHADOW, owed=Owed.NOTHING)
    run = run_all(undo.start(undo=prepared(sweep, ground.tilda), actor=ground.tilda, at=LATER))
    assert run.closed == 0
    assert ground.reread([shadow])[0].state == ViolationState.OPEN


def test_what_a_sweep_makes_count_is_of_that_sweep(ground: Ground) -> None:
    first = swept(ground, merchants=1)
    (shadow,) = undecided(ground, first)
    Violation.objects.filter(pk=shadow.pk).update(mode=Mode.SHADOW, owed=Owed.NOTHING)
    second = Sweep.objects.create(kind=SweepKind.FULL, state="finished", created_at=LATER)
    again(shadow, sweep=second)
    assert decisions.decide_owed(clock=lambda: LATER) == 1
    assert prepared(second, ground.tilda).preview["decisions"] == 1
    assert prepared(first, ground.tilda).preview["decisions"] == 1


def test_a_decision_about_findings_of_two_sweeps_is_of_both(ground: Ground) -> None:
    first = swept(ground, merchants=1)
    policy, merchant = Decision.objects.get().version.policy, ground.another_merchant("Both")
    second = Sweep.objects.create(kind=SweepKind.FULL, state="finished", created_at=LATER)
    for sweep, title in ((first, "One"), (second, "Two")):
        found = ground.violation(ground.listing(title, of=merchant), policy)
        Violation.objects.filter(pk=found.pk).update(found_by=sweep)
    decisions.decide_owed(clock=lambda: LATER)
    assert [prepared(each, ground.tilda).preview["decisions"] for each in (first, second)] == [2, 1]


def test_what_the_mended_rule_finds_again_stays_and_goes_to_a_case(ground: Ground) -> None:
    sweep = swept(ground, merchants=2)
    first, second = Decision.objects.order_by("pk")
    item = first.items.get()
    assert item.violation is not None
    Violation.objects.filter(pk=item.violation.pk).update(listing_version=item.listing_version + 1)  # type: ignore[operator]
    run = prepared(sweep, ground.tilda)
    assert run.preview["found_again"] == 1
    run_all(undo.start(undo=run, actor=ground.tilda, at=LATER))
    newer = ground.reread([item.violation])[0]
    assert (newer.state, newer.owed) == (ViolationState.OPEN, Owed.CASE)
    judged = second.items.get().violation
    assert judged is not None
    assert ground.reread([judged])[0].closed_because == ClosedBecause.OVERTURNED


def test_what_replaced_an_earlier_decision_and_what_is_on_its_way_is_said(ground: Ground) -> None:
    sweep = swept(ground, merchants=1)
    first = Decision.objects.get()
    TransparencySubmission.objects.filter(decision=first).update(state=SubmissionState.OWED)
    owed = TransparencySubmission.objects.filter(decision=first).count()
    assert prepared(sweep, ground.tilda).preview["reported"] == owed
    ground.issue(
        [each.violation for each in first.items.all() if each.violation],
        Measure.REMOVE,
        version=first.version,
        merchant=first.merchant,
        supersedes=first,
        origin_kind=Origin.API,
    )
    seen = prepared(sweep, ground.tilda, with_people=True).preview
    assert (seen["replaced"], seen["replacing"]) == (1, 1)


def test_the_right_to_run_it_is_of_the_grant_that_gives_it(ground: Ground) -> None:
    lea = person("lea", Role.TEAM_LEAD, markets=["DE"])
    RoleGrant.objects.create(user=lea, role=Role.AUDITOR, markets=[], granted_at=NOON)
    assert (permissions.can_see_undos(lea), permissions.can_undo_many(lea)) == (True, False)


# --- two connections -----------------------------------------------------------------------------


def beside(act: Callable[[], Any]) -> threading.Thread:
    """The act on a connection of its own, begun."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_meets_a_reversal_underway_does_not_find_the_same_again() -> None:
    ground = Ground()
    swept(ground, merchants=1)
    decision = Decision.objects.get()
    violation = decision.items.get().violation
    assert violation is not None
    came: list[findings.Merged] = []
    with transaction.atomic():
        decisions.reverse(decision=decision, actor=ground.sela, reason="Wrong.", at=LATER)
        merging = beside(lambda: came.append(_in_transaction(lambda: again(violation))))
        _wait_for_a_lock()
    merging.join()
    assert (sum(came[0].new.values()), sum(came[0].settled.values())) == (0, 1)
    assert not Violation.objects.filter(state=ViolationState.OPEN).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_end_it_once_with_everything_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = Ground()
    sweep = swept(ground, merchants=1)
    undecided(ground, sweep, 6)
    run = undo.start(undo=prepared(sweep, ground.tilda), actor=ground.tilda, at=LATER)
    monkeypatch.setattr(undo, "BATCH", 2)
    clock = ticking()
    workers = [beside(lambda: undo_work.run(undo_id=run.pk, clock=clock)) for _worker in range(2)]
    for worker in workers:
        worker.join()
    run_all(run)
    run = Undo.objects.get(pk=run.pk)
    assert (run.state, run.closed, run.moves.filter(to_state=UndoState.FINISHED).count()) == (UndoState.FINISHED, 6, 1)
    assert not Violation.objects.filter(state=ViolationState.OPEN).exists()


def _in_transaction(act: Callable[[], findings.Merged]) -> findings.Merged:
    with transaction.atomic():
        return act()


def _wait_for_a_lock() -> None:
    """Until somebody waits for what this transaction holds."""
    for _try in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
            if cursor.fetchone():
                return
            cursor.execute("SELECT pg_sleep(0.05)")
    raise AssertionError("nobody waits")
