from collections.abc import Sequence
from datetime import datetime

from enforcement.enums import Clearance
from enforcement.measures import standing
from enforcement.measures.base import BaseMeasure
from enforcement.models import Restriction
from governance.policies.enums import Measure, Subject


class Terminate(BaseMeasure):
    """The account is closed: as suspended, without an end, and after thirty days' notice unless a reason stands against it."""

    measure = Measure.TERMINATE
    subjects = frozenset(Subject)
    before_sale = Clearance.BLOCK
    territorial = False
    on_merchant = True
    curable = False
    needs_second_person = True
    needs_notice = True

    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        standing.rebuild(standing.merchants_of(restrictions), at=at)

    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        standing.rebuild(standing.merchants_of(restrictions), at=at)
