"""The merchant's page by its link: what it says, what it keeps to itself, and an appeal sent through it."""

from datetime import UTC, timedelta
from html import unescape

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enforcement.domain import appeals, clarifications, decisions, links
from enforcement.enums import AppealState, ItemOutcome
from enforcement.language import words as language
from enforcement.models import Appeal, ClarificationAnswer, Decision
from enforcement.views import throttle
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground

pytestmark = pytest.mark.django_db
PDF = SimpleUploadedFile("report.pdf", b"%PDF-1.7 a test report", content_type="application/pdf")
NASTY = "<script>alert(1)</script>\" onload='x'"


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    cache.clear()


@pytest.fixture
def decision(ground: Ground) -> Decision:
    titles = ("Magnetwürfel 216", "Lot de 512 billes")
    found = [ground.violation(ground.listing(title, markets=("DE", "FR"))) for title in titles]
    return ground.issue(found, Measure.REMOVE, at=timezone.now().astimezone(UTC))


def address(decision: Decision, name: str = "statement") -> str:
    return reverse(f"enforcement:{name}", args=[links.token_of(decision)])


def keys(decision: Decision) -> list[str]:
    return [str(pk) for pk in decision.items.order_by("pk").values_list("pk", flat=True)]


def send(client: Client, decision: Decision, **fields: object) -> object:
    data: dict = {"items": keys(decision), "text": "These are fridge magnets.", "lang": "en"} | fields
    return client.post(address(decision, "statement-appeal"), data)


# --- reading -------------------------------------------------------------------------------------


def test_the_page_says_what_the_law_asks_for(client: Client, decision: Decision) -> None:
    page = client.get(address(decision))
    text = page.content.decode()
    for part in (
        "2 of your listings were removed from sale",
        "France and Germany",
        "Magnetwürfel 216",
        "Legal basis: EN 71-1, 4.23.",
        "Strong loose magnets may not be sold as toys.",
        "Take the magnets out.",
        "Article 21 of Regulation (EU) 2022/2065",
        "This decision adds 4 points to your account.",
        decision.reference,
    ):
        assert part in text, part


def test_nothing_leads_others_to_it(client: Client, decision: Decision) -> None:
    page = client.get(address(decision))
    assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert page["Referrer-Policy"] == "same-origin"


def test_it_names_no_person_and_no_running_number(client: Client, decision: Decision) -> None:
    text = client.get(address(decision)).content.decode()
    assert "Mona" not in text
    assert "As the guidance says." not in text  # the decider's note is for the file
    assert f"L-{decision.items.all()[0].listing_id}" not in text


@pytest.mark.parametrize("change", ["cut", "turned", "unsigned", "foreign"])
def test_a_link_that_was_touched_opens_nothing(client: Client, decision: Decision, change: str) -> None:
    token = links.token_of(decision)
    broken = {
        "cut": token[:-3],
        "turned": token[:-2] + token[-1] + token[-2] if token[-1] != token[-2] else token + "x",
        "unsigned": decision.reference,
        "foreign": f"SR-2026-0000-0000{token[token.index('~') :]}",
    }[change]
    page = client.get(reverse("enforcement:statement", args=[broken]))
    assert page.status_code == 404
    assert "This link does not work" in page.content.decode()


@pytest.mark.parametrize("tag", language.languages())
def test_the_frame_speaks_every_language_and_the_statement_stays_as_sent(
    client: Client, decision: Decision, tag: str
) -> None:
    words = language.words(tag)
    text = unescape(client.get(address(decision), {"lang": tag}).content.decode())
    assert words("heading.disagree") in text
    assert words("appeal.send") in text
    assert "2 of your listings were removed from sale" in text
    assert f'<html lang="{tag}" dir="{"rtl" if tag == "ar" else "ltr"}"' in text


def test_what_listings_and_merchants_write_stays_text(client: Client, ground: Ground) -> None:
    ground.merchant.name = NASTY
    ground.merchant.save()
    found = ground.violation(ground.listing(NASTY))
    decision = ground.issue([found], Measure.REMOVE, at=timezone.now())
    send(client, decision, text=NASTY)
    text = client.get(address(decision)).content.decode()
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3


@pytest.mark.parametrize("listings", [1, 3])
def test_the_page_costs_the_same_for_one_listing_and_three(
    client: Client, ground: Ground, listings: int, django_assert_num_queries: object
) -> None:
    found = [ground.violation(ground.listing(f"Ball {n}")) for n in range(listings)]
    decision = ground.issue(found, Measure.REMOVE, at=timezone.now())
    with django_assert_num_queries(7):  # type: ignore[operator]
        client.get(address(decision))


# --- appealing -----------------------------------------------------------------------------------


def test_an_appeal_is_filed_and_the_page_then_says_so(client: Client, decision: Decision) -> None:
    answer = send(client, decision, text="يدور الحديث عن ألعاب خشبية", proof=[PDF], lang="ar")
    assert answer["Location"] == f"{address(decision)}?lang=ar#appeal"  # type: ignore[index]
    appeal = Appeal.objects.get()
    assert (appeal.channel, appeal.language, appeal.filed_by) == ("page", "ar", None)
    assert appeal.files.get().name == "report.pdf"
    text = client.get(address(decision)).content.decode()
    assert "Received; a person will read it" in text
    assert "يدور الحديث عن ألعاب خشبية" in text
    assert "Send the appeal" not in text


def test_sent_twice_it_is_one_appeal(client: Client, decision: Decision) -> None:
    first, second = send(client, decision), send(client, decision)
    assert (first.status_code, second.status_code) == (302, 302)  # type: ignore[attr-defined]
    assert Appeal.objects.count() == 1


def test_a_part_is_chosen(client: Client, decision: Decision) -> None:
    send(client, decision, items=keys(decision)[:1])
    assert [str(row.item_id) for row in Appeal.objects.get().items.all()] == keys(decision)[:1]


def test_the_items_of_another_decision_are_refused(client: Client, ground: Ground, decision: Decision) -> None:
    other = ground.issue([ground.violation(ground.listing("Ring"))], Measure.REMOVE, at=timezone.now())
    answer = send(client, decision, items=keys(other))
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert Appeal.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": "  "}, "Say what we got wrong."),
        ({"items": []}, "Choose at least one listing."),
        ({"proof": [SimpleUploadedFile("x.pdf", b"MZ a program")]}, "“x.pdf” is neither a PDF nor a picture"),
        ({"proof": [SimpleUploadedFile(f"{n}.pdf", b"%PDF-") for n in range(6)]}, "Choose at most five files."),
    ],
)
def test_what_is_wrong_is_said_and_the_text_is_kept(
    client: Client, decision: Decision, fields: dict[str, object], said: str
) -> None:
    answer = send(client, decision, **({"text": "My long text"} | fields))
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert said in text
    assert "My long text" in text or fields.get("text") == "  "
    assert Appeal.objects.count() == 0


def test_a_forged_form_is_refused(decision: Decision) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert send(strict, decision).status_code == 403  # type: ignore[attr-defined]
    assert Appeal.objects.count() == 0


def test_the_time_is_over(client: Client, ground: Ground) -> None:
    found = ground.violation(ground.listing("Ball"))
    decision = ground.issue([found], Measure.REMOVE, at=timezone.now() - timedelta(days=200))
    text = client.get(address(decision)).content.decode()
    assert "The time to appeal ended on" in text
    assert "Send the appeal" not in text
    assert send(client, decision).status_code == 422  # type: ignore[attr-defined]


def test_the_answer_and_what_was_restored_are_shown(client: Client, ground: Ground, decision: Decision) -> None:
    send(client, decision)
    appeal = appeals.take(appeal=Appeal.objects.get(), actor=ground.sela, at=timezone.now())
    first, second = (int(key) for key in keys(decision))
    outcomes = {first: ItemOutcome.OVERTURNED, second: ItemOutcome.UPHELD}
    appeals.decide(appeal=appeal, outcomes=outcomes, answer="The first is wood.", actor=ground.sela, at=timezone.now())
    text = client.get(address(decision)).content.decode()
    assert "Decided: you are right in part" in text
    assert "The first is wood." in text
    assert "Sela" not in text
    assert "Part of this decision was reversed on" in text


def asked(client: Client, ground: Ground, decision: Decision) -> Appeal:
    send(client, decision)
    appeal = appeals.take(appeal=Appeal.objects.get(), actor=ground.sela, at=timezone.now())
    clarifications.ask(appeal=appeal, question=f"Which magnet? {NASTY}", actor=ground.sela, at=timezone.now())
    return appeal


def test_a_question_is_read_and_answered_by_the_link_once(client: Client, ground: Ground, decision: Decision) -> None:
    asked(client, ground, decision)
    text = client.get(address(decision)).content.decode()
    assert "Which magnet?" in text
    assert "<script>alert" not in text
    assert "Please answer by" in text
    for _twice in range(2):
        fields = {"text": "Class M3.", "lang": "de", "proof": [SimpleUploadedFile("m3.pdf", b"%PDF-1.7 M3")]}
        answer = client.post(address(decision, "statement-answer"), fields)
        assert answer["Location"] == f"{address(decision)}?lang=de#appeal"
    given = ClarificationAnswer.objects.get()
    assert (given.text, given.channel, given.answered_by) == ("Class M3.", "page", None)
    text = client.get(address(decision)).content.decode()
    assert "Class M3." in text
    assert "Send the answer" not in text
    assert "Sela" not in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": " "}, "Write an answer."),
        ({"proof": [SimpleUploadedFile("x.pdf", b"MZ a program")]}, "“x.pdf” is neither a PDF nor a picture"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said(
    client: Client, ground: Ground, decision: Decision, fields: dict[str, object], said: str
) -> None:
    asked(client, ground, decision)
    answer = client.post(address(decision, "statement-answer"), {"text": "My long text", "lang": "en"} | fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert ClarificationAnswer.objects.count() == 0


def test_without_a_question_there_is_nothing_to_answer(client: Client, decision: Decision) -> None:
    send(client, decision)
    assert client.post(address(decision, "statement-answer"), {"text": "Hello"}).status_code == 302
    assert ClarificationAnswer.objects.count() == 0


def test_the_whole_event_is_contested_with_one_text(client: Client, ground: Ground) -> None:
    found = [ground.violation(ground.listing(title)) for title in ("Ball", "Cube", "Ring")]
    now = timezone.now()
    first, second = (ground.issue(rows, Measure.REMOVE, at=now, origin_ref="7") for rows in (found[:2], found[2:]))
    assert "our other decisions on the same event (1)" in client.get(address(first)).content.decode()
    send(client, first, items=[], whole_event="1")
    appeal = Appeal.objects.get()
    assert appeal.items.count() == 3
    for each in (first, second):
        text = client.get(address(each)).content.decode()
        assert appeal.reference in text
        assert "Heard together" in text
        assert "Send the appeal" not in text


def test_the_merchant_takes_it_back(client: Client, decision: Decision) -> None:
    send(client, decision)
    client.post(address(decision, "statement-withdraw"))
    assert Appeal.objects.get().state == AppealState.WITHDRAWN
    assert "Send the appeal" in client.get(address(decision)).content.decode()


def test_a_reversed_decision_says_so(client: Client, ground: Ground, decision: Decision) -> None:
    decisions.reverse(decision=decision, actor=ground.sela, reason="Our mistake.", at=timezone.now())
    assert "What it took is restored." in client.get(address(decision)).content.decode()


def test_a_program_is_slowed_down(client: Client, decision: Decision) -> None:
    answers = [send(client, decision, text="") for _ in range(throttle.WRITES.times + 1)]
    assert [answer.status_code for answer in answers[-2:]] == [422, 429]  # type: ignore[attr-defined]
    assert "Nothing was sent." in answers[-1].content.decode()  # type: ignore[attr-defined]


def test_without_its_cache_the_page_and_the_appeal_go_on(
    client: Client, decision: Decision, settings: LazySettings
) -> None:
    away = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    assert client.get(address(decision)).status_code == 200
    assert send(client, decision).status_code == 302  # type: ignore[attr-defined]
    assert Appeal.objects.count() == 1


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, decision: Decision, method: str) -> None:
    assert getattr(client, method)(address(decision)).status_code == 405
