"""The menu of a case's head and its dialogs: allowed, forbidden, wrong state; and that nothing entered is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from governance.accounts.enums import Function, Role
from governance.accounts.models import RoleGrant, User
from governance.policies.enums import Measure
from investigations.domain import arranging, asking, cases, claims, resting, watching
from investigations.enums import AskedOf, CaseOutcome, CaseState, Verdict, WakeOn
from investigations.models import Case, CaseLink, Question, Snooze, Watch
from tests.factories import cases as make
from tests.investigations.views.desk import address, entered, page

pytestmark = pytest.mark.django_db
DIALOGS = ("merge", "split", "reopen", "relate", "snooze", "ask")
WHY = "They are one toy"


@pytest.fixture
def cords(case: Case) -> Case:
    return make.case(make.policy("cords", title="Cords in hoods"), case.merchant, listings=2)


def told(client: Client, url: str, data: dict[str, Any] | None = None) -> str:
    return client.post(url, data or {}, follow=True).content.decode()


@pytest.mark.parametrize("name", [*DIALOGS, "wake", "unmerge", "unsplit", "hand-back"])
def test_the_verbs_are_for_workers(name: str, client: Client, mara: User, case: Case) -> None:
    client.force_login(mara)
    assert client.post(address(f"case-{name}", case.pk)).status_code == 403


@pytest.mark.parametrize("name", ["watch", "unwatch"])
def test_watching_is_for_readers(name: str, client: Client, mara: User, adam: User, case: Case) -> None:
    client.force_login(adam)
    assert client.post(address(f"case-{name}", case.pk)).status_code == 403
    client.force_login(mara)
    assert client.post(address(f"case-{name}", case.pk)).status_code == 302


@pytest.mark.parametrize("name", [*DIALOGS, "watch", "wake"])
def test_a_case_of_other_markets_is_not_found(name: str, client: Client, case: Case) -> None:
    client.force_login(make.person("nils", Role.MODERATOR, markets=["AT"]))
    assert client.post(address(f"case-{name}", case.pk)).status_code == 404


@pytest.mark.parametrize("name", DIALOGS)
def test_a_dialog_opens_on_its_page_and_alone(name: str, client: Client, held: Case, cords: Case) -> None:
    whole = client.get(address(f"case-{name}", held.pk)).content.decode()
    assert "<dialog" in whole
    assert 'id="pane"' in whole
    alone = client.get(address(f"case-{name}", held.pk), headers={"HX-Request": "true"}).content.decode()
    assert "data-open" in alone
    assert 'id="pane"' not in alone


@pytest.mark.parametrize("name", DIALOGS)
def test_what_is_missing_is_said_and_the_rest_kept(name: str, client: Client, held: Case, cords: Case) -> None:
    response = client.post(address(f"case-{name}", held.pk), entered(held, Verdict.VIOLATES))
    text = response.content.decode()
    first = held.items.order_by("pk")[0]
    assert response.status_code == 422
    assert "data-errors" in text
    assert f'name="verdict-{first.pk}" value="violates" checked' in text


# --- merging, splitting, linking -----------------------------------------------------------------


def test_a_case_is_merged_and_its_address_leads_on(client: Client, kim: User, case: Case, cords: Case) -> None:
    client.force_login(kim)
    text = told(client, address("case-merge", cords.pk), {"merge-into": case.pk, "merge-why": WHY})
    assert f"Merged {cords} into {case}" in text
    assert address("case-unmerge", cords.pk) in text
    assert "It is also about:" in text
    response = client.get(address("case", cords.pk))
    assert response["Location"] == address("case", case.pk)
    assert "Undone" in told(client, address("case-unmerge", cords.pk))


def test_only_live_cases_of_the_merchant_are_offered(client: Client, kim: User, case: Case) -> None:
    other = make.case(make.policy("paint"), make.merchant("Kestrel"))
    client.force_login(kim)
    assert "no other live case" in client.get(address("case-merge", case.pk)).content.decode()
    response = client.post(address("case-merge", case.pk), {"merge-into": other.pk, "merge-why": WHY})
    assert response.status_code == 200
    case.refresh_from_db()
    assert case.outcome == ""


def test_listings_are_split_off_and_what_was_entered_stays(client: Client, held: Case) -> None:
    keys = list(held.items.order_by("pk").values_list("pk", flat=True))
    given = entered(held, Verdict.FINE) | {"split-items": keys[1:], "split-why": WHY}
    response = client.post(address("case-split", held.pk), given)
    text = response.content.decode()
    new = Case.objects.exclude(pk=held.pk).get()
    assert f"Split 2 listings off into {new}" in text
    assert f'name="verdict-{keys[0]}" value="fine" checked' in text
    assert "It is all in" in told(client, address("case-unsplit", new.pk))
    assert held.items.filter(settled_at__isnull=True).count() == 3


def test_cases_are_linked_and_taken_apart(client: Client, kim: User, case: Case, cords: Case) -> None:
    client.force_login(kim)
    text = told(client, address("case-relate", case.pk), {"relate-other": str(cords).lower(), "relate-why": WHY})
    assert f"Linked {case} with {cords}" in text
    assert WHY in page(client, cords)
    link = CaseLink.objects.get()
    told(client, address("case-unrelate", cords.pk, link.pk))
    assert WHY not in page(client, cords)


def test_a_link_names_a_case_that_the_person_may_see(client: Client, case: Case) -> None:
    hidden = make.case(make.policy("paint", jurisdictions=("AT",)), make.merchant("Kestrel"), markets=("AT",))
    client.force_login(make.person("nils", Role.MODERATOR, markets=["DE"]))
    response = client.post(address("case-relate", case.pk), {"relate-other": str(hidden), "relate-why": WHY})
    assert response.status_code == 422
    assert "no case with this number" in response.content.decode()


def test_watching_and_stopping(client: Client, kim: User, case: Case) -> None:
    client.force_login(kim)
    assert "You watch" in told(client, address("case-watch", case.pk))
    assert Watch.objects.count() == 1
    assert "Stop watching" in page(client, case)
    told(client, address("case-unwatch", case.pk))
    assert Watch.objects.count() == 0


# --- reopening -----------------------------------------------------------------------------------


def closed(case: Case, kim: User) -> Case:
    keys = list(case.items.values_list("pk", flat=True))
    cases.decide(
        case=case, verdicts=dict.fromkeys(keys, Verdict.FINE), measure=None, actor=kim, reason="Fine", at=timezone.now()
    )
    return case


def test_a_closed_case_is_reopened_by_whoever_decided(client: Client, kim: User, lee: User, held: Case) -> None:
    closed(held, kim)
    assert "of handling" in page(client, held)
    assert "Reopen" in page(client, held)
    text = told(client, address("case-reopen", held.pk), {"why-why": "The lab was wrong"})
    assert f"Reopened {held}" in text
    held.refresh_from_db()
    assert held.state == CaseState.OPEN


def test_others_are_not_offered_it_and_are_refused(client: Client, kim: User, lee: User, held: Case) -> None:
    closed(held, kim)
    client.force_login(lee)
    assert "Reopen" not in page(client, held)
    response = client.post(address("case-reopen", held.pk), {"why-why": "Why not"})
    assert response.status_code == 409
    assert "Why not" in response.content.decode()


# --- resting, asking, handing back ---------------------------------------------------------------


def test_a_case_is_put_aside_and_the_next_one_opens(client: Client, held: Case, cords: Case) -> None:
    day = timezone.localdate() + timedelta(days=2)
    given = {"snooze-until": day.isoformat(), "snooze-wake_on": "change", "snooze-why": "The lab answers"}
    response = client.post(address("case-snooze", held.pk), given)
    assert response["Location"] == address("case", cords.pk)
    snooze = Snooze.objects.get()
    assert (snooze.wake_on, timezone.localdate(snooze.until)) == (WakeOn.CHANGE, day)
    text = page(client, held)
    assert "The lab answers" in text
    assert "Decide by" in text
    assert "put aside until" in client.get(address("cases") + "?resting=true").content.decode()


def test_a_day_long_gone_is_refused(client: Client, held: Case) -> None:
    response = client.post(address("case-snooze", held.pk), {"snooze-until": "2020-01-01", "snooze-why": "x"})
    assert response.status_code == 409
    assert "within the next 90 days" in response.content.decode()


def test_a_case_is_woken(client: Client, kim: User, held: Case) -> None:
    now = timezone.now()
    resting.snooze(case=held, actor=kim, reason="x", until=now + timedelta(days=1), wake_on=WakeOn.NOTHING, at=now)
    assert "Wake it now" in page(client, held)
    assert "is awake and waits" in told(client, address("case-wake", held.pk))
    assert "is awake." in told(client, address("case-wake", held.pk))


def test_a_question_is_asked_answered_and_stands_on_top(client: Client, kim: User, sana: User, held: Case) -> None:
    told(client, address("case-ask", held.pk), {"ask-asked_of": "senior", "ask-text": "Is it a toy?"})
    question = Question.objects.get()
    assert "Take the question back" in page(client, held)
    client.force_login(sana)
    assert "Answer, and give the case back" in page(client, held)
    text = told(client, address("case-answer", held.pk, question.pk), {"answer-text": "It is <b>one</b>"})
    assert "comes back to Kim first" in text
    client.force_login(kim)
    client.post(address("queue-next"))
    assert "It is &lt;b&gt;one&lt;/b&gt;" in page(client, held)


def test_an_empty_answer_and_one_by_somebody_else_are_refused(
    client: Client, kim: User, lee: User, sana: User, held: Case
) -> None:
    now = timezone.now()
    question = asking.ask(case=held, asked_of=AskedOf.LEGAL, text="May they?", actor=kim, at=now)
    client.force_login(lee)
    assert client.post(address("case-answer", held.pk, question.pk), {"answer-text": "x"}).status_code == 403
    client.force_login(sana)
    assert "for somebody else" in told(client, address("case-answer", held.pk, question.pk), {"answer-text": "x"})
    lena = make.person("lena")
    RoleGrant.objects.create(user=lena, role=Role.APPROVER, function=Function.LEGAL, granted_at=now)
    client.force_login(lena)
    assert "Write the answer." in told(client, address("case-answer", held.pk, question.pk), {"answer-text": " "})
    assert "Answered" in told(client, address("case-answer", held.pk, question.pk), {"answer-text": "They may"})
    other = make.case(make.policy("cords"), held.merchant)
    assert client.get(address("case", other.pk)).status_code == 404


def test_the_asker_takes_it_back(client: Client, kim: User, lee: User, held: Case) -> None:
    question = asking.ask(case=held, asked_of=AskedOf.SENIOR, text="Is it?", actor=kim, at=timezone.now())
    client.force_login(lee)
    assert "Only the person who asked" in told(client, address("case-withdraw", held.pk, question.pk))
    client.force_login(kim)
    assert "taken back" in told(client, address("case-withdraw", held.pk, question.pk))


def test_a_senior_hands_a_held_case_back(client: Client, kim: User, sana: User, held: Case) -> None:
    now = timezone.now()
    claims.hold(case=held, actor=kim, reason="Is it real?", at=now)
    claims.claim(case=held, person=sana, at=now)
    client.force_login(sana)
    text = client.get(address("case-hand-back", held.pk)).content.decode()
    assert "Hand back" in text
    assert "Kim" in text
    given = {"back-to": "person", "back-text": "Look at the photo"}
    assert client.post(address("case-hand-back", held.pk), given)["Location"] == address("queue")
    held.refresh_from_db()
    assert held.kept_for == kim


def test_what_is_not_held_is_not_handed_back(client: Client, kim: User, sana: User, held: Case) -> None:
    client.force_login(kim)
    assert client.post(address("case-hand-back", held.pk)).status_code == 403
    client.force_login(sana)
    response = client.post(address("case-hand-back", held.pk), {"back-to": "queue", "back-text": "x"})
    assert response.status_code == 409


# --- what the head says --------------------------------------------------------------------------


def test_the_head_says_why_it_is_urgent_and_whose_calendar_counts(client: Client, kim: User, case: Case) -> None:
    client.force_login(kim)
    text = page(client, case)
    assert "Priority" in text
    assert "serious, hardly seen" in text
    assert "Counted in the working days of Germany" in text
    assert "Counted in the working days of Germany" in client.get(address("cases")).content.decode()


def test_what_was_merged_and_decided_is_told_at_the_end(client: Client, kim: User, held: Case, cords: Case) -> None:
    keys = list(held.items.order_by("pk").values_list("pk", flat=True))
    cases.decide(
        case=held, verdicts={keys[0]: Verdict.VIOLATES}, measure=Measure.REMOVE, also=Measure.WARN, actor=kim,
        reason="Clear", at=timezone.now(), keep=True,
    )  # fmt: skip
    arranging.merge(case=held, into=cords, actor=kim, reason=WHY, at=timezone.now())
    text = page(client, cords, "settled")
    assert "Magnet cube 1" in text
    watching.watch(case=cords, actor=kim, at=timezone.now())
    held.refresh_from_db()
    assert held.outcome == CaseOutcome.MERGED
