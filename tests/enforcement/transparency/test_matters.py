"""A policy version's own matter in the Transparency Database: written, checked, told, shown; and a decision's way to its submission."""

import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enforcement.domain.transparency import submissions
from enforcement.enums import Environment
from enforcement.language.transparency import CODES, check
from enforcement.models import Decision, TransparencySubmission
from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.policies.domain import matters, versions
from governance.policies.domain.matters import KEYWORDS, OTHER
from governance.policies.enums import Ground as LegalGround
from governance.policies.enums import Matter, Measure
from governance.policies.models import PolicyVersion
from tests.enforcement.ground import Ground
from tests.enforcement.views.test_policy_pages import FORM
from tests.factories.cases import NOON, person

pytestmark = pytest.mark.django_db
MINORS = "STATEMENT_CATEGORY_PROTECTION_OF_MINORS"
AGE = "KEYWORD_AGE_SPECIFIC_RESTRICTIONS_MINORS"
OWN = {"transparency_category": MINORS, "transparency_keywords": [AGE, OTHER], "transparency_other": "Loose magnets"}


@pytest.fixture
def site(client: Client, ground: Ground) -> Client:
    client.force_login(person("manager", Role.GOVERNANCE_MANAGER))
    return client


def with_own(ground: Ground, **fields: Any) -> PolicyVersion:
    """The version in force, as if it had been drafted so."""
    rows = PolicyVersion.objects.filter(pk=ground.version.pk)
    for step in ({"state": "draft"}, fields or OWN, {"state": "live"}):
        rows.update(**step)
    ground.policy.live = PolicyVersion.objects.select_related("policy").get(pk=ground.version.pk)
    return ground.version


def decided(ground: Ground, measure: Measure = Measure.REMOVE) -> Decision:
    return ground.issue([ground.violation(ground.listing("Ball"))], measure)


# --- what may be said ------------------------------------------------------------------------------


def test_the_tables_hold_the_database_s_codes_and_all_of_them() -> None:
    assert set(Matter.values) == CODES["category"] == set(KEYWORDS)
    held = {keyword for found in KEYWORDS.values() for keyword in found}
    assert CODES["category_specification"] - held == {"KEYWORD_STALKING"}  # accepted, and listed under no category
    assert held < CODES["category_specification"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, None),
        ({"category": "", "keywords": [], "other": ""}, None),
        ({"category": "STATEMENT_CATEGORY_NONE"}, "transparency_category"),
        ({"category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "keywords": [], "other": ""}, "transparency_category"),
        ({"category": ""}, "transparency_keywords"),
        ({"category": Matter.VIOLENCE}, "transparency_keywords"),
        ({"other": " "}, "transparency_other"),
        ({"keywords": [AGE]}, "transparency_other"),
    ],
)
def test_what_does_not_fit_together_is_named(change: dict[str, Any], field: str | None) -> None:
    asked: dict[str, Any] = {
        "category": MINORS,
        "keywords": [AGE, OTHER],
        "other": "Loose magnets",
        "ground": "legal",
    } | change
    assert list(matters.problems(**asked)) == ([field] if field else [])


def test_other_violations_of_the_terms_need_the_terms() -> None:
    terms: dict[str, Any] = {"category": Matter.OTHER_VIOLATION_TC, "keywords": [], "other": ""}
    assert matters.problems(**terms, ground=LegalGround.TERMS) == {}


def test_a_draft_that_says_it_wrongly_is_not_submitted(ground: Ground) -> None:
    draft = ground.draft()
    draft.transparency_category, draft.transparency_keywords = Matter.VIOLENCE, [AGE]
    draft.save()
    with pytest.raises(versions.Incomplete) as refused:
        versions.submit(version=draft, actor=ground.sela, at=NOON)
    assert "transparency_keywords" in refused.value.problems


@pytest.mark.parametrize(
    "wrong", [{"transparency_category": "SOMETHING"}, {"transparency_keywords": [AGE]}, {"transparency_other": "x"}]
)
def test_the_database_holds_it_to_that(ground: Ground, wrong: dict[str, Any]) -> None:
    draft = ground.draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=draft.pk).update(**wrong)


# --- what is told ----------------------------------------------------------------------------------


def test_what_the_version_says_is_told_before_what_its_family_says(ground: Ground) -> None:
    decided(ground)
    with_own(ground)
    decided(ground)
    before, after = (row.payload for row in TransparencySubmission.objects.order_by("pk"))
    assert before["category"] == "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS"
    assert (after["category"], after["category_specification"]) == (MINORS, [AGE, OTHER])
    assert after["category_specification_other"] == "Loose magnets"
    assert check(after) == []


def test_a_category_alone_needs_no_keywords(ground: Ground) -> None:
    with_own(ground, transparency_category=MINORS)
    decided(ground)
    payload = TransparencySubmission.objects.get().payload
    assert payload["category"] == MINORS
    assert not payload.get("category_specification")
    assert check(payload) == []


# --- pages and the API -----------------------------------------------------------------------------


def test_it_is_written_with_the_draft_and_kept_by_the_next(site: Client, ground: Ground) -> None:
    edit = reverse("enforcement:policy-edit", args=[ground.policy.pk])
    assert site.post(edit, FORM | OWN).status_code == 302
    draft = ground.policy.versions.get(number=2)
    assert draft.transparency_category == MINORS
    assert draft.transparency_keywords == [AGE, OTHER]
    page = site.get(edit).content.decode()
    assert re.search(rf'<option value="{MINORS}" selected', page)
    assert re.search(rf'<option value="{AGE}" selected', page)
    assert page.count(f'value="{OTHER}"') == 1
    assert site.post(edit, FORM).status_code == 302  # and taken back
    draft.refresh_from_db()
    assert (draft.transparency_category, draft.transparency_keywords, draft.transparency_other) == ("", [], "")


def test_what_does_not_fit_is_said_at_its_field(site: Client, ground: Ground) -> None:
    edit = reverse("enforcement:policy-edit", args=[ground.policy.pk])
    answer = site.post(edit, FORM | OWN | {"transparency_category": Matter.VIOLENCE})
    assert answer.status_code == 422
    assert f"These do not belong to the category: {AGE}." in answer.content.decode()
    assert ground.policy.versions.count() == 1


@pytest.mark.parametrize(("own", "source"), [(True, "by this version"), (False, "by its ground and family")])
def test_the_policy_s_page_says_under_what_the_database_is_told(
    site: Client, ground: Ground, source: str, *, own: bool
) -> None:
    if own:
        with_own(ground)
    page = site.get(reverse("enforcement:policy", args=[ground.policy.pk])).content.decode()
    assert source in page
    assert ("Protection of minors" in page) == own
    assert ("Unsafe and prohibited products" in page) != own
    assert ("Loose magnets" in page) == own


def test_the_api_tells_it_with_the_version(client: Client, ground: Ground) -> None:
    with_own(ground)
    admin = person("admin", Role.ADMINISTRATOR)
    _key, secret = api_keys.create(name="a", scopes=[Scope.POLICIES_READ], actor=admin, at=NOON)
    answer = client.get(f"/api/v1/policies/{ground.policy.pk}", headers={"Authorization": f"Bearer {secret}"})
    live = answer.json()["live"]
    assert {name: live[name] for name in OWN} == OWN


# --- from a decision to its submission -------------------------------------------------------------


def page_of(client: Client, decision: Decision) -> str:
    return client.get(reverse("enforcement:decision", args=[decision.reference])).content.decode()


def test_a_decision_leads_to_its_submission(site: Client, ground: Ground) -> None:
    decision = decided(ground)
    row = TransparencySubmission.objects.get()
    page = page_of(site, decision)
    assert reverse("enforcement:transparency-submission", args=[row.pk]) in page
    assert row.puid in page
    assert "To be sent" in page
    submissions.accepted(row, answer={"uuid": "1"}, at=NOON)
    assert "Accepted" in page_of(site, decision)


def test_who_may_not_open_transparency_sees_how_it_stands_without_the_link(client: Client, ground: Ground) -> None:
    decision = decided(ground)
    client.force_login(ground.mona)
    page = page_of(client, decision)
    row = TransparencySubmission.objects.get()
    assert row.puid in page
    assert reverse("enforcement:transparency-submission", args=[row.pk]) not in page


def test_where_nothing_is_told_the_page_says_why(site: Client, ground: Ground) -> None:
    assert "this restricts nothing in the European Economic Area" in page_of(site, decided(ground, Measure.WARN))
    slow = ground.another_policy("slow", cure_days=5)
    pending = ground.issue([ground.violation(ground.listing("Cube"), slow)], Measure.REMOVE, version=slow.live)
    assert "Told when it comes into force." in page_of(site, pending)


@pytest.mark.parametrize("rows", [1, 2])
def test_the_page_asks_as_often_for_two_environments(
    site: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    decision = decided(ground)
    if rows == 2:
        row = TransparencySubmission.objects.get()
        TransparencySubmission.objects.create(
            decision=decision,
            environment=Environment.SANDBOX,
            puid=submissions.new_puid(),
            payload=row.payload,
            next_try_at=NOON,
            created_at=NOON,
        )
    page_of(site, decision)
    with django_assert_num_queries(15):
        page_of(site, decision)
