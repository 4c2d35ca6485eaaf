"""Event → task."""

from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.dispatch import receiver

from enforcement import events
from investigations import events as own
from investigations import tasks
from listings.events import listings_changed


@receiver(events.violations_found)
def open_cases(**_: Any) -> None:
    tasks.open_owed.delay_on_commit()


@receiver(events.violations_closed)
def settle_cases(**_: Any) -> None:
    tasks.settle_corrected.delay_on_commit()


@receiver(own.recalls_owed)
@receiver(listings_changed)
def hold_against_recalls(**_: Any) -> None:
    """Asked for once a second at most; beat finds what falls between."""
    transaction.on_commit(lambda: cache.add(tasks.MATCH_ASKED, 1, 30) and tasks.match_recalls.apply_async(countdown=1))


@receiver(own.consumers_owed)
def hand_over_buyers(wait: float, **_: Any) -> None:
    tasks.hand_over_consumers.apply_async_on_commit(countdown=wait)
