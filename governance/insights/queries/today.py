"""A moderator's own day."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count

from governance.accounts.models import User
from investigations.models import CaseDecision, Claim


@dataclass(frozen=True)
class Day:
    """Since midnight in the person's zone; `seconds` is the mean from claim to decision, None before the first."""

    claimed: int
    decided: int
    seconds: float | None


def day(user: User, *, since: datetime) -> Day:
    decided = CaseDecision.objects.filter(
        decision__decided_by=user, decision__decided_at__gte=since, claim__run__isnull=True
    )
    sums = decided.aggregate(n=Count("pk"), mean=Avg("handling_seconds"))
    return Day(Claim.objects.filter(person=user, claimed_at__gte=since).count(), sums["n"], sums["mean"])
