from collections.abc import Sequence
from datetime import datetime

from enforcement.enums import Clearance
from enforcement.measures import exposure
from enforcement.measures.base import BaseMeasure
from enforcement.models import Restriction
from governance.policies.enums import Measure, Subject


class Demote(BaseMeasure):
    """The listing stays on sale, comes last in results and is not recommended."""

    measure = Measure.DEMOTE
    subjects = frozenset({Subject.LISTINGS})
    before_sale = Clearance.ALLOW_WITH_CORRECTIONS

    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        exposure.rebuild(exposure.listings_of(restrictions), at=at)

    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        exposure.rebuild(exposure.listings_of(restrictions), at=at)
