"""The pages of quality: who sees what, that the second reader sees nothing of the first, and what a row costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import sampling
from investigations.enums import ReviewState
from investigations.models import Precedent, SecondReview
from tests.factories import cases as make
from tests.investigations.quality.ground import F, V, automated, judged, ruled
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def otto() -> User:
    return make.person("otto", Role.TEAM_LEAD)


def draw(actor: User) -> list[SecondReview]:
    now = timezone.now()
    sampling.set_plan(
        random_percent=100, risk_percent=0, automation_per_day=9, golden_per_hundred=0, actor=actor, at=now
    )
    sampling.draw_owed(at=now)
    return list(SecondReview.objects.order_by("pk"))


def yesterday() -> object:
    return timezone.now() - timedelta(days=1)


@pytest.fixture
def review(kim: User, mara: User) -> SecondReview:
    """Kim found one of two listings to violate, yesterday."""
    ruled(make.policy("magnets"), kim, V, F, at=yesterday())  # type: ignore[arg-type]
    return draw(mara)[0]


def text(client: Client, name: str, *args: object) -> str:
    response = client.get(address(name, *args))
    assert response.status_code == 200
    return response.content.decode()


def test_the_second_reader_sees_nothing_of_the_first(client: Client, sana: User, review: SecondReview) -> None:
    client.force_login(sana)
    client.post(address("review-next"))
    page = text(client, "review", review.pk)
    assert "Your judgement" in page
    for hidden in ("Kim", "leave no doubt", f"C-{review.ruling.case_id}", "Nordlicht"):  # type: ignore[union-attr]
        assert hidden not in page, hidden
    keys = review.verdicts.values_list("pk", flat=True)
    client.post(address("review-read", review.pk), {f"verdict-{key}": "fine" for key in keys})
    page = text(client, "review", review.pk)
    assert "They differ" in page
    assert "Kim" in page
    assert f"C-{review.ruling.case_id}" in page  # type: ignore[union-attr]


def test_what_was_entered_stays_where_a_verdict_is_missing(client: Client, sana: User, review: SecondReview) -> None:
    client.force_login(sana)
    client.post(address("review-next"))
    first = review.verdicts.order_by("pk")[0]
    response = client.post(address("review-read", review.pk), {f"verdict-{first.pk}": "fine", "note": "Odd one"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "1 has no verdict yet" in page
    assert "Odd one" in page
    assert f'name="verdict-{first.pk}" value="fine" checked' in page


def test_the_first_reader_sees_theirs_only_when_it_is_read(
    client: Client, kim: User, lee: User, sana: User, review: SecondReview
) -> None:
    client.force_login(kim)
    assert client.get(address("review", review.pk)).status_code == 404
    assert f"Q-{review.pk}" not in text(client, "reviews")
    judged(review, sana, [V, V], at=timezone.now())
    assert "Both readers" in text(client, "review", review.pk)
    assert f"Q-{review.pk}" in text(client, "reviews")
    client.force_login(lee)
    assert client.get(address("review", review.pk)).status_code == 404
    assert f"Q-{review.pk}" not in text(client, "reviews")


def test_a_team_lead_settles_it_with_a_precedent(
    client: Client, kim: User, sana: User, otto: User, review: SecondReview
) -> None:
    judged(review, sana, [F, F], at=timezone.now())
    client.force_login(otto)
    assert "Settle it" in text(client, "review", review.pk)
    refused = client.post(
        address("review-settle", review.pk), {"outcome": "second_right", "precedent": "Welded is fine."}
    )
    assert refused.status_code == 422
    assert "Welded is fine." in refused.content.decode()
    client.post(
        address("review-settle", review.pk),
        {"outcome": "second_right", "precedent": "Welded is fine.", "verdict": "fine"},
    )
    review.refresh_from_db()
    assert review.state == ReviewState.SETTLED
    assert "Welded is fine." in text(client, "precedents")
    case = ruled(make.policy("other", title="Other"), kim, V, name="Südlicht").case
    assert "Welded is fine." not in text(client, "case", case.pk)
    assert "Welded is fine." in text(client, "case", review.ruling.case_id)  # type: ignore[union-attr]
    client.post(address("precedent-retire", Precedent.objects.get().pk))
    assert "Welded is fine." not in text(client, "case", review.ruling.case_id)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        (Role.MODERATOR, "quality", 200),
        (Role.ADMINISTRATOR, "quality", 403),
        (Role.MODERATOR, "quality-plan", 403),
        (Role.TEAM_LEAD, "quality-plan", 200),
        (Role.AUDITOR, "reviews", 200),
        (Role.ADMINISTRATOR, "reviews", 403),
        (Role.ADMINISTRATOR, "precedents", 403),
    ],
)
def test_who_may_open_what(client: Client, role: Role, name: str, status: int) -> None:
    client.force_login(make.person("x", role))
    assert client.get(address(name)).status_code == status


def test_verbs_are_for_those_who_may(client: Client, kim: User, review: SecondReview) -> None:
    client.force_login(kim)
    assert client.post(address("review-next")).status_code == 403
    assert client.post(address("review-settle", review.pk)).status_code == 403


def test_the_plan_is_changed(client: Client, otto: User) -> None:
    client.force_login(otto)
    fields = {"random_percent": 5, "risk_percent": 4, "automation_per_day": 30, "golden_per_hundred": 1}
    assert client.post(address("quality-plan"), fields | {"random_percent": 400}).status_code == 422
    client.post(address("quality-plan"), fields)
    assert sampling.plan().random_percent == 5


def test_pages_cost_the_same_at_one_and_at_three(client: Client, kim: User, sana: User, mara: User) -> None:
    policy, now = make.policy("magnets"), timezone.now()
    sampling.set_plan(
        random_percent=100, risk_percent=0, automation_per_day=9, golden_per_hundred=0, actor=mara, at=now
    )
    client.force_login(sana)
    counts = []
    for names, days in ((["One"], 2), (["Two", "Three"], 1)):
        for name in names:
            ruled(policy, kim, V, name=name, at=now - timedelta(days=days))
            automated(policy, f"{name} by automation", at=now - timedelta(days=days))
        sampling.draw_owed(at=now - timedelta(days=days - 1))
        for review in SecondReview.objects.filter(state=ReviewState.WAITING):
            judged(review, sana, [V], at=now)
        counts.append([_cost(client, address("quality")), _cost(client, address("reviews"))])
    assert counts[0] == counts[1] == [12, 5]


def _cost(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def test_a_reading_costs_the_same_with_one_listing_and_with_three(
    client: Client, kim: User, sana: User, mara: User
) -> None:
    policy, day = make.policy("magnets"), timezone.now() - timedelta(days=1)
    ruled(policy, kim, V, name="One", at=day)
    ruled(policy, kim, V, V, V, name="Three", at=day)
    client.force_login(sana)
    counts = []
    for review in draw(mara):
        SecondReview.objects.filter(state=ReviewState.TAKEN).update(state=ReviewState.WAITING, reviewer=None)
        SecondReview.objects.filter(pk=review.pk).update(
            state=ReviewState.TAKEN, reviewer=sana, taken_at=timezone.now()
        )
        counts.append(_cost(client, address("review", review.pk)))
    assert counts[0] == counts[1] == 14
