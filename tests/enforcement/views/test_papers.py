"""A statement as a file: by the merchant's link, on the decision's page, over the API; and what stands there where none can be made."""

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enforcement.domain import links, papers
from enforcement.domain.timing import Timing
from enforcement.enums import DecisionState, Origin
from enforcement.models import Decision, Message
from enforcement.views import throttle
from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON, person

pytestmark = pytest.mark.django_db
NOWHERE = ("/nowhere/a.ttf", "/nowhere/b.ttf")
Headers = dict[str, str]


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


@pytest.fixture
def decision(ground: Ground) -> Decision:
    return ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE, at=timezone.now())


@pytest.fixture
def key(ground: Ground) -> Callable[[Scope], Headers]:
    admin = person("admin", Role.ADMINISTRATOR)

    def key(scope: Scope) -> Headers:
        _key, secret = api_keys.create(name=scope, scopes=[scope], actor=admin, at=NOON)
        return {"Authorization": f"Bearer {secret}"}

    return key


def by_link(decision: Decision) -> str:
    return reverse("enforcement:statement-paper", args=[links.token_of(decision)])


def in_console(decision: Decision) -> str:
    return reverse("enforcement:decision-paper", args=[decision.reference])


def by_api(decision: Decision) -> str:
    return f"/api/v1/decisions/{decision.reference}/statement.pdf"


# --- the merchant ----------------------------------------------------------------------------------


def test_a_merchant_keeps_it_by_the_link_of_the_page(client: Client, decision: Decision) -> None:
    page = client.get(reverse("enforcement:statement", args=[links.token_of(decision)])).content.decode()
    assert by_link(decision) in page
    file = client.get(by_link(decision))
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
    assert file["Content-Disposition"] == f'attachment; filename="{decision.reference}.pdf"'
    assert file["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert "no-store" in file["Cache-Control"]
    assert file.content == papers.pdf([decision.statement])


def test_a_link_that_is_not_ours_opens_nothing(client: Client, decision: Decision) -> None:
    assert client.get(by_link(decision).replace("SR-", "SR-X")).status_code == 404


def test_a_program_is_held_up(client: Client, decision: Decision) -> None:
    for _each in range(throttle.PAPERS.times - 1):
        assert not throttle.exceeded(throttle.PAPERS, links.token_of(decision))
    assert [client.get(by_link(decision)).status_code for _each in range(2)] == [200, 429]


def test_without_a_face_the_page_says_so(client: Client, decision: Decision, settings: LazySettings) -> None:
    settings.PDF_FONTS = NOWHERE
    page = client.get(reverse("enforcement:statement", args=[links.token_of(decision)])).content.decode()
    assert "A PDF of this decision cannot be made at the moment." in page
    assert by_link(decision) not in page
    assert client.get(by_link(decision)).status_code == 503


# --- staff -----------------------------------------------------------------------------------------


def test_whoever_reads_the_decision_has_it(client: Client, ground: Ground, decision: Decision) -> None:
    client.force_login(ground.mona)
    assert (
        in_console(decision) in client.get(reverse("enforcement:decision", args=[decision.reference])).content.decode()
    )
    assert client.get(in_console(decision)).content == papers.pdf([decision.statement])


def test_who_may_not_read_decisions_has_no_file(client: Client, ground: Ground, decision: Decision) -> None:
    client.force_login(person("ada", Role.ADMINISTRATOR))
    assert client.get(in_console(decision)).status_code == 403


def test_of_another_market_there_is_none(client: Client, ground: Ground, decision: Decision) -> None:
    other = person("fred", Role.MODERATOR)
    other.grants.update(markets=["FR"])
    client.force_login(other)
    assert client.get(in_console(decision)).status_code == 404


def test_while_a_decision_is_held_there_is_none(
    client: Client, ground: Ground, key: Callable[[Scope], Headers]
) -> None:
    held = ground.issue([ground.violation(ground.listing("Ball"))], Measure.SUSPEND, asked=Timing())
    assert held.state == DecisionState.HELD
    client.force_login(ground.mona)
    assert client.get(in_console(held)).status_code == 404
    assert in_console(held) not in client.get(reverse("enforcement:decision", args=[held.reference])).content.decode()
    assert client.get(by_api(held), headers=key(Scope.DECISIONS_READ)).status_code == 404


def test_without_a_face_the_decision_s_page_says_why(
    client: Client, ground: Ground, decision: Decision, settings: LazySettings
) -> None:
    settings.PDF_FONTS = NOWHERE
    client.force_login(ground.mona)
    page = client.get(reverse("enforcement:decision", args=[decision.reference])).content.decode()
    assert "No PDF: a font file is missing on the server." in page
    assert in_console(decision) not in page
    answer = client.get(in_console(decision), follow=True)
    assert "No PDF can be made" in answer.content.decode()


def test_the_page_names_those_that_went_out_in_the_same_letter(client: Client, ground: Ground) -> None:
    more = {"origin_kind": Origin.SWEEP, "origin_ref": "17", "actor": None, "at": timezone.now()}
    made = [
        ground.issue([ground.violation(ground.listing(title), policy)], Measure.REMOVE, version=policy.live, **more)  # type: ignore[arg-type]
        for title, policy in (("Ball", ground.policy), ("Torch", ground.another_policy("batteries")))
    ]
    assert Message.objects.count() == 1
    client.force_login(ground.mona)
    page = client.get(reverse("enforcement:decision", args=[made[0].reference])).content.decode()
    assert "One letter with" in page
    assert reverse("enforcement:decision", args=[made[1].reference]) in page


# --- programs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["application/pdf", "*/*"])
def test_a_program_with_the_scope_has_it(
    client: Client, decision: Decision, key: Callable[[Scope], Headers], accept: str
) -> None:
    answer = client.get(by_api(decision), headers=key(Scope.DECISIONS_READ) | {"Accept": accept})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content == papers.pdf([decision.statement])


def test_a_program_without_the_scope_has_a_problem(
    client: Client, decision: Decision, key: Callable[[Scope], Headers]
) -> None:
    answer = client.get(by_api(decision), headers=key(Scope.POLICIES_READ) | {"Accept": "application/pdf"})
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert client.get(by_api(decision)).status_code == 401


def test_without_a_face_a_program_is_refused_and_told_why(
    client: Client, decision: Decision, key: Callable[[Scope], Headers], settings: LazySettings
) -> None:
    settings.PDF_FONTS = NOWHERE
    answer = client.get(by_api(decision), headers=key(Scope.DECISIONS_READ))
    assert answer.status_code == 422
    assert "a font file is missing" in answer.json()["detail"]
