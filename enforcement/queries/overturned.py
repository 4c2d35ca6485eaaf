"""What appeals made of a policy's decisions, by rule version, and whether that asks for the rule to be read again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, F, Q

from enforcement.enums import ItemOutcome
from enforcement.models import AppealItem
from governance.policies.models import Policy
from governance.web.shares import Bounds, wilson

FEWEST = 10
"""Decisions heard, below which a share says nothing."""


@dataclass(frozen=True)
class Record:
    """Decisions under one version that were heard on appeal; overturned in whole or in part."""

    policy: int
    version: int
    live: bool
    heard: int
    overturned: int

    @property
    def share(self) -> float | None:
        return self.overturned / self.heard if self.heard >= FEWEST else None

    @property
    def bounds(self) -> Bounds | None:
        """Between what the true share lies with 95% certainty; None where too few were heard."""
        return wilson(self.overturned, self.heard) if self.heard >= FEWEST else None

    @property
    def asks_for_review(self) -> bool:
        """Of the version in force: certainly more is overturned than APPEALS_REVIEW_SHARE."""
        return self.live and self.bounds is not None and self.bounds.low > settings.APPEALS_REVIEW_SHARE


def by_version(policy: Policy, *, since: datetime | None) -> list[Record]:
    """The newest version first; without those of which nothing was heard. `since` empty means ever."""
    return sorted(_records(Q(item__decision__version__policy=policy), since), key=lambda row: -row.version)


def asking_for_review(*, since: datetime) -> list[Record]:
    """Over all policies, the most overturned first."""
    live = Q(item__decision__version=F("item__decision__version__policy__live"))
    found = [row for row in _records(live, since) if row.asks_for_review]
    return sorted(found, key=lambda row: (-(row.share or 0), row.policy))


def _records(of: Q, since: datetime | None) -> Iterable[Record]:
    heard = AppealItem.objects.filter(of).exclude(outcome="").order_by()
    if since is not None:
        heard = heard.filter(appeal__decided_at__gte=since)
    version = "item__decision__version"
    rows = heard.values_list(f"{version}__policy", f"{version}__number", version, f"{version}__policy__live").annotate(
        heard=Count("item__decision", distinct=True),
        lost=Count("item__decision", distinct=True, filter=Q(outcome=ItemOutcome.OVERTURNED)),
    )
    for policy, number, key, live, found, lost in rows:
        yield Record(policy, number, key == live, found, lost)
