"""What every measure must say of itself and be able to do."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from enforcement.enums import Clearance
from enforcement.models import Restriction
from governance.policies.enums import Measure, Subject


class BaseMeasure(ABC):
    """One measure. The restrictions are already written, or already lifted; here their effect is made or unmade.

    Both verbs look at all that is in force and may run twice: what one decision takes back, another may still hold.
    """

    measure: ClassVar[Measure]
    subjects: ClassVar[frozenset[Subject]]
    territorial: ClassVar[bool] = True
    """It acts on listings, market by market."""
    on_merchant: ClassVar[bool] = False
    """It binds the merchant, even where listings are the reason."""
    names_markets: ClassVar[bool] = False
    """The markets must be named; without them there is nothing to restrict."""
    needs_age: ClassVar[bool] = False
    needs_label: ClassVar[bool] = False
    needs_limit: ClassVar[bool] = False
    """The policy version says which label, and how many new listings a day."""
    needs_second_person: ClassVar[bool] = False
    """Held until another person has said yes, whoever decided."""
    needs_notice: ClassVar[bool] = False
    """Takes effect after thirty days unless a reason stands against it."""
    curable: ClassVar[bool] = True
    """Where the policy gives days to correct, it takes effect only after them."""
    gives_points: ClassVar[bool] = True
    before_sale: ClassVar[Clearance]
    """What a listing is told before it goes live, where an enforcing policy would take this measure."""
    cures: ClassVar[bool] = False
    """It gives time to correct, counted in working days; then a person looks again."""

    @abstractmethod
    def apply(self, restrictions: Sequence[Restriction], *, at: datetime) -> None: ...

    @abstractmethod
    def revert(self, restrictions: Sequence[Restriction], *, at: datetime) -> None: ...
