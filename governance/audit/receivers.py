"""Event → task."""

from typing import Any

from django.dispatch import receiver

from governance.audit import events, tasks


@receiver(events.check_asked)
def run_the_check(check_id: int, **_: Any) -> None:
    tasks.run_checks.delay_on_commit()
