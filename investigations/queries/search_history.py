"""What the team has searched for, as far as a person may know of it."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from governance.accounts.permissions import Anyone
from investigations import permissions
from investigations.enums import SearchKind
from investigations.models import SearchRun


def visible_runs(user: Anyone, kinds: Collection[SearchKind]) -> QuerySet[SearchRun]:
    """Runs of the kinds that they may search: their own, and those that looked into no market but theirs."""
    runs = SearchRun.objects.filter(kind__in=kinds)
    markets = permissions.markets(user)
    if markets is None:
        return runs
    return runs.filter(Q(person=user.pk) | Q(markets__contained_by=sorted(markets)))
