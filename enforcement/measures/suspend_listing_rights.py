from collections.abc import Sequence
from datetime import datetime

from enforcement.enums import Clearance
from enforcement.measures import standing
from enforcement.measures.base import BaseMeasure
from enforcement.models import Restriction
from governance.policies.enums import Measure, Subject


class SuspendListingRights(BaseMeasure):
    """The merchant may offer nothing new. What is on sale stays on sale, and may be changed and corrected."""

    measure = Measure.SUSPEND_LISTING_RIGHTS
    subjects = frozenset(Subject)
    before_sale = Clearance.BLOCK
    territorial = False
    on_merchant = True

    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        standing.rebuild(standing.merchants_of(restrictions), at=at)

    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        standing.rebuild(standing.merchants_of(restrictions), at=at)
