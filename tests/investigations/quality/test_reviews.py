from datetime import timedelta

import pytest

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import precedents, reviews
from investigations.domain.reviews import NotYours, VerdictMissing
from investigations.enums import ReviewOutcome, ReviewState
from investigations.models import Precedent, SecondReview
from investigations.queries import second_reviews
from tests.factories import cases as make
from tests.investigations.quality.ground import TUESDAY, F, U, V, automated, drawn, judged, ruled

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(kim: User, mara: User) -> SecondReview:
    ruled(make.policy("magnets"), kim, V, F)
    return drawn(actor=mara)[0]


@pytest.fixture
def otto() -> User:
    return make.person("otto", Role.TEAM_LEAD)


def firsts(review: SecondReview) -> list[str]:
    return list(review.verdicts.order_by("pk").values_list("first", flat=True))


def test_it_is_taken_by_one_and_comes_back_after_an_hour(review: SecondReview, sana: User, otto: User) -> None:
    assert reviews.take_next(person=sana, at=TUESDAY) == review
    assert reviews.take_next(person=sana, at=TUESDAY) == review
    assert reviews.take_next(person=otto, at=TUESDAY) is None
    later = TUESDAY + second_reviews.LASTS
    assert reviews.take_next(person=otto, at=later) == review
    with pytest.raises(NotYours):
        reviews.read(review=review, verdicts={}, measure=None, note="", actor=sana, at=later)


def test_nobody_reads_their_own(mara: User, otto: User) -> None:
    ruled(make.policy("magnets"), otto, V)
    drawn(actor=mara)
    assert reviews.take_next(person=otto, at=TUESDAY) is None


def test_both_agree(review: SecondReview, sana: User) -> None:
    judged(review, sana, [V if each == "violates" else F for each in firsts(review)])
    review.refresh_from_db()
    assert (review.state, review.outcome) == (ReviewState.SETTLED, ReviewOutcome.AGREED)
    assert Entry.objects.filter(verb="review.read", data__agree=True).count() == 1


def test_a_difference_is_settled_by_a_third_who_writes_a_precedent(
    review: SecondReview, kim: User, sana: User, otto: User
) -> None:
    judged(review, sana, [F, F])
    review.refresh_from_db()
    assert review.state == ReviewState.DIFFERS
    for part in (kim, sana):
        with pytest.raises(NotYours):
            reviews.settle(review=review, outcome=ReviewOutcome.SECOND, actor=part, at=TUESDAY)
    reviews.settle(
        review=review,
        outcome=ReviewOutcome.SECOND,
        precedent="Welded magnets are fine.",
        verdict=F,
        actor=otto,
        at=TUESDAY,
    )
    review.refresh_from_db()
    assert (review.state, review.outcome, review.settled_by) == (ReviewState.SETTLED, ReviewOutcome.SECOND, otto)
    written = Precedent.objects.get()
    assert (written.policy_id, written.words, written.retired_at) == (
        review.policy_id,
        "Welded magnets are fine.",
        None,
    )
    with pytest.raises(MoveRefused):
        reviews.settle(review=review, outcome=ReviewOutcome.FIRST, actor=otto, at=TUESDAY)
    precedents.retire(precedent=written, actor=otto, at=TUESDAY)
    with pytest.raises(MoveRefused):
        precedents.retire(precedent=written, actor=otto, at=TUESDAY)


def test_a_precedent_says_what_such_a_listing_is(review: SecondReview, sana: User, otto: User) -> None:
    judged(review, sana, [F, F])
    with pytest.raises(Refusal, match="what such a listing is"):
        reviews.settle(review=review, outcome=ReviewOutcome.FIRST, precedent="Beware.", actor=otto, at=TUESDAY)
    review.refresh_from_db()
    assert review.state == ReviewState.DIFFERS


def test_nothing_is_written_while_a_verdict_is_missing(review: SecondReview, sana: User) -> None:
    reviews.take_next(person=sana, at=TUESDAY)
    key = review.verdicts.order_by("pk")[0].pk
    with pytest.raises(VerdictMissing, match="1 has no verdict"):
        reviews.read(review=review, verdicts={key: V}, measure=None, note="", actor=sana, at=TUESDAY)
    assert set(review.verdicts.values_list("second", flat=True)) == {""}


def test_a_measure_is_kept_where_something_violates(review: SecondReview, sana: User, otto: User) -> None:
    reviews.take_next(person=sana, at=TUESDAY)
    keys = list(review.verdicts.values_list("pk", flat=True))
    done = reviews.read(
        review=review, verdicts=dict.fromkeys(keys, U), measure=Measure.WARN, note=" Odd. ", actor=sana, at=TUESDAY
    )
    assert (done.measure, done.note, done.state) == ("", "Odd.", ReviewState.DIFFERS)


def test_what_is_given_back_waits_again(review: SecondReview, sana: User) -> None:
    taken = reviews.take_next(person=sana, at=TUESDAY)
    assert taken
    reviews.release(review=taken, actor=sana, at=TUESDAY)
    review.refresh_from_db()
    assert (review.state, review.reviewer) == (ReviewState.WAITING, None)


def test_a_moderator_takes_none(review: SecondReview, lee: User) -> None:
    assert reviews.take_next(person=lee, at=TUESDAY) is None


def test_the_desk_shows_the_listing_as_the_first_reader_had_it(mara: User, sana: User) -> None:
    (decision,) = automated(make.policy("magnets"), "One")
    (review,) = drawn(actor=mara)
    listing = decision.items.get().listing
    assert listing
    violation = decision.items.get().violation
    assert violation
    violation.listing_version = 9
    violation.save(update_fields=["listing_version"])
    desk = second_reviews.desk(review, language="en")
    assert desk.exhibits[0].content["title"] == "Cube of One"
    assert desk.exhibits[0].seen_at is not None
    assert desk.version == decision.version


def test_markets_of_the_reader(mara: User, kim: User) -> None:
    ruled(make.policy("magnets"), kim, V)
    drawn(actor=mara)
    abroad = make.person("fay", Role.SENIOR_REVIEWER, markets=("FR",))
    assert reviews.take_next(person=abroad, at=TUESDAY + timedelta(hours=2)) is None
