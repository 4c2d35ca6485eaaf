"""The registry holds every measure, and every measure can be made and unmade."""

import pytest

from enforcement.enums import Clearance
from enforcement.measures import MEASURES
from enforcement.measures.base import BaseMeasure
from enforcement.measures.exposure import LIMITS
from governance.policies.enums import Measure, Subject
from listings.enums import Exposure


def test_every_measure_has_its_class_under_its_own_name() -> None:
    assert set(MEASURES) == set(Measure)
    assert {measure: kind.measure for measure, kind in MEASURES.items()} == {measure: measure for measure in Measure}


@pytest.mark.parametrize("measure", Measure)
def test_every_measure_says_how_it_is_applied_and_reverted(measure: Measure) -> None:
    kind = type(MEASURES[measure])
    assert kind.apply is not BaseMeasure.apply
    assert kind.revert is not BaseMeasure.revert
    assert kind.__mro__[1] is BaseMeasure  # one level of inheritance, so that each can be read by itself


@pytest.mark.parametrize("measure", Measure)
def test_what_hides_a_listing_keeps_it_from_going_live(measure: Measure) -> None:
    hides = LIMITS.get(measure) == Exposure.HIDDEN or MEASURES[measure].on_merchant
    assert (MEASURES[measure].before_sale == Clearance.BLOCK) is hides


@pytest.mark.parametrize("measure", Measure)
def test_what_limits_shoppers_acts_on_listings(measure: Measure) -> None:
    kind = MEASURES[measure]
    assert kind.territorial == (measure in LIMITS)
    if kind.territorial:
        assert kind.subjects == frozenset({Subject.LISTINGS})
