"""Appeals as staff work on them: who gets in, what stands on the page, taking, answering, and the files."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import appeals, clarifications
from enforcement.domain.files import Sent
from enforcement.enums import AppealChannel, AppealState, DecisionState
from enforcement.models import Appeal, Decision
from governance.accounts.enums import Role
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground
from tests.factories.cases import person

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a test report"
NASTY = "<script>alert(1)</script>"


@pytest.fixture
def ground() -> Ground:
    return Ground()


def appealed(ground: Ground, *titles: str, actor: Any = "mona", **more: Any) -> Appeal:
    found = [ground.violation(ground.listing(title)) for title in titles or ("Ball",)]
    decision = ground.issue(found, Measure.REMOVE, at=timezone.now(), actor=actor)
    arguments = {"text": "These are wood.", "channel": AppealChannel.PAGE, "actor": None, "at": timezone.now()}
    return appeals.file(decision=decision, **(arguments | more))


def url(appeal: Appeal, name: str = "appeal", *more: int) -> str:
    return reverse(f"investigations:{name}", args=[appeal.pk, *more])


def outcomes(appeal: Appeal, *each: str) -> dict[str, str]:
    keys = appeal.items.order_by("item_id").values_list("item_id", flat=True)
    return {f"outcome-{key}": outcome for key, outcome in zip(keys, each, strict=True)}


def test_the_list_shows_what_waits_with_its_day_and_the_next_one(client: Client, ground: Ground) -> None:
    appeal = appealed(ground)
    client.force_login(ground.sela)
    page = client.get(reverse("investigations:appeals")).content.decode()
    assert "1 appeal waits for an answer" in page
    assert appeal.reference in page
    assert "Take it and read" in page


def test_answered_ones_are_a_filter_away(client: Client, ground: Ground) -> None:
    appeals.withdraw(appeal=(gone := appealed(ground)), actor=None, at=timezone.now())
    client.force_login(ground.sela)
    assert gone.reference not in client.get(reverse("investigations:appeals")).content.decode()
    assert gone.reference in client.get(reverse("investigations:appeals") + "?open=false").content.decode()


@pytest.mark.parametrize(
    "query",
    ["late=true", "mine=false", "measure=remove", "severity=serious", "q=Nordlicht", "soon=false", "asked=false"],
)
def test_the_list_is_filtered(client: Client, ground: Ground, query: str) -> None:
    appeal = appealed(ground)
    Appeal.objects.filter(pk=appeal.pk).update(due_at=timezone.now() - timedelta(days=1))
    client.force_login(ground.sela)
    assert appeal.reference in client.get(f"{reverse('investigations:appeals')}?{query}").content.decode()


@pytest.mark.parametrize(("due", "word"), [(-2, "is late"), (30, "is due soon")])
def test_what_is_late_or_due_soon_is_said_and_found(client: Client, ground: Ground, due: int, word: str) -> None:
    appeal, other = appealed(ground), appealed(ground, "Cube")
    Appeal.objects.filter(pk=appeal.pk).update(due_at=timezone.now() + timedelta(hours=due))
    client.force_login(ground.sela)
    assert f"1 {word}" in client.get(reverse("investigations:appeals")).content.decode()
    query = "late=true" if due < 0 else "soon=true"
    page = client.get(f"{reverse('investigations:appeals')}?{query}").content.decode()
    assert f'· <span class="mono">{appeal.reference}' in page
    assert f'· <span class="mono">{other.reference}' not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        appealed(ground, f"Ball {number}")
    client.force_login(ground.sela)
    client.get(reverse("investigations:appeals"))
    with django_assert_num_queries(9):
        client.get(reverse("investigations:appeals"))


@pytest.mark.parametrize("listings", [1, 3])
def test_an_appeal_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, listings: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    appeal = appealed(ground, *(f"Ball {number}" for number in range(listings)))
    client.force_login(ground.sela)
    client.get(url(appeal))
    with django_assert_num_queries(14):
        client.get(url(appeal))


def test_the_page_shows_both_sides(client: Client, ground: Ground) -> None:
    appeal = appealed(ground)
    client.force_login(ground.sela)
    page = client.get(url(appeal)).content.decode()
    for part in ("These are wood.", "As the guidance says.", "Mona", "decided on version 1", "unchanged since"):
        assert part in page, part
    assert "Take this appeal" in page


def test_what_a_merchant_writes_stays_text(client: Client, ground: Ground) -> None:
    appeal = appealed(ground, NASTY, text=NASTY, sent=[Sent(f"{NASTY}.pdf", [PDF])])
    client.force_login(ground.sela)
    assert NASTY not in client.get(url(appeal)).content.decode()


def test_taken_answered_in_part_and_the_next_one_opens(client: Client, ground: Ground) -> None:
    appeal, other = appealed(ground, "Ball", "Cube"), appealed(ground, "Ring")
    client.force_login(ground.sela)
    client.post(url(appeal, "appeal-take"))
    answer = client.post(
        url(appeal, "appeal-decide"), outcomes(appeal, "overturned", "upheld") | {"answer": "The ball is wood."}
    )
    assert answer["Location"] == url(other)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.decided_by) == (AppealState.PARTLY_OVERTURNED, ground.sela)
    assert Decision.objects.get(pk=appeal.decision_id).state == DecisionState.PARTLY_REVERSED
    assert "found as it was before the decision" in client.get(url(appeal)).content.decode()


def test_what_is_missing_comes_back_as_entered(client: Client, ground: Ground) -> None:
    appeal = appealed(ground, "Ball", "Cube")
    client.force_login(ground.sela)
    client.post(url(appeal, "appeal-take"))
    key = next(iter(outcomes(appeal, "upheld", "upheld")))
    answer = client.post(url(appeal, "appeal-decide"), {key: "upheld", "answer": "My long answer"})
    assert answer.status_code == 422
    assert "My long answer" in answer.content.decode()
    assert "1 listing has no outcome yet" in answer.content.decode()
    appeal.refresh_from_db()
    assert appeal.state == AppealState.IN_REVIEW


@pytest.mark.parametrize(
    ("given", "label"),
    [
        (("overturned", "overturned"), "Overturn the decision"),
        (("upheld", "upheld"), "Uphold the decision"),
        (("overturned", "upheld"), "Overturn 1 of 2 listings"),
        (("", ""), "2 listings have no outcome yet"),
    ],
)
def test_the_button_says_what_it_will_do(client: Client, ground: Ground, given: tuple[str, str], label: str) -> None:
    appeal = appealed(ground, "Ball", "Cube")
    client.force_login(ground.sela)
    assert label in client.post(url(appeal, "appeal-effect"), outcomes(appeal, *given)).content.decode()
    appeal.refresh_from_db()
    assert appeal.state == AppealState.FILED


def test_not_admitted_with_a_reason_only(client: Client, ground: Ground) -> None:
    appeal = appealed(ground)
    client.force_login(ground.sela)
    client.post(url(appeal, "appeal-take"))
    assert client.post(url(appeal, "appeal-inadmissible"), {"why": ""}).status_code == 422
    client.post(url(appeal, "appeal-inadmissible"), {"why": "It is about another shop."})
    appeal.refresh_from_db()
    assert appeal.state == AppealState.INADMISSIBLE


def test_the_merchant_is_asked_and_the_answer_is_read(client: Client, ground: Ground) -> None:
    appeal = appealed(ground)
    client.force_login(ground.sela)
    assert "Ask the merchant" not in client.get(url(appeal)).content.decode()
    client.post(url(appeal, "appeal-take"))
    assert client.post(url(appeal, "appeal-ask"), {"question": " "}).status_code == 422
    client.post(url(appeal, "appeal-ask"), {"question": f"Which? {NASTY}"})
    page = client.get(url(appeal)).content.decode()
    assert "Waits for the merchant; the clock stands" in page
    assert NASTY not in page
    answer = client.post(url(appeal, "appeal-decide"), outcomes(appeal, "upheld") | {"answer": "My answer"})
    assert answer.status_code == 422
    assert "My answer" in answer.content.decode()
    sent = [Sent("report.pdf", [PDF])]
    clarifications.answer(
        appeal=appeal, text=NASTY, channel=AppealChannel.PAGE, actor=None, at=timezone.now(), sent=sent
    )
    page = client.get(url(appeal)).content.decode()
    assert "report.pdf" in page
    assert NASTY not in page
    assert "Waits for the merchant" not in page


def test_what_was_asked_in_vain_is_said(client: Client, ground: Ground) -> None:
    then = timezone.now() - timedelta(days=20)
    appeal = appeals.take(appeal=appealed(ground, at=then), actor=ground.sela, at=then)
    clarifications.ask(appeal=appeal, question="Which?", actor=ground.sela, at=then)
    client.force_login(ground.sela)
    assert "Decide on what is there." in client.get(url(appeal)).content.decode()


def test_a_whole_event_is_one_row_and_one_page(client: Client, ground: Ground) -> None:
    rows = [ground.violation(ground.listing(title)) for title in ("Ball", "Cube")]
    first, second = (ground.issue([row], Measure.REMOVE, at=timezone.now(), origin_ref="7") for row in rows)
    arguments: dict = {"text": "Wood.", "channel": AppealChannel.PAGE, "actor": None, "at": timezone.now()}
    appeal = appeals.file(decision=first, whole_event=True, **arguments)
    client.force_login(ground.sela)
    listed = client.get(reverse("investigations:appeals")).content.decode()
    assert listed.count(appeal.reference) == 1
    assert "2 decisions together" in listed
    client.post(url(appeal, "appeal-take"))
    client.post(
        url(appeal, "appeal-decide"), outcomes(appeal, "overturned", "upheld") | {"answer": "The ball is wood."}
    )
    page = client.get(url(appeal)).content.decode()
    for part in (first.reference, second.reference, "2 decisions on one event, heard together", "Decision stands"):
        assert part in page, part


def test_the_decider_sees_that_another_person_hears_it(client: Client, ground: Ground) -> None:
    appeal = appealed(ground, actor=ground.sela)
    client.force_login(ground.sela)
    assert "Another person hears it." in client.get(url(appeal)).content.decode()
    client.post(url(appeal, "appeal-take"))
    appeal.refresh_from_db()
    assert appeal.state == AppealState.FILED
    assert "Take it and read" not in client.get(reverse("investigations:appeals")).content.decode()


def test_a_lead_gives_back_what_somebody_left_lying(client: Client, ground: Ground) -> None:
    appeal = appeals.take(appeal=appealed(ground), actor=ground.sela, at=timezone.now())
    client.force_login(ground.tilda)
    client.post(url(appeal, "appeal-release"))
    appeal.refresh_from_db()
    assert (appeal.state, appeal.assigned_to) == (AppealState.FILED, None)


def test_a_file_comes_as_a_download(client: Client, ground: Ground) -> None:
    appeal = appealed(ground, sent=[Sent("report.pdf", [PDF])])
    client.force_login(ground.sela)
    answer = client.get(url(appeal, "appeal-file", appeal.files.get().pk))
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="report.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_file_of_another_appeal_is_not_found(client: Client, ground: Ground) -> None:
    appeal, other = appealed(ground, sent=[Sent("report.pdf", [PDF])]), appealed(ground, "Cube")
    client.force_login(ground.sela)
    assert client.get(url(other, "appeal-file", appeal.files.get().pk)).status_code == 404


VERBS = ("appeal-ask", "appeal-take", "appeal-release", "appeal-effect", "appeal-decide", "appeal-inadmissible")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", [Role.MODERATOR, Role.AUDITOR, Role.GOVERNANCE_MANAGER, Role.ADMINISTRATOR])
def test_only_senior_reviewers_and_leads_hear(client: Client, ground: Ground, verb: str, role: Role) -> None:
    appeal = appealed(ground)
    client.force_login(person("olga", role))
    assert client.post(url(appeal, verb)).status_code == 403
    appeal.refresh_from_db()
    assert appeal.state == AppealState.FILED


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.AUDITOR, 200),
        (Role.GOVERNANCE_MANAGER, 200),
        (Role.INVESTIGATOR, 200),
        (Role.MODERATOR, 403),
        (Role.APPROVER, 403),
    ],
)
def test_who_reads(client: Client, ground: Ground, role: Role, status: int) -> None:
    appeal = appealed(ground)
    function = {"function": "legal"} if role == Role.APPROVER else {}
    reader = person("olga")
    reader.grants.create(role=role, granted_at=timezone.now(), **function)
    client.force_login(reader)
    assert client.get(url(appeal)).status_code == status
    assert client.get(reverse("investigations:appeals")).status_code == status


def test_another_market_s_appeal_is_not_there(client: Client, ground: Ground) -> None:
    appeal = appealed(ground)  # Germany
    client.force_login(person("frida", Role.SENIOR_REVIEWER, markets=["FR"]))
    assert client.get(url(appeal)).status_code == 404
    assert client.post(url(appeal, "appeal-take")).status_code == 404


@pytest.mark.parametrize("typed", ["{}", " {} "])
def test_a_reference_leads_straight_to_its_appeal_or_decision(client: Client, ground: Ground, typed: str) -> None:
    appeal = appealed(ground)
    client.force_login(ground.sela)
    search = reverse("investigations:search")
    assert client.get(search, {"q": typed.format(appeal.reference)})["Location"] == url(appeal)
    found = client.get(search, {"q": typed.format(appeal.decision.reference).lower()})
    assert found["Location"] == reverse("enforcement:decision", args=[appeal.decision.reference])
