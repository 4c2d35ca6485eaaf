"""Event → task."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.dispatch import receiver

from enforcement import events, tasks
from listings.events import listings_changed


@receiver(events.sweep_at_work)
def give_the_workers_work(sweep_id: int, **_: Any) -> None:
    for _worker in range(settings.SWEEP_WORKERS):
        tasks.run_chunk.delay_on_commit(sweep_id)


@receiver(events.sweep_ended)
def follow_up_a_sweep(sweep_id: int, **_: Any) -> None:
    tasks.begin_next_sweep.delay_on_commit()
    tasks.decide_owed.delay_on_commit()
    tasks.keep_snapshot.delay_on_commit()


@receiver(events.violations_closed)
def settle_what_was_corrected(sweep_id: int, **_: Any) -> None:
    tasks.settle_corrected.delay_on_commit()


@receiver(events.message_owed)
def deliver_a_message(message_id: int, wait: float, **_: Any) -> None:
    tasks.deliver_message.apply_async_on_commit(args=[message_id], countdown=wait)


@receiver(events.ladder_step_owed)
def take_a_step(step_id: int, **_: Any) -> None:
    tasks.take_ladder_steps.delay_on_commit()


@receiver(listings_changed)
def let_restrictions_follow(listing_ids: Sequence[int], **_: Any) -> None:
    tasks.follow_listings.delay_on_commit(list(listing_ids))
