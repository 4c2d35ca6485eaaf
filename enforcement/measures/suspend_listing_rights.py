from collections.abc import Sequence
from datetime import datetime

from enforcement.enums import Clearance
from enforcement.measures.base import BaseMeasure
from enforcement.models import Restriction
from enforcement.queries import restrictions as in_force
from governance.policies.enums import Measure, Subject
from listings.domain import rights


class SuspendListingRights(BaseMeasure):
    """The merchant may offer nothing new. What is on sale stays on sale, and may be changed and corrected."""

    measure = Measure.SUSPEND_LISTING_RIGHTS
    subjects = frozenset(Subject)
    before_sale = Clearance.BLOCK
    territorial = False
    on_merchant = True

    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        _project(restrictions, at)

    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        _project(restrictions, at)


def _project(restrictions: Sequence[Restriction], at: datetime) -> None:
    """One merchant may be suspended by several decisions: the rights come back with the last of them."""
    for merchant_id in sorted({restriction.merchant_id for restriction in restrictions}):
        rights.set_suspended(merchant_id=merchant_id, since=in_force.suspended_since(merchant_id), at=at)
