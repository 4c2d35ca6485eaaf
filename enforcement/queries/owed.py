"""Violations that owe a decision by automation."""

from django.db.models import F, QuerySet

from enforcement.enums import LIVE_SWEEPS, Owed, ViolationState
from enforcement.models import Violation

Group = tuple[int, int]
"""A merchant's key and a policy version's."""


def violations() -> QuerySet[Violation]:
    """Those whose sweep is over, and whose listing is still the version that was looked at.

    A listing that has changed since is left to the next sweep: nobody is judged by what they have taken down already.
    """
    return (
        Violation.objects.filter(state=ViolationState.OPEN, owed=Owed.DECISION)
        .exclude(found_by__state__in=sorted(LIVE_SWEEPS))
        .exclude(listing__isnull=False, listing__version__gt=F("listing_version"))
    )


def groups() -> list[Group]:
    """Merchant and policy version, each once: what is decided together. Those found first come first."""
    found = violations().order_by("pk").values_list("merchant_id", "version_id")
    return list(dict.fromkeys(found))


def of_group(merchant_id: int, version_id: int) -> QuerySet[Violation]:
    return violations().filter(merchant_id=merchant_id, version_id=version_id).order_by("pk")


def any_left() -> bool:
    return violations().exists()
