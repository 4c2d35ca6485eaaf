"""Event → task."""

from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.dispatch import receiver

from enforcement import events
from investigations import events as own
from investigations import tasks

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


@receiver(own.cases_moved)
def count_again(**_: Any) -> None:
    """Soon, once for all that moves meanwhile."""
    if cache.add("queue-count-due", True, COUNTED_AFTER):
        transaction.on_commit(partial(tasks.count_for_the_rail.apply_async, countdown=COUNTED_AFTER))
