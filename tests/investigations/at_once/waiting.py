"""Cases of one listing each, waiting under one policy."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from enforcement.models import Violation
from governance.policies.models import Policy
from investigations.domain import opening
from investigations.models import Case
from tests.factories import cases as make


def cases(count: int, *, at: datetime, markets: Sequence[str] = ("DE",), **policy: Any) -> list[Case]:
    """So many, each of a merchant of its own, opened at once."""
    against = Policy.objects.filter(slug="magnets").first() or make.policy("magnets", **policy)
    first = Violation.objects.count()
    for number in range(first, first + count):
        merchant = make.merchant(f"Merchant {number}")
        make.violation(make.listing(merchant, f"Magnet cube {number}", markets=markets), against)
    opening.open_owed(at=at)
    return list(Case.objects.filter(policy=against).order_by("pk"))[-count:]
