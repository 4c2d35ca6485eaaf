from collections.abc import Sequence
from datetime import datetime

from enforcement.enums import Clearance
from enforcement.measures import exposure
from enforcement.measures.base import BaseMeasure
from enforcement.models import Restriction
from governance.policies.enums import Measure, Subject


class RestrictMarkets(BaseMeasure):
    """Not on sale in the named markets; elsewhere it stays as it is."""

    measure = Measure.RESTRICT_MARKETS
    subjects = frozenset({Subject.LISTINGS})
    before_sale = Clearance.BLOCK
    names_markets = True

    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        exposure.rebuild(exposure.listings_of(restrictions), at=at)

    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        exposure.rebuild(exposure.listings_of(restrictions), at=at)
