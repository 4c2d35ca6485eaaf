"""Account health: one pure function of the ledger."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from enforcement.enums import PointKind
from enforcement.queries import health
from enforcement.queries.health import Line
from tests.enforcement.ladder import rungs
from tests.factories.cases import NOON

DAY = timedelta(days=1)
TERMS = rungs.terms(health_start=1000, health_cost=20, health_recovery=5)


def line(points: int, *, kind: PointKind = PointKind.GIVEN, offence: int = 1, after: int = 0) -> Line:
    return Line(offence, kind, points, NOON + after * DAY, NOON + 180 * DAY)


def test_without_entries_it_is_the_start() -> None:
    assert health.score([], TERMS, NOON) == 1000


def test_a_point_costs_and_comes_back_by_the_day_until_it_lapses() -> None:
    found = [line(12)]
    scores = [health.score(found, TERMS, NOON + days * DAY) for days in (-1, 0, 1, 10, 48, 179, 180)]
    assert scores == [1000, 760, 765, 810, 1000, 1000, 1000]


def test_a_discount_and_a_return_count_from_their_own_moment() -> None:
    found = [
        line(12),
        line(6, kind=PointKind.DISCOUNT, after=2),
        line(6, kind=PointKind.RETURNED, after=4),
    ]
    assert [health.score(found, TERMS, NOON + days * DAY) for days in (0, 2, 4)] == [760, 890, 1000]


def test_it_never_falls_below_nothing() -> None:
    assert health.score([line(900)], TERMS, NOON) == 0


def test_the_history_ends_today_and_goes_back_180_days() -> None:
    history = health.series([line(12)], TERMS, until=NOON + 2 * DAY)
    assert (len(history), history[-1], history[-3]) == (91, (NOON + 2 * DAY, 770), (NOON - 2 * DAY, 1000))


def test_what_lapses_is_told_net_and_in_order() -> None:
    found = [
        line(12),
        line(6, kind=PointKind.DISCOUNT, after=1),
        Line(2, PointKind.GIVEN, 4, NOON, NOON + 30 * DAY),
        Line(3, PointKind.GIVEN, 4, NOON, NOON + 9 * DAY),
        Line(3, PointKind.RETURNED, 4, NOON, NOON + 9 * DAY),
    ]
    now = health.of(found, TERMS, at=NOON + DAY)
    assert now.lapses == [(NOON + 30 * DAY, 4), (NOON + 180 * DAY, 6)]
    assert now.points == 10
    assert (now.step and now.step.at, now.next and now.next.at) == (5, 14)


@given(
    offences=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 100), st.integers(0, 60)), max_size=8),
    day=st.integers(-10, 300),
)
def test_it_stays_between_nothing_and_the_start_and_only_rises_without_an_offence(
    offences: list[tuple[int, int, int]], day: int
) -> None:
    found = []
    for number, (points, percent, after) in enumerate(offences):
        found.append(line(points, offence=number, after=after))
        found.append(line(points * percent // 100, kind=PointKind.DISCOUNT, offence=number, after=after + 1))
    now = NOON + day * DAY
    score = health.score(found, TERMS, now)
    assert 0 <= score <= TERMS.health_start
    if not any(now < each.entered_at <= now + DAY for each in found):
        assert health.score(found, TERMS, now + DAY) >= score
