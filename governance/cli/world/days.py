"""Moments of the demo's past, always before now; and chance that comes out the same for the same seed."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from governance.accounts.models import User
from governance.cli import demo_people
from governance.policies.models import Policy, PolicyVersion
from listings.models import Listing

OPENED = dt.timedelta(days=75)
"""So long ago people, policies and the catalogue came in."""
WEEKS = 8
SEED = 2026
SATURDAY = 5


@dataclass
class World:
    """`now` is when it is opened; `size` its share of the usual catalogue, from 0 to 1."""

    now: dt.datetime
    size: float = 1.0
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 -- a demo, no secret
    offers: dict[str, list[Listing]] = field(default_factory=dict)
    """Honest ones by family, not yet reported by anybody."""
    _people: dict[str, User] = field(default_factory=dict)

    def person(self, username: str) -> User:
        if username not in self._people:
            self._people[username] = demo_people.named(username)
        return self._people[username]

    def ago(self, days: int, hour: int = 9, minute: int = 0) -> dt.datetime:
        """An hour of the working day so many days ago, or the Friday before."""
        day = self.now.date() - dt.timedelta(days=days)
        while day.weekday() >= SATURDAY:
            day -= dt.timedelta(days=1)
        return min(self.on(day, hour, minute), self.now - dt.timedelta(minutes=5))

    def before(self, **spans: float) -> dt.datetime:
        """A span before now, in the words of `timedelta`."""
        return self.now - dt.timedelta(**spans)

    def on(self, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=dt.UTC)

    def working_days(self) -> Iterator[dt.date]:
        """Of the last weeks, up to yesterday."""
        for back in range(WEEKS * 7, 0, -1):
            day = self.now.date() - dt.timedelta(days=back)
            if day.weekday() < SATURDAY:
                yield day

    @cached_property
    def policies(self) -> dict[str, Policy]:
        return {policy.slug: policy for policy in Policy.objects.select_related("live")}

    def version(self, slug: str) -> PolicyVersion:
        """The one in force: the product's own policies have one."""
        return PolicyVersion.objects.get(pk=self.policies[slug].live_id or 0)
