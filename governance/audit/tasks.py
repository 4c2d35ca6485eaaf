from celery import shared_task
from django.utils import timezone

from governance.audit.domain import checks, seals


@shared_task
def seal_entries() -> None:
    """Beat, every minute: seal what was committed since the last seal."""
    seals.seal(timezone.now())


@shared_task
def ask_check() -> None:
    """Beat, every day: owe a check of the whole log."""
    checks.ask_daily(at=timezone.now())


@shared_task
def run_checks() -> None:
    """After a person asked, and by beat every minute: do the check that is owed."""
    checks.run_owed(at=timezone.now())
