"""A case that notices opened: who reported what, under which policy it is judged, and the answer that they read."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enforcement.enums import Origin, Owed
from enforcement.models import Decision
from governance.accounts.enums import Role
from investigations.domain import claims, notice_intake, opening
from investigations.domain.notice_intake import Sender
from investigations.enums import NoticeGround, Verdict
from investigations.models import Case, CaseDecision
from tests.enforcement.ground import Ground
from tests.factories.cases import person
from tests.investigations.domain.test_notice_intake import flagger
from tests.investigations.views.desk import entered

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def url(name: str, *args: Any) -> str:
    return reverse(f"investigations:{name}", args=args)


def reported(ground: Ground, notices: int = 1) -> Case:
    ball = ground.listing("Ball")
    for number in range(notices):
        sender = Sender(name="Rina", email=f"rina{number}@x.example")
        notice_intake.receive(
            things=[ball], ground=NoticeGround.UNSAFE, reason=f"Loose, {number}.", language="en", sender=sender,
            actor=ground.mona, at=timezone.now(),
        )  # fmt: skip
    return Case.objects.get()


def test_it_is_judged_under_the_policy_that_a_person_chooses(client: Client, ground: Ground) -> None:
    case = reported(ground, 2)
    client.force_login(ground.mona)
    page = client.get(url("case", case.pk)).content.decode()
    assert all(
        part in page for part in ("Reported: Dangerous product", "2 notices from outside", "No rule has found this")
    )
    assert "Loose, 1." in client.get(url("case-tab", case.pk, "notices")).content.decode()
    assert client.post(url("case-policy", case.pk), {"policy": ground.policy.pk}).status_code == 302
    assert Case.objects.get().policy is None  # nobody holds it
    claims.claim(case=case, person=ground.mona, at=timezone.now())
    form = entered(case, Verdict.VIOLATES, markets=["DE"])
    assert client.post(url("case-decide", case.pk), form | {"markets": []}).status_code == 409
    client.post(url("case-policy", case.pk), {"policy": "999"})
    client.post(url("case-policy", case.pk), {"policy": ground.policy.pk})
    page = client.get(url("case", case.pk)).content.decode()
    assert all(
        part in page for part in ("Judge it under another policy", "Whoever reported it reads this word for word.")
    )
    draft = client.post(url("case-statement", case.pk), form).content.decode()
    assert "Upon a report from outside" in draft
    assert client.post(url("case-effect", case.pk), form).status_code == 200
    assert client.post(url("case-decide", case.pk), form).status_code == 302
    decision = Decision.objects.get()
    assert (decision.origin_kind, decision.items.get().violation) == (Origin.NOTICE, None)


def test_what_is_fine_is_told_in_words(client: Client, ground: Ground) -> None:
    case = reported(ground)
    client.force_login(ground.mona)
    claims.claim(case=case, person=ground.mona, at=timezone.now())
    form = entered(case, Verdict.FINE, reason="", fine_reason="", measure="", markets=[])
    assert client.post(url("case-decide", case.pk), form).status_code == 409
    client.post(url("case-decide", case.pk), form | {"fine_reason": "It is welded."})
    assert CaseDecision.objects.get().fine_reason == "It is welded."


def test_a_trusted_flagger_stands_in_the_reasons_of_the_queue(client: Client, ground: Ground) -> None:
    notice_intake.receive(
        things=[ground.listing("Ball")], ground=NoticeGround.UNSAFE, reason="Loose.", language="en",
        sender=Sender(flagger=flagger(ground)), actor=ground.mona, at=timezone.now(),
    )  # fmt: skip
    client.force_login(ground.mona)
    page = client.get(url("queue")).content.decode()
    assert all(part in page for part in ("Trusted flagger", "trusted flagger 1.4"))


@pytest.mark.parametrize("notices", [1, 3])
def test_its_notices_ask_a_fixed_number_of_queries(
    client: Client, ground: Ground, notices: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    case = reported(ground, notices)
    client.force_login(ground.tilda)
    tab = url("case-tab", case.pk, "notices")
    client.get(tab, headers={"hx-request": "true"})
    with django_assert_num_queries(14):
        client.get(tab, headers={"hx-request": "true"})


@pytest.mark.parametrize(
    ("role", "allowed"), [(Role.MODERATOR, True), (Role.AUDITOR, False), (Role.GOVERNANCE_MANAGER, False)]
)
def test_who_may_choose_a_policy(client: Client, ground: Ground, role: Role, allowed: bool) -> None:
    case = reported(ground)
    client.force_login(person("olga", role))
    answer = client.post(url("case-policy", case.pk), {"policy": ground.policy.pk})
    assert answer.status_code == (302 if allowed else 403)


def test_a_notice_that_joins_while_it_is_judged_is_read_before_it_is_decided(client: Client, ground: Ground) -> None:
    ball = ground.listing("Ball")
    ground.violation(ball, owed=Owed.CASE)
    opening.open_owed(at=timezone.now())
    case = Case.objects.get()
    client.force_login(ground.mona)
    client.post(url("case-claim", case.pk))
    form = entered(case, Verdict.FINE, markets=["DE"])
    sender = Sender(name="Rina", email="rina@x.example")
    notice = notice_intake.receive(
        things=[ball], ground=NoticeGround.UNSAFE, reason="It broke.", language="en", sender=sender,
        actor=ground.mona, at=timezone.now(),
    )  # fmt: skip
    refused = client.post(url("case-decide", case.pk), form)
    page = refused.content.decode()
    (item,) = notice.items.all()
    assert refused.status_code == 409
    assert f"{notice.reference} came in since you took the case" in page
    assert "1 report came in since you took the case." in page
    assert f'name="read" value="{item.pk}"' in page
    panel = page[page.index('id="decision"') :]
    assert all(
        part in panel for part in ("Dangerous product", "Ball", "It broke.", url("notice-item", notice, item.pk))
    )
    assert 'value="The rule caught something else" list' not in page, "that was written for us"
    assert "It broke." in client.get(url("case-tab", case.pk, "notices")).content.decode()
    answer = form | {"read": item.pk, "fine_reason": "The magnets are welded."}
    assert client.post(url("case-decide", case.pk), answer).status_code == 302
    assert CaseDecision.objects.get().fine_reason == "The magnets are welded."
