"""Pages of reporters: who they are, how right they were, and the steps against misuse; trusted flaggers entered and changed."""

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.policies.enums import Matter
from investigations.domain import notice_intake, notices
from investigations.domain.notice_intake import Sender
from investigations.enums import NoticeGround, ReporterKind, ReporterState
from investigations.models import Reporter, ReporterMove
from tests.enforcement.ground import Ground
from tests.factories.cases import person

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script>"


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def url(name: str, *args: Any) -> str:
    return reverse(f"investigations:{name}", args=args)


def known(ground: Ground, name: str = "Rina", *, unfounded: int = 0) -> Reporter:
    sender = Sender(ReporterKind.RIGHTS_HOLDER, name, f"{len(name)}@x.example", brand="Acme", register_number="018")
    for number in range(unfounded or 1):
        notice = notice_intake.receive(
            things=[ground.listing(f"{name} {number}")], ground=NoticeGround.OTHER, reason=NASTY, language="en",
            sender=sender, actor=ground.mona, at=timezone.now(),
        )  # fmt: skip
        if unfounded:
            item = notice.items.get()
            notices.no_action(item=item, reasons="No.", actor=ground.mona, at=timezone.now(), unfounded=True)
    assert notice.reporter is not None
    return notice.reporter


def fields(**more: Any) -> dict[str, Any]:
    return {
        "name": "Safe Toys", "email": "desk@safetoys.example", "language": "en", "coordinator": "Bundesnetzagentur",
        "areas": [Matter.SCAMS_AND_FRAUD.value], "valid_from": "2026-01-01",
    } | more  # fmt: skip


def test_numbers_call_for_a_warning_then_a_suspension(client: Client, ground: Ground) -> None:
    troll = known(ground, "Troll", unfounded=4)
    client.force_login(ground.tilda)
    assert "look at it" in client.get(url("reporters")).content.decode()
    page = client.get(url("reporter", troll.pk)).content.decode()
    assert "4 of 4 reports judged lately were manifestly unfounded." in page
    assert client.post(url("reporter-suspend", troll.pk), {"days": "30", "reasons": "So."}).status_code == 422
    assert client.post(url("reporter-warn", troll.pk), {"reasons": " "}).status_code == 422
    client.post(url("reporter-warn", troll.pk), {"reasons": "Four times nothing."})
    assert client.post(url("reporter-suspend", troll.pk), {"days": "9", "reasons": "So."}).status_code == 422
    client.post(url("reporter-suspend", troll.pk), {"days": "30", "reasons": "Again."})
    troll.refresh_from_db()
    assert troll.state == ReporterState.SUSPENDED
    page = client.get(url("reporter", troll.pk)).content.decode()
    assert all(part in page for part in ("Again.", "Four times nothing.", "Tilda", "End the suspension"))
    client.post(url("reporter-forgive", troll.pk), {"reasons": "Enough."})
    assert Reporter.objects.get().state == ReporterState.WARNED


def test_a_flagger_is_entered_with_its_key_and_changed(client: Client, ground: Ground) -> None:
    key, secret = api_keys.create(
        name="safe-toys", scopes=[Scope.NOTICES_WRITE, Scope.NOTICES_READ], actor=None, at=timezone.now()
    )
    client.force_login(ground.tilda)
    assert client.post(url("reporter-new"), fields(email="no")).status_code == 422
    assert client.post(url("reporter-new"), fields(valid_to="2025-01-01")).status_code == 422
    client.post(url("reporter-new"), fields(key=key.pk))
    flagger = Reporter.objects.get()
    assert (flagger.user, flagger.areas, flagger.valid_to) == (key.user, [Matter.SCAMS_AND_FRAUD], None)
    assert "Safe Toys" in client.get(url("reporter-edit", flagger.pk)).content.decode()
    assert client.post(url("reporter-new"), fields(name="Twin")).status_code == 422
    client.post(url("reporter-edit", flagger.pk), fields(key=key.pk, valid_to="2027-01-01"))
    assert Reporter.objects.get().valid_to == date(2027, 1, 1)
    page = client.get(url("reporter", flagger.pk)).content.decode()
    assert all(part in page for part in ("Bundesnetzagentur", "Scams and fraud", "safe-toys"))
    assert client.get(url("reporter-edit", known(ground).pk)).status_code == 404
    assert secret not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=rina", True),
        ("q=acme", True),
        ("kind=rights", True),
        ("kind=flagger", False),
        ("state=warned", False),
        ("hint=true", False),
    ],
)
def test_the_list_is_filtered(client: Client, ground: Ground, query: str, found: bool) -> None:
    known(ground)
    client.force_login(ground.mona)
    assert ("4@x.example" in client.get(f"{url('reporters')}?{query}").content.decode()) is found


def test_what_is_written_stays_text_and_the_empty_page_says_what_comes(client: Client, ground: Ground) -> None:
    client.force_login(ground.tilda)
    assert "Nobody is on record" in client.get(url("reporters")).content.decode()
    row = known(ground, NASTY)
    client.post(url("reporter-warn", row.pk), {"reasons": NASTY})
    for page in (url("reporters"), url("reporter", row.pk)):
        assert NASTY not in client.get(page).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        row = known(ground, "Rina" * (number + 1), unfounded=rows)
    client.force_login(ground.tilda)
    client.get(url("reporters"))
    with django_assert_num_queries(7):
        client.get(url("reporters"))
    with django_assert_num_queries(11):
        client.get(url("reporter", row.pk))


@pytest.mark.parametrize(
    ("role", "reads", "keeps"),
    [
        (Role.MODERATOR, True, False),
        (Role.SENIOR_REVIEWER, True, True),
        (Role.TEAM_LEAD, True, True),
        (Role.AUDITOR, True, False),
        (Role.ADMINISTRATOR, False, False),
    ],
)
def test_who_may(client: Client, ground: Ground, role: Role, reads: bool, keeps: bool) -> None:
    row = known(ground)
    client.force_login(person("olga", role))
    for page in (url("reporters"), url("reporter", row.pk)):
        assert client.get(page).status_code == (200 if reads else 403)
    assert client.get(url("reporter-new")).status_code == (200 if keeps else 403)
    for verb in ("reporter-warn", "reporter-suspend", "reporter-forgive"):
        assert (client.post(url(verb, row.pk)).status_code == 403) is not keeps
    assert ReporterMove.objects.count() == 0
