from collections.abc import Sequence
from datetime import datetime

from enforcement.enums import Clearance
from enforcement.measures import exposure
from enforcement.measures.base import BaseMeasure
from enforcement.models import Restriction
from governance.policies.enums import Measure, Subject


class AgeGate(BaseMeasure):
    """Shoppers see the listing only after stating that they are of age."""

    measure = Measure.AGE_GATE
    subjects = frozenset({Subject.LISTINGS})
    before_sale = Clearance.ALLOW_WITH_CORRECTIONS
    needs_age = True

    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        exposure.rebuild(exposure.listings_of(restrictions), at=at)

    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        exposure.rebuild(exposure.listings_of(restrictions), at=at)
