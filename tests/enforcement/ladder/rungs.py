"""A ladder in force, and offences with their causes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from enforcement.domain import decisions, ladders
from enforcement.models import Decision, Ladder
from enforcement.models.ladder import Milestone, Terms
from governance.accounts.enums import Role
from governance.policies.enums import Measure, Severity
from governance.policies.models import Policy
from listings.models import Merchant
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

GRID = {
    Severity.CRITICAL: (24, 36, 48),
    Severity.SERIOUS: (6, 9, 12),
    Severity.MODERATE: (2, 3, 4),
    Severity.MINOR: (0, 1, 2),
}
MILESTONES = (
    Milestone(5, Measure.WARN),
    Milestone(14, Measure.REMOVE, 30),
    Milestone(24, Measure.SUSPEND_LISTING_RIGHTS, 7),
)


def terms(**changed: Any) -> Terms:
    return Terms(**({"grid": GRID, "milestones": MILESTONES} | changed))


def in_force(ground: Ground, at: datetime = NOON, **changed: Any) -> Ladder:
    """Drafted by Gina, put in force by Tilda."""
    gina = ground.person(f"gina{Ladder.objects.count()}", Role.GOVERNANCE_MANAGER)
    drafted = ladders.draft(name="Ours", terms=terms(**changed), actor=gina, at=at)
    return ladders.switch(ladder=drafted, revision=drafted.revision, actor=ground.tilda, reason="Agreed.", at=at)


def policy(
    ground: Ground, slug: str = "batteries", *, severity: Severity = Severity.SERIOUS, points: int = 0
) -> Policy:
    """A policy that leaves its points to the ladder, unless it has its own."""
    found = Policy.objects.filter(slug=slug).select_related("live__policy").first()
    return found or ground.another_policy(slug, severity=severity, points=points)


def offend(
    ground: Ground,
    against: Policy,
    *,
    cause: str,
    after: timedelta = timedelta(),
    measure: Measure = Measure.REMOVE,
    listings: int = 1,
    of: Merchant | None = None,
) -> Decision:
    """One decision about new listings of the merchant, `after` so long."""
    owner = of or ground.merchant
    found = [ground.violation(ground.listing(f"{cause} {n}", of=owner), against) for n in range(listings)]
    assert against.live is not None
    return ground.issue(found, measure, version=against.live, merchant=owner, origin_ref=cause, at=NOON + after)


def reversed_whole(ground: Ground, decision: Decision, after: timedelta) -> None:
    decisions.reverse(decision=decision, actor=ground.sela, reason="It was wrong.", at=NOON + after)


def causes(numbers: Sequence[int]) -> list[str]:
    return [f"case:{number}" for number in numbers]
