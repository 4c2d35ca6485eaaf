from collections.abc import Sequence
from datetime import datetime

from enforcement.enums import Clearance
from enforcement.measures import exposure
from enforcement.measures.base import BaseMeasure
from enforcement.models import Restriction
from governance.policies.enums import Measure, Subject


class BlockRelisting(BaseMeasure):
    """Not on sale, and the same product is taken from view again when the merchant, or one linked to them, lists it anew.

    What counts as the same, and what happens to it, is in `enforcement.domain.relisting`.
    """

    measure = Measure.BLOCK_RELISTING
    subjects = frozenset({Subject.LISTINGS})
    before_sale = Clearance.BLOCK
    curable = False

    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        exposure.rebuild(exposure.listings_of(restrictions), at=at)

    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        exposure.rebuild(exposure.listings_of(restrictions), at=at)
