"""A listing, a merchant, and the search: what they show and what they cost."""

from datetime import date, timedelta
from typing import Any

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
from governance.policies.enums import Measure
from investigations.models import Case
from listings.models import AttributeDefinition, Certificate, ListingMetric, MerchantLink, TraderIdentity
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


def opened(client: Client, person: User, name: str, *args: Any, **query: Any) -> str:
    client.force_login(person)
    response = client.get(reverse(f"investigations:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def removed(case: Case) -> None:
    found = [item.violation for item in case.items.all() if item.violation]
    decisions.issue(
        merchant=case.merchant, version=found[0].version, violations=found[:1], measure=Measure.REMOVE, markets=["DE"],
        minimum_age=None, actor=None, reason="", at=timezone.now(), origin_kind=Origin.SWEEP,
    )  # fmt: skip


# --- listings ------------------------------------------------------------------------------------


def test_a_listing_shows_what_was_found_decided_and_is_in_force(client: Client, mara: User, case: Case) -> None:
    removed(case)
    listing = case.items.order_by("pk")[0].listing
    assert listing is not None
    AttributeDefinition.objects.create(key="voltage", kind="number", unit="V", labels={"en": "Voltage"})
    listing.attributes = {"voltage": 12}
    listing.save()
    Certificate.objects.create(
        merchant=case.merchant, type="EN 71-1", number="T-1", valid_until=date(2027, 1, 1), changed_at=timezone.now()
    )
    ListingMetric.objects.create(listing=listing, date=timezone.localdate() - timedelta(days=1), orders=3, returns=1)

    text = opened(client, mara, "listing", listing.pk)

    assert "Strong loose magnets in toys" in text
    assert "Not on sale" in text
    assert "12\xa0V" in text
    assert "EN 71-1" in text
    assert "for all of the merchant’s listings" in text
    assert "Orders and returns by day" in text
    assert reverse("investigations:case", args=[case.pk]) in text


def test_a_listing_without_anything_still_opens(client: Client, mara: User) -> None:
    listing = make.listing(make.merchant("Nordlicht"), "", markets=(), price_minor=None, currency="", language="")

    text = opened(client, mara, "listing", listing.pk)

    assert "No title" in text
    assert "It is offered in no market." in text


def test_listings_of_other_markets_are_not_found(client: Client, case: Case) -> None:
    client.force_login(make.person("nils", Role.MODERATOR, markets=["AT"]))
    listing = case.items.order_by("pk")[0].listing
    assert listing is not None
    assert client.get(reverse("investigations:listing", args=[listing.pk])).status_code == 404


def test_a_listing_costs_the_same_with_one_and_three_findings(client: Client, mara: User, case: Case) -> None:
    listing = case.items.order_by("pk")[0].listing
    assert listing is not None
    client.force_login(mara)
    address = reverse("investigations:listing", args=[listing.pk])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for slug in ("cords", "paint"):
        make.violation(listing, make.policy(slug))
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one)


# --- merchants -----------------------------------------------------------------------------------


def test_a_merchant_shows_identity_points_history_and_links(client: Client, mara: User, case: Case) -> None:
    removed(case)
    TraderIdentity.objects.create(
        merchant=case.merchant, legal_name="Nordlicht Spielwaren GmbH", verified_on=date(2026, 2, 4)
    )
    other = make.merchant("Südlicht")
    MerchantLink.objects.create(first=case.merchant, second=other, kind="phone", strength=0.9, found_at=timezone.now())

    text = opened(client, mara, "merchant", case.merchant.public_id)

    assert "Nordlicht Spielwaren GmbH" in text
    assert "Removed 1 listing: Strong loose magnets in toys" in text
    assert "Südlicht" in text
    assert "90%" in text
    assert '<span class="stat-value"><span>4</span>' in text or ">4<" in text


def test_a_merchant_is_found_by_the_random_key_only(client: Client, mara: User, case: Case) -> None:
    client.force_login(mara)
    assert client.get(f"/merchants/{case.merchant.pk}/").status_code == 404
    assert client.get(f"/merchants/{case.merchant.public_id.lower()}/").status_code == 200


def test_who_may_not_see_cases_sees_none_on_a_merchant(client: Client, case: Case) -> None:
    text = opened(client, make.person("ada", Role.ADMINISTRATOR), "merchant", case.merchant.public_id)
    assert str(case) not in text


# --- search --------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["C-{pk}", "c{pk}", " C-{pk} "])
def test_an_exact_id_opens_at_once(form: str, client: Client, mara: User, case: Case) -> None:
    client.force_login(mara)
    response = client.get(reverse("investigations:search"), {"q": form.format(pk=case.pk)})
    assert response["Location"] == reverse("investigations:case", args=[case.pk])


def test_the_palette_finds_by_name_id_and_ean(client: Client, mara: User, case: Case) -> None:
    listing = case.items.order_by("pk")[0].listing
    assert listing is not None
    listing.ean = "4006381333931"
    listing.save()
    client.force_login(mara)

    def labels(words: str) -> list[str]:
        rows = client.get(reverse("investigations:find"), {"q": words}).json()["results"]
        return [row["label"] for row in rows]

    assert labels("nordl") == ["Nordlicht"]
    assert labels(f"L-{listing.pk}") == ["Magnet cube 1"]
    assert labels("4006381333931") == ["Magnet cube 1"]
    assert labels("loose magnets") == ["Strong loose magnets in toys"]
    assert labels("magnet cube") == ["Magnet cube 1", "Magnet cube 2", "Magnet cube 3"]
    assert labels(f"P-{case.policy_id:04d}") == ["Strong loose magnets in toys"]
    assert labels("C-999999999999") == []
    assert labels("%%%") == []
    assert labels("") == []


def test_a_decision_is_found_by_its_reference(client: Client, mara: User, case: Case) -> None:
    removed(case)
    reference = case.merchant.decisions.get().reference
    client.force_login(mara)
    response = client.get(reverse("investigations:search"), {"q": reference.lower()})
    assert response["Location"] == reverse("enforcement:decision", args=[reference])


def test_nothing_outside_a_persons_markets_or_role_is_found(client: Client, case: Case) -> None:
    client.force_login(make.person("nils", Role.MODERATOR, markets=["AT"]))
    for words in (str(case), "Nordlicht", "Magnet cube"):
        assert client.get(reverse("investigations:find"), {"q": words}).json() == {"results": []}
    client.force_login(make.person("ada", Role.ADMINISTRATOR))
    assert client.get(reverse("investigations:find"), {"q": str(case)}).json() == {"results": []}


def test_search_needs_a_sign_in(client: Client) -> None:
    assert client.get(reverse("investigations:find"), {"q": "x"}).status_code == 302


def test_searching_for_nothing_says_what_can_be_found(client: Client, mara: User) -> None:
    assert "An id (C-, L-, P-, SR-), an EAN, or part of a name." in opened(client, mara, "search")
    assert "Nothing has this id or name" in opened(client, mara, "search", q="zzzz")
