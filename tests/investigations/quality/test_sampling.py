from datetime import timedelta

import pytest

from governance.accounts.models import User
from governance.policies.enums import Severity
from governance.web.refusals import Refusal
from investigations.domain import cases, reviews, sampling
from investigations.enums import DrawnFor, ReviewKind, ReviewState, Verdict
from investigations.models import Draw, SecondReview
from investigations.queries import drawing
from tests.factories import cases as make
from tests.investigations.quality.ground import MONDAY, TUESDAY, F, V, automated, drawn, ruled

pytestmark = pytest.mark.django_db


def test_a_day_is_drawn_once_with_how_much_there_was(kim: User, mara: User) -> None:
    policy = make.policy("magnets")
    for number in range(6):
        ruled(policy, kim, V, name=f"Merchant {number}")
    automated(policy, "One", "Two", "Three")
    reviews = drawn(random=50, automation=2, actor=mara)
    by_kind = [each.kind for each in reviews]
    assert (by_kind.count("random"), by_kind.count("automation")) == (3, 2)
    day = Draw.objects.get(day=MONDAY.date())
    assert (day.people, day.automation) == (6, 3)
    assert sampling.draw_owed(at=TUESDAY + timedelta(hours=1)) == 0
    assert SecondReview.objects.count() == 5


def test_today_is_not_drawn_and_a_missed_week_is_made_up(kim: User, mara: User) -> None:
    ruled(make.policy("magnets"), kim, V)
    sampling.draw_owed(at=MONDAY + timedelta(hours=3))
    assert not SecondReview.objects.exists()
    sampling.draw_owed(at=MONDAY + timedelta(days=5))
    assert SecondReview.objects.count() == 1


def test_the_verdicts_of_the_first_reader_are_kept(kim: User, mara: User) -> None:
    ruling = ruled(make.policy("magnets"), kim, V, F, F)
    (review,) = drawn(actor=mara)
    assert (review.ruling, review.person, review.language) == (ruling, kim, "en")
    assert sorted(review.verdicts.values_list("first", flat=True)) == ["fine", "fine", "violates"]
    assert set(review.verdicts.values_list("second", flat=True)) == {""}


def test_of_a_case_of_many_listings_ten_are_read(kim: User, mara: User) -> None:
    ruled(make.policy("magnets"), kim, *[V] * 14)
    (review,) = drawn(actor=mara)
    assert review.verdicts.count() == drawing.AT_MOST


def test_what_was_taken_back_is_not_drawn_or_is_dropped(kim: User, mara: User) -> None:
    policy = make.policy("magnets")
    undone = ruled(policy, kim, V, name="Undone")
    cases.undo_decision(ruling=undone, actor=kim, at=MONDAY + timedelta(seconds=5))
    kept = ruled(policy, kim, V, name="Kept", at=MONDAY + timedelta(hours=1))
    (review,) = drawn(actor=mara)
    assert review.ruling == kept
    kept.undone_at = TUESDAY
    kept.save(update_fields=["undone_at"])
    assert reviews.drop_gone(at=TUESDAY) == 1
    review.refresh_from_db()
    assert review.state == ReviewState.DROPPED


def test_the_riskiest_of_the_rest_are_drawn_with_the_reasons(kim: User, mara: User) -> None:
    mild = make.policy("labels", severity=Severity.MINOR, title="Labels")
    grave = make.policy("magnets", severity=Severity.CRITICAL)
    for number in range(8):
        ruled(mild, kim, F, name=f"Calm {number}")
    hasty = ruled(grave, kim, V, name="Hasty", took=4)
    review = next(each for each in drawn(random=0, risk=10, actor=mara) if each.kind == ReviewKind.RISK)
    assert review.ruling == hasty
    assert set(review.reasons) == {DrawnFor.CRITICAL, DrawnFor.QUICK, DrawnFor.NEW}


def test_a_plan_outside_its_bounds_is_refused(mara: User) -> None:
    with pytest.raises(Refusal):
        sampling.set_plan(
            random_percent=101, risk_percent=0, automation_per_day=0, golden_per_hundred=0, actor=mara, at=MONDAY
        )
    assert sampling.plan().random_percent == 3


def test_each_has_the_same_chance(kim: User, mara: User) -> None:
    """Which ones are drawn depends on nothing but the day's secret: over many days the first is drawn as often as others."""
    ruling = ruled(make.policy("magnets"), kim, V)
    days = [MONDAY.date() + timedelta(days=number) for number in range(400)]
    low = sum(drawing._chance(day, ruling.pk) < drawing._chance(day, ruling.pk + 1) for day in days)
    assert 160 < low < 240


def test_automation_holds_that_it_violates(mara: User) -> None:
    automated(make.policy("magnets"), "One")
    (review,) = drawn(actor=mara)
    assert review.person is None
    assert list(review.verdicts.values_list("first", flat=True)) == [Verdict.VIOLATES]
