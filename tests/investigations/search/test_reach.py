"""What a search tells of markets one may not see, of test cases, and of numbers and days that are out of reach."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.domain import cases, claims, golden, sampling
from investigations.enums import SearchKind, Verdict
from investigations.models import Case, SearchRun
from investigations.views.search_page import address
from listings.models import Merchant
from tests.factories import cases as make
from tests.investigations.search import ground

pytestmark = pytest.mark.django_db
HISTORY = reverse("investigations:search-history")


@pytest.fixture(autouse=True)
def two_markets() -> None:
    cache.clear()
    for code in ("DE", "FR"):
        make.market(code)


def found(client: Client, kind: str, **query: str) -> list[int]:
    response = client.get(address(kind), query)
    assert not response.context["problems"]
    return sorted(row.pk for row in response.context["page"].rows)


def counted(client: Client, kind: str, query: str = "") -> str:
    return client.post(f"{reverse('investigations:search-figures', args=[kind])}?{query}").content.decode()


def iria() -> User:
    return make.person("iria", Role.INVESTIGATOR, markets=["FR"])


def decided(*markets: str, listings: int = 1, golden_per_hundred: int = 0) -> Case:
    """A closed case in which everything violates; kept as a test case where one in so many is to be one."""
    at = timezone.now() - timedelta(days=1)
    merchant = make.merchant("Nordlicht", country="FR")
    case = make.case(make.policy("magnets"), merchant, listings=listings, at=at, markets=markets)
    Case.objects.filter(pk=case.pk).update(languages=["de"])
    kim, otto = make.person("kim", Role.MODERATOR), make.person("otto", Role.TEAM_LEAD)
    claims.claim(case=case, person=kim, at=at)
    verdicts = {item.pk: Verdict.VIOLATES for item in case.items.all()}
    cases.decide(case=case, verdicts=verdicts, measure=Measure.REMOVE, actor=kim, reason="Loose balls", at=at)
    if golden_per_hundred:
        golden.keep(case=Case.objects.get(pk=case.pk), why="Loose balls count.", actor=otto, at=at)
        sampling.set_plan(
            random_percent=0, risk_percent=0, automation_per_day=0, golden_per_hundred=golden_per_hundred,
            actor=otto, at=at,
        )  # fmt: skip
    return case


# --- markets -------------------------------------------------------------------------------------


def test_a_merchants_figures_are_those_of_ones_markets(client: Client) -> None:
    elsewhere = decided("DE").merchant
    make.case(make.policy("knives", title="Knives"), elsewhere, markets=("DE",))
    here = Merchant.objects.get(pk=elsewhere.pk)
    client.force_login(iria())
    nothing = " && ".join(f"merchant.{each} == 0" for each in ("openViolations", "openCases", "lateCases", "decisions"))
    assert found(client, "merchants", where=f"{nothing} && merchant.inForce == 0 && merchant.listings == 0") == [
        here.pk
    ]

    client.force_login(ground.ines())
    some = "merchant.openViolations > 0 && merchant.openCases == 1 && merchant.decisions == 1 && merchant.listings > 0"
    assert found(client, "merchants", where=some) == [here.pk]


@pytest.mark.parametrize("kind", ["cases", "decisions"])
def test_markets_of_others_are_not_counted_by_name(client: Client, kind: str) -> None:
    decided("DE", "FR")
    client.force_login(iria())
    text = counted(client, kind)
    assert ("market=FR" in text, "market=DE" in text) == (True, False)

    client.force_login(ground.ines())
    assert "market=DE" in counted(client, kind)


def test_a_decision_has_each_market_once(client: Client) -> None:
    decided("DE", "FR", listings=3)
    client.force_login(ground.ines())
    assert len(found(client, "decisions", where="size(decision.markets) == 2")) == 1


def test_the_history_has_what_looked_into_ones_own_markets(client: Client) -> None:
    client.force_login(ground.ines())
    counted(client, "cases", "q=secret")
    wide = SearchRun.objects.get()
    reader = iria()
    client.force_login(reader)
    counted(client, "cases", "q=visible")
    narrow = SearchRun.objects.exclude(pk=wide.pk).get()

    assert (wide.markets, narrow.markets) == (None, ["FR"])
    assert seen(client) == {narrow.pk}
    assert seen(client, q="secret") == set()
    client.force_login(make.person("ann", Role.INVESTIGATOR, markets=["DE", "FR"]))
    assert seen(client) == {narrow.pk}
    client.force_login(make.person("bea", Role.INVESTIGATOR, markets=["DE"]))
    assert seen(client) == set()
    client.force_login(make.person("eve", Role.INVESTIGATOR))
    assert seen(client) == {wide.pk, narrow.pk}


def seen(client: Client, **query: str) -> set[int]:
    """Of the history, and of what can be added to an investigation by its number."""
    runs = {run.pk for run in client.get(HISTORY, query).context["page"].rows}
    collect = reverse("investigations:collect")
    kept = {run for run in SearchRun.objects.all() if client.get(collect, {"run": run.pk}).context["chosen"].run}
    assert query or {run.pk for run in kept} == runs
    return runs


# --- test cases ----------------------------------------------------------------------------------


def test_no_condition_tells_a_test_case_from_others(client: Client) -> None:
    original = decided("DE", golden_per_hundred=10)
    assert original.policy
    make.case(original.policy, make.merchant("Waiting"), at=timezone.now() - timedelta(hours=2))
    sam = make.person("sam", Role.SENIOR_REVIEWER)
    copy = golden.next_case(person=sam, queue=None, held=False, chance=0.0, at=timezone.now())
    assert copy is not None
    assert copy.golden_id
    client.force_login(sam)

    open_ones = 'case.state != "closed" && '
    assert found(client, "cases", where=f"{open_ones} merchant.openCases == 0") == []
    assert found(client, "cases", where=f'{open_ones} "de" in case.languages') == [copy.pk]
    assert found(client, "merchants", open_cases="true", where="merchant.openCases == 0") == []
    assert found(client, "merchants", open_cases="false", where="merchant.openCases > 0") == []

    client.force_login(make.person("ann", Role.SENIOR_REVIEWER))
    with_cases = found(client, "merchants", open_cases="true")
    assert original.merchant_id not in with_cases
    assert found(client, "merchants", where="merchant.openCases > 0") == with_cases


# --- what is out of reach ------------------------------------------------------------------------


OUT_OF_REACH: list[dict[str, Any]] = [
    {"asof": "0001-01-01T00:00:00Z", "span": "365"},
    {"asof": "9999-12-31T23:59:59-14:00"},
    {"days_after": "0001-01-01"},
    {"days_before": "9999-12-31"},
    {"days_after": "1969-12-31", "days_before": "2026-01-01"},
    {"where": 'timestamp("0001-01-01T00:00:00+01:00") < now'},
    {"where": 'now - listing.createdAt < duration("9999999999999999h")'},
    {"points": "1e30"},
    {"points": "NaN"},
    {"policy": "9" * 40},
    {"policy": "1e400"},
    {"sold": "9" * 40},
]


@pytest.mark.parametrize("kind", SearchKind.values)
def test_what_is_out_of_reach_is_answered(client: Client, kind: str) -> None:
    client.force_login(ground.ines())
    client.raise_request_exception = False
    answers = {}
    for asked in OUT_OF_REACH:
        query = urlencode(asked)
        figures, export = (reverse(f"investigations:search-{what}", args=[kind]) for what in ("figures", "export"))
        file = client.post(f"{export}?{query}", {"reason": "for the authority"})
        if file.streaming:
            b"".join(file.streaming_content)  # type: ignore[attr-defined]
        answers[query] = (
            client.get(address(kind), asked).status_code,
            client.post(f"{figures}?{query}").status_code,
            file.status_code,
        )
    assert {query: each for query, each in answers.items() if max(each) >= 500} == {}
    form = client.get(address(kind), {"days_after": "1969-12-31"}).context["view"].filterset.form
    assert "Choose days from 1970 to 2100." in str(form.errors)


def test_days_within_reach_are_counted_from(client: Client) -> None:
    client.force_login(ground.ines())
    query = urlencode({"days_after": "1970-01-01", "days_before": "2100-12-31"})
    assert client.post(f"{reverse('investigations:search-figures', args=['cases'])}?{query}").context["found"].now == 0
