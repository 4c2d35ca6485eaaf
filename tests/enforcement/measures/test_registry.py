"""The registry holds every measure, and every measure can be made and unmade."""

import pytest

from enforcement.measures import MEASURES
from enforcement.measures.base import BaseMeasure
from enforcement.measures.exposure import LIMITS
from governance.policies.enums import Measure, Subject


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
def test_what_limits_shoppers_acts_on_listings(measure: Measure) -> None:
    kind = MEASURES[measure]
    assert kind.territorial == (measure in LIMITS)
    if kind.territorial:
        assert kind.subjects == frozenset({Subject.LISTINGS})
