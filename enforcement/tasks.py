"""Celery's edge of enforcement: ids in, one domain call. Beat finds what a lost message left undone."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from enforcement.domain import (
    chunks,
    decisions,
    deliveries,
    fan_out,
    ladder_steps,
    messages,
    rechecks,
    relisting,
    reminders,
    restrictions,
    snapshots,
    sweep_work,
    sweeps,
    taking_effect,
    undo_work,
)
from enforcement.domain.transparency import reconciling, sending, submissions
from enforcement.enums import SweepKind
from enforcement.queries import deliveries as webhooks
from enforcement.queries import outbox, owed, transparency
from enforcement.queries import reminders as mail_to_hearers
from enforcement.queries import sweeps as running
from enforcement.queries import undo as undos
from governance.web import places

SPREAD_ASKED = "delivery:spread"
"""In the cache while a spreading is asked for and has not begun: a thousand decisions ask for one."""
DECIDING, UNDO_LANE = "deciding", "undo:{}:{}"
TURN_SECONDS = 60
"""A lost worker's turn is free again after so long."""
DAILY, WEEKLY = "daily, what has changed", "weekly, everything"


@contextmanager
def turn(name: str) -> Iterator[bool]:
    """In the cache while a worker has this turn; whether it is ours."""
    mine = cache.add(name, "taken", TURN_SECONDS)
    try:
        yield mine
    finally:
        if mine:
            cache.delete(name)


@shared_task
def run_chunk(sweep_id: int) -> None:
    """Run one chunk, then pass the turn on: a sweep has at most SWEEP_WORKERS turns at once."""
    if sweep_work.run_next(sweep_id=sweep_id, at_once=settings.SWEEP_WORKERS, clock=timezone.now):
        run_chunk.delay(sweep_id)


@shared_task
def begin_next_sweep() -> None:
    sweeps.begin_next(at=timezone.now())


@shared_task
def keep_sweeps_going() -> None:
    """Put back the chunks of lost workers, and hand out a turn where a message was lost."""
    chunks.find_lost(at=timezone.now())
    for sweep_id in running.unfinished():
        run_chunk.delay(sweep_id)


@shared_task
def start_daily_sweep() -> None:
    sweeps.start(kind=SweepKind.CHANGED, actor=None, reason=DAILY, at=timezone.now())


@shared_task
def start_weekly_sweep() -> None:
    sweeps.start(kind=SweepKind.FULL, actor=None, reason=WEEKLY, at=timezone.now())


@shared_task
def make_snapshot() -> None:
    """Write one part of the snapshot for previews, then pass the turn on."""
    if snapshots.make_next(at=timezone.now()):
        make_snapshot.delay()


@shared_task
def keep_snapshot() -> None:
    """Begin one where it is due, and go on with one where a message was lost."""
    if snapshots.due(at=timezone.now()):
        make_snapshot.delay()


@shared_task
def decide_owed() -> None:
    """One turn, then pass it on while it gets somewhere. One worker at a time: the others send mail and deliver meanwhile."""
    with turn(DECIDING) as mine:
        issued = decisions.decide_owed(clock=timezone.now) if mine else 0
    if issued and owed.any_left():
        decide_owed.delay()


@shared_task
def check_corrected() -> None:
    """Read a batch of corrected listings again, then pass the turn on while there is more."""
    if rechecks.run_next(at=timezone.now()):
        check_corrected.delay()


@shared_task
def settle_corrected() -> None:
    decisions.settle_corrected(at=timezone.now())


@shared_task
def undo_some(undo_id: int, lane: int) -> None:
    """One turn in this lane, then pass it on. A lane that is taken is left alone: a run has at most UNDO_WORKERS turns at once."""
    with turn(UNDO_LANE.format(undo_id, lane)) as mine:
        more = mine and undo_work.run(undo_id=undo_id, clock=timezone.now)
    if more:
        undo_some.delay(undo_id, lane)


@shared_task
def keep_undos_going() -> None:
    """Hand out a turn where a message or a worker was lost."""
    for undo_id in undos.running():
        for lane in range(settings.UNDO_WORKERS):
            undo_some.delay(undo_id, lane)


@shared_task
def expire_due() -> None:
    decisions.expire_due(at=timezone.now())


@shared_task
def start_due() -> None:
    """What has waited for its day takes effect; whose day is near is reminded."""
    taking_effect.start_due(at=timezone.now())
    taking_effect.remind_due(at=timezone.now())


@shared_task
def take_ladder_steps() -> None:
    ladder_steps.take_owed(at=timezone.now())


@shared_task
def deliver_message(message_id: int) -> None:
    messages.deliver(message_id=message_id, at=timezone.now())


@shared_task
def deliver_owed() -> None:
    """Messages whose task was lost, and those whose next try has come."""
    for message_id in outbox.due(timezone.now()):
        deliver_message.delay(message_id)


@shared_task
def remind_hearers() -> None:
    """Appeals whose day is near or has passed; and mails whose task was lost or whose next try has come."""
    reminders.owe_due(at=timezone.now())
    for reminder_id in mail_to_hearers.to_send(timezone.now()):
        deliver_reminder.delay(reminder_id)


@shared_task
def deliver_reminder(reminder_id: int) -> None:
    reminders.deliver(reminder_id=reminder_id, at=timezone.now())


@shared_task
def follow_listings(listing_ids: list[int]) -> None:
    restrictions.follow_changes(listing_ids=listing_ids, at=timezone.now())
    relisting.follow_changes(listing_ids=listing_ids, at=timezone.now())


@shared_task
def follow_recent_listings() -> None:
    restrictions.follow_recent_changes(at=timezone.now())
    relisting.follow_recent_changes(at=timezone.now())


@shared_task
def follow_reversals() -> None:
    relisting.follow_reversals(at=timezone.now())


@shared_task
def spread_events() -> None:
    cache.delete(SPREAD_ASKED)  # what is committed from here on asks again
    fan_out.spread(at=timezone.now())


@shared_task
def deliver_to_endpoint(endpoint_id: int) -> None:
    """One round, then pass the turn on."""
    if deliveries.run(endpoint_id=endpoint_id, clock=timezone.now):
        deliver_to_endpoint.delay(endpoint_id)


@shared_task
def deliver_events() -> None:
    """Events and deliveries whose task was lost, and those whose next try has come."""
    fan_out.spread(at=timezone.now())
    for endpoint_id in webhooks.due_endpoints(timezone.now()):
        deliver_to_endpoint.delay(endpoint_id)


@shared_task
def send_statements() -> None:
    """Send a batch to the Transparency Database, then pass the turn on while there is more; the rail says what stands still."""
    if sending.send_due(at=timezone.now()):
        send_statements.delay()
    places.set_count("transparency", transparency.attention())


@shared_task
def owe_statements() -> None:
    """Decisions that came into force after they were made."""
    submissions.owe_missing(at=timezone.now())


@shared_task
def reconcile_statements() -> None:
    reconciling.reconcile(at=timezone.now())
