"""Event → task; and, inside the transaction of what listings tell, event → the outbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.dispatch import receiver

from enforcement import events, tasks
from enforcement.domain import delivery_events, rechecks
from listings.domain.rights import Rights
from listings.domain.visibility import Change
from listings.events import listings_changed, listings_replaced, rights_changed, visibility_changed


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
def settle_what_was_corrected(**_: Any) -> None:
    tasks.settle_corrected.delay_on_commit()


@receiver(events.undo_at_work)
def let_the_workers_undo(undo_id: int, **_: Any) -> None:
    for lane in range(settings.UNDO_WORKERS):
        tasks.undo_some.delay_on_commit(undo_id, lane)


@receiver(events.message_owed)
def deliver_a_message(message_id: int, wait: float, **_: Any) -> None:
    tasks.deliver_message.apply_async_on_commit(args=[message_id], countdown=wait)


@receiver(events.ladder_step_owed)
def take_a_step(step_id: int, **_: Any) -> None:
    tasks.take_ladder_steps.delay_on_commit()


@receiver(listings_changed)
def let_restrictions_follow(listing_ids: Sequence[int], **_: Any) -> None:
    tasks.follow_listings.delay_on_commit(list(listing_ids))


@receiver(listings_replaced)
def owe_a_check(listing_ids: Sequence[int], at: datetime, **_: Any) -> None:
    rechecks.owe(listing_ids=listing_ids, at=at)


@receiver(events.recheck_owed)
def check_again(**_: Any) -> None:
    tasks.check_corrected.delay_on_commit()


@receiver(visibility_changed)
def owe_what_shoppers_see(changes: Sequence[Change], at: datetime, **_: Any) -> None:
    delivery_events.visibility_changed(changes=changes, at=at)


@receiver(rights_changed)
def owe_what_a_merchant_may_do(merchant_id: int, rights: Rights, at: datetime, **_: Any) -> None:
    delivery_events.rights_changed(merchant_id=merchant_id, rights=rights, at=at)


@receiver(events.delivery_owed)
def spread_what_is_owed(**_: Any) -> None:
    """Asked for once a second at most; beat finds what falls between."""
    transaction.on_commit(lambda: cache.add(tasks.SPREAD_ASKED, 1, 30) and tasks.spread_events.apply_async(countdown=1))


@receiver(events.endpoint_due)
def deliver_to_an_endpoint(endpoint_id: int, **_: Any) -> None:
    tasks.deliver_to_endpoint.delay_on_commit(endpoint_id)
