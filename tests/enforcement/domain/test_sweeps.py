"""A sweep's life over real listings: begun, run by chunks, paused, cancelled, braked, and never twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import QuerySet

from enforcement import engine
from enforcement.domain import chunks, sweep_work, sweeps
from enforcement.engine.columns import Batch
from enforcement.enums import CHUNK_MOVES, SWEEP_MOVES, ChunkState, Owed, SweepKind, SweepPriority, SweepState
from enforcement.models import Chunk, Sweep, Violation
from enforcement.queries import scope
from enforcement.queries import sweeps as queries
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.domain.policies import set_mode
from governance.policies.enums import Mode, Subject
from governance.policies.language import Environment
from governance.policies.models import Policy, PolicyVersion
from governance.web.refusals import MoveRefused, Refusal
from listings.domain import texts
from listings.models import Listing, Merchant
from tests.factories.cases import NOON, listing, merchant, person, policy

pytestmark = pytest.mark.django_db


def clock() -> datetime:
    return NOON


@pytest.fixture
def manager() -> User:
    return person("manager", Role.GOVERNANCE_MANAGER)


def cheap(slug: str = "cheap", *, rule: str = "listing.price < 5.0", mode: Mode = Mode.REVIEW) -> Policy:
    """A policy that holds for what costs less than five."""
    made = policy(slug, mode=mode)
    with connection.cursor() as cursor:  # a live version is fixed: the rule of a test is put in beneath the triggers
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE policies_policyversion SET rule = %s WHERE id = %s", [rule, made.live_id])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return made


@pytest.fixture
def catalogue() -> list[Listing]:
    """Five listings of two merchants, two of them below five euros."""
    acme, beta = merchant("Acme"), merchant("Beta")
    prices = [(acme, 199), (acme, 2490), (beta, 450), (beta, 990), (beta, 1000)]
    return [listing(of, f"Cube {price}", price_minor=price) for of, price in prices]


def start(manager: User, *, kind: SweepKind = SweepKind.FULL, size: int = 2) -> Sweep:
    return sweeps.start(kind=kind, actor=manager, reason="test", at=NOON, chunk_size=size)


def run(sweep: Sweep) -> Sweep:
    while sweep_work.run_next(sweep_id=sweep.pk, at_once=2, clock=clock):
        pass
    return Sweep.objects.get(pk=sweep.pk)


def open_titles() -> list[str]:
    return sorted(Violation.objects.filter(state="open").values_list("listing__title", flat=True))


def test_a_sweep_finds_what_the_rule_holds_for(catalogue: list[Listing], manager: User) -> None:
    cheap()
    sweep = run(start(manager))
    assert sweep.state == SweepState.FINISHED
    assert open_titles() == ["Cube 199", "Cube 450"]
    progress = queries.progress(sweep, language="en", at=NOON)
    assert (progress.total, progress.done, len(progress.chunks)) == (5, 5, 3)
    assert progress.policies[0].counts == {
        "looked_at": 5, "matched": 2, "confirmed": 2, "undecidable": 0, "new": 2, "closed": 0, "waived": 0, "settled": 0,
    }  # fmt: skip


def test_the_explanation_says_what_was_seen(catalogue: list[Listing], manager: User) -> None:
    cheap()
    run(start(manager))
    assert "1.99" in str(Violation.objects.get(listing__title="Cube 199").explanation)


def test_a_second_sweep_closes_what_was_corrected_and_doubles_nothing(catalogue: list[Listing], manager: User) -> None:
    cheap()
    run(start(manager))
    Listing.objects.filter(title="Cube 199").update(price_minor=900)
    run(start(manager))
    assert open_titles() == ["Cube 450"]
    assert Violation.objects.count() == 2


def test_what_the_merchant_ended_is_closed(catalogue: list[Listing], manager: User) -> None:
    cheap()
    run(start(manager))
    Listing.objects.filter(title="Cube 199").update(state="ended")
    run(start(manager))
    assert open_titles() == ["Cube 450"]


def test_a_missing_price_is_undecidable_and_left_alone(catalogue: list[Listing], manager: User) -> None:
    cheap()
    Listing.objects.filter(title="Cube 199").update(price_minor=None)
    sweep = run(start(manager))
    counts = queries.progress(sweep, language="en", at=NOON).policies[0].counts
    assert (counts["matched"], counts["undecidable"]) == (1, 1)


def test_a_chunk_that_runs_twice_changes_nothing(catalogue: list[Listing], manager: User) -> None:
    cheap()
    sweep = start(manager)
    taken = chunks.take(sweep_id=sweep.pk, at_once=2, at=NOON)
    assert taken is not None
    sweep_work._run(taken, clock)
    before = Violation.objects.count()
    sweep_work._run(taken, clock)
    assert (Violation.objects.count(), Chunk.objects.get(pk=taken.pk).attempts) == (before, 1)


def test_a_lost_worker_s_chunk_is_put_back_and_run_by_another(catalogue: list[Listing], manager: User) -> None:
    cheap()
    sweep = start(manager)
    taken = chunks.take(sweep_id=sweep.pk, at_once=2, at=NOON)
    assert taken is not None
    assert chunks.find_lost(at=NOON + timedelta(seconds=1)) == 0
    assert chunks.find_lost(at=NOON + timedelta(minutes=1)) == 1
    assert run(sweep).state == SweepState.FINISHED
    assert Chunk.objects.get(pk=taken.pk).attempts == 2
    assert open_titles() == ["Cube 199", "Cube 450"]


def test_a_worker_that_comes_back_late_writes_nothing(catalogue: list[Listing], manager: User) -> None:
    cheap()
    sweep = start(manager)
    taken = chunks.take(sweep_id=sweep.pk, at_once=2, at=NOON)
    assert taken is not None
    chunks.find_lost(at=NOON + timedelta(minutes=1))
    sweep_work._run(taken, clock)
    assert (Violation.objects.count(), Chunk.objects.get(pk=taken.pk).state) == (0, ChunkState.WAITING)


def test_no_more_chunks_are_at_work_than_are_allowed(catalogue: list[Listing], manager: User) -> None:
    cheap()
    sweep = start(manager)
    assert chunks.take(sweep_id=sweep.pk, at_once=1, at=NOON) is not None
    assert chunks.take(sweep_id=sweep.pk, at_once=1, at=NOON) is None


def test_a_paused_sweep_hands_out_nothing_until_it_goes_on(catalogue: list[Listing], manager: User) -> None:
    cheap()
    sweep = sweeps.pause(sweep=start(manager), actor=manager, at=NOON)
    assert not sweep_work.run_next(sweep_id=sweep.pk, at_once=2, clock=clock)
    assert run(sweeps.resume(sweep=sweep, actor=manager, at=NOON)).state == SweepState.FINISHED


def test_a_cancelled_sweep_keeps_what_it_found(catalogue: list[Listing], manager: User) -> None:
    cheap()
    sweep = start(manager)
    sweep_work.run_next(sweep_id=sweep.pk, at_once=2, clock=clock)
    sweep = sweeps.cancel(sweep=sweep, actor=manager, reason="enough", at=NOON)
    assert (sweep.state, open_titles()) == (SweepState.CANCELLED, ["Cube 199"])
    with pytest.raises(MoveRefused):
        sweeps.resume(sweep=sweep, actor=manager, at=NOON)


@pytest.mark.parametrize(("total", "size"), [(0, 10_000), (5_000, 10_000), (500_000, 25_000), (9_000_000, 50_000)])
def test_a_chunk_is_no_smaller_than_pays_and_no_larger_than_one_would_lose(total: int, size: int) -> None:
    assert sweeps._chunk_size(total) == size


def test_long_texts_are_read_in_slices_that_a_worker_can_hold(
    catalogue: list[Listing], manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap()
    read: list[int] = []
    kept = engine.batch

    def batch(chosen: QuerySet[Listing], environment: Environment, needs: set[str], *, at: datetime) -> Batch:
        read.append(chosen.count())
        return kept(chosen, environment, needs, at=at)

    monkeypatch.setattr(engine, "batch", batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE listings_listing")
    monkeypatch.setattr(sweep_work, "SLICE_BYTES", 2 * scope.row_bytes(Subject.LISTINGS))
    run(start(manager, size=100))
    assert read == [2, 2, 1]
    assert open_titles() == ["Cube 199", "Cube 450"]


def test_of_those_that_wait_the_most_urgent_begins_first(catalogue: list[Listing], manager: User) -> None:
    cheap()
    first, second = start(manager), start(manager)
    urgent = sweeps.start(
        kind=SweepKind.FULL, actor=manager, reason="recall", at=NOON, priority=SweepPriority.URGENT, chunk_size=2
    )
    run(first)
    begun = sweeps.begin_next(at=NOON)
    assert begun is not None
    assert (begun.pk, Sweep.objects.get(pk=second.pk).state) == (urgent.pk, SweepState.QUEUED)


def test_two_sweeps_of_one_scope_queue_up(catalogue: list[Listing], manager: User) -> None:
    cheap()
    first, second = start(manager), start(manager)
    assert (first.state, second.state) == (SweepState.RUNNING, SweepState.QUEUED)
    assert sweeps.begin_next(at=NOON) is None
    run(first)
    begun = sweeps.begin_next(at=NOON)
    assert begun is not None
    assert (begun.pk, begun.state) == (second.pk, SweepState.RUNNING)


def test_without_a_policy_that_acts_there_is_nothing_to_sweep(catalogue: list[Listing], manager: User) -> None:
    made = cheap()
    set_mode(policy=made, mode=Mode.OFF, actor=manager, reason="no", at=NOON)
    with pytest.raises(sweeps.NothingToSweep):
        start(manager)
    assert Sweep.objects.count() == 0


def test_chosen_policies_must_be_chosen(catalogue: list[Listing], manager: User) -> None:
    with pytest.raises(Refusal):
        start(manager, kind=SweepKind.POLICIES)


def test_the_mode_of_the_beginning_holds_to_the_end(catalogue: list[Listing], manager: User) -> None:
    made = cheap(mode=Mode.SHADOW)
    sweep = start(manager)
    set_mode(policy=made, mode=Mode.ENFORCE, actor=manager, reason="sure", at=NOON)
    run(sweep)
    assert set(Violation.objects.values_list("mode", "owed")) == {("shadow", "nothing")}


def test_only_changed_listings_are_looked_at_after_a_full_sweep(catalogue: list[Listing], manager: User) -> None:
    cheap()
    Merchant.objects.update(changed_at=NOON - timedelta(days=1))
    run(start(manager))
    Listing.objects.filter(title="Cube 990").update(price_minor=100, change=7)
    sweep = run(start(manager, kind=SweepKind.CHANGED))
    assert (sweep.total, sweep.mark) == (1, 7)
    assert open_titles() == ["Cube 199", "Cube 450", "Cube 990"]


def test_a_listing_whose_words_read_differently_now_is_looked_at_again(catalogue: list[Listing], manager: User) -> None:
    cheap()
    Merchant.objects.update(changed_at=NOON - timedelta(days=1))
    texts.renormalise()
    run(start(manager))
    Listing.objects.update(text_version=0)
    Listing.objects.filter(title="Cube 990").update(text_base="as an older normaliser read it")
    texts.renormalise()
    assert run(start(manager, kind=SweepKind.CHANGED)).total == 1


def test_a_policy_above_its_brake_goes_to_people(catalogue: list[Listing], manager: User) -> None:
    made = cheap(mode=Mode.ENFORCE)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE policies_policyversion SET brake_share = 0.5 WHERE id = %s", [made.live_id])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    sweep = run(start(manager))
    assert sweep.policies.get().held
    assert set(Violation.objects.values_list("owed", flat=True)) == {Owed.CASE}
    assert PolicyVersion.objects.get(policy=made).brake_share == Decimal("0.5")


def test_below_the_brake_it_decides(catalogue: list[Listing], manager: User) -> None:
    cheap(mode=Mode.ENFORCE)
    sweep = run(start(manager))
    assert not sweep.policies.get().held
    assert set(Violation.objects.values_list("owed", flat=True)) == {Owed.DECISION}


def test_merchants_are_swept_too(catalogue: list[Listing], manager: User) -> None:
    made = cheap("identity", rule="!merchant.traderVerified")
    Policy.objects.filter(pk=made.pk).update(subject=Subject.MERCHANTS)
    sweep = run(start(manager))
    found = Violation.objects.order_by("merchant__name").values_list("merchant__name", "listing")
    assert (sweep.total, list(found)) == (2, [("Acme", None), ("Beta", None)])


@contextmanager
def refusing() -> Iterator[None]:
    """The database takes no violation, as it would with a constraint that the code does not know."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_all() RETURNS trigger AS $$ BEGIN RAISE 'not taken'; END $$ LANGUAGE plpgsql;"
            "CREATE TRIGGER refuse_all BEFORE INSERT ON enforcement_violation EXECUTE FUNCTION refuse_all()"
        )
        yield
        cursor.execute("DROP TRIGGER refuse_all ON enforcement_violation; DROP FUNCTION refuse_all")


def test_a_chunk_that_breaks_three_times_fails_and_can_be_tried_again(catalogue: list[Listing], manager: User) -> None:
    cheap()
    sweep = start(manager, size=10)
    with refusing():
        sweep = run(sweep)
    chunk = Chunk.objects.get()
    assert (sweep.state, chunk.state, chunk.attempts) == (SweepState.FAILED, ChunkState.FAILED, 3)
    assert "not taken" in chunk.error
    assert Violation.objects.count() == 0
    assert run(sweeps.resume(sweep=sweep, actor=manager, at=NOON)).state == SweepState.FINISHED
    assert open_titles() == ["Cube 199", "Cube 450"]


@pytest.mark.parametrize("to", list(SweepState))
@pytest.mark.parametrize("was", list(SweepState))
def test_the_table_of_sweep_moves_is_kept(was: SweepState, to: SweepState) -> None:
    sweep = Sweep.objects.create(kind=SweepKind.FULL, created_at=NOON)
    Sweep.objects.filter(pk=sweep.pk).update(state=was)
    if to in SWEEP_MOVES[was]:
        assert sweeps._move(sweep, to, actor=None, reason="", at=NOON).state == to
    else:
        with pytest.raises(MoveRefused):
            sweeps._move(sweep, to, actor=None, reason="", at=NOON)


@pytest.mark.parametrize("to", list(ChunkState))
@pytest.mark.parametrize("was", list(ChunkState))
def test_the_table_of_chunk_moves_is_kept(was: ChunkState, to: ChunkState) -> None:
    sweep = Sweep.objects.create(kind=SweepKind.FULL, created_at=NOON)
    chunk = Chunk.objects.create(sweep=sweep, number=1, first_key=1, last_key=2, size=2, state=was)
    if to in CHUNK_MOVES[was]:
        assert chunks._move(chunk, to, at=NOON).state == to
    else:
        with pytest.raises(MoveRefused):
            chunks._move(chunk, to, at=NOON)
