from collections.abc import Sequence
from datetime import datetime

from enforcement.enums import Clearance
from enforcement.measures.base import BaseMeasure
from enforcement.models import Restriction
from governance.policies.enums import Measure, Subject


class Warn(BaseMeasure):
    """A warning stands in the file and weighs in the next decision. It takes nothing from view."""

    measure = Measure.WARN
    subjects = frozenset(Subject)
    before_sale = Clearance.ALLOW_WITH_CORRECTIONS
    territorial = False
    curable = False

    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        """The row itself is the warning."""

    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        """The lifted row is all there is to take back."""
