"""Acting on many cases: what is left out and why, the run's states, each verb done and undone, four hundred resumed in the middle."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from enforcement.domain import undo as reversals
from enforcement.domain import undo_work
from enforcement.enums import DecisionState, UndoState
from enforcement.models import Decision
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from investigations import tasks
from investigations.domain import asking, bulk, bulk_work, cases, claims, queues
from investigations.enums import (
    BULK_MOVES,
    AskedOf,
    BulkLeft,
    BulkPartState,
    BulkState,
    BulkVerb,
    CaseOutcome,
    CaseState,
    Verdict,
)
from investigations.models import BulkRun, Case, CaseMove, Claim, Note, Queue, Snooze, Watch
from investigations.queries import bulk as queries
from investigations.queries import work
from tests.factories import cases as make
from tests.factories.cases import NOON
from tests.fixtures.workers import forget, pending
from tests.investigations.at_once import waiting
from tests.investigations.at_once.acts import LATER, begun, done, prepared, run_all, ticking, undone

pytestmark = pytest.mark.django_db
TARGET = "restricted"
TOMORROW = (LATER + timedelta(days=1)).isoformat()
PARAMS: dict[BulkVerb, dict[str, Any]] = {
    BulkVerb.MOVE: {"queue": TARGET},
    BulkVerb.ASIDE: {"until": TOMORROW},
    BulkVerb.DECIDE: {"measure": Measure.REMOVE.value},
}


def left(run: BulkRun) -> dict[int, str]:
    return dict(run.parts.filter(state=BulkPartState.LEFT).values_list("case", "left_because"))


# --- preparing -----------------------------------------------------------------------------------


def test_a_preview_says_what_would_happen_and_writes_nothing(tess: User, kim: User) -> None:
    free, taken = waiting.cases(2, at=NOON, markets=("DE", "FR"))
    claims.claim(case=taken, person=kim, at=NOON)

    run = prepared(BulkVerb.CLOSE, tess)

    assert run.state == BulkState.PREPARED
    seen = run.preview
    assert (seen["found"], seen["acts"], seen["left"]) == (2, 1, {"claimed": 1})
    assert seen["by_policy"] == [[free.policy_id, 1]]
    assert seen["by_market"] == [["DE", 1], ["FR", 1]]
    assert (seen["by_merchant"], seen["listings"], seen["second"]) == ([["Merchant 0", 1]], 1, False)
    assert not run.parts.exists()
    assert Entry.objects.get(verb="bulk.prepared").data["cases"] == 1


@pytest.mark.parametrize(
    ("verb", "params", "reason"),
    [
        (BulkVerb.CLOSE, {}, " "),
        (BulkVerb.MOVE, {"queue": "nowhere"}, "x"),
        (BulkVerb.ASIDE, {"until": "whenever"}, "x"),
        (BulkVerb.ASIDE, {"until": (LATER - timedelta(days=1)).isoformat()}, "x"),
        (BulkVerb.DECIDE, {}, "x"),
        (BulkVerb.DECIDE, {"measure": Measure.TERMINATE.value}, "x"),
    ],
)
def test_what_is_missing_is_refused(tess: User, verb: BulkVerb, params: dict[str, Any], reason: str) -> None:
    waiting.cases(1, at=NOON)
    with pytest.raises(Refusal):
        prepared(verb, tess, reason=reason, **params)
    assert not BulkRun.objects.exists()


def test_nothing_chosen(tess: User) -> None:
    with pytest.raises(bulk.NothingToDo):
        prepared(BulkVerb.WATCH, tess)


def test_what_is_left_out_of_a_judgement_and_why(sana: User, kim: User) -> None:
    plain, taken, closed, asked, own, hidden = waiting.cases(6, at=NOON)
    claims.claim(case=closed, person=sana, at=NOON)
    from_items = {item.pk: Verdict.FINE for item in closed.items.all()}
    cases.decide(
        case=closed,
        verdicts=from_items,
        measure=None,
        actor=sana,
        reason="fine",
        at=NOON,
    )
    claims.claim(case=asked, person=kim, at=NOON)
    asking.ask(case=asked, asked_of=AskedOf.LEGAL, text="May they?", actor=kim, at=NOON)
    claims.claim(case=own, person=sana, at=NOON)
    claims.hold(case=own, actor=sana, reason="odd", at=NOON)
    claims.claim(case=taken, person=kim, at=NOON)
    other = make.case(make.policy("cords", measures=[Measure.WARN]), make.merchant("Sud"))
    queue = Queue.objects.get(key=TARGET)
    Case.objects.filter(pk=hidden.pk).update(queue=queue)
    Queue.objects.filter(pk=queue.pk).update(hidden_measures=[Measure.REMOVE])

    run = begun(prepared(BulkVerb.DECIDE, sana, measure=Measure.REMOVE.value), sana)

    assert left(run) == {
        taken.pk: BulkLeft.CLAIMED,
        closed.pk: BulkLeft.STATE,
        asked.pk: BulkLeft.ASKED,
        own.pk: BulkLeft.OWN,
        hidden.pk: BulkLeft.HIDDEN,
        other.pk: BulkLeft.POLICY,
    }
    assert list(run.parts.filter(state=BulkPartState.WAITING).values_list("case", flat=True)) == [plain.pk]


# --- beginning -----------------------------------------------------------------------------------


def test_the_cases_are_fixed_when_it_begins(tess: User) -> None:
    first = waiting.cases(2, at=NOON)
    run = begun(prepared(BulkVerb.WATCH, tess), tess)
    waiting.cases(1, at=NOON)

    run = run_all(run)

    assert (run.state, run.total) == (BulkState.FINISHED, 2)
    assert set(Watch.objects.values_list("case", flat=True)) == {case.pk for case in first}


def test_cases_that_came_since_the_preview_are_read_about_first(tess: User) -> None:
    waiting.cases(1, at=NOON)
    run = prepared(BulkVerb.WATCH, tess)
    waiting.cases(1, at=NOON)

    with pytest.raises(bulk.Changed):
        begun(run, tess)

    run.refresh_from_db()
    assert (run.state, run.preview["found"], run.parts.count()) == (BulkState.PREPARED, 2, 0)
    assert begun(run, tess).state == BulkState.RUNNING


def test_many_are_counted_by_hand(tess: User, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting.cases(2, at=NOON)
    monkeypatch.setattr(bulk, "TYPED_FROM", 1)
    run = prepared(BulkVerb.WATCH, tess)
    for typed in (None, 3):
        with pytest.raises(bulk.NotCounted, match="2"):
            begun(run, tess, typed=typed)
    assert begun(run, tess, typed=2).state == BulkState.RUNNING


def test_only_whoever_prepared_it_begins_it_and_only_once(tess: User, sana: User) -> None:
    waiting.cases(1, at=NOON)
    run = prepared(BulkVerb.WATCH, tess)
    with pytest.raises(bulk.SamePerson):
        begun(run, sana)
    begun(run, tess)
    with pytest.raises(MoveRefused):
        begun(run, tess)


def test_nothing_can_be_done_to_any(tess: User) -> None:
    waiting.cases(1, at=NOON)
    with pytest.raises(bulk.NothingToDo):
        begun(prepared(BulkVerb.FREE, tess), tess)


@pytest.mark.parametrize("verb", [BulkVerb.CLOSE, BulkVerb.DECIDE])
def test_many_listings_judged_at_once_are_for_two(tess: User, sana: User, settings: Any, verb: BulkVerb) -> None:
    settings.SECOND_PERSON_LISTINGS = 2
    waiting.cases(2, at=NOON)
    run = begun(prepared(verb, tess, **PARAMS.get(verb, {})), tess)
    assert run.state == BulkState.HELD
    assert bulk_work.run(run_id=run.pk, clock=ticking()) is False
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.OPEN}
    with pytest.raises(bulk.SamePerson):
        bulk.approve(run=run, actor=tess, at=LATER)
    with pytest.raises(Refusal, match="Say why not"):
        bulk.discard(run=run, actor=sana, at=LATER)

    run = run_all(bulk.approve(run=run, actor=sana, at=LATER))

    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.CLOSED}
    with pytest.raises(MoveRefused):
        bulk.approve(run=run, actor=sana, at=LATER)


def test_so_is_what_a_sweeps_brake_would_have_held(tess: User) -> None:
    waiting.cases(2, at=NOON)
    assert prepared(BulkVerb.DECIDE, tess, measure="remove").preview["braked"] == []
    other = make.case(make.policy("braked", brake_share=Decimal("0.1")), make.merchant("Sud"))

    seen = prepared(BulkVerb.DECIDE, tess, measure="remove").preview

    assert (seen["braked"], seen["second"]) == ([other.policy_id], True)


def test_given_up(tess: User) -> None:
    waiting.cases(1, at=NOON)
    run = bulk.discard(run=prepared(BulkVerb.WATCH, tess), actor=tess, at=LATER)
    with pytest.raises(MoveRefused):
        begun(run, tess)
    with pytest.raises(MoveRefused):
        bulk.discard(run=run, actor=tess, at=LATER)


@pytest.mark.parametrize("was", list(BulkState))
@pytest.mark.parametrize("to", list(BulkState))
def test_a_run_moves_as_its_table_says(tess: User, was: BulkState, to: BulkState) -> None:
    run = BulkRun.objects.create(
        verb=BulkVerb.WATCH, reason="x", state=was, prepared_by=tess, prepared_at=LATER, preview={}
    )
    if to in BULK_MOVES[was]:
        bulk._move(run, to, actor=tess, reason="", at=LATER)
        assert (run.moves.get().from_state, run.moves.get().to_state) == (was, to)
    else:
        with pytest.raises(MoveRefused):
            bulk._move(run, to, actor=tess, reason="", at=LATER)


# --- each verb, done and undone ------------------------------------------------------------------


def test_moved_and_back(tess: User) -> None:
    (case,) = waiting.cases(1, at=NOON)
    was = (case.queue_id, case.due_at)

    run = done(BulkVerb.MOVE, tess, queue=TARGET)

    case.refresh_from_db()
    assert case.queue.key == TARGET
    assert Entry.objects.get(verb="case.rerouted").data["run"] == str(run)

    assert undone(run, tess).state == BulkState.UNDONE
    case.refresh_from_db()
    assert (case.queue_id, case.due_at) == was


def test_put_aside_and_woken(tess: User) -> None:
    waiting.cases(1, at=NOON)
    run = done(BulkVerb.ASIDE, tess, until=TOMORROW)
    assert Snooze.objects.get().reason == "Tidy up"

    undone(run, tess)
    assert Snooze.objects.get().woken_at == LATER + timedelta(milliseconds=2)


def test_closed_without_violation_and_opened_again(tess: User) -> None:
    (case,) = waiting.cases(1, at=NOON)

    run = done(BulkVerb.CLOSE, tess)

    case.refresh_from_db()
    assert (case.state, case.outcome) == (CaseState.CLOSED, CaseOutcome.NO_VIOLATION)
    assert (Claim.objects.get().run, Claim.objects.get().person) == (run, tess)

    undone(run, tess)
    case.refresh_from_db()
    assert case.state == CaseState.OPEN


def test_decided_and_reversed_by_a_mass_reversal(tess: User, mara: User) -> None:
    waiting.cases(2, at=NOON)
    run = done(BulkVerb.DECIDE, tess, measure="remove")
    assert {each.measure for each in Decision.objects.all()} == {Measure.REMOVE}

    run = bulk.undo(run=run, actor=tess, at=LATER)

    assert run.reversal is not None
    assert (run.state, run.reversal.state, run.reversal.total) == (BulkState.FINISHED, UndoState.PREPARED, 2)
    with pytest.raises(MoveRefused, match="takes this back already"):
        bulk.undo(run=run, actor=tess, at=LATER)
    reversals.start(undo=run.reversal, actor=tess, at=LATER)
    while undo_work.run(undo_id=run.reversal.pk, clock=ticking()):
        pass
    assert {each.state for each in Decision.objects.all()} == {DecisionState.REVERSED}


def test_what_was_decided_at_once_is_no_part_of_a_days_work(tess: User) -> None:
    waiting.cases(2, at=NOON)
    done(BulkVerb.CLOSE, tess)

    assert work.standing(tess, at=LATER).decided_today == 0


def test_restricted_where_the_policy_is_in_force(tess: User) -> None:
    waiting.cases(1, at=NOON, markets=("DE", "ES"))
    done(BulkVerb.DECIDE, tess, measure="restrict_markets")
    assert Decision.objects.get().markets == ["DE"]


def test_a_note_stays(tess: User) -> None:
    waiting.cases(1, at=NOON)
    run = done(BulkVerb.NOTE, tess, reason="The importer wrote to us")
    assert Note.objects.get().text == "The importer wrote to us"
    with pytest.raises(bulk.StaysWritten):
        bulk.undo(run=run, actor=tess, at=LATER)


def test_watched_and_no_more(tess: User) -> None:
    waiting.cases(1, at=NOON)
    run = done(BulkVerb.WATCH, tess)
    assert Watch.objects.get().person == tess

    undone(run, tess)
    assert not Watch.objects.exists()


@pytest.mark.parametrize("verb", [each for each in BulkVerb if each not in (BulkVerb.WATCH, BulkVerb.NOTE)])
def test_what_is_closed_is_left_by_every_verb(tess: User, verb: BulkVerb) -> None:
    waiting.cases(2, at=NOON)
    first = Case.objects.order_by("pk").first()
    assert first
    run = prepared(BulkVerb.CLOSE, tess, Case.objects.filter(pk=first.pk))
    run_all(begun(run, tess, Case.objects.filter(pk=first.pk)))

    assert prepared(verb, tess, **PARAMS.get(verb, {})).preview["left"]["state"] == 1


# --- on the way ----------------------------------------------------------------------------------


def test_what_changes_after_it_began_is_left_and_said(tess: User, kim: User) -> None:
    first, second = waiting.cases(2, at=NOON)
    run = begun(prepared(BulkVerb.CLOSE, tess), tess)
    claims.claim(case=second, person=kim, at=LATER)

    run = run_all(run)

    assert left(run) == {second.pk: BulkLeft.CLAIMED}
    first.refresh_from_db()
    assert first.state == CaseState.CLOSED


def test_what_was_done_to_it_since_is_not_undone(tess: User) -> None:
    first, second = waiting.cases(2, at=NOON)
    run = done(BulkVerb.MOVE, tess, queue=TARGET)
    Case.objects.filter(pk=second.pk).update(queue=Queue.objects.get(key="consumer_information"))

    run = undone(run, tess)

    assert dict(run.parts.values_list("case", "state")) == {
        first.pk: BulkPartState.UNDONE,
        second.pk: BulkPartState.KEPT,
    }
    assert [part.case for part in queries.to_look_at(run, 5)] == [second]


def test_cancelled_on_the_way_and_what_was_done_undone(tess: User) -> None:
    waiting.cases(3, at=NOON)
    run = begun(prepared(BulkVerb.MOVE, tess, queue=TARGET), tess)
    bulk_work.run(run_id=run.pk, clock=ticking(step=timedelta(seconds=2)))
    moved = Case.objects.filter(queue__key=TARGET).count()
    assert 0 < moved < 3

    run = bulk.cancel(run=run, actor=tess, at=LATER)
    assert bulk_work.run(run_id=run.pk, clock=ticking()) is False
    assert queries.progress(run).waiting == 3 - moved
    with pytest.raises(MoveRefused):
        bulk.cancel(run=run, actor=tess, at=LATER)

    assert undone(run, tess).state == BulkState.UNDONE
    assert not Case.objects.filter(queue__key=TARGET).exists()


@contextmanager
def breaking(case: Case) -> Iterator[None]:
    """The database refuses every change of this case, as a faulty trigger or a full disk would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION break_case() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'out of order'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER break_case BEFORE UPDATE ON investigations_case FOR EACH ROW"
            f" WHEN (old.id = {case.pk}) EXECUTE FUNCTION break_case()"
        )
        yield
        cursor.execute("DROP FUNCTION break_case CASCADE")


def one_case(run: BulkRun) -> None:
    """A turn that is over after its first case."""
    bulk_work.run(run_id=run.pk, clock=ticking(step=bulk_work.TURN / 2))


def test_what_breaks_comes_last_is_tried_three_times_and_left_with_the_error(tess: User) -> None:
    first, second = waiting.cases(2, at=NOON)
    run = begun(prepared(BulkVerb.MOVE, tess, queue=TARGET), tess)
    broken = run.parts.get(case=first)

    with breaking(first):
        one_case(run)
        broken.refresh_from_db()
        assert (broken.state, broken.attempts) == (BulkPartState.WAITING, 1)
        assert "out of order" in broken.error

        one_case(run)
        assert run.parts.get(case=second).state == BulkPartState.DONE

        one_case(run)
        broken.refresh_from_db()
        assert (broken.state, broken.attempts) == (BulkPartState.WAITING, 2)
        run = run_all(run)

    broken.refresh_from_db()
    assert (broken.state, broken.left_because, broken.attempts) == (BulkPartState.LEFT, BulkLeft.FAILED, 3)
    assert "out of order" in broken.error
    assert (run.state, queries.progress(run).done) == (BulkState.FINISHED, 1)
    assert list(Case.objects.filter(queue__key=TARGET)) == [second]
    assert Entry.objects.filter(verb="case.rerouted").count() == 1


def test_what_broke_once_is_done_when_the_cause_is_gone(tess: User) -> None:
    (case,) = waiting.cases(1, at=NOON)
    run = begun(prepared(BulkVerb.MOVE, tess, queue=TARGET), tess)
    with breaking(case):
        one_case(run)

    run = run_all(run)

    assert run.parts.get().state == BulkPartState.DONE
    assert list(Case.objects.filter(queue__key=TARGET)) == [case]


def test_the_work_is_asked_for_when_it_begins_and_by_beat(
    tess: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    waiting.cases(1, at=NOON)
    forget()
    with django_capture_on_commit_callbacks(execute=True):
        run = begun(prepared(BulkVerb.WATCH, tess), tess)
    tasks.keep_bulk_going()
    assert pending() == 2

    tasks.bulk_some(run.pk)

    run.refresh_from_db()
    assert run.state == BulkState.FINISHED
    forget()
    tasks.keep_bulk_going()
    assert pending() == 0


def test_four_hundred_resumed_in_the_middle_and_undone(tess: User) -> None:
    """A worker that is killed leaves what it has done; the next goes on; nothing happens twice."""
    against, merchant, size = make.policy("magnets"), make.merchant("Nordlicht"), 400
    queues.ensure_default_queues()
    home = Queue.objects.get(is_default=True)
    fields: dict[str, Any] = {"merchant": merchant, "policy": against, "queue": home, "severity": "serious"}
    fields |= {"origin": "sweep", "markets": ["DE"], "opened_at": NOON, "due_at": NOON + timedelta(days=3)}
    Case.objects.bulk_create([Case(cause_key=f"policy:{number}", **fields) for number in range(size)])
    run = begun(prepared(BulkVerb.MOVE, tess, queue=TARGET), tess, typed=size)
    ticks = ticking(step=timedelta(milliseconds=20))  # a turn of five seconds is over before all are done

    assert bulk_work.run(run_id=run.pk, clock=ticks) is True
    first_turn = run.parts.filter(state=BulkPartState.DONE).count()
    assert 0 < first_turn < size

    run = run_all(run)

    assert (run.state, queries.progress(run).done) == (BulkState.FINISHED, size)
    assert Case.objects.filter(queue__key=TARGET).count() == size
    assert Entry.objects.filter(verb="case.rerouted").count() == size
    run = undone(run, tess)
    assert (queries.progress(run).undone, Case.objects.filter(queue=home).count()) == (size, size)
    assert Entry.objects.filter(verb="case.rerouted").count() == 2 * size
    assert not CaseMove.objects.exists()
    assert timezone.is_aware(run.ended_at)  # type: ignore[arg-type]
