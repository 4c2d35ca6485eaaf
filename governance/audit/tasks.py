from celery import shared_task
from django.utils import timezone

from governance.audit.domain import seals


@shared_task
def seal_entries() -> None:
    """Beat: seal what was committed since the last seal."""
    seals.seal(timezone.now())
