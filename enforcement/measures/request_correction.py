from collections.abc import Sequence
from datetime import datetime

from enforcement.enums import Clearance
from enforcement.measures.base import BaseMeasure
from enforcement.models import Restriction
from governance.policies.enums import Measure, Subject


class RequestCorrection(BaseMeasure):
    """The merchant has until a day to correct; nothing is taken from view and no points are given meanwhile.

    When the day has passed and the violation still stands, a case is owed: a person decides what follows.
    """

    measure = Measure.REQUEST_CORRECTION
    subjects = frozenset(Subject)
    before_sale = Clearance.ALLOW_WITH_CORRECTIONS
    territorial = False
    curable = False
    gives_points = False
    cures = True

    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        """The row itself, with its end, is the request."""

    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None:
        """The lifted row is all there is to take back."""
