from collections.abc import Sequence
from datetime import datetime

from enforcement.enums import Clearance
from enforcement.measures import exposure
from enforcement.measures.base import BaseMeasure
from enforcement.models import Restriction
from governance.policies.enums import Measure, Subject


class Remove(BaseMeasure):
    """Not on sale wherever the policy applies, also in a market that the listing enters later."""

    measure = Measure.REMOVE
    subjects = frozenset({Subject.LISTINGS})
    before_sale = Clearance.BLOCK

    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        exposure.rebuild(exposure.listings_of(restrictions), at=at)

    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        exposure.rebuild(exposure.listings_of(restrictions), at=at)
