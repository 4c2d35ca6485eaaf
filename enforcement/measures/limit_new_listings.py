from collections.abc import Sequence
from datetime import datetime

from enforcement.enums import Clearance
from enforcement.measures import standing
from enforcement.measures.base import BaseMeasure
from enforcement.models import Restriction
from governance.policies.enums import Measure, Subject


class LimitNewListings(BaseMeasure):
    """The merchant may offer only so many new listings a day. What is on sale stays."""

    measure = Measure.LIMIT_NEW_LISTINGS
    subjects = frozenset(Subject)
    before_sale = Clearance.BLOCK
    territorial = False
    on_merchant = True
    needs_limit = True

    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        standing.rebuild(standing.merchants_of(restrictions), at=at)

    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        standing.rebuild(standing.merchants_of(restrictions), at=at)
