"""Who is to be reminded of which appeal, and what of it has not been sent."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from enforcement.enums import OPEN_APPEALS
from enforcement.models import Appeal, AppealReminder, DecisionItem
from governance.accounts.enums import Role
from governance.accounts.models import User

AT_ONCE = 500


def due(at: datetime, before: timedelta) -> QuerySet[Appeal]:
    """Open appeals whose day is near or has passed."""
    rows = Appeal.objects.filter(state__in=sorted(OPEN_APPEALS), due_at__lte=at + before)
    return rows.select_related("assigned_to").order_by("due_at", "pk")


def leads(markets: Collection[str]) -> list[User]:
    """Active team leads who answer for one of these markets."""
    theirs = Q(grants__markets=[]) | Q(grants__markets__overlap=list(markets))
    rows = User.objects.filter(theirs, grants__role=Role.TEAM_LEAD, is_active=True, email__isnull=False)
    return list(rows.distinct().order_by("pk"))


def markets_of(appeal: Appeal) -> set[str]:
    items = DecisionItem.objects.filter(decision__appeals=appeal.pk).values_list("markets", flat=True)
    return {market for markets in items for market in markets}


def to_send(at: datetime) -> list[int]:
    """Keys of what may be tried now, the longest waiting first."""
    rows = AppealReminder.objects.filter(closed_at__isnull=True, next_try_at__lte=at).order_by("next_try_at", "pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])
