"""The algebra of what shoppers see: order, repetition and overlap of decisions change nothing but what they must."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.measures import exposure
from enforcement.measures.exposure import Limit, join, project
from enforcement.models import Restriction
from governance.policies.enums import Measure
from listings.domain.visibility import Desired
from listings.enums import Exposure, Label
from listings.queries.visibility import Met

MARKETS = ("AT", "DE", "FR")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def restriction(
    pk: int, measure: Measure, markets: Sequence[str] = (), age: int | None = None, label: Label = Label.SAFETY
) -> Restriction:
    return Restriction(
        pk=pk, measure=measure, markets=list(markets), minimum_age=age, label=label, listing_id=1, starts_at=NOON
    )


causes = st.frozensets(st.integers(1, 9), min_size=1)
some = st.frozensets(st.integers(1, 9))
labels = st.frozensets(st.tuples(st.sampled_from(Label), st.integers(1, 9)))
limits = st.one_of(
    st.builds(Limit, st.just(Exposure.HIDDEN), st.none(), causes, some, labels),
    st.builds(Limit, st.just(Exposure.AGE_GATED), st.integers(1, 99), causes, some, labels),
    st.builds(Limit, st.just(Exposure.SHOWN), st.none(), st.just(frozenset()), some, labels),
)
restrictions = st.lists(
    st.builds(
        restriction,
        st.integers(1, 20),
        st.sampled_from(Measure),
        st.lists(st.sampled_from(MARKETS), unique=True),
        st.integers(1, 99),
        st.sampled_from(Label),
    ),
    unique_by=lambda each: each.pk,
    max_size=8,
)


@given(limits, limits, limits)
def test_joining_is_commutative_associative_and_idempotent(one: Limit, two: Limit, three: Limit) -> None:
    assert join(one, two) == join(two, one)
    assert join(join(one, two), three) == join(one, join(two, three))
    assert join(one, one) == one


@given(restrictions, st.randoms())
def test_the_order_of_decisions_does_not_show(each: list[Restriction], random: object) -> None:
    shuffled = list(each)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert project(1, MARKETS, shuffled) == project(1, MARKETS, each)


@given(restrictions, restrictions)
def test_one_more_decision_never_shows_more(some: list[Restriction], more: list[Restriction]) -> None:
    before = {row.market: row.met for row in project(1, MARKETS, some)}
    after = {row.market: row.met for row in project(1, MARKETS, some + more)}
    for market, met in before.items():
        assert exposure.RANK[after[market].exposure] >= exposure.RANK[met.exposure]
        assert after[market].demoted >= met.demoted
        assert set(after[market].labels) >= set(met.labels)


@given(restrictions)
def test_what_limits_nothing_leaves_no_trace(each: list[Restriction]) -> None:
    limiting = [one for one in each if one.measure in exposure.LIMITS]
    assert project(1, MARKETS, each) == project(1, MARKETS, limiting)


@pytest.mark.parametrize(
    ("each", "rows"),
    [
        ([], []),
        ([restriction(1, Measure.WARN), restriction(2, Measure.SUSPEND_LISTING_RIGHTS)], []),
        (
            [restriction(1, Measure.REMOVE, ("DE",)), restriction(2, Measure.AGE_GATE, ("DE", "FR"), 18)],
            [Desired(1, "DE", Met(Exposure.HIDDEN, None), (1,)), Desired(1, "FR", Met(Exposure.AGE_GATED, 18), (2,))],
        ),
        (
            [restriction(2, Measure.AGE_GATE, ("FR",), 16), restriction(1, Measure.AGE_GATE, ("FR",), 18)],
            [Desired(1, "FR", Met(Exposure.AGE_GATED, 18), (1, 2))],
        ),
        (
            [restriction(3, Measure.RESTRICT_MARKETS, ("FR",)), restriction(1, Measure.REMOVE)],
            [
                Desired(1, "AT", Met(Exposure.HIDDEN, None), (1,)),
                Desired(1, "DE", Met(Exposure.HIDDEN, None), (1,)),
                Desired(1, "FR", Met(Exposure.HIDDEN, None), (1, 3)),
            ],
        ),
        ([restriction(1, Measure.RESTRICT_MARKETS, ("NL",))], []),
        (
            [restriction(4, Measure.DEMOTE, ("DE",)), restriction(2, Measure.LABEL, ("DE", "FR"))],
            [
                Desired(1, "DE", Met(demoted=True, labels=(Label.SAFETY,)), (2, 4)),
                Desired(1, "FR", Met(labels=(Label.SAFETY,)), (2,)),
            ],
        ),
        (
            [
                restriction(4, Measure.DEMOTE),
                restriction(5, Measure.AGE_GATE, ("DE",), 18),
                restriction(6, Measure.REMOVE, ("FR",)),
            ],
            [
                Desired(1, "AT", Met(demoted=True), (4,)),
                Desired(1, "DE", Met(Exposure.AGE_GATED, 18, demoted=True), (4, 5)),
                Desired(1, "FR", Met(Exposure.HIDDEN, demoted=True), (4, 6)),
            ],
        ),
    ],
)
def test_overlapping_decisions(each: list[Restriction], rows: list[Desired]) -> None:
    assert project(1, MARKETS, each) == rows
