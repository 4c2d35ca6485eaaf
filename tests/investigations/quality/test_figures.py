from datetime import timedelta

import pytest

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.web.shares import wilson
from investigations.domain import reviews, sampling
from investigations.enums import ReviewOutcome
from investigations.models import SecondReview
from investigations.queries import quality
from tests.factories import cases as make
from tests.investigations.quality.ground import MONDAY, TUESDAY, F, V, automated, drawn, judged, ruled

pytestmark = pytest.mark.django_db
SINCE = MONDAY - timedelta(days=30)


def figures(person: int | None = None) -> quality.Figures:
    return quality.figures(since=SINCE, person=person, language="en")


def test_kappa_by_person_policy_and_language(kim: User, lee: User, sana: User, mara: User) -> None:
    """Kim: VV 3, VF 1, FF 2; Lee: VV 1, FF 1. Together 8 with one apart: share 7/8, chance 1/2 * 4/8 + ... by hand 0.75."""
    policy = make.policy("magnets")
    told = [(kim, V, V)] * 3 + [(kim, V, F)] + [(kim, F, F)] * 2 + [(lee, V, V), (lee, F, F)]
    second = {}
    for number, (person, first, then) in enumerate(told):
        second[ruled(policy, person, first, name=f"Merchant {number}").pk] = then
    for review in drawn(actor=mara):
        judged(review, sana, [second[review.ruling_id or 0]])
    found = figures()
    # first: V 5/8, F 3/8; second: V 4/8, F 4/8; by chance 1/2; kappa (7/8 - 1/2) / (1/2)
    assert found.everybody.found.share == 7 / 8
    assert found.everybody.found.kappa == pytest.approx(0.75)
    assert [(line.label, line.found.subjects) for line in found.people] == [("Kim", 6), ("Lee", 2)]
    assert [line.label for line in found.policies] == ["Strong loose magnets in toys"]
    assert [line.key for line in found.languages] == ["en"]
    own = figures(lee.pk)
    assert (own.everybody.found.subjects, own.everybody.found.share) == (2, 1.0)


def test_one_subject_of_a_case_counts(kim: User, sana: User, mara: User) -> None:
    ruled(make.policy("magnets"), kim, V, V, V)
    (review,) = drawn(actor=mara)
    judged(review, sana, [V, V, V])
    assert figures().everybody.found.subjects == 1


def test_what_is_drawn_by_risk_stands_apart(kim: User, sana: User, mara: User) -> None:
    ruled(make.policy("magnets"), kim, V, took=3)
    (review,) = drawn(random=0, risk=100, actor=mara)
    judged(review, sana, [F])
    found = figures()
    assert (found.everybody.found.subjects, found.risk.found.share) == (0, 0.0)


def test_automation_is_right_by_what_was_settled_and_days_weigh_by_their_size(sana: User, mara: User) -> None:
    """Monday one of ten is read and right; Tuesday one of two, and wrong: 10/12."""
    policy = make.policy("magnets")
    otto = make.person("otto", Role.TEAM_LEAD)
    automated(policy, *[f"Monday {n}" for n in range(10)])
    automated(policy, *[f"Tuesday {n}" for n in range(2)], at=TUESDAY)
    drawn(automation=1, actor=mara)
    sampling.draw_owed(at=TUESDAY + timedelta(days=1))
    right, wrong = SecondReview.objects.order_by("draw__day")
    judged(right, sana, [V])
    wednesday = TUESDAY + timedelta(days=1)
    differing = judged(wrong, sana, [F], at=wednesday)
    before = figures().automation
    assert (before.right, before.wrong, before.unsettled, before.share) == (1, 0, 1, 1.0)
    reviews.settle(review=differing, outcome=ReviewOutcome.SECOND, actor=otto, at=wednesday)
    found = figures().automation
    assert (found.right, found.wrong, found.unsettled) == (1, 1, 0)
    assert found.share == pytest.approx(10 / 12)
    counts_as = 12**2 / (10**2 + 2**2)
    assert found.bounds == wilson(10 / 12 * counts_as, counts_as)


def test_the_first_reader_may_have_been_right(sana: User, mara: User) -> None:
    automated(make.policy("magnets"), "One")
    (review,) = drawn(actor=mara)
    judged(review, sana, [F])
    otto = make.person("otto", Role.TEAM_LEAD)
    reviews.settle(review=review, outcome=ReviewOutcome.FIRST, actor=otto, at=TUESDAY)
    assert figures().automation.right == 1


def test_nothing_read(mara: User) -> None:
    found = figures()
    assert (found.everybody.found.subjects, found.automation.share, found.people) == (0, None, [])
