"""Event → task."""

from typing import Any

from django.dispatch import receiver

from enforcement import events
from investigations import tasks


@receiver(events.violations_found)
def open_cases(**_: Any) -> None:
    tasks.open_owed.delay_on_commit()


@receiver(events.violations_closed)
def settle_cases(**_: Any) -> None:
    tasks.settle_corrected.delay_on_commit()
