"""Event → task."""

from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.dispatch import receiver

from enforcement import events
from investigations import events as own
from investigations import tasks
from listings.events import listings_changed, photos_owed

COUNTED_AFTER = 5
"""Seconds in which one count serves all that moves."""


@receiver(events.violations_found)
def open_cases(**_: Any) -> None:
    tasks.open_owed.delay_on_commit()


@receiver(events.violations_closed)
def settle_cases(**_: Any) -> None:
    tasks.settle_corrected.delay_on_commit()


@receiver(own.rerouting_asked)
def route_cases(**_: Any) -> None:
    tasks.route_again.delay_on_commit()


@receiver(own.bulk_at_work)
def act_on_many(run_id: int, **_: Any) -> None:
    tasks.bulk_some.delay_on_commit(run_id)


@receiver(own.cases_moved)
def count_again(**_: Any) -> None:
    """Soon, once for all that moves meanwhile."""
    if cache.add("queue-count-due", True, COUNTED_AFTER):
        transaction.on_commit(partial(tasks.count_for_the_rail.apply_async, countdown=COUNTED_AFTER))


@receiver(own.recalls_owed)
@receiver(listings_changed)
def hold_against_recalls(**_: Any) -> None:
    """Asked for once a second at most; beat finds what falls between."""
    transaction.on_commit(lambda: cache.add(tasks.MATCH_ASKED, 1, 30) and tasks.match_recalls.apply_async(countdown=1))


@receiver(own.consumers_owed)
def hand_over_buyers(wait: float, **_: Any) -> None:
    tasks.hand_over_consumers.apply_async_on_commit(countdown=wait)


@receiver(photos_owed)
def fetch_photos(**_: Any) -> None:
    tasks.fetch_photos.delay_on_commit()
