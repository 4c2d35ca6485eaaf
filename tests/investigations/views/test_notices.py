"""Pages of notices: staff decide upon them, reporters read and appeal by their link, and the endpoint takes them in."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from governance.accounts.enums import Role
from governance.insights.queries import attention
from governance.policies.enums import Measure
from investigations.domain import notice_intake, notice_mail, notices
from investigations.domain.notice_intake import Sender
from investigations.enums import NoticeGround, NoticeState
from investigations.models import NoticeItem
from tests.enforcement.ground import Ground
from tests.factories.cases import person

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script>"
ADDRESS = "rina@reporter.example"


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def received(ground: Ground, title: str = "Ball", **more: Any) -> NoticeItem:
    fields: dict[str, Any] = {
        "things": [ground.listing(title)], "ground": NoticeGround.OTHER, "reason": NASTY, "language": "en",
        "sender": Sender(email=ADDRESS), "actor": ground.mona, "at": timezone.now(),
    }  # fmt: skip
    return notice_intake.receive(**(fields | more)).items.get()


def ended(ground: Ground, **more: Any) -> NoticeItem:
    at = more.get("at", timezone.now())
    return notices.no_action(item=received(ground, **more), reasons=NASTY, actor=ground.mona, at=at)


def of(item: NoticeItem) -> list[Any]:
    """What addresses of its verbs name."""
    return [item.notice.reference, item.pk]


def url(name: str, *args: Any) -> str:
    return reverse(f"investigations:{name}", args=args)


def link(item: NoticeItem, name: str = "reported") -> str:
    return url(name, notice_mail.token_of(item.notice))


def test_entered_ended_appealed_and_heard_by_another(client: Client, ground: Ground) -> None:
    listing = ground.listing("Ball")
    client.force_login(ground.mona)
    assert "Nobody has reported anything" in client.get(url("notices")).content.decode()
    fields = {"things": f"L-{listing.pk}", "reason": "Loose magnets.", "ground": "unsafe"}
    fields |= {"reporter_email": ADDRESS, "language": "de"}
    client.post(url("notice-enter"), fields)
    notice = NoticeItem.objects.get()
    assert client.post(url("notice-no-action", *of(notice)), {"reasons": " "}).status_code == 422
    client.post(url("notice-no-action", *of(notice)), {"reasons": "Es ist verschweißt."})
    visitor = Client()
    page = visitor.get(link(notice)).content.decode()
    assert "Es ist verschweißt." in page
    assert ADDRESS not in page
    assert "Mona" not in page
    visitor.post(link(notice, "reported-appeal"), {"text": "Nein.", "lang": "de"})
    assert "Another person hears the appeal" in client.get(url("notice", notice.notice.reference)).content.decode()
    client.force_login(ground.sela)
    client.post(url("notice-answer", *of(notice)), {"right": "1", "reasons": "Sie haben recht."})
    decision = ground.issue([ground.violation(listing)], Measure.REMOVE, at=timezone.now())
    assert client.post(url("notice-act", *of(notice)), {"decision": "SR-0"}).status_code == 422
    client.post(url("notice-act", *of(notice)), {"decision": decision.reference.lower()})
    assert NoticeItem.objects.get().state == NoticeState.ACTED
    assert "Sie haben recht." in visitor.get(link(notice)).content.decode()


def test_what_waits_is_at_home_and_found_by_its_reference(client: Client, ground: Ground) -> None:
    notice = received(ground)
    titles = [line.title for line in attention.lines(ground.mona, at=timezone.now())]
    assert "1 report from outside is to be decided" in titles
    client.force_login(ground.mona)
    assert client.get(url("search"), {"q": notice.notice.reference})["Location"] == url(
        "notice", notice.notice.reference
    )
    client.force_login(person("admin", Role.ADMINISTRATOR))
    assert client.get(url("search"), {"q": notice.notice.reference}).status_code == 200


def test_what_is_written_stays_text(client: Client, ground: Ground) -> None:
    notice = ended(ground, title=NASTY)
    client.force_login(ground.mona)
    for page in (url("notices"), url("notice", notice.notice.reference), link(notice)):
        assert NASTY not in client.get(page).content.decode()


@pytest.mark.parametrize("wrong", [{"things": "L-999999"}, {"things": "x"}, {"reason": ""}, {"reporter_email": "no"}])
def test_what_is_wrong_is_said(client: Client, ground: Ground, wrong: dict[str, str]) -> None:
    client.force_login(ground.mona)
    fields = {
        "things": f"L-{ground.listing('Ball').pk}",
        "reason": "Loose.",
        "language": "en",
        "ground": "other",
    } | wrong
    assert client.post(url("notice-enter"), fields).status_code == 422
    assert NoticeItem.objects.count() == 0


def test_the_reporter_s_link(client: Client, ground: Ground) -> None:
    notice = ended(ground)
    assert client.get(link(notice)[:-4] + "/").status_code == 404
    assert client.get(link(notice))["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert client.post(link(notice, "reported-appeal"), {"text": " "}).status_code == 422
    for _twice in range(2):
        assert client.post(link(notice, "reported-appeal"), {"text": "It is loose."}).status_code == 302
    assert NoticeItem.objects.get().state == NoticeState.APPEALED
    assert notice.moves.filter(to_state=NoticeState.APPEALED).count() == 1


@pytest.mark.parametrize("tag", ["de", "ar", "pl"])
def test_the_link_speaks_languages(client: Client, ground: Ground, tag: str) -> None:
    text = client.get(link(ended(ground)), {"lang": tag}).content.decode()
    assert f'<html lang="{tag}" dir="{"rtl" if tag == "ar" else "ltr"}"' in text


def test_after_six_months_the_page_says_so(client: Client, ground: Ground) -> None:
    notice = ended(ground, at=timezone.now() - timedelta(days=200))
    assert "The time to appeal ended on" in client.get(link(notice)).content.decode()
    assert client.post(link(notice, "reported-appeal"), {"text": "No."}).status_code == 422


@pytest.mark.parametrize("query", ["state=received", "open=true", "q=Ball", "q=Nordlicht"])
def test_the_list_is_filtered(client: Client, ground: Ground, query: str) -> None:
    notice, other = received(ground), ended(ground, title="Cube")
    client.force_login(ground.mona)
    page = client.get(f"{url('notices')}?{query}").content.decode()
    assert notice.notice.reference in page
    assert (other.notice.reference in page) == (query == "q=Nordlicht")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_and_the_endpoint_ask_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    last = [received(ground, f"Ball {number}") for number in range(rows)][-1]
    if rows == 3:
        notices.no_action(item=last, reasons="No.", actor=ground.mona, at=timezone.now())
        notices.appeal(item=last, text="Yes.", at=timezone.now())
    client.force_login(ground.tilda)
    client.get(url("notices"))
    with django_assert_num_queries(6):
        client.get(url("notices"))
    with django_assert_num_queries(6):
        client.get("/api/v1/notices")


@pytest.mark.parametrize("policies", [1, 3])
def test_a_notice_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, policies: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(policies - 1):
        ground.another_policy(f"more-{number}")
    notice = received(ground)
    client.force_login(ground.tilda)
    client.get(url("notice", notice.notice.reference))
    with django_assert_num_queries(13):
        client.get(url("notice", notice.notice.reference))


@pytest.mark.parametrize(
    ("role", "reads", "decides", "hears"),
    [
        (Role.MODERATOR, True, True, False),
        (Role.SENIOR_REVIEWER, True, True, True),
        (Role.TEAM_LEAD, True, True, True),
        (Role.AUDITOR, True, False, False),
        (Role.GOVERNANCE_MANAGER, True, False, False),
        (Role.ADMINISTRATOR, False, False, False),
    ],
)
def test_who_may(client: Client, ground: Ground, role: Role, reads: bool, decides: bool, hears: bool) -> None:
    notice = received(ground)
    client.force_login(person("olga", role))
    for page in (url("notices"), url("notice", notice.notice.reference)):
        assert client.get(page).status_code == (200 if reads else 403)
    assert client.get(url("notice-enter")).status_code == (200 if decides else 403)
    for verb in ("notice-no-action", "notice-act", "notice-decide"):
        assert (client.post(url(verb, *of(notice))).status_code == 403) is not decides
    assert (client.post(url("notice-answer", *of(notice))).status_code == 403) is not hears
    assert NoticeItem.objects.get().state == NoticeState.RECEIVED


def test_a_measure_is_taken_from_the_notice(client: Client, ground: Ground) -> None:
    notice = received(ground)
    client.force_login(ground.mona)
    page = client.get(url("notice", notice.notice.reference)).content.decode()
    assert ('id="decide"' in page, "Strong loose magnets in toys" in page) == (True, True)
    wrong = client.post(url("notice-decide", *of(notice)), {"policy": ground.policy.pk, "markets": "XX"})
    assert (wrong.status_code, "This field is required" in wrong.content.decode()) == (422, True)
    fields = {"policy": ground.policy.pk, "measure": "remove", "markets": "XX", "reason": "It is loose."}
    refused = client.post(url("notice-decide", *of(notice)), fields)
    assert (refused.status_code, "does not apply in XX" in refused.content.decode()) == (422, True)
    assert "It is loose." in refused.content.decode()
    done = client.post(url("notice-decide", *of(notice)), fields | {"markets": "de"}, follow=True)
    assert "Upon a report from outside" in done.content.decode()
    notice.refresh_from_db()
    assert (notice.state, notice.decision is not None) == (NoticeState.ACTED, True)


def test_what_waits_for_a_second_person_is_said(client: Client, ground: Ground) -> None:
    notice = received(ground)
    client.force_login(ground.mona)
    client.post(url("notice-decide", *of(notice)), {"policy": ground.policy.pk, "measure": "suspend"})
    page = client.get(url("notice", notice.notice.reference)).content.decode()
    assert ("A decision upon it waits." in page, 'id="decide"' in page) == (True, False)


def test_another_market_s_notice_is_not_there(client: Client, ground: Ground) -> None:
    notice = received(ground)  # Germany
    client.force_login(person("frida", Role.SENIOR_REVIEWER, markets=["FR"]))
    assert client.get(url("notice", notice.notice.reference)).status_code == 404
    assert client.post(url("notice-no-action", *of(notice)), {"reasons": "x"}).status_code == 404
    fields = {"things": f"L-{notice.listing_id}", "reason": "Loose.", "language": "en"}
    assert client.post(url("notice-enter"), fields).status_code == 422


def test_the_endpoint_takes_a_report_and_never_says_whose(client: Client, ground: Ground) -> None:
    listing = ground.listing("Ball")
    client.force_login(ground.mona)
    body = {
        "items": [{"merchant": ground.merchant.public_id, "listing": listing.external_id}], "reason": "Loose.",
        "reporter_name": "Rina", "reporter_email": ADDRESS, "language": "fr",
    }  # fmt: skip
    made = client.post("/api/v1/notices", json.dumps(body), content_type="application/json")
    assert made.status_code == 201
    assert NoticeItem.objects.get().notice.reporter_email == ADDRESS
    reference = made.json()["reference"]
    for text in (
        made.content,
        client.get("/api/v1/notices").content,
        client.get(f"/api/v1/notices/{reference}").content,
    ):
        assert ADDRESS.encode() not in text
        assert b"Rina" not in text
    wrong = client.post(
        "/api/v1/notices", json.dumps(body | {"items": [{"listing": "x"}]}), content_type="application/json"
    )
    assert wrong.status_code == 400
