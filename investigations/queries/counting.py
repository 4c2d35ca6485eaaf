"""The parts of which everybody's figures are sums: by queue, state and set of markets."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q

from enforcement.enums import OPEN_APPEALS
from enforcement.models import Appeal
from investigations.enums import LIVE_CASES
from investigations.models import Case

IN_TIME_OVER = timedelta(days=7)
SOON = timedelta(hours=4)


def live(at: datetime) -> list[dict[str, Any]]:
    rows = (
        Case.objects.filter(state__in=LIVE_CASES, golden__isnull=True)
        .order_by()
        .values("queue", "state", "markets")
        .annotate(
            cases=Count("id"),
            oldest=Min("opened_at"),
            late=Count("id", filter=Q(due_at__lt=at)),
            soon=Count("id", filter=Q(due_at__gte=at, due_at__lt=at + SOON)),
        )
    )
    return [row | {"oldest": row["oldest"].isoformat()} for row in rows]


def done(at: datetime) -> list[dict[str, Any]]:
    rows = (
        Case.objects.filter(closed_at__gte=at - IN_TIME_OVER, golden__isnull=True).order_by().values("queue", "markets")
    )
    rows = rows.annotate(decided=Count("id"), in_time=Count("id", filter=Q(closed_at__lte=F("due_at"))))
    return [dict(row) for row in rows]


def appeals() -> dict[str, Any]:
    """Appeals are queues, too."""
    found = Appeal.objects.filter(state__in=OPEN_APPEALS).aggregate(waiting=Count("id"), oldest=Min("filed_at"))
    return {"waiting": found["waiting"], "oldest": found["oldest"].isoformat() if found["oldest"] else None}
