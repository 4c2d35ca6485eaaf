"""How right automation is, over the API and as a file: the page's figures, for those who may read them."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.accounts.models import User
from governance.policies.models import Policy
from investigations.domain import reviews, sampling
from investigations.enums import ReviewOutcome, ReviewState
from investigations.models import SecondReview
from investigations.queries import quality
from tests.factories import cases as make
from tests.investigations.quality.ground import MONDAY, TUESDAY, F, V, automated, drawn, judged
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db
PATH = "/api/v1/quality/automation"
WEEK = {"since": "2026-11-23", "until": "2026-11-29"}
FIGURES = ("share", "low", "high", "n", "right", "read", "drawn")


def key(scope: Scope = Scope.DECISIONS_READ) -> dict[str, str]:
    secret = api_keys.create(name=f"report {scope}", scopes=[scope], actor=None, at=timezone.now())[1]
    return {"authorization": f"Bearer {secret}"}


def told(client: Client, **days: str) -> dict[str, dict[str, Any]]:
    answer = client.get(PATH, WEEK | days, headers=key())
    assert answer.status_code == 200
    return {each["policy"]: each for each in answer.json()}


@pytest.fixture
def magnets() -> Policy:
    return make.policy("magnets")


def read(reader: User, *verdicts: Any) -> None:
    waiting = SecondReview.objects.filter(state=ReviewState.WAITING).order_by("-policy__slug", "pk")
    for review, verdict in zip(waiting, verdicts, strict=False):
        judged(review, reader, [verdict])


@pytest.fixture
def judged_week(magnets: Policy, sana: User, mara: User) -> Policy:
    """Of magnets three are read, two right and one wrong; of cords one is read and one waits. All is read on Tuesday."""
    cords = make.policy("cords", title="Cords on children's clothes")
    automated(magnets, "One", "Two", "Three")
    automated(cords, "Four", "Five")
    drawn(actor=mara)
    read(sana, V, V, F, V)
    differing = SecondReview.objects.get(state=ReviewState.DIFFERS)
    lead = make.person("otto", Role.TEAM_LEAD)
    reviews.settle(review=differing, outcome=ReviewOutcome.SECOND, actor=lead, at=TUESDAY)
    return cords


@pytest.mark.usefixtures("judged_week")
def test_a_key_reads_what_the_page_shows(client: Client, mara: User) -> None:
    found = told(client)
    assert list(found) == ["TOTAL", "cords", "magnets"]
    page = quality.figures(since=MONDAY, person=None, language="en")
    for row, shown in ((found["TOTAL"], page.automation), *((found[_slug(each.key)], each) for each in page.automated)):
        assert shown.bounds is not None
        assert (row["share"], row["low"], row["high"]) == (shown.share, shown.bounds.low, shown.bounds.high)
        assert (row["n"], row["right"]) == (shown.right + shown.wrong, shown.right)
    assert [found["magnets"][name] for name in ("n", "right", "read", "drawn")] == [3, 2, 3, 3]
    assert [found["cords"][name] for name in ("n", "right", "read", "drawn")] == [1, 1, 1, 2]
    assert [found["TOTAL"][name] for name in ("n", "right", "read", "drawn")] == [4, 3, 4, 5]
    client.force_login(mara)
    assert {each["policy"]: each for each in client.get(PATH, WEEK).json()} == found


def _slug(policy: str) -> str:
    return Policy.objects.get(pk=policy).slug


@pytest.mark.usefixtures("magnets")
def test_what_is_not_settled_has_no_share(client: Client, sana: User, mara: User, magnets: Policy) -> None:
    automated(magnets, "One")
    drawn(actor=mara)
    read(sana, F)
    found = told(client)["magnets"]
    assert [found[name] for name in FIGURES] == [None, None, None, 0, 0, 1, 1]


@pytest.mark.usefixtures("judged_week")
@pytest.mark.parametrize(
    ("since", "until", "counted"),
    [
        ("2026-11-24", "2026-11-24", (4, 5)),
        ("2026-11-23", "2026-11-23", (0, 0)),
        ("2026-11-25", "2026-12-31", (0, 0)),
    ],
)
def test_both_days_are_included_and_no_other(client: Client, since: str, until: str, counted: tuple[int, int]) -> None:
    whole = told(client, since=since, until=until)["TOTAL"]
    assert (whole["read"], whole["drawn"]) == counted


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"since": "yesterday"}, "since"),
        ({"since": ""}, "since"),
        ({"until": "2026-11-31"}, "until"),
        ({"until": "2026-11-22"}, "until"),
        ({"until": "9999-12-31"}, "until"),
        ({"since": "0001-01-01"}, "since"),
    ],
)
def test_days_that_mean_nothing_are_named(client: Client, wrong: dict[str, str], where: str) -> None:
    answer = client.get(PATH, WEEK | wrong, headers=key())
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert list(answer.json()["errors"]) == [where]
    orders = client.get("/api/v1/authority-orders/totals", WEEK | wrong, headers=key(Scope.AUTHORITY_READ))
    assert (orders.status_code, list(orders.json()["errors"])) == (400, [where])


def test_without_days_both_are_asked_for(client: Client) -> None:
    answer = client.get(PATH, headers=key())
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"since", "until"})


def test_other_keys_and_those_who_see_their_own_work_alone_may_not(client: Client, kim: User) -> None:
    assert client.get(PATH, WEEK).status_code == 401
    assert client.get(PATH, WEEK, headers=key(Scope.CASES_READ)).status_code == 403
    client.force_login(kim)
    assert client.get(PATH, WEEK).status_code == 403
    assert client.get(address("quality-automation")).status_code == 403
    assert client.post(PATH, WEEK, headers=key()).status_code in (403, 405)


@pytest.mark.parametrize("policies", [1, 3])
def test_it_asks_as_often_for_many_policies_as_for_one(
    client: Client, sana: User, mara: User, django_assert_num_queries: DjangoAssertNumQueries, policies: int
) -> None:
    for number in range(policies):
        automated(make.policy(f"policy-{number}", title=f"Policy {number}"), f"Merchant {number}")
    drawn(actor=mara)
    read(sana, *[V] * policies)
    headers = key()
    client.get(PATH, WEEK, headers=headers)
    with django_assert_num_queries(5):
        assert len(client.get(PATH, WEEK, headers=headers).json()) == policies + 1


def test_the_page_gives_the_same_as_a_file(client: Client, magnets: Policy, sana: User, mara: User) -> None:
    now = timezone.now()
    automated(magnets, "=One", at=now - timedelta(days=1))
    sampling.set_plan(
        random_percent=0, risk_percent=0, automation_per_day=9, golden_per_hundred=0, actor=mara, at=now
    )  # fmt: skip
    sampling.draw_owed(at=now)
    judged(SecondReview.objects.get(), sana, [V], at=now)
    client.force_login(mara)
    link = f"{address('quality-automation')}?days=30"
    assert link in client.get(address("quality"), {"days": "30"}).content.decode()
    file = client.get(link)
    head, whole, row = csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig")))  # type: ignore[attr-defined]
    assert head[0] == "Policy"
    assert (whole[:2], row[:2]) == (["TOTAL", "All"], ["magnets", "Strong loose magnets in toys"])
    page = quality.figures(since=now - timedelta(days=30), person=None, language="en").automated[0]
    assert page.bounds
    assert row[2:] == [str(each) for each in (1.0, page.bounds.low, page.bounds.high, 1, 0, 0, 1, 1)]
    assert whole[2:] == row[2:]
