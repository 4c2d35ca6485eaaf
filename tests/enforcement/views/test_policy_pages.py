"""Pages of policies: written, submitted, answered by another person, switched, waived."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from governance.accounts.domain.people import WantedRole, grant_role
from governance.accounts.enums import Function, Role
from governance.accounts.models import User
from governance.policies.enums import Mode, VersionState
from governance.policies.models import Policy, PolicyVersion, Waiver
from listings.models import Market
from tests.factories.cases import NOON, listing, merchant, person, policy, violation

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return person("manager", Role.GOVERNANCE_MANAGER)


@pytest.fixture
def lawyer() -> User:
    made = person("lawyer")
    grant_role(user=made, wanted=WantedRole(Role.APPROVER, Function.LEGAL), actor=None, at=NOON)
    return made


@pytest.fixture
def site(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


@pytest.fixture
def germany() -> Market:
    return Market.objects.create(code="DE", region="eu", currency="EUR", languages=["de"], working_days=[1, 2, 3, 4, 5])


FORM = {
    "severity": "serious",
    "ground": "legal",
    "legal_basis": "GPSR Art. 9",
    "jurisdictions": ["DE"],
    "rule": "listing.price < 5",
    "measures": ["warn", "remove"],
    "default_measure": "remove",
    "points": "4",
    "cure_days": "0",
    "brake": "25",
    "en_title": "Too cheap to be safe",
    "en_summary": "Nothing below five euros.",
    "en_statement": "It costs less than five euros.",
    "de_title": "Zu billig",
}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_a_fixed_number_of_queries(
    site: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    acme = merchant("Acme")
    for number in range(rows):
        violation(listing(acme, f"Cube {number}"), policy(f"policy-{number}"))
    site.get(reverse("enforcement:policies"))
    with django_assert_num_queries(6):
        assert site.get(reverse("enforcement:policies")).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_one_policy_asks_a_fixed_number_of_queries(
    site: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    magnets = policy("magnets")
    for number in range(rows):
        violation(listing(merchant(f"Acme {number}"), f"Cube {number}"), magnets)
    url = reverse("enforcement:policy", args=[magnets.pk])
    site.get(url)
    with django_assert_num_queries(14):
        assert site.get(url).status_code == 200


def test_a_policy_is_written_submitted_and_approved_by_another(
    site: Client, client: Client, lawyer: User, germany: Market
) -> None:
    site.post(reverse("enforcement:policy-create"), {"slug": "too-cheap", "family": "all", "subject": "listings"})
    made = Policy.objects.get()
    answer = site.post(reverse("enforcement:policy-edit", args=[made.pk]), FORM | {"submit": "1"})
    version = PolicyVersion.objects.get()
    assert answer.headers["Location"] == reverse("enforcement:policy-version", args=[made.pk, 1])
    assert (version.state, version.brake_share, version.texts.count()) == (VersionState.SUBMITTED, 0.25, 2)
    url = reverse("enforcement:policy-answer", args=[made.pk, 1])
    assert site.post(url, {"function": "legal", "answer": "approve"}).status_code == 403
    client.force_login(lawyer)
    client.post(url, {"function": "legal", "answer": "approve", "comment": "fine"})
    assert PolicyVersion.objects.get().state == VersionState.LIVE


def test_an_approver_answers_for_their_own_function_only(
    site: Client, client: Client, lawyer: User, germany: Market
) -> None:
    site.post(reverse("enforcement:policy-create"), {"slug": "too-cheap", "family": "all", "subject": "listings"})
    made = Policy.objects.get()
    site.post(reverse("enforcement:policy-edit", args=[made.pk]), FORM | {"submit": "1"})
    client.force_login(lawyer)
    client.post(reverse("enforcement:policy-answer", args=[made.pk, 1]), {"function": "product", "answer": "approve"})
    assert PolicyVersion.objects.get().state == VersionState.SUBMITTED


def test_an_objection_sends_it_back(site: Client, client: Client, lawyer: User, germany: Market) -> None:
    site.post(reverse("enforcement:policy-create"), {"slug": "too-cheap", "family": "all", "subject": "listings"})
    made = Policy.objects.get()
    site.post(reverse("enforcement:policy-edit", args=[made.pk]), FORM | {"submit": "1"})
    client.force_login(lawyer)
    answer = {"function": "legal", "answer": "object", "comment": "Which article?"}
    client.post(reverse("enforcement:policy-answer", args=[made.pk, 1]), answer)
    assert PolicyVersion.objects.get().state == VersionState.RETURNED


def test_a_wrong_rule_is_saved_as_a_draft_and_not_submitted(site: Client, germany: Market) -> None:
    site.post(reverse("enforcement:policy-create"), {"slug": "too-cheap", "family": "all", "subject": "listings"})
    made = Policy.objects.get()
    answer = site.post(
        reverse("enforcement:policy-edit", args=[made.pk]), FORM | {"rule": "listing.prise < 5", "submit": "1"}
    )
    assert answer.status_code == 422
    assert "Did you mean `price`?" in answer.content.decode()
    assert PolicyVersion.objects.get().rule == "listing.prise < 5"
    assert PolicyVersion.objects.get().state == VersionState.DRAFT


def test_a_form_with_mistakes_keeps_what_was_entered(site: Client, germany: Market) -> None:
    site.post(reverse("enforcement:policy-create"), {"slug": "too-cheap", "family": "all", "subject": "listings"})
    url = reverse("enforcement:policy-edit", args=[Policy.objects.get().pk])
    answer = site.post(
        url, FORM | {"measures": ["warn"], "effective_from": "2027-01-02", "effective_until": "2027-01-01"}
    )
    text = answer.content.decode()
    assert (answer.status_code, PolicyVersion.objects.count()) == (422, 0)
    assert "The default measure must be one of those permitted." in text
    assert "It would end before it starts." in text
    assert "Too cheap to be safe" in text


def test_editing_keeps_words_in_languages_that_the_page_does_not_offer(site: Client, germany: Market) -> None:
    site.post(reverse("enforcement:policy-create"), {"slug": "too-cheap", "family": "all", "subject": "listings"})
    url = reverse("enforcement:policy-edit", args=[Policy.objects.get().pk])
    site.post(url, FORM)
    version = PolicyVersion.objects.get()
    version.texts.create(language="pl", title="Za tanie", summary="s", statement="s")
    site.post(url, FORM | {"points": "6"})
    assert sorted(PolicyVersion.objects.get().texts.values_list("language", flat=True)) == ["de", "en", "pl"]


def test_a_rule_is_checked_while_it_is_typed(site: Client) -> None:
    text = site.post(reverse("enforcement:rule-check"), {"rule": "listing.prise < 5"}).content.decode()
    assert "1:9" in text
    assert "Did you mean `price`?" in text
    assert "Types agree" in site.post(reverse("enforcement:rule-check"), {"rule": "listing.price < 5"}).content.decode()


def test_the_mode_moves_with_a_reason(site: Client) -> None:
    magnets = policy("magnets")
    url = reverse("enforcement:policy-mode", args=[magnets.pk])
    site.post(url, {"mode": "enforce"})
    assert Policy.objects.get().mode == Mode.REVIEW
    site.post(url, {"mode": "enforce", "reason": "it is right in samples"})
    assert Policy.objects.get().mode == Mode.ENFORCE


@pytest.mark.parametrize("subject", ["listing", "merchant", "NeoBall"])
def test_a_waiver_names_its_subject(site: Client, subject: str) -> None:
    cube = listing(merchant("Acme"), "Cube")
    names = {"listing": f"L-{cube.pk}", "merchant": f"M-{cube.merchant_id}"}
    site.post(
        reverse("enforcement:policy-waive", args=[policy("magnets").pk]),
        {
            "subject": names.get(subject, subject),
            "reason": "laboratory",
            "proof": "letter of 1 October",
            "starts_on": "2026-11-23",
            "ends_on": "2027-01-31",
        },
    )
    waiver = Waiver.objects.get()
    assert (waiver.listing_id == cube.pk, waiver.merchant_id == cube.merchant_id, waiver.brand) == (
        subject == "listing", subject == "merchant", "NeoBall" if subject == "NeoBall" else "",
    )  # fmt: skip


def test_who_may_read_may_not_write(client: Client) -> None:
    magnets = policy("magnets")
    client.force_login(person("moderator", Role.MODERATOR))
    assert client.get(reverse("enforcement:policy", args=[magnets.pk])).status_code == 200
    for name in ("policy-edit", "policy-mode", "policy-waive"):
        assert client.post(reverse(f"enforcement:{name}", args=[magnets.pk])).status_code == 403


def test_what_stands_in_a_policy_is_escaped(site: Client) -> None:
    magnets = policy("magnets", title="<script>alert(1)</script>")
    assert "<script>alert(1)" not in site.get(reverse("enforcement:policy", args=[magnets.pk])).content.decode()


def test_the_rule_language_is_documented(site: Client) -> None:
    text = site.get(reverse("enforcement:rule-language")).content.decode()
    assert "listing.priceEur" in text
    assert "merchant.returnRate(days)" in text


def test_the_api_reads_policies_and_checks_rules(site: Client) -> None:
    magnets = policy("magnets")
    listed = site.get("/api/v1/policies").json()["results"]
    assert [(row["slug"], row["version"], row["mode"]) for row in listed] == [("magnets", 1, "review")]
    one = site.get(f"/api/v1/policies/{magnets.pk}").json()
    assert (one["live"]["rule"], one["live"]["texts"][0]["language"]) == ('listing.text.mentions("magnets")', "en")
    wrong = site.post("/api/v1/policies/check", json.dumps({"rule": "1"}), content_type="application/json").json()
    assert [problem["line"] for problem in wrong["problems"]] == [1]
