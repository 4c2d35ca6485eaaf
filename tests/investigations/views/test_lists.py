"""The queue, cases, listings, merchants: who sees them, what a row says, and that rows cost no queries."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enforcement.domain import decisions
from enforcement.enums import Origin
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Measure, Severity
from governance.policies.models import Policy
from investigations.domain import claims, opening
from investigations.models import Case
from listings.models import Category, Merchant
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
PAGES = ("investigations:queue", "investigations:cases", "investigations:listings", "investigations:merchants")


def opened(client: Client, person: User, name: str, query: str = "") -> str:
    client.force_login(person)
    response = client.get(reverse(name) + query)
    assert response.status_code == 200
    return response.content.decode()


def fill(policy: Policy, name: str, *, decided: bool) -> Merchant:
    """A merchant with a case, a decision, and sales."""
    merchant = make.merchant(name)
    listing = make.listing(merchant, f"Cube of {name}", markets=("DE",))
    make.sold(listing, orders=7, visits=300)
    make.violation(listing, policy)
    opening.open_owed(at=timezone.now())
    if decided:
        other = make.listing(merchant, f"Sphere of {name}", markets=("DE",))
        found = make.violation(other, policy, owed="nothing")  # type: ignore[arg-type]
        decisions.issue(
            merchant=merchant, version=found.version, violations=[found], measure=Measure.REMOVE, markets=[],
            minimum_age=None, actor=None, reason="", at=timezone.now(), origin_kind=Origin.SWEEP,
        )  # fmt: skip
    return merchant


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_the_same_at_one_and_at_three_rows(name: str, client: Client, sana: User) -> None:
    make.market("DE")
    policy = make.policy("magnets")
    fill(policy, "Nordlicht", decided=True)
    client.force_login(sana)
    client.get(reverse(name))  # the first visit remembers the filters and fills caches
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(reverse(name))
    for other in ("Casa Serena", "Kestrel"):
        fill(policy, other, decided=True)
    with CaptureQueriesContext(connection) as three:
        client.get(reverse(name))

    assert len(three) == len(one), [query["sql"][:120] for query in three.captured_queries]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_will_be_here_while_there_is_nothing(name: str, client: Client, sana: User) -> None:
    text = opened(client, sana, name)
    assert 'class="empty' in text


@pytest.mark.parametrize(
    ("name", "roles", "status"),
    [
        ("investigations:queue", (Role.MODERATOR,), 200),
        ("investigations:queue", (Role.AUDITOR,), 200),
        ("investigations:queue", (Role.ADMINISTRATOR,), 403),
        ("investigations:cases", (Role.GOVERNANCE_MANAGER,), 200),
        ("investigations:cases", (Role.APPROVER,), 403),
        ("investigations:listings", (Role.APPROVER,), 200),
        ("investigations:merchants", (Role.ADMINISTRATOR,), 200),
        ("investigations:merchants", (), 403),
        ("investigations:listings", (), 403),
    ],
)
def test_who_may_open_what(name: str, roles: tuple[Role, ...], status: int, client: Client) -> None:
    person = make.person("somebody")
    for role in roles:
        person.grants.create(role=role, function="legal" if role == Role.APPROVER else "", granted_at=timezone.now())
    client.force_login(person)

    assert client.get(reverse(name)).status_code == status


def test_who_is_not_signed_in_goes_to_the_sign_in(client: Client) -> None:
    response = client.get(reverse("investigations:queue"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_a_row_of_the_queue_says_why_it_is_there(client: Client, kim: User, lee: User) -> None:
    make.market("DE")
    fill(make.policy("magnets", severity=Severity.CRITICAL), "Nordlicht", decided=True)
    claims.claim_next(person=lee, at=timezone.now())

    text = opened(client, kim, "investigations:queue")

    assert "Strong loose magnets in toys" in text
    assert "7 sold in 30 d" in text
    assert "1 decision in 12 months" in text
    assert 'title="Lee"' in text


def test_the_queue_narrows_to_one_queue(client: Client, kim: User) -> None:
    make.case(make.policy("wine", family="alcohol", title="Wine"), make.merchant("Cave"))
    make.case(make.policy("magnets", title="Magnets"), make.merchant("Nordlicht"))

    text = opened(client, kim, "investigations:queue", "?queue=restricted")

    table = text[text.index("<tbody") : text.index("</tbody>")]
    assert "Wine" in table
    assert "Magnets" not in table


def test_people_see_cases_of_their_markets_only(client: Client, case: Case) -> None:
    austrian = make.person("nils", Role.MODERATOR, markets=["AT"])
    assert str(case) not in opened(client, austrian, "investigations:cases")

    french = make.person("mona", Role.MODERATOR, markets=["FR"])
    assert str(case) in opened(client, french, "investigations:cases")


def test_next_takes_the_most_urgent_and_opens_it(client: Client, kim: User, case: Case) -> None:
    client.force_login(kim)
    response = client.post(reverse("investigations:queue-next"))

    assert response["Location"] == reverse("investigations:case", args=[case.pk])
    case.refresh_from_db()
    assert case.state == "in_review"


def test_next_says_so_when_nothing_waits(client: Client, kim: User) -> None:
    client.force_login(kim)
    response = client.post(reverse("investigations:queue-next"), follow=True)
    assert "Nothing waits for you here." in response.content.decode()


def test_only_workers_take_cases(client: Client, mara: User, case: Case) -> None:
    client.force_login(mara)
    assert client.post(reverse("investigations:queue-next")).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=C-{pk}", True),
        ("?q=nordl", True),
        ("?q=somebody+else", False),
        ("?state=open", True),
        ("?state=closed", False),
        ("?late=true", False),
        ("?late=false", True),
        ("?mine=true", False),
        ("?market=FR", True),
        ("?market=AT", False),
        ("?severity=critical", False),
        ("?queue=product_safety", True),
        ("?policy={policy}", True),
        ("?merchant={merchant}", True),
    ],
)
def test_the_filters_of_cases(query: str, found: bool, client: Client, mara: User, case: Case) -> None:
    filled = query.format(pk=case.pk, policy=case.policy_id, merchant=case.merchant.public_id)
    text = opened(client, mara, "investigations:cases", filled)
    assert (f'href="{reverse("investigations:case", args=[case.pk])}"' in text) is found


def test_a_late_case_is_marked(client: Client, mara: User, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(hours=2))
    assert "2 h late" in opened(client, mara, "investigations:cases").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=cube", True),
        ("?q=L-{pk}", True),
        ("?q=4006381333931", True),
        ("?q=sphere", False),
        ("?standing=violation", True),
        ("?standing=in_review", True),
        ("?standing=hidden", False),
        ("?standing=on_sale", True),
        ("?market=DE", True),
        ("?market=AT", False),
        ("?sold=7", True),
        ("?sold=8", False),
        ("?policy={policy}", True),
        ("?category=toys", True),
        ("?category=home", False),
    ],
)
def test_the_filters_of_listings(query: str, found: bool, client: Client, mara: User) -> None:
    for code in ("DE", "AT"):
        make.market(code)
    policy = make.policy("magnets")
    toys = Category.objects.create(code="toys", names={"en": "Toys"})
    Category.objects.create(code="home", names={"en": "Home"})
    sets = Category.objects.create(code="toys/magnets", parent=toys, depth=1, names={"en": "Magnets"})
    listing = make.listing(make.merchant("Nordlicht"), "Magnet cube", ean="4006381333931", category=sets)
    make.sold(listing, orders=7)
    make.violation(listing, policy)
    opening.open_owed(at=timezone.now())

    text = opened(client, mara, "investigations:listings", query.format(pk=listing.pk, policy=policy.pk))

    assert (f'href="{reverse("investigations:listing", args=[listing.pk])}"' in text) is found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=nord", True),
        ("?country=DE", True),
        ("?open_cases=true", True),
        ("?open_cases=false", False),
        ("?points=1", False),
        ("?suspended=true", False),
        ("?suspended=false", True),
        ("?kind=business", True),
    ],
)
def test_the_filters_of_merchants(query: str, found: bool, client: Client, mara: User, case: Case) -> None:
    text = opened(client, mara, "investigations:merchants", query)
    assert (f'href="{reverse("investigations:merchant", args=[case.merchant.public_id])}"' in text) is found


@pytest.mark.parametrize("name", PAGES)
def test_exports_hold_what_the_filter_shows(name: str, client: Client, mara: User, case: Case) -> None:
    client.force_login(mara)
    response = client.get(reverse(name) + "?export=csv")
    body = b"".join(response) if response.streaming else response.content
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert len(rows) == {"investigations:listings": 4}.get(name, 2)


def test_a_listing_under_a_measure_says_so_in_its_row(client: Client, mara: User) -> None:
    make.market("DE")
    fill(make.policy("magnets"), "Nordlicht", decided=True)

    text = opened(client, mara, "investigations:listings", "?standing=hidden")

    assert "Sphere of Nordlicht" in text
    assert "Not on sale" in text
    assert "Cube of Nordlicht" not in text
