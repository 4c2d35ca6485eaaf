"""Event → task."""

from typing import Any

from django.dispatch import receiver

from listings import events, tasks


@receiver(events.import_queued)
def work_on_an_import(run_id: int, **_: Any) -> None:
    tasks.run_import.delay_on_commit(run_id)


@receiver(events.parked_rows_wait)
def settle_parked_rows(run_id: int, **_: Any) -> None:
    tasks.settle_parked_rows.delay_on_commit(run_id)


@receiver(events.metrics_imported)
def refresh_windows(run_id: int, **_: Any) -> None:
    tasks.refresh_windows.delay_on_commit()
