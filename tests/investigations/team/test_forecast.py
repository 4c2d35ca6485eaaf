"""The days to come, reckoned from what waits, what comes and who works."""

from datetime import UTC, date, datetime, timedelta

import pytest

from governance.accounts.models import User
from investigations.domain import queues, team, team_figures
from investigations.domain.team import Limits
from investigations.models import PersonDay, TeamDay, TeamFigure
from investigations.queries import forecasting, outlook
from investigations.queries.forecasting import Course, Hands, Pile, Range, Turn
from tests.factories import cases as make
from tests.factories.cases import NOON

MONDAY = date(2026, 11, 23)
DAYS = forecasting.horizon(MONDAY, 14)


def same(number: float) -> Range:
    return Range(number, number, number)


def pile(
    key: str = "q", *, waiting: int = 0, comes: float = 0, within: int = 3, due: dict[date, int] | None = None
) -> Pile:
    every = {weekday: same(comes) for weekday in range(1, 6)}
    return Pile(key, waiting, {MONDAY + timedelta(days=3): waiting} if due is None else due, every, within)


def course(found: Pile, *hands: Hands, turn: Turn = Turn.USUAL) -> Course:
    return forecasting.courses([found], hands, DAYS, turn=turn)[found.key]


def test_fourteen_working_days_are_eighteen_days_from_a_monday() -> None:
    assert (len(DAYS), DAYS[-1]) == (18, date(2026, 12, 10))


def test_a_pile_goes_down_by_what_is_done_more_than_comes() -> None:
    found = course(pile(waiting=100, comes=20), Hands(same(30), {"q": 1.0}))

    assert [round(each.waiting) for each in found.days[:8]] == [
        90,
        80,
        70,
        60,
        50,
        50,
        50,
        40,
    ]  # nobody works at the weekend
    assert found.end == pytest.approx(0, abs=0.1)
    assert found.clears == date(2026, 12, 2)
    assert found.done_a_day == pytest.approx(380 / 14)


def test_deadlines_are_missed_from_the_day_on_which_less_is_done_than_is_due() -> None:
    """100 wait, due on Thursday; 20 a day are done: 80 until Thursday."""
    assert course(pile(waiting=100), Hands(same(20), {"q": 1.0})).misses == date(2026, 11, 26)
    assert course(pile(waiting=100), Hands(same(25), {"q": 1.0})).misses is None
    # what comes is due three working days later: until Friday 60, and 50 are done
    assert course(pile(waiting=0, comes=30), Hands(same(10), {"q": 1.0})).misses == date(2026, 11, 27)
    late = pile(waiting=10, due={MONDAY - timedelta(days=9): 10})
    assert course(late, Hands(same(5), {"q": 1.0})).misses == MONDAY


def test_who_is_away_does_nothing_and_a_share_of_today_is_left() -> None:
    away = frozenset({MONDAY, MONDAY + timedelta(days=1)})
    found = course(pile(waiting=100), Hands(same(10), {"q": 1.0}, away))
    assert [round(each.done) for each in found.days[:3]] == [0, 0, 10]
    half = forecasting.courses(
        [pile(waiting=100, comes=8)], [Hands(same(10), {"q": 1.0})], DAYS, turn=Turn.USUAL, first=0.5
    )
    assert [(each.came, each.done) for each in half["q"].days[:2]] == [(4, 5), (8, 10)]


def test_people_go_where_they_may_and_what_is_left_of_a_day_goes_on() -> None:
    """One may take only German cases, a third of them; the other all, and does what the first leaves."""
    piles = [pile("german", waiting=30), pile("all", waiting=300)]
    hands = [Hands(same(20), {"german": 1 / 3}), Hands(same(10), {"german": 1.0, "all": 1.0})]
    first = {key: found.days[0] for key, found in forecasting.courses(piles, hands, DAYS, turn=Turn.USUAL).items()}
    assert first["german"].done + first["all"].done == pytest.approx(30, abs=0.1)
    nobody = course(pile(waiting=10), Hands(same(20), {"other": 1.0}))
    assert nobody.end == 10


def test_the_band_lies_around_what_is_expected() -> None:
    found = Pile("q", 100, {}, {day: Range(5, 10, 15) for day in range(1, 6)}, 3)
    hands = Hands(Range(8, 10, 12), {"q": 1.0})
    ends = [course(found, hands, turn=turn).end for turn in (Turn.BETTER, Turn.USUAL, Turn.WORSE)]
    assert ends == [pytest.approx(100 - 14 * 7), pytest.approx(100), pytest.approx(100 + 14 * 7)]


def test_fewer_people_take_from_what_the_others_do() -> None:
    found = course(pile(waiting=100), Hands(same(10), {"q": 1.0}), Hands(same(-4), {"q": 1.0}))
    assert found.days[0].done == 6


@pytest.mark.django_db
def test_it_is_made_of_what_was_counted_and_what_people_are_given(kim: User, lee: User, tess: User) -> None:
    """Four Mondays with 2, 4, 6 and 8 cases; Kim decides 10 a day and may take 8; of Lee nothing is known."""
    queue = next(each for each in queues.ensure_default_queues() if each.key == "product_safety")
    make.case(make.policy("magnets"), make.merchant("Nordlicht"), at=NOON)
    team.set_skills(person=kim, limits=Limits(cases_a_day=8), actor=tess, at=NOON)
    team.set_skills(person=lee, limits=Limits(languages=["fr"]), actor=tess, at=NOON)
    team.enter_absence(person=lee, starts_on=MONDAY, ends_on=MONDAY, actor=lee, at=NOON)
    for week, number in enumerate((2, 4, 6, 8), start=1):
        day = MONDAY - timedelta(weeks=week)
        TeamDay.objects.create(day=day, counted_at=NOON)
        TeamFigure.objects.create(day=day, queue=queue, language="en", kind="opened", number=number)
    for back in range(1, 6):
        PersonDay.objects.create(day=MONDAY - timedelta(days=back), person=kim, decided=10, seconds=600)
    team_figures.count_today(at=NOON)

    found = outlook.known(at=NOON)

    assert found.piles["product_safety"].waiting == 1
    assert found.piles["product_safety"].comes == {1: Range(3.5, 5.0, 6.5)}
    assert found.handling == 60
    workers = {str(each.person): each for each in found.workers}
    assert workers["Kim"].a_day == same(8)
    assert (workers["Lee"].a_day, workers["Lee"].away) == (None, frozenset({MONDAY}))
    assert found.reach == {str(kim.pk): {"product_safety": 1.0}, str(tess.pk): {"product_safety": 1.0}}
    assert found.typical == same(8)
    assert outlook.first_day() == datetime(2026, 11, 23, tzinfo=UTC).date()
